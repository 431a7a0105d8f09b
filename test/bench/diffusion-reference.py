"""The diffusers half of `npm run bench diffusion`: exports a random Predict2.5 of a given size and times diffusers on it.

    python diffusion-reference.py --out <profile folder> --heads 8 --head-dim 64 --layers 4 --width 320 --height 192 --frames 9 --steps 8

Needs infra/export and its requirements on the path. Prints one line of JSON: parameters, seconds per step.
"""

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "export"))
warnings.filterwarnings("ignore")

from worldexport import runtime  # noqa: E402

runtime.prepare()

import torch  # noqa: E402
from tiny import parts, pipelines  # noqa: E402
from worldexport.profile import Options, export_pipeline  # noqa: E402


def build(heads: int, head_dim: int, layers: int):
    pipe = pipelines.predict25()
    size = dict(num_attention_heads=heads, attention_head_dim=head_dim, num_layers=layers)
    wide = dict(mlp_ratio=4.0, adaln_lora_dim=32, max_size=(32, 128, 128)) if head_dim > 16 else {}
    pipe.transformer = parts.dit(
        31, in_channels=17, rope_scale=(1.0, 3.0, 3.0), extra_pos_embed_type=None, **parts.REASON1, **size, **wide
    ).eval()
    return pipe


def seconds_per_step(pipe, call: dict) -> float:
    """From the end of the first step to the end of the last, so that text and decoding are left out."""
    ends = []

    def note(_pipe, _step, _timestep, kwargs):
        ends.append(time.perf_counter())
        return kwargs

    pipe(**call, output_type="latent", callback_on_step_end=note)
    return (ends[-1] - ends[0]) / (len(ends) - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    for name, value in dict(heads=8, head_dim=64, layers=4, width=320, height=192, frames=9, steps=8, threads=2).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    pipe = build(a.heads, a.head_dim, a.layers)
    pipe.set_progress_bar_config(disable=True)
    options = Options(
        id="bench", name="Bench", notice="", max_length=64, sizes=((a.width, a.height),), tiers=("256",), frames=a.frames
    )
    export_pipeline(pipe, a.out, options)
    call = dict(
        prompt="a car on a street",
        negative_prompt="",
        width=a.width,
        height=a.height,
        num_frames=a.frames,
        guidance_scale=7.0,
        max_sequence_length=64,
    )
    with torch.no_grad():
        seconds_per_step(pipe, {**call, "num_inference_steps": 2})
        seconds = seconds_per_step(pipe, {**call, "num_inference_steps": a.steps})
    parameters = sum(p.numel() for p in pipe.transformer.parameters())
    print(json.dumps({"parameters": parameters, "secondsPerStep": seconds}))


main()
