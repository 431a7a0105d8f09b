"""Which diffusers pipeline becomes which profile. A new pipeline is one function and one line in `FAMILIES`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import latents, parts_dit, parts_vae
from . import tokenizer_files as tokens
from .writer import ProfileWriter


@dataclass
class Described:
    """What a family contributes to profile.json."""

    families: list[str]
    modes: list[str]
    frames: int
    fps: int
    pipeline: dict
    components: dict
    tokenizer: dict
    controls: list[str] = field(default_factory=list)


def rope(transformer, fps: bool) -> dict:
    config = transformer.config
    return {
        "type": "cosmos",
        "head_dim": config.attention_head_dim,
        "scale": list(config.rope_scale),
        "fps": fps,
        "max_size": list(config.max_size),
        "patch": list(config.patch_size),
        "base_fps": 24,
    }


def transformer_component(pipe, writer: ProfileWriter) -> dict:
    file = parts_dit.write_transformer(writer, pipe.transformer)
    return {"file": file, "in_channels": pipe.transformer.config.in_channels}


def predict1(pipe, writer: ProfileWriter, options) -> Described:
    video = "VideoToWorld" in type(pipe).__name__
    pipeline = {
        "type": "predict1-video2world" if video else "predict1-text2world",
        "guidance": {"form": "c+s(c-u)"},
        "latent": latents.kl_cosmos_latent(pipe.vae),
        "rope": rope(pipe.transformer, fps=True),
        "defaults": {"steps": 36, "guidance": 7.0},
    }
    if video:
        pipeline["conditioning"] = {"augment_sigma": 0.001}
    return Described(
        families=["predict1"],
        modes=["image2video", "video2video"] if video else ["text2video"],
        frames=121,
        fps=30,
        pipeline=pipeline,
        components={
            "text_encoder": {"file": parts_dit.write_t5(writer, pipe.text_encoder), "type": "t5"},
            "transformer": transformer_component(pipe, writer),
            **parts_vae.write_kl_cosmos(writer, pipe.vae),
        },
        tokenizer=tokens.t5_settings(pipe.tokenizer, options.max_length),
    )


def predict2(pipe, writer: ProfileWriter, options) -> Described:
    pipeline = {
        "type": "predict2-video2world",
        "guidance": {"form": "c+s(c-u)"},
        "latent": latents.wan_latent(pipe.vae, posterior="sample"),
        "rope": rope(pipe.transformer, fps=True),
        "conditioning": {"sigma_conditioning": 0.0001},
        "defaults": {"steps": 35, "guidance": 7.0},
    }
    return Described(
        families=["predict1"],
        modes=["image2video", "video2video"],
        frames=93,
        fps=16,
        pipeline=pipeline,
        components={
            "text_encoder": {"file": parts_dit.write_t5(writer, pipe.text_encoder), "type": "t5"},
            "transformer": transformer_component(pipe, writer),
            **parts_vae.write_wan(writer, pipe.vae),
        },
        tokenizer=tokens.t5_settings(pipe.tokenizer, options.max_length),
    )


def predict25(pipe, writer: ProfileWriter, options) -> Described:
    text, _ = parts_dit.write_reason1(writer, pipe.text_encoder, pipe.transformer)
    pipeline = {
        "type": "predict2.5",
        "guidance": {"form": "c+s(c-u)"},
        "latent": latents.wan_latent(pipe.vae, posterior="mode"),
        "rope": rope(pipe.transformer, fps=False),
        "conditioning": {"timestep": 0.0001},
        "defaults": {"steps": 36, "guidance": 7.0},
    }
    return Described(
        families=["predict2.5"],
        modes=["text2video", "image2video", "video2video"],
        frames=93,
        fps=16,
        pipeline=pipeline,
        components={
            "text_encoder": {"file": text, "type": "reason1"},
            "transformer": transformer_component(pipe, writer),
            **parts_vae.write_wan(writer, pipe.vae),
        },
        tokenizer=tokens.reason1_settings(pipe.tokenizer, options.max_length),
    )


def transfer25(pipe, writer: ProfileWriter, options) -> Described:
    """One graph with every branch; `options.single_controls` get one alone as well, which costs less to run and more disk."""
    nets = options.controlnets or {options.controls[0]: pipe.controlnet}
    text, separate = parts_dit.write_reason1(writer, pipe.text_encoder, pipe.transformer, nets)
    graphs = {"transformer": nets}
    if len(nets) > 1:
        graphs |= {f"transformer_{name}": {name: nets[name]} for name in options.single_controls}
    channels = pipe.transformer.config.in_channels
    transformers = {
        key: {
            "file": parts_dit.write_transformer(writer, pipe.transformer, branches, separate, key),
            "in_channels": channels,
            "controls": list(branches),
        }
        for key, branches in graphs.items()
    }
    pipeline = {
        "type": "transfer2.5",
        "guidance": {"form": "c+s(c-u)"},
        "latent": latents.wan_latent(pipe.vae, posterior="sample"),
        "rope": rope(pipe.transformer, fps=False),
        "conditioning": {"timestep": 0.1, "frames_per_chunk": options.frames or 93, "overlap_frames": 1},
        "defaults": {"steps": 36, "guidance": 3.0},
    }
    return Described(
        families=["transfer2.5"],
        modes=["transfer"],
        controls=list(nets),
        frames=93,
        fps=30,
        pipeline=pipeline,
        components={
            "text_encoder": {"file": text, "type": "reason1"},
            **transformers,
            **parts_vae.write_wan(writer, pipe.vae),
        },
        tokenizer=tokens.reason1_settings(pipe.tokenizer, options.max_length),
    )


FAMILIES: dict[str, Callable[..., Described]] = {
    "CosmosTextToWorldPipeline": predict1,
    "CosmosVideoToWorldPipeline": predict1,
    "Cosmos2VideoToWorldPipeline": predict2,
    "Cosmos2_5_PredictBasePipeline": predict25,
    "Cosmos2_5_TransferPipeline": transfer25,
}
