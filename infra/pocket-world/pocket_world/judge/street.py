"""Reads a street clip: weather, side objects, car and its colour, speed."""

import numpy as np

from ..world.palette import CAR_COLOURS, COLOURS, GROUND, SKY, shade
from ..world.street import CAR_Z, EYE, SPEED
from .colours import hsv

LAG = 4  # frames between which lane marks are compared


def street(frames: np.ndarray, fps: float) -> dict[str, str | None]:
    """Attributes seen in uint8 frames [T, H, W, 3]."""
    weather = _weather(frames)
    car = _car(frames, weather == "night")
    return {"weather": weather, "side": _side(frames), "car": "yes" if car else "no", "colour": car, "speed": _speed(frames, fps)}


def _weather(frames: np.ndarray) -> str:
    h, w = frames.shape[1:3]
    sky = np.median(frames[:, :max(3, int(.06 * h))].reshape(-1, 3), 0)
    ground = np.median(frames[:, int(.5 * h):int(.62 * h), :max(3, int(.06 * w))].reshape(-1, 3), 0)
    return min(SKY, key=lambda n: float(np.sum((np.asarray(SKY[n]) - sky) ** 2) + np.sum((np.asarray(GROUND[n]) - ground) ** 2)))


def _side(frames: np.ndarray) -> str | None:
    """Warm (walls, roofs) against green pixels beside the road, from the horizon up, where the sky ends."""
    h, w = frames.shape[1:3]
    x = frames[::3, int(.14 * h):int(.56 * h)].astype(np.float32)
    x = np.concatenate([x[:, :, :int(.4 * w)], x[:, :, int(.62 * w):]], 2)
    level = x.max(-1) + 12
    warm = (x[..., 0] - np.maximum(x[..., 1], x[..., 2])) / level
    green = (x[..., 1] - np.maximum(x[..., 0], x[..., 2])) / level
    upper = slice(0, int(.2 * h))
    a, b = float((warm > .09).mean()), float((green[:, upper] > .04).mean())
    if max(a, b) < .004:
        return None
    return "houses" if a > b else "trees"


def _box(frames: np.ndarray, x0: float, y0: float, x1: float, y1: float, z: float) -> np.ndarray:
    h, w = frames.shape[1:3]
    f = 150 * min(h, w) / 192
    px, py = (lambda x: int(round(w / 2 + f * x / z))), (lambda y: int(round(.4 * h + f * y / z)))
    return frames[:, max(0, py(y0)):py(y1), max(0, px(x0)):px(x1)]


def _car(frames: np.ndarray, night: bool) -> str | None:
    """The car's colour off its lower body, or None where the road runs on."""
    body = np.median(_box(frames, .85, .9, 2.35, 1.22, CAR_Z).reshape(-1, 3), 0)
    road = np.median(_box(frames, -1.6, .9, -.5, EYE, CAR_Z).reshape(-1, 3), 0)
    if np.linalg.norm(body - road) < 42:
        return None
    h, s, v = (float(q) for q in hsv(body))
    table = {n: np.asarray(shade(COLOURS[n], .75 if night else 1), np.float32) for n in CAR_COLOURS}
    return min(table, key=lambda n: float(np.sum((table[n] - body) ** 2)))


def _speed(frames: np.ndarray, fps: float) -> str | None:
    """How far lane marks come near in LAG frames: best shift of the road's middle column on a scale even in distance."""
    t, h, w = frames.shape[:3]
    f = 150 * min(h, w) / 192
    z = np.arange(2.6, 13, .05)
    rows = np.clip(.4 * h + f * EYE / z, 0, h - 1).astype(int)
    half = np.maximum(1, (f * .08 / z)).astype(int)
    lines = np.stack([[fr[y, w // 2 - q:w // 2 + q + 1].astype(np.float32).mean() for y, q in zip(rows, half)] for fr in frames])
    lines = lines[:, rows < h - 1]
    shifts = np.arange(0, 60)
    cost = np.zeros(len(shifts))
    for a in range(0, t - LAG):
        for k, s in enumerate(shifts):
            x, y = lines[a, s:], lines[a + LAG, :lines.shape[1] - s]
            cost[k] += np.abs(x - y).mean()
    if cost.max() < 1.15 * cost.min() + 1e-3:
        return None
    pace = shifts[int(cost.argmin())] * .05 / LAG * fps / 24
    if pace < .04:
        return None
    return "fast" if pace > (SPEED["slowly"] * SPEED["fast"]) ** .5 else "slowly"
