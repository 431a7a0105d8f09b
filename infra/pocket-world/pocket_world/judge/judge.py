"""Scores a clip against the attributes of its prompt."""

from dataclasses import asdict

import numpy as np

from ..world.attributes import Attributes
from .robot import robot
from .scene import scene
from .shapes import shapes
from .street import street

READERS = {"street": street, "robot": robot, "shapes": shapes}


def read(frames: np.ndarray, kind: str, fps: float = 24.0) -> dict[str, str | None]:
    """Attributes seen in uint8 frames [T, H, W, 3] when read as a scene of the given kind, with the scene as seen."""
    return {"scene": scene(frames), **READERS[kind](frames, fps)}


def score(frames: np.ndarray, wanted: Attributes, fps: float = 24.0) -> dict[str, bool]:
    """For each attribute that the prompt names: is it what the pixels show?"""
    assert wanted.scene
    seen = read(frames, wanted.scene, fps)
    return {k: seen.get(k) == v for k, v in asdict(wanted).items() if v is not None}


def total(scores: list[dict[str, bool]]) -> dict[str, float]:
    """Share right for each attribute, "all" over every attribute of every clip, and "whole" for clips with no fault."""
    keys = sorted({k for s in scores for k in s})
    out = {k: float(np.mean([s[k] for s in scores if k in s])) for k in keys}
    out["all"] = float(np.mean([v for s in scores for v in s.values()]))
    out["whole"] = float(np.mean([all(s.values()) for s in scores]))
    return out
