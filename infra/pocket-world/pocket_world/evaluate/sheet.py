"""Contact sheets: prompts down, seeds 0 to 7 across, nothing picked."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ..denoiser.sample import Rule
from ..engine import Engine

PROMPTS = (
    "dashcam drive down a sunny street with trees on both sides, driving fast",
    "first person view from a camera in a car driving down a two lane neighborhood street. There are nice houses and sidewalks. It is a rainy day and there are grey clouds overhead.",
    "at night, a red car ahead of us on a road lined with houses, slow",
    "snowy road with trees, following a blue car",
    "a robot arm moves a green box to the right on a shelf, orange wall",
    "a robotic arm carries a red cube to the left, blue background",
    "a yellow circle moves right fast on a blue background",
    "a purple square moves up slowly on a white background",
    "a red triangle moves down fast on a black background",
)


def write(engine: Engine, rule: Rule, path: Path, seeds: int = 8) -> None:
    """For each prompt a row of middle frames, one for each seed, and a row of seed 0 in time (frames 0, 3, 6 ... 21)."""
    rows = []
    for text in PROMPTS:
        clips = [engine.clip(text, s, rule=rule) for s in range(seeds)]
        head = Image.new("RGB", (320 * seeds, 28), (24, 24, 28))
        ImageDraw.Draw(head).text((8, 4), text, fill=(235, 235, 235), font_size=18)
        rows += [np.asarray(head), np.concatenate([c[12] for c in clips], 1), np.concatenate([clips[0][3 * i] for i in range(seeds)], 1)]
    Image.fromarray(np.concatenate(rows, 0)).reduce(2).save(path)
