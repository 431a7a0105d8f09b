"""Goldens of Predict2.5 in its three modes: `Cosmos2_5_PredictBasePipeline`."""

from pathlib import Path

from worldexport import check_dit, check_vae
from worldexport.golden import GoldenWriter
from worldexport.media import as_floats, as_images, clip
from worldexport.sessions import Graphs, difference

from . import run
from .shapes import NEGATIVE, PROMPT, STEPS, crossed

MODES = {"text": "text2video", "image": "image2video", "video": "video2video"}


def token_ids(pipe, prompt: str, max_length: int) -> list[int]:
    """The ids that `_get_prompt_embeds` feeds to the text encoder, padding included."""
    seen = []
    hook = pipe.text_encoder.register_forward_pre_hook(lambda _m, args, _k: seen.append(args[0]), with_kwargs=True)
    pipe._get_prompt_embeds(prompt, max_sequence_length=max_length)
    hook.remove()
    return seen[0][0].tolist()


def conditioning(kind: str, shape, seed: int) -> tuple[dict, list]:
    """Arguments for diffusers, and `(role, uint8 video)` to be saved. Seed 0 takes two latent frames from six frames, seed 1 one."""
    if kind == "text":
        return {}, []
    if kind == "image":
        video = clip(1, shape.width, shape.height, seed)
        return {"image": as_images(video)[0]}, [("image", video)]
    video = clip(6, shape.width, shape.height, seed)
    return {"video": as_images(video), "num_latent_conditional_frames": 2 - seed}, [("video", video)]


def record_case(pipe, graphs: Graphs, fixture: Path, kind: str, shape, seed: int) -> dict[str, float]:
    extra, media = conditioning(kind, shape, seed)
    length = graphs.profile["tokenizer"]["max_length"]
    call = dict(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        width=shape.width,
        height=shape.height,
        num_frames=shape.frames,
        num_inference_steps=STEPS,
        guidance_scale=7.0,
        max_sequence_length=length,
        **extra,
    )
    seen = run.record(pipe, seed, call)
    name = f"{kind}-{shape.tag}-s{seed}"
    writer = GoldenWriter(run.folder(fixture, name))
    ids = [token_ids(pipe, text, length) for text in (PROMPT, NEGATIVE)]
    embeds = [pipe.transformer.crossattn_proj(seen.calls[i][0]["encoder_hidden_states"]) for i in (0, 1)]
    case = run.common(name, graphs.profile, MODES[kind], shape, seed, call, pipe)
    case |= {"fps": 16, "input_ids": ids[0], "negative_input_ids": ids[1]}
    case["options"] = {k: v for k, v in extra.items() if k == "num_latent_conditional_frames"}
    case["media"] = [{"role": role, **writer.tensor(role, as_floats(video))} for role, video in media]
    case["noise"] = writer.tensor("noise", seen.draws[0][1])
    case["draws"] = []
    case["outputs"] = {
        "embeds": writer.tensor("embeds", embeds[0]),
        "negative_embeds": writer.tensor("negative_embeds", embeds[1]),
        **run.outputs(writer, seen),
    }
    writer.save(case)
    assert len(seen.draws) == 1, [label for label, _ in seen.draws]
    return check(graphs, pipe, seen, ids, embeds)


def check(graphs, pipe, seen, ids, embeds) -> dict[str, float]:
    """Largest differences of the graphs, on the very inputs that the pipeline used."""
    import numpy as np

    text = [graphs.run("text_encoder", input_ids=np.array([i]))["encoder_hidden_states"] for i in ids]
    worst = {
        "text_encoder": max(difference(e, t) for e, t in zip(embeds, text)),
        "transformer": check_dit.check_calls(graphs, pipe.transformer, seen.calls),
        "vae_decoder": max(check_vae.check_decode(graphs, *pair) for pair in seen.decodes),
    }
    if seen.encodes:
        worst["vae_encoder"] = max(check_vae.check_encode(graphs, *triple) for triple in seen.encodes)
    return worst


def record_all(pipe, fixture: Path, kinds=tuple(MODES)) -> dict[str, dict[str, float]]:
    graphs = Graphs(fixture)
    return {
        f"{kind}-{shape.tag}-s{seed}": record_case(pipe, graphs, fixture, kind, shape, seed)
        for kind in kinds
        for shape, seed in crossed()
    }
