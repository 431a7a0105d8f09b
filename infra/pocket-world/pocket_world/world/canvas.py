"""Draws a list of primitives as a soft RGB picture, a depth map and a segmentation map of the same pixels."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .palette import RGB

SUPER = 2  # supersampling of the colour picture

SEG_CLASSES = ("sky", "ground", "road", "plant", "house", "car", "hill", "wall", "shelf", "arm", "box", "shape", "backdrop")
SEG_COLOURS = np.array([
    (70, 130, 180), (60, 150, 60), (128, 64, 128), (20, 90, 20), (200, 100, 60), (220, 20, 60), (150, 170, 90),
    (190, 190, 200), (120, 80, 40), (60, 60, 80), (250, 210, 30), (255, 120, 0), (110, 110, 140)], np.uint8)


@dataclass(frozen=True)
class Prim:
    """One painted shape. points: flat x, y pixels; depth: 1 near, 0 far, None leaves depth and seg as they are."""

    kind: str  # "box" (x0 y0 x1 y1), "ellipse" (same), "poly", "line" (x0 y0 x1 y1), "floor" (x0 y0 x1 y1)
    points: tuple[float, ...]
    rgb: RGB
    seg: str
    depth: float | None = 0.0
    width: float = 1.0


def _draw(d: ImageDraw.ImageDraw, p: Prim, k: float, fill: object) -> None:
    xy = [v * k for v in p.points]
    if p.kind in ("box", "floor"):
        d.rectangle(xy, fill=fill)
    elif p.kind == "ellipse":
        d.ellipse(xy, fill=fill)
    elif p.kind == "poly":
        d.polygon(xy, fill=fill)
    else:
        w = p.width * k
        d.line(xy, fill=fill, width=round(w))
        for x, y in (xy[:2], xy[2:]):
            d.ellipse([x - w / 2, y - w / 2, x + w / 2, y + w / 2], fill=fill)


def paint(prims: list[Prim], width: int, height: int) -> np.ndarray:
    """RGB picture [height, width, 3] uint8, painted back to front with soft edges."""
    im = Image.new("RGB", (width * SUPER, height * SUPER))
    d = ImageDraw.Draw(im)
    for p in prims:
        _draw(d, p, SUPER, p.rgb)
    return np.asarray(im.reduce(SUPER).filter(ImageFilter.GaussianBlur(0.7)))


def paint_maps(prims: list[Prim], width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """(depth [H, W] uint8, 255 near; seg [H, W] uint8, an index of SEG_CLASSES)."""
    depth, seg = Image.new("L", (width, height)), Image.new("L", (width, height))
    dd, ds = ImageDraw.Draw(depth), ImageDraw.Draw(seg)
    for p in prims:
        if p.depth is None:
            if p.seg:
                _draw(ds, p, 1, SEG_CLASSES.index(p.seg))
            continue
        _draw(ds, p, 1, SEG_CLASSES.index(p.seg))
        if p.kind == "floor":
            y0, y1 = round(p.points[1]), height
            ramp = 255 * p.depth * np.linspace(0.1, 1, max(1, y1 - y0)) ** 0.6
            depth.paste(Image.fromarray(np.repeat(ramp.astype(np.uint8)[:, None], width, 1)), (0, y0))
        else:
            _draw(dd, p, 1, round(255 * p.depth))
    return np.asarray(depth), np.asarray(seg)
