"""Which Transfer2.5 goldens there are. `multi` needs a checkout of NVIDIA's code, see multi_control.py."""

from dataclasses import dataclass, field

import numpy as np

ALL = (("a", 0), ("a", 1), ("b", 0), ("b", 1))
ONE = (("a", 0),)
TWO = (("a", 0), ("b", 1))


@dataclass
class Spec:
    name: str
    weights: dict[str, float]
    masked: tuple[str, ...] = ()
    frames: int | None = None
    chunk: int | None = None
    only: tuple = field(default=ALL)


SINGLE = [
    Spec("edge", {"edge": 1.0}),
    Spec("blur", {"blur": 0.7}, only=(("a", 1),)),
    Spec("depth", {"depth": 1.0}, only=(("a", 1),)),
    Spec("seg", {"seg": 0.5}, only=ONE),
    # 9 frames in windows of 5 that share one frame: two windows.
    Spec("windows", {"edge": 0.9}, frames=9, chunk=5, only=TWO),
]

MULTI = [
    Spec("multi-plain", {"edge": 0.5, "depth": 0.3}, only=TWO),
    # Sum over 1 without a mask: NVIDIA's code leaves plain weights alone.
    Spec("multi-over", {"edge": 0.9, "blur": 0.8, "seg": 0.4}, only=ONE),
    Spec("multi-mask", {"edge": 1.0, "seg": 0.8}, masked=("edge",)),
    Spec("multi-masks", {"edge": 0.6, "blur": 0.7, "depth": 0.9, "seg": 0.4}, masked=("blur", "seg"), only=(("b", 0),)),
]


def mask_clip(name: str, frames: int, width: int, height: int) -> np.ndarray:
    """float32 [F, 1, H, W]: a bar that moves, with soft edges (in 255ths), so that resizing matters."""
    t, y, x = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), indexing="ij")
    across = (x + 2 * t) if name in ("edge", "depth") else (y + 3 * t)
    mask = np.clip(np.abs((across % 24) - 12) / 8 - 0.2, 0, 1)
    return (np.round(mask * 255) / 255).astype(np.float32)[:, None]
