"""A look at a checkpoint without export: python -m pocket_world.denoiser.preview --out preview.png. Judges the clips too."""

import argparse
import random

import numpy as np
import torch
from PIL import Image

from ..autoencoder.model import decode_video
from ..judge.judge import score, total
from ..paths import data_dir
from ..text.slots import slots
from ..world.attributes import draw_split
from .model import Denoiser
from .sample import Rule, sample
from .shards import load_autoencoder


def load(path) -> Denoiser:
    """The averaged weights of a checkpoint."""
    s = torch.load(path)
    model = Denoiser(width=tuple(s["width"]), precondition=s["precondition"], features=len(s["model"]["prior.index"]), rank=len(s["model"]["prior.basis"]))
    model.load_state_dict(s["model"])
    return model.eval().requires_grad_(False)


def clip(model: Denoiser, decoder, a, seed: int, rule: Rule, known: torch.Tensor | None = None, fps: float = 24.0, size=(12, 20)) -> np.ndarray:
    """Frames [25, H, W, 3] uint8 for attributes; known [1, k, C, h, w]: given first latents."""
    noise = np.random.default_rng(seed).standard_normal((1, 7, model.channels, *size)).astype(np.float32)
    z, mask, index = torch.zeros(noise.shape), torch.zeros(1, 7, 1, *size), torch.arange(7.0)[None]
    if known is not None:
        z[:, :known.shape[1]], mask[:, :known.shape[1]] = known, 1
    text, none = slots(a)[None], torch.zeros(1, 9, 8)

    def velocity(x: np.ndarray, t: float, prompt: bool) -> np.ndarray:
        xx = torch.from_numpy(x)
        c = model.clean(xx, z, mask, torch.tensor([t]), text if prompt else none, torch.tensor([fps]), index)
        return ((xx * (1 - mask) + z * mask - c) / t).numpy()

    out = sample(noise, velocity, rule, z.numpy(), mask.numpy())
    return ((decode_video(decoder, torch.from_numpy(out))[0].permute(1, 2, 3, 0).numpy() + 1) * 127.5).round().astype(np.uint8)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--name", default="denoiser")
    p.add_argument("--out", default="preview.png")
    p.add_argument("--clips", type=int, default=14)
    p.add_argument("--steps", type=int, default=10)
    p.add_argument("--guidance", type=float, default=1.5)
    p.add_argument("--shift", type=float, default=3.0)
    p.add_argument("--held", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    root = data_dir(a.data)
    model, decoder, rows, scores, r = load(root / f"{a.name}.pt"), load_autoencoder(root), [], [], random.Random(5)
    with torch.no_grad():
        for i in range(a.clips):
            at = draw_split(r, a.held)
            f = clip(model, decoder, at, i, Rule(a.steps, a.guidance, a.shift))
            scores.append(score(f, at))
            print(at.key(), at.speed, [k for k, v in scores[-1].items() if not v], flush=True)
            rows.append(np.concatenate([f[j] for j in (0, 8, 16, 24)], 1))
    print({k: round(v, 3) for k, v in total(scores).items()})
    half = (len(rows) + 1) // 2
    rows += [np.zeros_like(rows[0])] * (2 * half - len(rows))
    Image.fromarray(np.concatenate([np.concatenate(rows[:half], 0), np.concatenate(rows[half:], 0)], 1)).reduce(2).save(a.out)


if __name__ == "__main__":
    main()
