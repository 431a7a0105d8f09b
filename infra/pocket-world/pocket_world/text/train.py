"""Trains tokenizer and text encoder: python -m pocket_world.text.train --minutes 5. Run it again to go on."""

import argparse
import random
import time

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from ..captions.pairs import pair
from ..paths import data_dir
from ..training import Log, rate, save
from .model import TextEncoder
from .slots import targets
from .tokenizer import ids, train


def batch(tok: Tokenizer, r: random.Random, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids [size, S], targets [size, 9])."""
    pairs = [pair(r) for _ in range(size)]
    return torch.tensor(ids(tok, [t for t, _ in pairs])), torch.stack([targets(a) for _, a in pairs])


@torch.no_grad()
def accuracy(model: TextEncoder, tok: Tokenizer, seed: int, count: int = 1000) -> tuple[float, float]:
    """(share of slots right, share of captions with every slot right) on captions of a seed of their own."""
    x, y = batch(tok, random.Random(seed), count)
    ok = model.logits(x).argmax(-1) == y
    return ok.float().mean().item(), ok.all(1).float().mean().item()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data")
    p.add_argument("--minutes", type=float, default=5)
    p.add_argument("--batch", type=int, default=48)
    p.add_argument("--peak", type=float, default=1.5e-3)
    a = p.parse_args()
    root = data_dir(a.data)
    torch.set_num_threads(1)
    words, path, log = root / "tokenizer.json", root / "text.pt", Log(root / "text.jsonl")
    tok = Tokenizer.from_file(str(words)) if words.exists() else train(words)
    model = TextEncoder(tok.get_vocab_size())
    opt, step = torch.optim.AdamW(model.parameters(), a.peak, weight_decay=.01), 0
    if path.exists():
        s = torch.load(path)
        model.load_state_dict(s["model"])
        if "opt" in s:
            opt.load_state_dict(s["opt"])
        step = s["step"]
    begin, last, progress, r = time.time(), time.time(), 0.0, random.Random(step + 1)
    while progress < 1:
        progress = (time.time() - begin) / (60 * a.minutes)
        for g in opt.param_groups:
            g["lr"] = rate(step, a.peak, 100, progress)
        x, y = batch(tok, r, a.batch)
        loss = F.cross_entropy(model.logits(x).flatten(0, 1), y.flatten())
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        step += 1
        if progress >= 1 or time.time() - last > 60:
            last = time.time()
            slot, whole = accuracy(model, tok, 1_000_003)
            log.write(step=step, loss=loss.item(), slot=slot, whole=whole)
            save(path, {"model": model.state_dict(), "opt": opt.state_dict(), "step": step})


if __name__ == "__main__":
    main()
