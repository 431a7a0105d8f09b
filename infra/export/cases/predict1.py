"""Goldens of Predict1 Text2World and Video2World (image and video): `CosmosTextToWorldPipeline`, `CosmosVideoToWorldPipeline`."""

from pathlib import Path

import numpy as np

from worldexport import check_dit, check_vae
from worldexport.golden import GoldenWriter
from worldexport.media import as_floats, as_images, clip
from worldexport.sessions import Graphs, difference

from . import run
from .shapes import NEGATIVE, PROMPT, STEPS, crossed

MODES = {"text": "text2video", "image": "image2video", "video": "video2video"}


def t5_inputs(pipe, prompt: str, max_length: int) -> tuple[list[int], list[int]]:
    """Ids and attention mask that `_get_t5_prompt_embeds` feeds to T5."""
    batch = pipe.tokenizer([prompt], padding="max_length", max_length=max_length, truncation=True)
    return batch.input_ids[0], batch.attention_mask[0]


def conditioning(kind: str, shape, seed: int) -> tuple[dict, list]:
    if kind == "text":
        return {}, []
    if kind == "image":
        video = clip(1, shape.width, shape.height, seed)
        return {"image": as_images(video)[0]}, [("image", video)]
    video = clip(5, shape.width, shape.height, seed)
    return {"video": as_images(video)}, [("video", video)]


def unusual(pipe, kind: str, seed: int) -> dict:
    """Predict1's further arguments away from their defaults, so that their branches of the loop are taken."""
    if type(pipe).__name__ != "CosmosVideoToWorldPipeline" or (kind, seed) != ("video", 1):
        return {}
    return {"augment_sigma": 0.5, "input_frames_guidance": True}


def label(draws, branches: int) -> list[tuple[dict, np.ndarray]]:
    """Names the draws after the initial noise: condition noise of each step and branch, or the posterior's sample."""
    named, count = [], 0
    for purpose, values in draws:
        if purpose == "branch":
            name = "uncondition" if count % branches else "condition"
            named.append(({"purpose": name, "step": count // branches}, values))
            count += 1
        elif purpose == "posterior":
            named.append(({"purpose": "posterior"}, values))
    return named


def record_case(pipe, graphs: Graphs, fixture: Path, kind: str, shape, seed: int, guidance: float = 7.0) -> dict:
    extra, media = conditioning(kind, shape, seed)
    length = graphs.profile["tokenizer"]["max_length"]
    fps = 30 if seed == 0 else 24
    options = unusual(pipe, kind, seed)
    call = dict(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        width=shape.width,
        height=shape.height,
        num_frames=shape.frames,
        fps=fps,
        num_inference_steps=STEPS,
        guidance_scale=guidance,
        max_sequence_length=length,
        **extra,
        **options,
    )
    seen = run.record(pipe, seed, call)
    name = f"{kind}-{shape.tag}-s{seed}"
    writer = GoldenWriter(run.folder(fixture, name))
    texts = [t5_inputs(pipe, text, length) for text in (PROMPT, NEGATIVE)]
    embeds = [seen.calls[i][0]["encoder_hidden_states"] for i in (0, 1)]
    case = run.common(name, graphs.profile, MODES[kind], shape, seed, call, pipe)
    case |= {"fps": fps, "input_ids": texts[0][0], "negative_input_ids": texts[1][0], "options": options}
    case["media"] = [{"role": role, **writer.tensor(role, as_floats(video))} for role, video in media]
    noise = [values for purpose, values in seen.draws if purpose == "noise"]
    assert len(noise) == 1, [p for p, _ in seen.draws]
    case["noise"] = writer.tensor("noise", noise[0])
    case["draws"] = writer.draws(label(seen.draws, branches=2))
    case["outputs"] = {
        "embeds": writer.tensor("embeds", embeds[0]),
        "negative_embeds": writer.tensor("negative_embeds", embeds[1]),
        **run.outputs(writer, seen),
    }
    writer.save(case)
    return check(graphs, pipe, seen, texts, embeds)


def check(graphs: Graphs, pipe, seen, texts, embeds) -> dict[str, float]:
    text = [
        graphs.run("text_encoder", input_ids=np.array([ids]), attention_mask=np.array([mask]))["encoder_hidden_states"]
        for ids, mask in texts
    ]
    worst = {
        "text_encoder": max(difference(e, t) for e, t in zip(embeds, text)),
        "transformer": check_dit.check_calls(graphs, pipe.transformer, seen.calls),
        "vae_decoder": max(check_vae.check_decode(graphs, *pair) for pair in seen.decodes),
    }
    if seen.encodes:
        worst["vae_encoder"] = max(check_vae.check_encode(graphs, *triple) for triple in seen.encodes)
    return worst


def record_kinds(*kinds: str):
    """A recorder of the given kinds, for the table of fixtures."""

    def record_all(pipe, fixture: Path) -> dict[str, dict[str, float]]:
        graphs = Graphs(fixture)
        return {
            f"{kind}-{shape.tag}-s{seed}": record_case(pipe, graphs, fixture, kind, shape, seed)
            for kind in kinds
            for shape, seed in crossed()
        }

    return record_all
