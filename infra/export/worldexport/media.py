"""Conditioning pictures for goldens: drawn, smooth, and moving, so that every axis and frame matters."""

import numpy as np
from PIL import Image


def clip(frames: int, width: int, height: int, seed: int) -> np.ndarray:
    """uint8 [F, H, W, 3]: coloured waves that drift, and a bright square that moves."""
    t, y, x = np.meshgrid(np.arange(frames), np.arange(height), np.arange(width), indexing="ij")
    phase = np.random.default_rng(seed).uniform(0, 6, size=6)
    channels = [
        127 + 120 * np.sin(x / 9 + phase[2 * c % 6] + 0.5 * t) * np.cos(y / 7 + phase[(2 * c + 1) % 6] - 0.3 * t)
        for c in range(3)
    ]
    video = np.stack(channels, axis=-1)
    left, top = (3 + 2 * t + seed) % (width - 8), (5 + t) % (height - 8)
    video[(x >= left) & (x < left + 8) & (y >= top) & (y < top + 8)] = (250, 220, 30)
    return video.clip(0, 255).astype(np.uint8)


def as_images(video: np.ndarray) -> list[Image.Image]:
    return [Image.fromarray(frame) for frame in video]


def as_floats(video: np.ndarray) -> np.ndarray:
    """[F, 3, H, W] float32 in [0, 1]."""
    return (video.astype(np.float32) / 255).transpose(0, 3, 1, 2)
