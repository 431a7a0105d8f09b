"""Writes the VAE graphs: first/next pairs for Wan, one graph each way for KLCosmos."""

import torch

from .kl_cosmos import CosmosDecode, CosmosEncode
from .wan import WanDecode, WanEncode
from .writer import ProfileWriter

# One name is one size to ONNX Runtime, which plans memory by it: pixels and latents must not share theirs.
PIXELS = {2: "F", 3: "Hp", 4: "Wp"}
LATENT = {2: "T", 3: "H", 4: "W"}
AXES = {"frames": PIXELS, "latents": LATENT, "latent_mean": LATENT, "latent_std": LATENT}


def _space(name: str) -> dict[int, str]:
    """Names of rows and columns. Each cache lies at a depth, and so has a size, of its own."""
    if name in AXES:
        return {axis: AXES[name][axis] for axis in (3, 4)}
    cache = name.removeprefix("next_")
    return {3: f"{cache}_h", 4: f"{cache}_w"}


def _write_pair(writer: ProfileWriter, name: str, module, first: torch.Tensor, following: torch.Tensor) -> dict:
    """`first` and `following`: example inputs of the two graphs; caches come from running the first."""
    data, outputs = module.data_name, module.output_names
    with torch.no_grad():
        caches = module.float()(first)[len(outputs) :]
    past = [f"cache_{i:02d}" for i in range(len(caches))]
    future = [f"next_{cache}" for cache in past]
    axes = {n: _space(n) for n in [data, *outputs, *past]}
    file = writer.graph(f"{name}_first", module, (first,), ([data], [*outputs, *past]), axes)
    if writer.precision == "fp16":
        caches = [cache.half() for cache in caches]
    axes = {n: AXES.get(n, _space(n)) for n in [data, *outputs, *past, *future]}
    names = ([data, *past], [*outputs, *future])
    following_file = writer.graph(f"{name}_next", module, (following, *caches), names, axes)
    return {"file": file, "next": following_file, "type": "wan"}


def write_wan(writer: ProfileWriter, vae) -> dict:
    """Components `vae_encoder` and `vae_decoder` of an `AutoencoderKLWan`."""
    factor, channels = vae.config.scale_factor_spatial, vae.config.z_dim
    frames = torch.rand(1, 3, 1, 2 * factor, 3 * factor)
    latents = torch.randn(1, channels, 1, 2, 3)
    return {
        "vae_encoder": _write_pair(writer, "vae_encoder", WanEncode(vae), frames, frames.repeat(1, 1, 8, 1, 1)),
        "vae_decoder": _write_pair(writer, "vae_decoder", WanDecode(vae), latents, latents.repeat(1, 1, 2, 1, 1)),
    }


def write_kl_cosmos(writer: ProfileWriter, vae) -> dict:
    """Components of an `AutoencoderKLCosmos`, one graph each way."""
    config = vae.config
    factor, time = config.spatial_compression_ratio, config.temporal_compression_ratio
    frames = torch.rand(1, 3, 1 + 2 * time, 4 * factor, 6 * factor)
    latents = torch.randn(1, config.latent_channels, 3, 4, 6)
    to_latents, to_frames = {n: AXES[n] for n in ("frames", "latent_mean")}, {n: AXES[n] for n in ("latents", "frames")}
    encoder = writer.graph("vae_encoder", CosmosEncode(vae), (frames,), (["frames"], ["latent_mean"]), to_latents)
    decoder = writer.graph("vae_decoder", CosmosDecode(vae), (latents,), (["latents"], ["frames"]), to_frames)
    return {
        "vae_encoder": {"file": encoder, "type": "kl-cosmos"},
        "vae_decoder": {"file": decoder, "type": "kl-cosmos"},
    }
