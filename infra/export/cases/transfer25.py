"""Goldens of Transfer2.5: each control alone, two windows, and several controls with weights and masks."""

from pathlib import Path

import numpy as np
import torch

from worldexport import check_dit, check_vae
from worldexport.golden import GoldenWriter
from worldexport.media import as_floats, as_images, clip
from worldexport.sessions import Graphs, difference

from . import multi_control, run
from .predict25 import token_ids
from .shapes import NEGATIVE, PROMPT, STEPS, Shape, crossed
from .transfer25_specs import Spec, mask_clip


def control_clip(name: str, frames: int, shape: Shape, seed: int) -> np.ndarray:
    """uint8 [F, H, W, 3]; each control has its own picture."""
    order = ["edge", "blur", "depth", "seg"]
    return clip(frames, shape.width, shape.height, 10 * seed + order.index(name))


def encode_other(pipe, video: np.ndarray, generator) -> tuple[torch.Tensor, np.ndarray]:
    """Latents of a further control, sampled and normalised as the pipeline does with its one control; and its noise."""
    pixels = pipe.video_processor.preprocess_video(as_images(video), video.shape[1], video.shape[2])
    posterior = pipe.vae.encode(pixels).latent_dist
    noise = torch.randn(posterior.mean.shape, generator=generator)
    latents = posterior.mean + posterior.std * noise
    return (latents - pipe.latents_mean) / pipe.latents_std, noise.numpy()


