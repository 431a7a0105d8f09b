"""Transfer: does the output agree with the control, and how much more than without it?"""

import numpy as np

from ..denoiser.sample import Rule
from ..engine import Engine
from ..maps.infer import MapNet
from ..maps.render import KINDS, control_frames, edge_map, blur_map
from ..world.canvas import SEG_CLASSES, SEG_COLOURS
from ..world.clip import spec
from ..captions.grammar import canonical
from .pixels import correlation, edge_f1, iou, psnr


def seg_index(frames: np.ndarray) -> np.ndarray:
    """Nearest class of each pixel of a seg picture [T, H, W, 3]."""
    d = ((frames[..., None, :].astype(np.int32) - SEG_COLOURS[None, None, None].astype(np.int32)) ** 2).sum(-1)
    assert d.shape[-1] == len(SEG_CLASSES)
    return d.argmin(-1)


def agreement(kind: str, control: np.ndarray, frames: np.ndarray, nets: dict[str, MapNet]) -> float:
    """How near the map of the frames is to the control: F1, PSNR, correlation or IoU."""
    if kind == "edge":
        return edge_f1(control, edge_map(frames))
    if kind == "blur":
        return psnr(control, blur_map(frames))
    if kind == "depth":
        return correlation(control[..., 0], nets["depth"].run(frames)[..., 0])
    return iou(seg_index(control), seg_index(nets["seg"].run(frames)))


def run(engine: Engine, rule: Rule, nets: dict[str, MapNet], count: int) -> dict[str, dict[str, float]]:
    """For each control: agreement with the control of another seed's clip, with and without it, prompt the same."""
    out: dict[str, dict[str, list[float]]] = {k: {"with": [], "without": []} for k in KINDS}
    for i in range(count):
        s = spec(700_000 + i, held=True)
        f = s.frames()
        noise = np.random.default_rng(i).standard_normal((1, 7, engine.channels, 12, 20)).astype(np.float32)
        text = canonical(s.attributes)
        plain = engine.decode(engine.latents(text, noise, rule))
        for n, kind in enumerate(KINDS):
            c = control_frames(kind, f, s)
            z = np.zeros((1, 4, *noise.shape[1:]), np.float32)
            z[:, n] = engine.encode(c)
            w = np.zeros((1, 4), np.float32)
            w[:, n] = 1
            g = engine.decode(engine.latents(text, noise, rule, control=z, weight=w))
            out[kind]["with"].append(agreement(kind, c, g, nets))
            out[kind]["without"].append(agreement(kind, c, plain, nets))
    res = {}
    for k, v in out.items():
        a, b = float(np.mean(v["with"])), float(np.mean(v["without"]))
        # "twice as near": the gap to perfect agreement is halved (for blur: the error, so 6 dB more)
        res[k] = {"with": a, "without": b, "gap_ratio": 10 ** ((a - b) / 20) if k == "blur" else (1 - b) / max(1e-6, 1 - a), "clips": count}
    return res
