"""What the denoiser is fed as it grows: single frames first, then motion, then frame rates, shapes and controls."""

import json

from .batches import Diet

PHASES: tuple[tuple[int, Diet], ...] = (
    (0, Diet(((1, .7), (2, .1), (7, .2)), 21, (("plain", .88), ("any", .12), ("control", 0)), 0.0, .2, .06, .02)),
    (3_600, Diet(((1, .45), (2, .1), (7, .45)), 21, (("plain", .78), ("any", .14), ("control", .08)), 0.05, .25, .06, .02)),
    (8_000, Diet(((1, .3), (2, .1), (7, .6)), 21, (("plain", .6), ("any", .2), ("control", .2)), .2, .3, .08, .03)),
)


def diet(step: int, override: str | None = None) -> Diet:
    """The diet at a step; override: JSON with the fields of Diet to set for good."""
    if override:
        return Diet(**json.loads(override))
    return [d for first, d in PHASES if step >= first][-1]
