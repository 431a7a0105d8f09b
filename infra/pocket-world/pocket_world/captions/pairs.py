"""Pairs of caption and the attributes that it states."""

import random

from ..world.attributes import Attributes, draw, forget
from . import words as w
from .grammar import canonical, caption

STRANGE = (
    "a cat sits on a sofa", "an astronaut rides a horse on the moon", "waves break on a beach at dusk", "a wide shot of a large industrial facility, likely a chemical plant or factory",
    "people dance at a wedding", "a chef cuts onions in a kitchen", "mountains with a river", "blurry, low quality, artifacts, people", "lorem ipsum dolor sit amet",
    "the quick brown fox jumps over the lazy dog", "worst quality, distorted, watermark", "a bird flies", "underwater coral reef with fish", "a clock on the mantelpiece ticks",
)


def pair(r: random.Random) -> tuple[str, Attributes]:
    """A caption and its attributes, for training of the text encoder."""
    k = r.random()
    if k < .03:
        return r.choice(STRANGE) + (" " + r.choice(w.FILLER) if r.random() < .3 else ""), Attributes()
    a = draw(r)
    if k < .2:
        return canonical(a), a
    a = forget(a, r, r.choice((0, 0, .15, .4)))
    if a.scene == "street" and a.car != "yes":
        a = Attributes(**{**a.__dict__, "car": "no", "colour": None})
    return noisy(caption(a, r), r), a


def noisy(text: str, r: random.Random) -> str:
    """At times a made-up word or a slip of the pen, which must not matter."""
    if r.random() < .15:
        parts = text.split(" ")
        for _ in range(r.randint(1, 3)):
            parts.insert(r.randrange(len(parts) + 1), "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(3, 9))))
        text = " ".join(parts)
    return text
