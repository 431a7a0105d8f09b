"""Largest differences between a recorded run of diffusers' VAE and the exported VAE graphs."""

import numpy as np

from .sessions import Graphs, difference


def check_decode(graphs: Graphs, z, expected) -> float:
    """One decode call: z [1, C, T, H, W]. Wan in a stream with chunks of 1, 1, 2, 2, ... latent frames."""
    z = z.numpy()
    if graphs.profile["components"]["vae_decoder"]["type"] != "wan":
        return difference(expected, graphs.run("vae_decoder", latents=z)["frames"])
    outputs = graphs.stream("vae_decoder", "latents", split(z, 1))
    return difference(expected, np.concatenate([o["frames"] for o in outputs], axis=2))


def check_encode(graphs: Graphs, x, mean, std) -> float:
    x = x.numpy()
    if graphs.profile["components"]["vae_encoder"]["type"] != "wan":
        return difference(mean, graphs.run("vae_encoder", frames=x)["latent_mean"])
    outputs = graphs.stream("vae_encoder", "frames", split(x, 4))
    worst = difference(mean, np.concatenate([o["latent_mean"] for o in outputs], axis=2))
    return max(worst, difference(std, np.concatenate([o["latent_std"] for o in outputs], axis=2)))


def split(x: np.ndarray, unit: int) -> list[np.ndarray]:
    """Frame 0, then one unit of frames, then two units at a time: every chunk length of a stream is tried."""
    chunks, at = [x[:, :, :1]], 1
    while at < x.shape[2]:
        size = unit if at == 1 else 2 * unit
        chunks.append(x[:, :, at : at + size])
        at += size
    return chunks
