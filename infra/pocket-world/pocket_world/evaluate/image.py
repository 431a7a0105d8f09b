"""Image to video: does the clip begin with the picture, and does it move?"""

import numpy as np

from ..captions.grammar import canonical
from ..denoiser.sample import Rule
from ..engine import Engine
from ..judge.judge import score, total
from ..world.clip import spec
from .pixels import motion, psnr


def run(engine: Engine, rule: Rule, count: int) -> dict[str, float]:
    """PSNR of frame 1 to the picture, motion against the true clip's, and the judge's shares."""
    firsts, moves, truths, ends, scores = [], [], [], [], []
    for i in range(count):
        s = spec(600_000 + i, held=True)
        f = s.frames()
        noise = np.random.default_rng(i).standard_normal((1, 7, engine.channels, 12, 20)).astype(np.float32)
        g = engine.decode(engine.latents(canonical(s.attributes), noise, rule, engine.encode(f[:1])))
        firsts.append(psnr(g[0], f[0]))
        moves.append(motion(g))
        truths.append(motion(f))
        ends.append(psnr(g[-1], f[-1]))
        scores.append(score(g, s.attributes))
    still = float(np.mean([m < .25 * t for m, t in zip(moves, truths)]))
    return {"first_frame_psnr": float(np.mean(firsts)), "first_frame_psnr_min": float(np.min(firsts)), "motion": float(np.mean(moves)), "motion_world": float(np.mean(truths)),
            "stills": still, "last_frame_psnr_to_world": float(np.mean(ends)), "attributes": total(scores)["all"], "clips": count}