def record_case(
    pipe, nets: dict, nvidia: Path | None, graphs: Graphs, fixture: Path, spec: Spec, shape, seed: int
) -> dict:
    frames = spec.frames or shape.frames
    shape = Shape(shape.tag, shape.width, shape.height, frames)
    length = graphs.profile["tokenizer"]["max_length"]
    clips = {name: control_clip(name, frames, shape, seed) for name in spec.weights}
    first = next(iter(clips))
    masks = {name: mask_clip(name, frames, shape.width, shape.height) for name in spec.masked}
    others, extra_draws = [], []
    for name in list(clips)[1:]:
        latents, noise = encode_other(pipe, clips[name], torch.Generator().manual_seed(1000 + seed))
        others.append(latents)
        extra_draws.append(({"purpose": "posterior", "role": f"control:{name}", "window": 0}, noise))
    call = dict(
        controls=as_images(clips[first]),
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        width=shape.width,
        height=shape.height,
        num_frames=frames,
        num_frames_per_chunk=spec.chunk or frames,
        num_inference_steps=STEPS,
        guidance_scale=3.0,
        max_sequence_length=length,
    )
    if others or masks:
        grid = torch.zeros(1, 1, (frames - 1) // 4 + 1, shape.height // 8, shape.width // 8)
        tensors = [torch.from_numpy(masks[n])[None].transpose(1, 2) if n in masks else None for n in clips]
        weights = multi_control.weight_maps(nvidia, list(spec.weights.values()), tensors, grid)
        pipe.controlnet = multi_control.MultiControl([nets[n] for n in clips], others, weights)
    else:
        pipe.controlnet = nets[first]
        call["controls_conditioning_scale"] = weights = spec.weights[first]
    control_calls = []
    hook = pipe.controlnet.register_forward_hook(lambda _m, _a, k, _o: control_calls.append(k), with_kwargs=True)
    seen = run.record(pipe, seed, call)
    hook.remove()

    name = f"{spec.name}-{shape.tag}-s{seed}"
    writer = GoldenWriter(run.folder(fixture, name))
    ids = [token_ids(pipe, text, length) for text in (PROMPT, NEGATIVE)]
    case = run.common(name, graphs.profile, "transfer", shape, seed, call, pipe)
    case |= {"fps": 30, "input_ids": ids[0], "negative_input_ids": ids[1]}
    case["options"] = {"controls": spec.weights, "masks": list(masks), "frames_per_chunk": call["num_frames_per_chunk"]}
    media = [{"role": f"control:{n}", **writer.tensor(f"control_{n}", as_floats(v))} for n, v in clips.items()]
    media += [{"role": f"mask:{n}", **writer.tensor(f"mask_{n}", v)} for n, v in masks.items()]
    case["media"] = media
    case["noise"] = writer.tensor("noise", seen.draws[0][1])
    case["draws"] = writer.draws(label(seen.draws[1:], first) + extra_draws)
    per_window = len(seen.steps) // STEPS
    steps = np.stack(seen.steps).reshape(per_window, STEPS, *seen.steps[0].shape)
    controls = np.concatenate([control_calls[0]["controls_latents"].numpy(), *[o.numpy() for o in others]])
    case["outputs"] = {
        "control_latents": writer.tensor("control_latents", controls),
        "steps": writer.tensor("steps", steps),
        "latents": writer.tensor("latents", steps[:, -1]),
        "frames": writer.tensor("frames", seen.frames),
    }
    if isinstance(weights, list) and isinstance(weights[0], torch.Tensor):
        case["outputs"]["control_weights"] = writer.tensor("control_weights", np.stack([w.flatten() for w in weights]))
    writer.save(case)
    return check(graphs, pipe, seen, ids, control_calls, others, list(clips), weights, nets)


def label(draws, first: str) -> list:
    """Draws after the first window's noise: clip posterior and control posterior; then noise, clip, control a window."""
    named, window, posteriors = [], 0, 0
    for purpose, values in draws:
        if purpose == "noise":
            window, posteriors = window + 1, 0
            named.append(({"purpose": "noise", "window": window}, values))
        else:
            role = f"control:{first}" if posteriors else "clip"
            posteriors += 1
            named.append(({"purpose": "posterior", "role": role, "window": window}, values))
    return named


@torch.no_grad()
def check(graphs, pipe, seen, ids, control_calls, others, names, weights, nets) -> dict[str, float]:
    text = [graphs.run("text_encoder", input_ids=np.array([i])) for i in ids]
    projected = [
        {"encoder_hidden_states": pipe.transformer.crossattn_proj(kwargs["encoder_hidden_states"][0])}
        | {
            f"control_hidden_states_{n}": net.crossattn_proj(kwargs["encoder_hidden_states"][0])
            for n, net in nets.items()
        }
        for kwargs, _ in seen.calls[:2]
    ]
    worst_text = max(difference(projected[i][key], text[i][key]) for i in (0, 1) for key in text[i])
    worst = {"text_encoder": worst_text, "transformer": 0.0}
    components = graphs.profile["components"]
    for component in [c for c in components if c.startswith("transformer")]:
        branches = components[component]["controls"]
        if not set(names) <= set(branches):
            continue
        for index, (kwargs, output) in enumerate(seen.calls):
            inputs = check_dit.graph_inputs(pipe.transformer, kwargs)
            first = control_calls[index]["controls_latents"]
            inputs |= control_inputs(branches, names, [first, *others], weights, inputs["rope_cos"].shape[0])
            inputs |= {
                f"control_hidden_states_{b}": projected[index % 2][f"control_hidden_states_{b}"].numpy()
                for b in branches
            }
            got = graphs.run(component, **inputs)["sample"]
            worst["transformer"] = max(worst["transformer"], difference(output, got))
    worst["vae_decoder"] = max(check_vae.check_decode(graphs, *pair) for pair in seen.decodes)
    worst["vae_encoder"] = max(check_vae.check_encode(graphs, *triple) for triple in seen.encodes)
    return worst


def control_inputs(branches, names, latents, weights, tokens: int) -> dict[str, np.ndarray]:
    """`control_latents` and `control_weights` of a graph with `branches`, of which `names` are used."""
    shape = latents[0].shape[1:]
    all_latents = np.zeros((len(branches), *shape), np.float32)
    all_weights = np.zeros((len(branches), tokens), np.float32)
    for i, name in enumerate(names):
        at = branches.index(name)
        all_latents[at] = latents[i][0].numpy()
        weight = weights[i] if isinstance(weights, list) else weights
        all_weights[at] = weight.flatten().numpy() if isinstance(weight, torch.Tensor) else weight
    return {"control_latents": all_latents, "control_weights": all_weights}


def record_all(pipe, nets: dict, nvidia: Path | None, fixture: Path, specs: list[Spec]) -> dict[str, dict[str, float]]:
    graphs = Graphs(fixture)
    out = {}
    for spec in specs:
        for shape, seed in crossed():
            if (shape.tag, seed) in spec.only:
                out[f"{spec.name}-{shape.tag}-s{seed}"] = record_case(
                    pipe, nets, nvidia, graphs, fixture, spec, shape, seed
                )
    return out
