"""The model card, written from figures.json so that it can claim nothing else."""

from pathlib import Path

HEAD = """# Pocket World: model card

A small latent video diffusion model: text, image or video to video and transfer by edge, blur, depth and seg, on a laptop's CPU. It was trained from scratch on a procedural world
(streets, a robot arm with a coloured box, moving shapes) and knows nothing else: a prompt about anything else gives some clip of that world. No drawing code and no world geometry is in it. Its encoder is
linear (principal components); decoder, text encoder, denoiser (15 M parameters: convolutions over frames, attention over the clip) and map networks are learned networks. The denoiser saw 690,000 clips of
30,464 that were rendered for it; a tenth of all combinations of attributes of each scene was never among them, and its prompts below are of those alone.

Made by `infra/pocket-world` (training, judge, evaluation); graphs and sampling: `infra/pocket-world/GRAPHS.md`. Licence: Apache-2.0.

## Figures

All by `python -m pocket_world.evaluate` on the exported graphs, on fresh seeds and held-out combinations of attributes; `figures.json` beside this page has more digits.
Sampling: {steps} steps, guidance {guidance} down to noise level {guided_from}, shift {shift}. Targets are the ones it was meant to reach.

| figure | measured | target | |
|---|---|---|---|
"""

TAIL = """
Attributes, share right: {attributes}.

The judge reads attributes off pixels with plain arithmetic; on the world's own clips it is right on {judge} of them (`python -m pocket_world.judge.ground_truth`).

## Contact sheet

Prompt, then one row of frame 12 at seeds 0 to 7, then one row of seed 0 in time. Nothing is picked.

![contact sheet](contact-sheet.png)
"""

KNOWN = """Known faults, from looking at its frames:

- What moves fast is soft: the arm and the box in mid-move, houses and trees as they pass. Corners of squares and outlines of circles are a little uneven.
- Strong guidance (seen at 7) makes shapes larger and rounder than they should be.
- 480 and 720 are sampled at the 256 size of the same aspect and scaled. Clips longer than 25 frames go on in windows from their last 5 frames.
- Anything but one car, one box or one shape, in the named colours and motions, is unknown to it. Negative prompts are accepted and hardly matter.
"""


def rows(f: dict) -> list[tuple[str, str, str, bool]]:
    """(figure, measured, target, reached?) for what has been measured."""
    out: list[tuple[str, str, str, bool]] = []

    def add(name: str, value: float, target: float, form: str = "{:.2f}", least: bool = True) -> None:
        out.append((name, form.format(value), ("at least " if least else "at most ") + form.format(target), value >= target if least else value <= target))

    if "autoencoder" in f:
        add(f"autoencoder PSNR, dB, {f['autoencoder']['clips']} held-out clips", f["autoencoder"]["psnr_mean"], 32, "{:.1f}")
    if "prompts" in f:
        add(f"prompt attributes right, {f['prompts']['prompts']} prompts of held-out combinations", f["prompts"]["all"], .9, "{:.1%}")
    if "images" in f:
        add(f"image to video: frame 1 to the image, dB, {f['images']['clips']} clips", f["images"]["first_frame_psnr"], 28, "{:.1f}")
        add("image to video: motion, share of the world's", f["images"]["motion"] / f["images"]["motion_world"], .5)
        add("image to video: attributes right", f["images"]["attributes"], .9, "{:.1%}")
        add("image to video: clips that stand still", f["images"]["stills"], .05, "{:.1%}", False)
    for k, v in f.get("controls", {}).items():
        name = {"edge": "edge F1", "blur": "blur PSNR, dB", "depth": "depth correlation", "seg": "seg IoU"}[k]
        add(f"{name}: {v['with']:.2f} with, {v['without']:.2f} without control; times as near", v["gap_ratio"], 2)
    if "sizes" in f:
        add(f"attributes right at the other native sizes, the worst of four, {f['sizes']['prompts']} prompts each", min(v for k, v in f["sizes"].items() if "x" in k), .9, "{:.1%}")
    if "windows" in f:
        add(f"attributes right in a second window, {f['windows']['clips']} clips of {f['windows']['frames']} frames", f["windows"]["attributes"], .9, "{:.1%}")
    if f.get("flicker", {}).get("world"):
        add("flicker against the world's own clips", f["flicker"]["model"] / f["flicker"]["world"], 1.5, least=False)
    if "speed" in f:
        add("seconds, prompt to MP4, 320x192, 25 frames, two cores", f["speed"]["seconds_best"], 5, least=False)
    return out


def write(folder: Path, figures: dict) -> None:
    """README.md of the profile."""
    table = "".join(f"| {a} | {b} | {c} | {'reached' if ok else '**short**'} |\n" for a, b, c, ok in rows(figures))
    p = figures.get("prompts", {})
    shares = ", ".join(f"{k} {p[k]:.0%}" for k in ("scene", "weather", "side", "car", "colour", "back", "shape", "direction", "speed") if k in p)
    shares += "; by scene: " + ", ".join(f"{k} {p[f'{k} only']:.0%}" for k in ("street", "robot", "shapes") if f"{k} only" in p) if p else ""
    judge = f"{figures['judge']['all']:.1%}" if "judge" in figures else "(not measured)"
    (folder / "README.md").write_text(HEAD.format(**figures["rule"]) + table + TAIL.format(attributes=shares or "(not measured)", judge=judge) + limits(figures))


def limits(figures: dict) -> str:
    """What a reader must know, drawn from the figures that fall short."""
    short = [a for a, _, _, ok in rows(figures) if not ok]
    text = "\n## Limits\n\n"
    if short:
        text += "Short of its target: " + "; ".join(short) + ".\n\n"
    return text + KNOWN
