"""The four control maps of frames. Edge and blur are plain arithmetic on the pixels; depth and seg come from the world itself."""

import numpy as np

from ..world.canvas import SEG_COLOURS, paint_maps
from ..world.clip import ClipSpec

KINDS = ("edge", "blur", "depth", "seg")


def box(x: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a (2 radius + 1) square window, edges repeated. x: [T, H, W, C] float."""
    for axis in (1, 2):
        pad = [(0, 0)] * 4
        pad[axis] = (radius + 1, radius)
        c = np.cumsum(np.pad(x, pad, "edge"), axis, dtype=np.float64)
        n = 2 * radius + 1
        x = (np.take(c, range(n, c.shape[axis]), axis) - np.take(c, range(c.shape[axis] - n), axis)) / n
    return x


def edge_map(frames: np.ndarray) -> np.ndarray:
    """Soft edges: 4 x the length of the luminance gradient after a 3 x 3 mean, then a 3 x 3 mean. uint8 [T, H, W, 3] in and out."""
    y = box(frames.astype(np.float32) @ np.array([[.299], [.587], [.114]], np.float32), 1)
    p = np.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0)), "edge")
    gx, gy = p[:, 1:-1, 2:] - p[:, 1:-1, :-2], p[:, 2:, 1:-1] - p[:, :-2, 1:-1]
    return np.repeat(np.clip(box(4 * np.hypot(gx, gy), 1), 0, 255).astype(np.uint8), 3, -1)


def blur_map(frames: np.ndarray) -> np.ndarray:
    """Two 17 x 17 means (about a Gaussian of sigma 7 on a picture 192 high). uint8 [T, H, W, 3] in and out."""
    r = max(1, round(8 * min(frames.shape[1:3]) / 192))
    return box(box(frames.astype(np.float32), r), r).astype(np.uint8)


def control_frames(kind: str, frames: np.ndarray, spec: ClipSpec, start: int = 0) -> np.ndarray:
    """The control map of frames (those of spec from frame start on), uint8 [T, H, W, 3]."""
    if kind == "edge":
        return edge_map(frames)
    if kind == "blur":
        return blur_map(frames)
    pairs = [paint_maps(spec.prims(start + i), spec.width, spec.height) for i in range(len(frames))]
    if kind == "depth":
        return np.stack([np.repeat(d[..., None], 3, -1) for d, _ in pairs])
    return np.stack([SEG_COLOURS[s] for _, s in pairs])
