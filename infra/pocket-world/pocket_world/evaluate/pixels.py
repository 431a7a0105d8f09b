"""Plain measures on frames: PSNR, flicker, motion, agreement of control maps."""

import cv2
import numpy as np


def box(x: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a (2 radius + 1) square window, edges repeated. x: [T, H, W, C] float."""
    n = 2 * radius + 1
    return np.stack([cv2.blur(f, (n, n), borderType=cv2.BORDER_REPLICATE).reshape(f.shape) for f in x])


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """dB between uint8 pictures of one shape."""
    e = ((a.astype(np.float32) - b) ** 2).mean()
    return float(10 * np.log10(255 ** 2 / max(e, 1e-6)))


def motion(frames: np.ndarray) -> float:
    """Mean absolute change (0..255) from the first to the last frame."""
    return float(np.abs(frames[-1].astype(np.float32) - frames[0]).mean())


def flicker(frames: np.ndarray) -> float:
    """Mean length of the second difference in time (0..255) of pictures averaged over 5 x 5 pixels: what steady motion leaves near zero."""
    x = box(frames.astype(np.float32), 2)
    return float(np.abs(x[2:] - 2 * x[1:-1] + x[:-2]).mean())


def edge_f1(a: np.ndarray, b: np.ndarray, level: int = 64) -> float:
    """F1 of edge pixels of two edge maps [T, H, W, 3], a pixel of another counting as hit when within 2 pixels."""
    x, y = a[..., :1] > level, b[..., :1] > level
    near = [box(m.astype(np.float32), 2) > 1e-3 for m in (x, y)]
    p = (x & near[1]).sum() / max(1, x.sum())
    r = (y & near[0]).sum() / max(1, y.sum())
    return float(2 * p * r / max(1e-6, p + r))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation of two maps."""
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    return float(np.corrcoef(x, y)[0, 1]) if x.std() > 0 and y.std() > 0 else 0.0


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Mean intersection over union of the classes in a, weighted evenly, of two index maps."""
    return float(np.mean([((a == k) & (b == k)).sum() / max(1, ((a == k) | (b == k)).sum()) for k in np.unique(a)]))
