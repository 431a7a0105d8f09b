"""What all recordings share: run the pipeline under a recorder and write the parts that every case has."""

from pathlib import Path

import numpy as np
import torch

from worldexport.golden import TOLERANCE, GoldenWriter
from worldexport.recorder import Recorder


def record(pipe, seed: int, call: dict) -> Recorder:
    """Runs `pipe(**call)` with a CPU generator at `seed`."""
    recorder = Recorder(pipe)
    if hasattr(pipe, "set_progress_bar_config"):
        pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(seed)
    modular = "Modular" in type(pipe).__name__
    output = {"output": "videos"} if modular else {"callback_on_step_end": recorder.on_step}
    with recorder.watching():
        pipe(**call, generator=generator, output_type="pt", **output)
    return recorder


def common(name: str, profile: dict, mode: str, shape, seed: int, call: dict, pipe) -> dict:
    """The head of case.json."""
    return {
        "name": name,
        "pipeline": profile["pipeline"]["type"],
        "mode": mode,
        "prompt": call["prompt"],
        "negative_prompt": call.get("negative_prompt"),
        "width": shape.width,
        "height": shape.height,
        "frames": shape.frames,
        "steps": call["num_inference_steps"],
        "guidance": call["guidance_scale"],
        "seed": seed,
        "timesteps": [float(t) for t in pipe.scheduler.timesteps],
        "sigmas": [float(s) for s in pipe.scheduler.sigmas],
        "tolerance": TOLERANCE[profile["pipeline"]["precision"]],
    }


def outputs(writer: GoldenWriter, recorder: Recorder) -> dict:
    steps = np.stack(recorder.steps)
    return {
        "steps": writer.tensor("steps", steps),
        "latents": writer.tensor("latents", steps[-1]),
        "frames": writer.tensor("frames", recorder.frames),
    }


def folder(fixture: Path, name: str) -> Path:
    return fixture / "golden" / name
