"""Goldens of Cosmos3 transfer: nested text and control guidance, several controls, windows, guidance intervals."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from worldexport.golden import GoldenWriter
from worldexport.media import as_floats, as_images, clip
from worldexport.sessions import Graphs

from . import run
from .cosmos3 import check
from .shapes import COSMOS3, NEGATIVE, PROMPT, STEPS, Shape, crossed

ORDER = ["edge", "blur", "depth", "seg", "wsm"]
ALL = (("a", 0), ("a", 1), ("b", 0), ("b", 1))


@dataclass
class Spec:
    name: str
    controls: tuple[str, ...]
    options: dict = field(default_factory=dict)
    frames: int | None = None
    first: int = 0  # frames of an input video that the first window starts from
    only: tuple = ALL


SPECS = [
    Spec("edge", ("edge",)),
    # The mapping's order is not the order of the items: edge, blur, depth, seg, wsm is.
    Spec("two", ("seg", "edge"), {"control_guidance": 2.0}, only=(("b", 0),)),
    Spec("plain", ("depth",), {"control_guidance": 1.0, "use_system_prompt": False}, only=(("a", 1),)),
    Spec(
        "intervals",
        ("blur",),
        {"guidance_interval": [400, 1000], "control_guidance_interval": [0, 950]},
        only=(("a", 0),),
    ),
    # 8 frames in windows of 5 sharing one: the second window is one frame short and is padded by reflection.
    Spec("windows", ("edge",), {"num_video_frames_per_chunk": 5}, frames=8, only=(("a", 0), ("b", 1))),
    Spec("first", ("edge",), {"num_first_chunk_conditional_frames": 5}, frames=9, first=6, only=(("a", 1),)),
]


def record_case(pipe, graphs: Graphs, fixture: Path, spec: Spec, shape: Shape, seed: int) -> dict[str, float]:
    frames = spec.frames or shape.frames
    shape = Shape(shape.tag, shape.width, shape.height, frames)
    clips = {n: clip(frames, shape.width, shape.height, 10 * seed + ORDER.index(n)) for n in spec.controls}
    start = clip(spec.first, shape.width, shape.height, 77) if spec.first else None
    options = {"control_guidance": 1.5, **spec.options}
    call = dict(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        control_videos={n: as_images(video) for n, video in clips.items()},
        width=shape.width,
        height=shape.height,
        num_frames=frames,
        fps=30.0,
        num_inference_steps=STEPS,
        guidance_scale=3.0,
        **options,
        **({"video": as_images(start)} if start is not None else {}),
    )
    seen = run.record(pipe, seed, call)
    name = f"transfer-{spec.name}-{shape.tag}-s{seed}"
    writer = GoldenWriter(run.folder(fixture, name))
    case = run.common(name, graphs.profile, "transfer", shape, seed, call, pipe)
    ids = unique([kwargs["input_ids"].tolist() for kwargs, _ in seen.calls])
    case |= {"fps": 30.0, "input_ids": ids[0], "negative_input_ids": ids[1], "options": options}
    case["media"] = [
        {"role": f"control:{n}", **writer.tensor(f"control_{n}", as_floats(video))} for n, video in clips.items()
    ]
    if start is not None:
        case["media"].append({"role": "video", **writer.tensor("video", as_floats(start))})
    case["noise"] = writer.tensor("noise", seen.draws[0][1])
    further = [({"purpose": "noise", "window": i}, v) for i, (_, v) in enumerate(seen.draws[1:], start=1)]
    case["draws"] = writer.draws(further)
    steps = np.stack(seen.steps).reshape(-1, STEPS, *seen.steps[0].shape)
    case["outputs"] = {
        "steps": writer.tensor("steps", steps),
        "latents": writer.tensor("latents", steps[:, -1]),
        "frames": writer.tensor("frames", seen.frames),
    }
    writer.save(case)
    return check(graphs, pipe, seen)


def unique(lists: list[list[int]]) -> list[list[int]]:
    """Distinct id lists in order of appearance: the prompt first, then the negative prompt."""
    out = []
    for ids in lists:
        if ids not in out:
            out.append(ids)
    return out


def record_all(pipe, fixture: Path) -> dict[str, dict[str, float]]:
    graphs = Graphs(fixture)
    return {
        f"{spec.name}-{shape.tag}-s{seed}": record_case(pipe, graphs, fixture, spec, shape, seed)
        for spec in SPECS
        for shape, seed in crossed(COSMOS3)
        if (shape.tag, seed) in spec.only
    }
