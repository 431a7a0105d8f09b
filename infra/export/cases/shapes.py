"""Two small shapes and two seeds, crossed: every mode is recorded four times."""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Shape:
    tag: str
    width: int
    height: int
    frames: int


PREDICT = (Shape("a", 32, 16, 9), Shape("b", 32, 48, 5))
# 16 and 48 pixels are 1 and 3 latent cells; Cosmos3 pads them to 2 and 4.
COSMOS3 = (Shape("a", 32, 16, 9), Shape("b", 48, 32, 5))
SEEDS = (0, 1)
STEPS = 8

PROMPT = "A robot arm picks up a red cube 🤖 and places it on a wooden table. 机器人把红色的方块放在木桌上。"
NEGATIVE = "motion blur, shaky footage, low resolution, poorly lit areas"


def crossed(shapes=PREDICT):
    """(shape, seed) pairs, e.g. for names such as `text-a-s0`."""
    return list(product(shapes, SEEDS))
