"""Prompt following: held-out combinations (of robot and shapes), captions never seen, judged on the pixels."""

import random

import numpy as np

from ..captions.grammar import canonical, caption
from ..denoiser.sample import Rule
from ..engine import Engine
from ..judge.judge import score, total
from ..world.attributes import Attributes, draw, held_out
from ..world.clip import ClipSpec, layout
from .pixels import flicker

SEED = 77


def prompts(count: int) -> list[tuple[str, Attributes]]:
    """count prompts with their attributes, scenes at the world's shares; every other one in a free phrasing.

    The split holds out no street (it falls so): street prompts are of known combinations, with phrasings and seeds of their own."""
    r = random.Random(SEED)
    out: list[tuple[str, Attributes]] = []
    while len(out) < count:
        a = draw(r)
        while a.scene != "street" and not held_out(a):
            scene, a = a.scene, draw(r)
            while a.scene != scene:
                a = draw(r)
        out.append((canonical(a) if len(out) % 2 == 0 else caption(a, r), a))
    return out


def world_flicker(count: int) -> float:
    """Mean flicker of the world's own clips of the same attributes."""
    return float(np.mean([flicker(ClipSpec(a, layout(a, random.Random(i))).frames()) for i, (_, a) in enumerate(prompts(count))]))


def run(engine: Engine, rule: Rule, count: int) -> tuple[dict[str, float], list[np.ndarray]]:
    """(shares right, the clips)."""
    scores, clips = [], []
    by: dict[str, list] = {}
    for i, (text, a) in enumerate(prompts(count)):
        clips.append(engine.clip(text, 1000 + i, rule=rule))
        scores.append(score(clips[-1], a))
        by.setdefault(str(a.scene), []).append(scores[-1])
    return {**total(scores), **{f"{k} only": total(v)["all"] for k, v in by.items()}, "prompts": count}, clips
