"""Prompt following: held-out combinations, captions never seen, judged on the pixels."""

import random

import numpy as np

from ..captions.grammar import canonical, caption
from ..denoiser.sample import Rule
from ..engine import Engine
from ..judge.judge import score, total
from ..world.attributes import Attributes, draw_split

SEED = 77


def prompts(count: int, held: bool = True) -> list[tuple[str, Attributes]]:
    """count prompts with their attributes; every other one in a free phrasing."""
    r = random.Random(SEED)
    out = []
    for i in range(count):
        a = draw_split(r, held)
        out.append((canonical(a) if i % 2 == 0 else caption(a, r), a))
    return out


def run(engine: Engine, rule: Rule, count: int) -> tuple[dict[str, float], list[np.ndarray]]:
    """(shares right, the clips)."""
    scores, clips = [], []
    by: dict[str, list] = {}
    for i, (text, a) in enumerate(prompts(count)):
        clips.append(engine.clip(text, 1000 + i, rule=rule))
        scores.append(score(clips[-1], a))
        by.setdefault(str(a.scene), []).append(scores[-1])
    return {**total(scores), **{f"{k} only": total(v)["all"] for k, v in by.items()}, "prompts": count}, clips
