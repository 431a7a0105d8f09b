"""What every training loop shares: a time-based schedule, moving averages, checkpoints that a crash cannot tear, a log."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import torch
from torch import Tensor, nn


def rate(step: int, peak: float, warmup: int, progress: float, floor: float = 0.02) -> float:
    """Learning rate: linear warm-up, flat, then linear to the floor over the last half of progress (0 to 1)."""
    return peak * min(1.0, (step + 1) / warmup) * max(floor, min(1.0, (1 - progress) / 0.5))


class Loop:
    """AdamW for a number of minutes: the rate follows the clock, an average of the weights follows the steps.

    Goes on from the checkpoint at path when there is one. On cuda it works in bfloat16."""

    def __init__(self, model: nn.Module, peak: float, minutes: float, warmup: int, decay: float, path: Path, anneal: bool = True) -> None:
        self.model, self.peak, self.seconds, self.warmup, self.decay, self.anneal = model, peak, minutes * 60, warmup, decay, anneal
        self.params = [p for p in model.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(self.params, peak, betas=(.9, .99), weight_decay=.01, fused=True)
        self.device = self.params[0].device
        self.count = self.first = 0
        if path.exists():
            s = torch.load(path, map_location=self.device)
            model.load_state_dict(s.get("raw", s["model"]))
            self.count = self.first = s.get("step", 0)
            if "optimiser" in s:
                self.optimiser.load_state_dict(s["optimiser"])
            self.values = [s["model"][n].to(self.device).clone() for n, p in model.named_parameters() if p.requires_grad]
        else:
            self.values = [p.detach().clone() for p in self.params]
        self.begin = self.saved = time.time()
        self.total, self.seen = torch.zeros((), device=self.device), 0

    def precision(self) -> AbstractContextManager:
        """The context to work out a loss in."""
        return torch.autocast("cuda", torch.bfloat16) if self.device.type == "cuda" else nullcontext()

    def progress(self) -> float:
        """Share of the minutes that has passed."""
        return (time.time() - self.begin) / self.seconds

    def goes_on(self) -> bool:
        """False once the minutes are over."""
        return self.progress() < 1

    def step(self, loss: Tensor) -> None:
        """One update."""
        for g in self.optimiser.param_groups:
            g["lr"] = rate(self.count - self.first, self.peak, self.warmup, self.progress() if self.anneal else 0)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.params, 1.0)
        self.optimiser.step()
        self.count += 1
        self.total += loss.detach()
        self.seen += 1
        d = min(self.decay, (1 + self.count) / (10 + self.count))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.params], 1 - d)

    def due(self, seconds: float) -> bool:
        """Time to save: so many seconds after the last time, and at the end."""
        if self.goes_on() and time.time() - self.saved < seconds:
            return False
        self.saved = time.time()
        return True

    @property
    def mean(self) -> float:
        """Mean loss since it was last asked for."""
        value = float(self.total) / max(1, self.seen)
        self.total.zero_()
        self.seen = 0
        return value

    @contextmanager
    def averaged(self) -> Iterator[dict]:
        """Within it the model has its averaged weights; gives the checkpoint."""
        raw = {k: v.clone() for k, v in self.model.state_dict().items()}
        self._swap()
        try:
            yield {"model": {k: v.clone() for k, v in self.model.state_dict().items()}, "raw": raw, "optimiser": self.optimiser.state_dict(), "step": self.count}
        finally:
            self._swap()

    def _swap(self) -> None:
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
