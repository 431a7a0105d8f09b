"""A two-link robot arm carries a coloured box along a shelf."""

from dataclasses import dataclass

import numpy as np

from .attributes import Attributes
from .canvas import Prim
from .palette import COLOURS, shade, wall

FRAMES = 24.0  # frames at 24 fps that the move takes


@dataclass(frozen=True)
class Robot:
    """start: shift of the box's path, in widths of the picture; size: side of the box, pixels at 192."""

    a: Attributes
    start: float
    size: float

    def prims(self, u: float, w: int, h: int) -> list[Prim]:
        """Primitives at time u (frames at 24 fps) for a w x h picture."""
        k = min(w, h) / 192
        back = wall(self.a.back or "white")
        colour = COLOURS[self.a.colour or "red"]
        sign = -1 if self.a.direction == "left" else 1
        sy, b, span = 0.78 * h, self.size * k, 0.16 * min(w, 320 * k)
        t = float(np.clip((u / FRAMES - .06) / .84, 0, 1))
        t = t * t * (3 - 2 * t)
        bx = w / 2 + self.start * w + sign * span * (2 * t - 1)
        lift = 24 * k * np.sin(np.pi * t)
        hx, hy = bx, sy - b - lift
        base, link = (w / 2, 0.06 * h), 0.5 * (0.86 * h - b) * 0.98 + 8 * k
        dx, dy = hx - base[0], hy - base[1]
        dist = min(float(np.hypot(dx, dy)), 2 * link - 1)
        ang, bend = np.arctan2(dy, dx), np.arccos(dist / (2 * link))
        elbow = (base[0] + link * np.cos(ang - bend), base[1] + link * np.sin(ang - bend))
        steel, joint = (98, 104, 120), (44, 46, 54)
        out = [Prim("box", (0, 0, w, h), back, "wall", 0.15),
               Prim("box", (0, sy, w, sy + 10 * k), (120, 84, 52), "shelf", 0.5),
               Prim("box", (0, sy + 10 * k, w, h), shade(back, .6), "wall", 0.25),
               Prim("box", (bx - b / 2, sy - b - lift, bx + b / 2, sy - lift), colour, "box", 0.85),
               Prim("box", (bx - b / 2, sy - b * .58 - lift, bx + b / 2, sy - b * .42 - lift), shade(colour, .7), "box", 0.85),
               Prim("line", (*base, *elbow), shade(steel, .8), "arm", 0.7, 15 * k),
               Prim("line", (*elbow, hx, hy - 5 * k), steel, "arm", 0.7, 12 * k)]
        for (x, y), q in ((base, 14 * k), (elbow, 9 * k)):
            out.append(Prim("ellipse", (x - q, y - q, x + q, y + q), joint, "arm", 0.72))
        g = b * .5 + 4 * k
        out.append(Prim("box", (hx - g, hy - 8 * k, hx + g, hy), joint, "arm", 0.9))
        for s in (-1, 1):
            out.append(Prim("box", (hx + s * g - 3 * k, hy - 8 * k, hx + s * g + 3 * k, hy + 12 * k), joint, "arm", 0.9))
        return out
