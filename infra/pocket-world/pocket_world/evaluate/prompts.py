"""Prompt following: combinations that training never saw, captions of their own, judged on the pixels."""

import random

import numpy as np

from ..captions.grammar import canonical, caption
from ..denoiser.sample import Rule
from ..engine import Engine
from ..judge.judge import score, total
from ..world.attributes import Attributes, draw, draw_split
from ..world.clip import SHAPES_256, ClipSpec, layout
from .pixels import flicker

SEED = 77


def prompts(count: int) -> list[tuple[str, Attributes]]:
    """count prompts of held-out combinations with their attributes, scenes at the world's shares; every other one in a free phrasing."""
    r = random.Random(SEED)
    out: list[tuple[str, Attributes]] = []
    while len(out) < count:
        scene, a = draw(r).scene, draw_split(r, True)
        while a.scene != scene:
            a = draw_split(r, True)
        out.append((canonical(a) if len(out) % 2 == 0 else caption(a, r), a))
    return out


def world_flicker(count: int) -> float:
    """Mean flicker of the world's own clips of the same attributes."""
    return float(np.mean([flicker(ClipSpec(a, layout(a, random.Random(i))).frames()) for i, (_, a) in enumerate(prompts(count))]))


def sizes(engine: Engine, rule: Rule, count: int) -> dict[str, float]:
    """Share of attributes right at the other native sizes, count prompts each."""
    return {f"{w}x{h}": total([score(engine.clip(text, 2000 + i, w, h, rule=rule), a) for i, (text, a) in enumerate(prompts(count))])["all"] for w, h in SHAPES_256[1:]}


def run(engine: Engine, rule: Rule, count: int) -> tuple[dict[str, float], list[np.ndarray]]:
    """(shares right, the clips)."""
    scores, clips = [], []
    by: dict[str, list] = {}
    for i, (text, a) in enumerate(prompts(count)):
        clips.append(engine.clip(text, 1000 + i, rule=rule))
        scores.append(score(clips[-1], a))
        by.setdefault(str(a.scene), []).append(scores[-1])
    return {**total(scores), **{f"{k} only": total(v)["all"] for k, v in by.items()}, "prompts": count}, clips
