"""Reads a moving shape: colour, background, form, direction, speed."""

import numpy as np

from ..world.palette import BACK_COLOURS, SHAPE_COLOURS, backdrop
from ..world.shapes import SPEED
from .colours import chromatic, nearest


def shapes(frames: np.ndarray, fps: float) -> dict[str, str | None]:
    """Attributes seen in uint8 frames [T, H, W, 3]."""
    t, h, w = frames.shape[:3]
    border = np.concatenate([frames[:, :6].reshape(-1, 3), frames[:, -6:].reshape(-1, 3), frames[:, :, :6].reshape(-1, 3), frames[:, :, -6:].reshape(-1, 3)])
    back = np.median(border, 0)
    seen: dict[str, str | None] = {"back": nearest(back, {n: backdrop(n) for n in BACK_COLOURS}), "colour": None, "shape": None, "direction": None, "speed": None}
    masks = np.linalg.norm(frames.astype(np.float32) - back, axis=-1) > 45
    places = [np.argwhere(m) for m in masks]
    ok = [i for i, p in enumerate(places) if len(p) > h * w / 80]
    if len(ok) < 4:
        return seen
    core = np.concatenate([frames[i][tuple(inner(places[i]).T)] for i in ok[::4]])
    seen["colour"] = chromatic(np.median(core, 0), SHAPE_COLOURS)
    seen["shape"] = form(masks[ok[len(ok) // 2]])
    centre = np.array([places[i].mean(0) for i in ok])
    time = np.array(ok)
    slope = np.array([np.polyfit(time, centre[:, k], 1)[0] for k in (0, 1)])
    dy, dx = slope
    seen["direction"] = ("right" if dx > 0 else "left") if abs(dx) > abs(dy) else ("down" if dy > 0 else "up")
    pace = float(np.hypot(dx, dy)) * fps / 24 / (min(h, w) / 192)
    if pace > .4:
        seen["speed"] = "fast" if pace > (SPEED["slowly"] * SPEED["fast"]) ** .5 else "slowly"
    else:
        seen["direction"] = None
    return seen


def inner(p: np.ndarray) -> np.ndarray:
    """The half of a mask's pixels [N, 2] nearest to its centre."""
    d = ((p - p.mean(0)) ** 2).sum(1)
    return p[d <= np.median(d)]


def form(mask: np.ndarray) -> str:
    """circle, square or triangle, by how widths of rows run from top to bottom."""
    rows = mask.sum(1)
    ys = np.flatnonzero(rows > 2)
    n = len(ys)
    band = [float(rows[ys[int(n * a)]:ys[min(n - 1, int(n * b))] + 1].mean()) for a, b in ((.06, .22), (.42, .58), (.78, .94))]
    wide = max(band)
    if band[0] < .55 * band[2] and band[1] < .85 * band[2]:
        return "triangle"
    return "square" if min(band[0], band[2]) > .88 * wide else "circle"
