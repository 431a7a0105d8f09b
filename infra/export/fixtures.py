"""The fixtures by name: which tiny pipeline, how it is exported, which goldens are recorded."""

from dataclasses import dataclass
from typing import Callable

from cases import predict1, predict25
from tiny import pipelines
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


FIXTURES: dict[str, Fixture] = {
    "predict2.5": Fixture(pipelines.predict25, predict25.record_all, max_length=96),
    "predict1-text2world": Fixture(pipelines.predict1, predict1.record_kinds("text"), max_length=48),
    "predict2-video2world": Fixture(pipelines.predict2, predict1.record_kinds("image", "video"), max_length=48),
    "predict1-video2world": Fixture(
        lambda: pipelines.predict1(video=True), predict1.record_kinds("image", "video"), max_length=48
    ),
}

