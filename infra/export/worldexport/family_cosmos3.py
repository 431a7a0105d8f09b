"""Cosmos3 profiles: the omni pipeline (classic or modular) and the distilled few-step one."""

from . import latents, parts_cosmos3, parts_vae
from . import tokenizer_files as tokens
from .families import FAMILIES, Described
from .writer import ProfileWriter

CONTROLS = ["edge", "blur", "depth", "seg", "wsm"]


def cosmos3(pipe, writer: ProfileWriter, options) -> Described:
    distilled = "Distilled" in type(pipe).__name__
    vae = pipe.vae
    pipeline = {
        "type": "cosmos3",
        "guidance": {"form": "u+s(c-u)"},
        "latent": latents.wan_latent(vae, posterior="mode"),
        "rope": parts_cosmos3.mrope(pipe.transformer, vae.config.scale_factor_temporal),
        "use_system_prompt": bool(pipe.config.default_use_system_prompt),
        "defaults": {"steps": 35, "guidance": 6.0, "control_guidance": 1.5},
    }
    if distilled:
        sigmas = [float(sigma) for sigma in pipe.config.distilled_sigmas]
        pipeline |= {"distilled_sigmas": sigmas, "defaults": {"steps": len(sigmas), "guidance": 1.0}}
    elif pipe.config.use_native_flow_schedule:
        pipeline["use_native_flow_schedule"] = True
    modes = ["text2video", "image2video", "video2video", "text2image"]
    return Described(
        families=["cosmos3-generator", "cosmos3"],
        modes=modes if distilled else [*modes, "transfer"],
        controls=[] if distilled else CONTROLS,
        frames=189,
        fps=24,
        pipeline=pipeline,
        components={**parts_cosmos3.write_cosmos3(writer, pipe.transformer), **parts_vae.write_wan(writer, vae)},
        tokenizer=tokens.cosmos3_settings(pipe.text_tokenizer),
    )


for _name in ("Cosmos3OmniPipeline", "Cosmos3OmniModularPipeline", "Cosmos3DistilledModularPipeline"):
    FAMILIES[_name] = cosmos3
