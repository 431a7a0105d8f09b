"""A clip: one seed gives attributes, layout and pixels, always the same."""

import random
from dataclasses import dataclass

import numpy as np

from .attributes import Attributes, draw_split
from .canvas import paint, paint_maps
from .robot import Robot
from .shapes import Shapes
from .street import Street

SHAPES_256 = ((320, 192), (256, 256), (192, 320), (320, 256), (256, 320))  # width x height


@dataclass(frozen=True)
class ClipSpec:
    """Everything that a clip's pixels depend on. begin: time of frame 0, in frames at 24 fps (0 in canonical clips)."""

    attributes: Attributes
    layout: Street | Robot | Shapes
    width: int = 320
    height: int = 192
    fps: float = 24.0
    begin: float = 0.0

    def prims(self, frame: int):
        """Primitives of one frame."""
        return self.layout.prims(self.begin + frame * 24 / self.fps, self.width, self.height)

    def frames(self, count: int = 25, start: int = 0, step: int = 1) -> np.ndarray:
        """RGB frames [count, H, W, 3] uint8."""
        return np.stack([paint(self.prims(start + i * step), self.width, self.height) for i in range(count)])

    def maps(self, count: int = 25) -> tuple[np.ndarray, np.ndarray]:
        """(depth, seg), each [count, H, W] uint8."""
        pairs = [paint_maps(self.prims(i), self.width, self.height) for i in range(count)]
        return np.stack([d for d, _ in pairs]), np.stack([s for _, s in pairs])


def layout(a: Attributes, r: random.Random) -> Street | Robot | Shapes:
    """What the seed leaves open: little."""
    if a.scene == "street":
        return Street(a, r.choice((0.0, 3.0)), r.random() < 0.5, r.randrange(2))
    if a.scene == "robot":
        return Robot(a, r.uniform(-.05, .05), 42.0)
    return Shapes(a, r.uniform(30, 38), r.uniform(-.12, .12))


def spec(seed: int, held: bool = False, varied: bool = False) -> ClipSpec:
    """The clip of a seed. varied: any of the five shapes, other frame rates and other beginnings too."""
    r = random.Random(seed * 2 + held)
    a = draw_split(r, held)
    lay = layout(a, r)
    if not varied:
        return ClipSpec(a, lay)
    w, h = SHAPES_256[0] if r.random() < .5 else r.choice(SHAPES_256[1:])
    fps = 24.0 if r.random() < .6 else float(r.choice((12, 16, 30)))
    begin = r.uniform(0, 60) if a.scene != "robot" else r.uniform(0, 16)
    return ClipSpec(a, lay, w, h, fps, begin if r.random() < .5 else 0.0)
