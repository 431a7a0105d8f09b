"""How well the judge reads the world's own clips: python -m pocket_world.judge.ground_truth --clips 200."""

import argparse
import json

from ..world.clip import spec
from .judge import read, score, total


def shares(clips: int, varied: bool = False, show: bool = False) -> dict[str, float]:
    """The judge's shares right on ground-truth clips of fresh seeds, half of them held-out combinations."""
    scores = []
    for seed in range(900_000, 900_000 + clips):
        s = spec(seed, held=seed % 2 == 0, varied=varied)
        f = s.frames()
        scores.append(score(f, s.attributes, s.fps))
        if show and not all(scores[-1].values()):
            print(seed, s.attributes.key(), s.attributes.speed, s.width, s.height, s.fps, read(f, str(s.attributes.scene), s.fps))
    return {**total(scores), "clips": clips}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--clips", type=int, default=200)
    p.add_argument("--show", action="store_true")
    p.add_argument("--varied", action="store_true", help="all five shapes, other frame rates, other beginnings")
    a = p.parse_args()
    print(json.dumps({k: round(v, 4) for k, v in shares(a.clips, a.varied, a.show).items()}))


if __name__ == "__main__":
    main()
