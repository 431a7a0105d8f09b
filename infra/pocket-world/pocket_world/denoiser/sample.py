"""The sampling rule, in numpy, over any velocity function: the same for torch and for the exported graphs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Velocity = Callable[[np.ndarray, float, bool], np.ndarray]  # (latents, t, with the prompt?) -> velocity


@dataclass(frozen=True)
class Rule:
    """steps, guidance scale, time shift, and the noise level from which guidance applies: below it strong guidance frays edges."""

    steps: int = 10
    guidance: float = 2.0
    shift: float = 3.0
    guided_from: float = .5


def timesteps(rule: Rule) -> np.ndarray:
    """[steps + 1] from 1 to 0: t = s u / (1 + (s - 1) u) for even u."""
    u = np.linspace(1, 0, rule.steps + 1)
    return rule.shift * u / (1 + (rule.shift - 1) * u)


def sample(noise: np.ndarray, velocity: Velocity, rule: Rule, known: np.ndarray | None = None, mask: np.ndarray | None = None) -> np.ndarray:
    """Euler steps from noise [1, T, C, h, w]; given latents are put back at the end."""
    x, ts = noise.astype(np.float32), timesteps(rule)
    for a, b in zip(ts, ts[1:]):
        v = velocity(x, float(a), True)
        if rule.guidance != 1 and a >= rule.guided_from:
            empty = velocity(x, float(a), False)
            v = empty + rule.guidance * (v - empty)
        x = x + np.float32(b - a) * v
    return x if known is None or mask is None else x * (1 - mask) + known * mask
