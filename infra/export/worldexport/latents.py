"""`pipeline.latent` of profile.json: geometry and statistics of a VAE's latents."""


def wan_latent(vae, posterior: str) -> dict:
    """`posterior`: how the pipeline reads the encoder, "mode" or "sample"."""
    config = vae.config
    return {
        "channels": config.z_dim,
        "spatial": config.scale_factor_spatial,
        "temporal": config.scale_factor_temporal,
        "mean": list(config.latents_mean),
        "std": list(config.latents_std),
        "posterior": posterior,
    }


def kl_cosmos_latent(vae) -> dict:
    """Statistics for each channel and latent frame, `[C][frames]`, or none where the config has null."""
    config = vae.config
    latent = {
        "channels": config.latent_channels,
        "spatial": config.spatial_compression_ratio,
        "temporal": config.temporal_compression_ratio,
        "posterior": "mode",
    }
    if config.latents_mean is not None:
        latent["mean_frames"] = _rows(config.latents_mean, config.latent_channels)
        latent["std_frames"] = _rows(config.latents_std, config.latent_channels)
    return latent


def _rows(values, channels: int) -> list[list[float]]:
    values = list(values)
    width = len(values) // channels
    return [values[i * width : (i + 1) * width] for i in range(channels)]
