"""Trains tokenizer and text encoder: python -m pocket_world.text.train --minutes 5. Run it again to go on."""

import argparse
import random

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from ..captions.pairs import pair
from ..paths import data_dir
from ..training import Log, Loop, save
from .model import TextEncoder
from .slots import targets
from .tokenizer import ids, train


def batch(tok: Tokenizer, r: random.Random, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids [size, S], targets [size, 9])."""
    pairs = [pair(r) for _ in range(size)]
    return torch.tensor(ids(tok, [t for t, _ in pairs])), torch.stack([targets(a) for _, a in pairs])


@torch.no_grad()
def accuracy(model: TextEncoder, tok: Tokenizer, seed: int, device: str, count: int = 1000) -> tuple[float, float]:
    """(share of slots right, share of captions with every slot right) on captions of a seed of their own."""
    x, y = (t.to(device) for t in batch(tok, random.Random(seed), count))
    ok = model.logits(x).argmax(-1) == y
    return ok.float().mean().item(), ok.all(1).float().mean().item()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--device", default="cpu")
    p.add_argument("--minutes", type=float, default=5)
    p.add_argument("--batch", type=int, default=48)
    p.add_argument("--peak", type=float, default=1.5e-3)
    a = p.parse_args()
    root = data_dir(a.data)
    words, path, log = root / "tokenizer.json", root / "text.pt", Log(root / "text.jsonl")
    tok = Tokenizer.from_file(str(words)) if words.exists() else train(words)
    model = TextEncoder(tok.get_vocab_size()).to(a.device)
    loop = Loop(model, a.peak, a.minutes, 100, .99, path)
    r = random.Random(loop.count + 1)
    while loop.goes_on():
        x, y = (t.to(a.device) for t in batch(tok, r, a.batch))
        with loop.precision():
            loss = F.cross_entropy(model.logits(x).float().flatten(0, 1), y.flatten())
        loop.step(loss)
        if loop.due(60):
            with loop.averaged() as state:
                slot, whole = accuracy(model, tok, 1_000_003, a.device)
                log.write(step=loop.count, loss=loop.mean, slot=slot, whole=whole)
                save(path, state)


if __name__ == "__main__":
    main()
