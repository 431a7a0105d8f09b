"""Times diffusers' own Predict2.5 loop on PyTorch; prints one line of JSON, to stand beside `npm run bench diffusion`.

    python bench_diffusers.py --checkpoint /tmp/midsize/checkpoint --width 256 --height 160 --frames 17 --steps 8 --threads 2
    python bench_diffusers.py --tiny ...      # the checkpoint of the predict2.5 fixture, made in memory

Seconds: `text` both prompts, `denoise` all steps with both branches, `decode` the VAE, `total` the whole call.
"""

import argparse
import json
import time
import warnings

from worldexport import runtime


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint")
    source.add_argument("--tiny", action="store_true")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--height", type=int, default=160)
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--guidance", type=float, default=7.0)
    parser.add_argument("--max-length", type=int, default=96)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def clocked(owner, name: str, clock: dict, key: str) -> None:
    """Replaces `owner.name` by one that adds its seconds to `clock[key]`."""
    original = getattr(owner, name)

    def timed(*args, **kwargs):
        start = time.perf_counter()
        try:
            return original(*args, **kwargs)
        finally:
            clock[key] = clock.get(key, 0.0) + time.perf_counter() - start

    object.__setattr__(owner, name, timed)


def run_once(pipe, call: dict, clock: dict) -> dict:
    import torch

    clock.clear()
    marks: list[float] = []

    def on_step(_pipe, _index, _timestep, tensors):
        marks.append(time.perf_counter())
        return tensors

    start = time.perf_counter()
    pipe(**call, generator=torch.Generator().manual_seed(0), output_type="pt", callback_on_step_end=on_step)
    total = time.perf_counter() - start
    denoise = marks[-1] - (start + clock["text"])
    steps = [later - earlier for earlier, later in zip(marks, marks[1:])]
    seconds = {"total": total, "text": clock["text"], "denoise": denoise, "decode": clock["decode"]}
    return {**{k: round(v, 4) for k, v in seconds.items()}, "step": round(sum(steps) / max(1, len(steps)), 4)}


def main() -> None:
    arguments = parse()
    runtime.prepare(arguments.threads)
    warnings.filterwarnings("ignore")
    import diffusers
    import torch

    from tiny.pipelines import predict25
    from worldexport.checkpoint import load

    pipe = predict25() if arguments.tiny else load(arguments.checkpoint)
    pipe.set_progress_bar_config(disable=True)
    clock: dict[str, float] = {}
    clocked(pipe, "encode_prompt", clock, "text")
    clocked(pipe.vae, "decode", clock, "decode")
    call = dict(
        prompt="A robot arm picks up a red cube.",
        negative_prompt="blurry",
        width=arguments.width,
        height=arguments.height,
        num_frames=arguments.frames,
        num_inference_steps=arguments.steps,
        guidance_scale=arguments.guidance,
        max_sequence_length=arguments.max_length,
    )
    runs = [run_once(pipe, call, clock) for _ in range(arguments.repeat + 1)][1:]
    best = min(runs, key=lambda run: run["total"])
    about = {"torch": torch.__version__, "diffusers": diffusers.__version__, "threads": arguments.threads}
    shape = {k: getattr(arguments, k) for k in ("width", "height", "frames", "steps")}
    print(json.dumps({"engine": "diffusers", **about, **shape, "runs": runs, "best": best}))


if __name__ == "__main__":
    main()
