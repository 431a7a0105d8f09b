"""The fixtures by name: which tiny pipeline, how it is exported, which goldens are recorded."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cases import cosmos3, cosmos3_transfer, predict1, predict25, transfer25, transfer25_specs
from tiny import parts, pipelines
from worldexport.profile import Options


@dataclass
class Fixture:
    pipeline: Callable
    record: Callable[..., dict]
    max_length: int = 32
    frames: int = 9
    size: tuple[int, int] = (32, 48)

    def prepare(self, pipe) -> None:
        """Hook for pipelines whose parts are not in the saved folder."""

    def options(self, name: str) -> Options:
        return Options(
            id=f"tiny-{name}",
            name=f"Tiny {name}",
            notice="Random weights, made for tests; the pictures mean nothing.",
            max_length=self.max_length,
            sizes=(self.size,),
            tiers=("256",),
            frames=self.frames,
        )


@dataclass
class TransferFixture(Fixture):
    """Four control branches; goldens with several at once need NVIDIA's code, at $NVIDIA_TRANSFER25 (README.md)."""

    nets: dict = field(default_factory=dict)

    def prepare(self, pipe) -> None:
        others = {name: parts.controlnet(45 + i) for i, name in enumerate(["edge", "blur", "depth", "seg"])}
        self.nets = others | {"edge": pipe.controlnet}

    def options(self, name: str) -> Options:
        options = super().options(name)
        options.controlnets, options.single_controls = self.nets, ("edge",)
        return options


TRANSFER = TransferFixture(pipelines.transfer25, lambda pipe, out: record_transfer(pipe, out), max_length=96)


def record_transfer(pipe, out: Path) -> dict:
    checkout = os.environ.get("NVIDIA_TRANSFER25")
    specs = transfer25_specs.SINGLE + (transfer25_specs.MULTI if checkout else [])
    if not checkout:
        print("transfer2.5: NVIDIA_TRANSFER25 is not set, so goldens with several controls are left out")
    return transfer25.record_all(pipe, TRANSFER.nets, Path(checkout) if checkout else None, out, specs)


def record_cosmos3(pipe, out: Path) -> dict:
    """Generation by the classic pipeline; transfer, which only the modular pipeline has, over the same components."""
    generated = cosmos3.record_kinds("text", "image", "video", "still")(pipe, out)
    transferred = cosmos3_transfer.record_all(pipelines.cosmos3_modular(pipe), out)
    return generated | {f"transfer-{name}": parts for name, parts in transferred.items()}


FIXTURES: dict[str, Fixture] = {
    "predict2.5": Fixture(pipelines.predict25, predict25.record_all, max_length=96),
    "predict1-text2world": Fixture(pipelines.predict1, predict1.record_kinds("text"), max_length=48),
    "predict2-video2world": Fixture(pipelines.predict2, predict1.record_kinds("image", "video"), max_length=48),
    "predict1-video2world": Fixture(
        lambda: pipelines.predict1(video=True), predict1.record_kinds("image", "video"), max_length=48
    ),
    "transfer2.5": TRANSFER,
    "cosmos3": Fixture(pipelines.cosmos3, record_cosmos3, size=(64, 32)),
    "cosmos3-distilled": Fixture(
        pipelines.cosmos3_distilled, cosmos3.record_kinds("text", "image", "video", "still"), size=(64, 32)
    ),
}
