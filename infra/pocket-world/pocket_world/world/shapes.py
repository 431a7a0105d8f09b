"""One large shape that moves straight over a plain background and comes round again."""

from dataclasses import dataclass

from .attributes import Attributes
from .canvas import Prim
from .palette import COLOURS, backdrop

SPEED = {"slowly": 1.6, "fast": 4.2}  # pixels a frame at 24 fps on a picture 192 high
STEP = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass(frozen=True)
class Shapes:
    """radius: pixels at 192; across: shift across the path, in sizes of the picture."""

    a: Attributes
    radius: float
    across: float

    def prims(self, u: float, w: int, h: int) -> list[Prim]:
        """Primitives at time u (frames at 24 fps; 12 has the shape at the middle) for a w x h picture."""
        k = min(w, h) / 192
        r = self.radius * k
        dx, dy = STEP[self.a.direction or "right"]
        run = SPEED[self.a.speed or "slowly"] * k * (u - 12)
        x = w / 2 + dx * run + (self.across * w if dy else 0)
        y = h / 2 + dy * run + (self.across * h if dx else 0)
        x, y = (x + r) % (w + 2 * r) - r, (y + r) % (h + 2 * r) - r
        colour = COLOURS[self.a.colour or "red"]
        back = Prim("box", (0, 0, w, h), backdrop(self.a.back or "white"), "backdrop", 0.1)
        if self.a.shape == "square":
            return [back, Prim("box", (x - r * .92, y - r * .92, x + r * .92, y + r * .92), colour, "shape", 0.8)]
        if self.a.shape == "triangle":
            return [back, Prim("poly", (x, y - r, x + r * 1.1, y + r, x - r * 1.1, y + r), colour, "shape", 0.8)]
        return [back, Prim("ellipse", (x - r, y - r, x + r, y + r), colour, "shape", 0.8)]
