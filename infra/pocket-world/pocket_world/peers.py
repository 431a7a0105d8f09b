"""Training in several one-thread processes: replicas step alone and average their parameters every few steps.

On a few cores that share caches with other work this beats one process with several threads by nearly the number of cores.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor


class Peers:
    """The group of replicas; alone it does nothing."""

    def __init__(self, rank: int, count: int) -> None:
        self.rank, self.count = rank, count

    def average(self, tensors: list[Tensor]) -> None:
        """Replaces every tensor by its mean over the replicas, in place."""
        if self.count == 1:
            return
        with torch.no_grad():
            flat = torch.cat([t.detach().reshape(-1) for t in tensors])
            dist.all_reduce(flat)
            flat /= self.count
            at = 0
            for t in tensors:
                t.data.copy_(flat[at:at + t.numel()].view_as(t))
                at += t.numel()

    def agree(self, value: float) -> float:
        """The value of the first replica, told to all."""
        if self.count == 1:
            return value
        t = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(t, 0)
        return float(t.item())


def _start(rank: int, run: Callable[[Peers, object], None], args: object, count: int, store: str) -> None:
    torch.set_num_threads(1)
    if count > 1:
        dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=count, timeout=timedelta(hours=2))
    run(Peers(rank, count), args)
    if count > 1:
        dist.barrier()
        dist.destroy_process_group()


def launch(run: Callable[[Peers, object], None], args: object, count: int) -> None:
    """Runs run(peers, args) in count processes of one thread each."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if count == 1:
        _start(0, run, args, 1, "")
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(_start, (run, args, count, f"{folder}/store"), nprocs=count)
