"""What a prompt can say: the attributes of a clip, their classes, and the split into training and held-out combinations."""

import random
import zlib
from dataclasses import dataclass, fields, replace

from .palette import BACK_COLOURS, BOX_COLOURS, CAR_COLOURS, SHAPE_COLOURS, WALL_COLOURS

CLASSES: dict[str, tuple[str, ...]] = {
    "scene": ("street", "robot", "shapes"),
    "weather": ("sunny", "rainy", "snowy", "night"),
    "side": ("trees", "houses"),
    "car": ("no", "yes"),
    "colour": ("red", "green", "blue", "yellow", "orange", "purple", "white"),
    "back": ("white", "black", "blue", "yellow", "orange"),
    "shape": ("circle", "square", "triangle"),
    "direction": ("left", "right", "up", "down"),
    "speed": ("slowly", "fast"),
}


SALT = 9  # with it the split holds out 3 of 40 streets, 3 of 24 robots and 30 of 264 shapes


@dataclass(frozen=True)
class Attributes:
    """One value of CLASSES for each field, or None where the scene has no such thing or the prompt leaves it open."""

    scene: str | None = None
    weather: str | None = None
    side: str | None = None
    car: str | None = None
    colour: str | None = None
    back: str | None = None
    shape: str | None = None
    direction: str | None = None
    speed: str | None = None

    def key(self) -> str:
        """The combination as text, speed left out: what the split hashes."""
        return "/".join(str(getattr(self, f.name)) for f in fields(self) if f.name != "speed")


def held_out(a: Attributes) -> bool:
    """True for the tenth of all combinations (of each scene) that training never sees together."""
    return zlib.crc32(f"{SALT}/{a.key()}".encode()) % 10 == 0


def draw(r: random.Random) -> Attributes:
    """Attributes of a random clip."""
    scene = r.choices(("street", "robot", "shapes"), (0.42, 0.2, 0.38))[0]
    if scene == "street":
        car = r.random() < 0.6
        return Attributes(scene, r.choice(CLASSES["weather"]), r.choice(CLASSES["side"]), "yes" if car else "no",
                          r.choice(CAR_COLOURS) if car else None, speed=r.choice(CLASSES["speed"]))
    if scene == "robot":
        return Attributes(scene, colour=r.choice(BOX_COLOURS), back=r.choice(WALL_COLOURS), direction=r.choice(("left", "right")))
    colour = r.choice(SHAPE_COLOURS)
    back = r.choice([b for b in BACK_COLOURS if b != colour])
    return Attributes(scene, colour=colour, back=back, shape=r.choice(CLASSES["shape"]),
                      direction=r.choice(CLASSES["direction"]), speed=r.choice(CLASSES["speed"]))


def draw_split(r: random.Random, held: bool) -> Attributes:
    """Like draw, but only held-out (or only training) combinations."""
    while True:
        a = draw(r)
        if held_out(a) == held:
            return a


def forget(a: Attributes, r: random.Random, rate: float) -> Attributes:
    """The attributes with each but the scene left open at the given rate."""
    return replace(a, **{f.name: None for f in fields(a) if f.name != "scene" and r.random() < rate})
