"""Names of colours seen in pixels."""

import numpy as np

from ..world.palette import COLOURS


def hsv(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hue in degrees, saturation and value in 0..1, of float or uint8 pixels [..., 3]."""
    x = rgb.astype(np.float32) / 255
    v, lo = x.max(-1), x.min(-1)
    c = v - lo
    d = np.maximum(c, 1e-6)
    r, g, b = x[..., 0], x[..., 1], x[..., 2]
    h = np.where(v == r, (g - b) / d % 6, np.where(v == g, (b - r) / d + 2, (r - g) / d + 4)) * 60
    return h, c / np.maximum(v, 1e-6), v


def nearest(rgb: np.ndarray, table: dict[str, tuple[int, int, int]]) -> str:
    """The name in a table whose colour is nearest to one pixel."""
    return min(table, key=lambda n: float(np.sum((np.asarray(table[n], np.float32) - rgb) ** 2)))


def chromatic(rgb: np.ndarray, names: tuple[str, ...]) -> str:
    """The name among COLOURS whose hue is nearest to a pixel's; "white" when it has no hue and is allowed."""
    h, s, _ = (float(q) for q in hsv(np.asarray(rgb)))
    if "white" in names and s < 0.25:
        return "white"

    def gap(n: str) -> float:
        d = abs(h - float(hsv(np.asarray(COLOURS[n]))[0])) % 360
        return min(d, 360 - d)

    return min((n for n in names if n not in ("white", "black")), key=gap)
