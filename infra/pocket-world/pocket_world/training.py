"""What every training loop shares: a time-based schedule, moving averages, safe checkpoints, a log."""

import json
import os
import time
from pathlib import Path

import torch
from torch import nn


def rate(step: int, peak: float, warmup: int, progress: float, floor: float = 0.02) -> float:
    """Learning rate: linear warm-up, flat, then linear to the floor over the last 40 % of progress (0 to 1)."""
    return peak * min(1.0, (step + 1) / warmup) * max(floor, min(1.0, (1 - progress) / 0.4))


class Average:
    """Exponential moving average of a module's parameters, slow to begin with."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.step = decay, 0
        self.params = list(model.parameters())
        self.values = [p.detach().clone() for p in self.params]

    def update(self) -> None:
        """Takes in the current parameters."""
        self.step += 1
        d = min(self.decay, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.params], 1 - d)

    def swap(self) -> None:
        """Exchanges averaged and raw parameters; call again to undo."""
        for p, v in zip(self.params, self.values):
            keep = p.detach().clone()
            p.data.copy_(v)
            v.copy_(keep)


def save(path: Path, state: dict) -> None:
    """torch.save that a crash cannot tear."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


class Log:
    """Appends one JSON line an event to a file and prints it."""

    def __init__(self, path: Path) -> None:
        self.path, self.start = path, time.time()

    def write(self, **values: object) -> None:
        """One event, rounded for reading."""
        line = json.dumps({"at": round(time.time() - self.start), **{k: round(v, 5) if isinstance(v, float) else v for k, v in values.items()}})
        print(line, flush=True)
        with self.path.open("a") as f:
            f.write(line + "\n")
