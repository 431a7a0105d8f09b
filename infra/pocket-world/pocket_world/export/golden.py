"""Goldens: noise, ids and the latents and frame that must come of them, for the farm's own tests."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from ..denoiser.sample import Rule, timesteps
from ..engine import Engine
from ..world.clip import spec

PROMPT = "a yellow circle moves right on a blue background"
PROMPT_I2V = "driving fast down a rainy street with houses"


def write(folder: Path, rule: Rule) -> None:
    """Writes golden/ of a profile folder from its own graphs."""
    engine, out = Engine(folder, 1), folder / "golden"
    out.mkdir(exist_ok=True)
    noise = np.random.default_rng(0).standard_normal((1, 7, engine.channels, 12, 20)).astype(np.float32)
    latents = engine.latents(PROMPT, noise, rule)
    noise.tofile(out / "noise.f32")
    latents.tofile(out / "latents.f32")
    Image.fromarray(engine.decode(latents)[12]).save(out / "frame-12.png")
    street = next(s for s in (spec(i) for i in range(1000)) if s.attributes.weather == "rainy" and s.attributes.side == "houses" and s.attributes.speed == "fast" and s.attributes.car == "no")
    image = street.frames(1)
    Image.fromarray(image[0]).save(out / "image.png")
    known = engine.encode(image)
    Image.fromarray(engine.decode(engine.latents(PROMPT_I2V, noise, rule, known))[24]).save(out / "i2v-frame-24.png")
    (out / "golden.json").write_text(json.dumps({
        "prompt": PROMPT, "ids": engine.ids(PROMPT)[0].tolist(), "encoder_hidden_states": np.round(engine.text(PROMPT)[0], 6).tolist(),
        "steps": rule.steps, "guidance": rule.guidance, "shift": rule.shift, "guided_from": rule.guided_from, "fps": 24, "shape": list(noise.shape), "timesteps": timesteps(rule).tolist(),
        "files": {"noise": "noise.f32", "latents": "latents.f32", "frame12": "frame-12.png"},
        "image_to_video": {"image": "image.png", "prompt": PROMPT_I2V, "frame24": "i2v-frame-24.png", "noise": "noise.f32"}}, indent=1) + "\n")
