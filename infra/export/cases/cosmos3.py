"""Goldens of Cosmos3: text, image, video, one picture, and the distilled variant."""

from pathlib import Path

from worldexport import check_cosmos3, check_vae
from worldexport.golden import GoldenWriter
from worldexport.media import as_floats, as_images, clip
from worldexport.sessions import Graphs

from . import run
from .shapes import COSMOS3, NEGATIVE, PROMPT, STEPS, Shape, crossed

MODES = {"text": "text2video", "image": "image2video", "video": "video2video", "still": "text2image"}


def conditioning(kind: str, shape: Shape, seed: int) -> tuple[dict, list]:
    """Call arguments and `(role, uint8 video)`; seed 1 turns the options that have two values."""
    if kind == "image":
        video = clip(1, shape.width, shape.height, seed)
        return {"image": as_images(video)[0]}, [("image", video)]
    if kind == "video":
        video = clip(6, shape.width, shape.height, seed)
        indexes = [0, 1] if shape.frames > 5 else [0]
        keep = "last" if seed else "first"
        return {
            "video": as_images(video),
            "condition_frame_indexes_vision": indexes,
            "condition_video_keep": keep,
        }, [("video", video)]
    if kind == "text" and seed:
        return {"use_system_prompt": False, "add_duration_template": False}, []
    return {}, []


def record_case(pipe, graphs: Graphs, fixture: Path, kind: str, shape: Shape, seed: int) -> dict[str, float]:
    distilled = "Distilled" in type(pipe).__name__
    if kind == "still":
        shape = Shape(shape.tag, shape.width, shape.height, 1)
    extra, media = conditioning(kind, shape, seed)
    fps = 24.0 if seed == 0 else 16.0
    call = dict(prompt=PROMPT, width=shape.width, height=shape.height, num_frames=shape.frames, fps=fps, **extra)
    if not distilled:
        call |= dict(negative_prompt=NEGATIVE, num_inference_steps=STEPS, guidance_scale=6.0)
    seen = run.record(pipe, seed, call)
    call = {"num_inference_steps": len(seen.steps), "guidance_scale": 1.0} | call
    name = f"{kind}-{shape.tag}-s{seed}"
    writer = GoldenWriter(run.folder(fixture, name))
    case = run.common(name, graphs.profile, MODES[kind], shape, seed, call, pipe)
    case |= {"fps": fps, "input_ids": seen.calls[0][0]["input_ids"].tolist()}
    case["negative_input_ids"] = None if distilled else seen.calls[1][0]["input_ids"].tolist()
    case["options"] = {k: v for k, v in extra.items() if k not in ("image", "video")}
    case["media"] = [{"role": role, **writer.tensor(role, as_floats(video))} for role, video in media]
    assert seen.draws[0][0] == "noise"
    case["noise"] = writer.tensor("noise", seen.draws[0][1])
    shaped = [values.reshape(seen.steps[0].shape) for _, values in seen.draws[1:]]
    case["draws"] = writer.draws([({"purpose": "step", "step": i}, values) for i, values in enumerate(shaped)])
    case["outputs"] = run.outputs(writer, seen)
    writer.save(case)
    return check(graphs, pipe, seen)


def check(graphs: Graphs, pipe, seen) -> dict[str, float]:
    worst = {
        "transformer": check_cosmos3.check_calls(graphs, pipe.transformer, seen.calls),
        "vae_decoder": max(check_vae.check_decode(graphs, *pair) for pair in seen.decodes),
    }
    if seen.encodes:
        worst["vae_encoder"] = max(check_vae.check_encode(graphs, *triple) for triple in seen.encodes)
    return worst


def record_kinds(*kinds: str):
    def record_all(pipe, fixture: Path) -> dict[str, dict[str, float]]:
        graphs = Graphs(fixture)
        return {
            f"{kind}-{shape.tag}-s{seed}": record_case(pipe, graphs, fixture, kind, shape, seed)
            for kind in kinds
            for shape, seed in crossed(COSMOS3)
        }

    return record_all
