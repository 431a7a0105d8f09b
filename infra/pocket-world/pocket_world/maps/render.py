"""The four control maps of frames, as the farm makes or takes them. Edge and blur are plain arithmetic on the pixels; depth and seg come from the world itself."""

import cv2
import numpy as np

from ..world.canvas import SEG_COLOURS, paint_maps
from ..world.clip import ClipSpec

KINDS = ("edge", "blur", "depth", "seg")
# libs/media/src/control/presets.ts: the third of five is what a request gets that names none
THRESHOLDS = ((20, 50), (50, 100), (100, 200), (200, 300), (300, 400))
FACTORS = (2, 4, 8, 16, 32)
MEDIUM = 2


def edge_map(frames: np.ndarray, preset: int = MEDIUM) -> np.ndarray:
    """Canny's edges, white on black. uint8 [T, H, W, 3] in and out."""
    return np.stack([np.repeat(cv2.Canny(f, *THRESHOLDS[preset])[..., None], 3, -1) for f in np.ascontiguousarray(frames)])


def blur_map(frames: np.ndarray, preset: int = MEDIUM) -> np.ndarray:
    """Made smaller by areas and blown up again by cubics. uint8 [T, H, W, 3] in and out."""
    h, w = frames.shape[1:3]
    small = (max(1, round(w / FACTORS[preset])), max(1, round(h / FACTORS[preset])))
    return np.stack([cv2.resize(cv2.resize(f, small, interpolation=cv2.INTER_AREA), (w, h), interpolation=cv2.INTER_CUBIC) for f in frames])


def world_maps(spec: ClipSpec, count: int, start: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(depth, seg) of frames of a clip as pictures, each uint8 [count, H, W, 3]."""
    pairs = [paint_maps(spec.prims(start + i), spec.width, spec.height) for i in range(count)]
    return np.stack([np.repeat(d[..., None], 3, -1) for d, _ in pairs]), np.stack([SEG_COLOURS[s] for _, s in pairs])


def control_frames(kind: str, frames: np.ndarray, spec: ClipSpec, start: int = 0) -> np.ndarray:
    """The control map of frames (those of spec from frame start on), uint8 [T, H, W, 3]."""
    if kind == "edge":
        return edge_map(frames)
    if kind == "blur":
        return blur_map(frames)
    return world_maps(spec, len(frames), start)[KINDS.index(kind) - 2]
