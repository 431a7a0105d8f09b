"""How well the judge reads the world's own clips: python -m pocket_world.judge.ground_truth --clips 200."""

import argparse
import json

from ..world.clip import spec
from .judge import read, score, total


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--clips", type=int, default=200)
    p.add_argument("--show", action="store_true")
    p.add_argument("--varied", action="store_true")
    a = p.parse_args()
    scores = []
    for seed in range(900_000, 900_000 + a.clips):
        s = spec(seed, held=seed % 2 == 0, varied=a.varied)
        f = s.frames()
        scores.append(score(f, s.attributes, s.fps))
        if a.show and not all(scores[-1].values()):
            print(seed, s.attributes.key(), s.attributes.speed, s.width, s.height, s.fps, read(f, s.attributes.scene, s.fps))
    print(json.dumps({k: round(v, 4) for k, v in total(scores).items()}))


if __name__ == "__main__":
    main()
