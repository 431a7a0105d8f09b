"""Clips longer than a window: does the second window go on as the first began?"""

import random

import numpy as np

from ..denoiser.sample import Rule
from ..engine import Engine
from ..judge.judge import score, total
from ..world.clip import ClipSpec, layout
from .prompts import prompts

OVERLAP, FRAMES = 5, 45


def run(engine: Engine, rule: Rule, count: int) -> dict[str, float]:
    """Share of attributes that the judge reads right in the second window alone, beside the same of the world's own clips; how much more the
    picture changes at the seam than at the other steps of the second window."""
    ours, theirs, seams = [], [], []
    for i, (text, a) in enumerate(prompts(count)):
        f = engine.clip(text, 3000 + i, rule=rule)
        noise = np.random.default_rng(4000 + i).standard_normal((1, 7, engine.channels, 12, 20)).astype(np.float32)
        g = engine.decode(engine.latents(text, noise, rule, engine.encode(f[-OVERLAP:])))
        ours.append(score(g, a))
        theirs.append(score(ClipSpec(a, layout(a, random.Random(i)), begin=25 - OVERLAP).frames(), a))
        clip = np.concatenate([f, g[OVERLAP:]]).astype(np.float32)
        step = np.abs(np.diff(clip, axis=0)).mean((1, 2, 3))
        seams.append(step[24] / max(1e-3, float(np.median(step[25:]))))
    return {"attributes": total(ours)["all"], "attributes_world": total(theirs)["all"], "seam": float(np.median(seams)), "clips": count, "frames": FRAMES}
