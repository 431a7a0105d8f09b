"""A look at a checkpoint without export: python -m pocket_world.denoiser.preview --out preview.png. Judges the clips too."""

import argparse
import random

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..autoencoder.groups import Encoder, load_autoencoder
from ..autoencoder.model import Autoencoder, decode_video
from ..judge.judge import score, total
from ..maps.render import KINDS, control_frames
from ..paths import data_dir
from ..text.slots import slots
from ..world.attributes import Attributes, draw_split
from ..world.clip import SHAPES_256, ClipSpec, layout
from .model import Denoiser
from .sample import Rule, timesteps


def load(path) -> Denoiser:
    """The averaged weights of a checkpoint."""
    model = Denoiser()
    model.load_state_dict(torch.load(path, map_location="cpu")["model"])
    return model.eval().requires_grad_(False)


@torch.no_grad()
def clips(model: Denoiser, decoder: Autoencoder, told: list[Attributes], rule: Rule, size: tuple[int, int] = (12, 20), known: Tensor | None = None,
          control: Tensor | None = None, weight: Tensor | None = None, seed: int = 0) -> np.ndarray:
    """Frames [n, 25, H, W, 3] uint8 for attributes; known [n, k, C, h, w]: given first latents; control [n, 4, 7, C, h, w], weight [n, 4]."""
    device, n = next(model.parameters()).device, len(told)
    x = torch.from_numpy(np.random.default_rng(seed).standard_normal((n, 7, model.channels, *size)).astype(np.float32)).to(device)
    z, mask, index = torch.zeros_like(x), torch.zeros_like(x[:, :, :1]), torch.arange(7.0, device=device).expand(n, -1)
    if known is not None:
        z[:, :known.shape[1]], mask[:, :known.shape[1]] = known.to(device), 1
    said = torch.stack([slots(a) for a in told]).to(device)
    ts, fps = timesteps(rule), torch.full((n,), 24.0, device=device)
    for a, b in zip(ts, ts[1:]):
        level, out = torch.full((n,), float(a), device=device), []
        guided = rule.guidance != 1 and a >= rule.guided_from
        for text in (said, torch.zeros_like(said))[:1 + guided]:
            clean = model.clean(x, z, mask, level, text, fps, index, control, weight)
            out.append((x * (1 - mask) + z * mask - clean) / float(a))
        v = out[1] + rule.guidance * (out[0] - out[1]) if guided else out[0]
        x = x + float(b - a) * v
    x = x * (1 - mask) + z * mask
    frames = torch.cat([decode_video(decoder, part) for part in x.split(4)])
    return ((frames.permute(0, 2, 3, 4, 1).cpu().numpy() + 1) * 127.5).round().astype(np.uint8)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--device", default="cpu")
    p.add_argument("--name", default="denoiser")
    p.add_argument("--out", default="preview.png")
    p.add_argument("--clips", type=int, default=14)
    p.add_argument("--steps", type=int, default=Rule.steps)
    p.add_argument("--guidance", type=float, default=Rule.guidance)
    p.add_argument("--shift", type=float, default=Rule.shift)
    p.add_argument("--shape", type=int, default=0)
    p.add_argument("--held", action="store_true", help="combinations that training never saw")
    p.add_argument("--image", action="store_true", help="the first frame given")
    p.add_argument("--control", choices=KINDS)
    a = p.parse_args()
    root, r, rule = data_dir(a.data), random.Random(5), Rule(a.steps, a.guidance, a.shift)
    model, decoder = load(root / f"{a.name}.pt").to(a.device), load_autoencoder(root)
    encode, w, h = Encoder(decoder), *SHAPES_256[a.shape]
    told = [draw_split(r, a.held) for _ in range(a.clips)]
    specs = [ClipSpec(t, layout(t, r), w, h) for t in told]
    known = control = weight = None
    if a.image:
        known = torch.from_numpy(np.stack([encode(s.frames(1)) for s in specs]))
    if a.control:
        k = KINDS.index(a.control)
        control = torch.zeros(a.clips, 4, 7, model.channels, h // 16, w // 16)
        control[:, k] = torch.from_numpy(np.stack([encode(control_frames(a.control, s.frames(), s)) for s in specs]))
        weight = torch.zeros(a.clips, 4)
        weight[:, k] = 1
        control, weight = control.to(a.device), weight.to(a.device)
    made = clips(model, decoder.to(a.device), told, rule, (h // 16, w // 16), known, control, weight)
    print({k: round(v, 3) for k, v in total([score(f, t) for f, t in zip(made, told)]).items()})
    rows = [np.concatenate([f[i] for i in (0, 4, 8, 12, 16, 20, 24)] + [s.frames(1, 24)[0]], 1) for f, s in zip(made, specs)]
    Image.fromarray(np.concatenate(rows, 0)).reduce(2).save(a.out)


if __name__ == "__main__":
    main()
