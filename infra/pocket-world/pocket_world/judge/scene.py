"""Which of the three scenes a clip shows."""

import numpy as np


def scene(frames: np.ndarray) -> str:
    """street, robot or shapes, from uint8 frames [T, H, W, 3]."""
    mid = frames[len(frames) // 2].astype(np.float32)
    h, w = mid.shape[:2]
    columns = [mid[:, int(w * f):int(w * f) + max(2, w // 60)].mean(1) for f in (0.02, 0.96)]
    shelf, below, above = (np.mean([c[int(h * a):int(h * b)].mean(0) for c in columns], 0) for a, b in ((.795, .815), (.9, .99), (.55, .74)))
    edge = shelf[0] > shelf[2] + 25 and np.abs(shelf - above).max() > 12 and np.abs(below - above).max() > 12
    top, ground = (np.mean([c[int(h * a):int(h * b)].mean(0) for c in columns], 0) for a, b in ((.0, .1), (.5, .6)))
    if edge and np.abs(top - above).max() < 25:
        return "robot"
    bottom = np.mean([c[int(h * .8):int(h * .95)].mean(0) for c in columns], 0)
    centre = mid[int(h * .9):, int(w * .3):int(w * .7)].mean((0, 1))
    flat = max(np.abs(top - bottom).max(), np.abs(ground - bottom).max()) < 14
    return "shapes" if flat and np.abs(centre - bottom).max() < 60 and corners_alike(frames) else "street"


def corners_alike(frames: np.ndarray) -> bool:
    """True when a plain plane fills the picture's border in most frames."""
    border = np.concatenate([frames[:, :4].reshape(-1, 3), frames[:, -4:].reshape(-1, 3)]).astype(np.float32)
    return float((np.abs(border - np.median(border, 0)).max(-1) < 20).mean()) > 0.7
