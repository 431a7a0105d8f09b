"""Reads a robot clip: wall, colour of the box, where it goes."""

import numpy as np

from ..world.palette import BOX_COLOURS, COLOURS, WALL_COLOURS, wall
from .colours import nearest


def robot(frames: np.ndarray, fps: float) -> dict[str, str | None]:
    """Attributes seen in uint8 frames [T, H, W, 3]."""
    t, h, w = frames.shape[:3]
    tone = np.median(frames[:, int(.05 * h):int(.5 * h), :w // 8].reshape(-1, 3), 0)
    seen: dict[str, str | None] = {"back": nearest(tone, {n: wall(n) for n in WALL_COLOURS}), "colour": None, "direction": None}
    area = frames[:, int(.3 * h):int(.775 * h)].astype(np.float32)
    best, masks = 0, None
    for name in BOX_COLOURS:
        m = np.linalg.norm(area - COLOURS[name], axis=-1) < 62
        m &= np.linalg.norm(area - tone, axis=-1) > 40
        if m.sum() > best:
            best, masks, seen["colour"] = m.sum(), m, name
    if masks is None or best < t * h * w / 400:
        seen["colour"] = None
        return seen
    xs = [np.median(np.argwhere(m)[:, 1]) if m.sum() > h * w / 500 else np.nan for m in masks]
    first, last = np.nanmedian(xs[:5]), np.nanmedian(xs[-5:])
    if abs(last - first) > .04 * w:
        seen["direction"] = "right" if last > first else "left"
    return seen
