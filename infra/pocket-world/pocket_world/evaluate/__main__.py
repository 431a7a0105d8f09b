"""All figures of a profile folder: python -m pocket_world.evaluate --profile ../../profiles/pocket-world. Writes figures.json, README.md and contact-sheet.png."""

import argparse
import json
from pathlib import Path

from ..denoiser.sample import Rule
from ..engine import Engine
from ..maps.infer import MapNet
from ..judge.ground_truth import shares
from . import autoencoder, card, controls, image, pixels, prompts, sheet, speed, windows


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--profile", type=Path, required=True)
    p.add_argument("--prompts", type=int, default=200)
    p.add_argument("--images", type=int, default=100)
    p.add_argument("--controls", type=int, default=30)
    p.add_argument("--longer", type=int, default=20, help="prompts for each other size, and clips that go on")
    p.add_argument("--seeds", type=int, default=8)
    p.add_argument("--autoencoder", type=int, default=40)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--only", nargs="*", help="of: speed judge autoencoder prompts images controls sizes windows sheet")
    a = p.parse_args()
    settings = json.loads((a.profile / "profile.json").read_text())
    rule = Rule(settings["pipeline"]["defaults"]["steps"], settings["pipeline"]["defaults"]["guidance"], settings["scheduler"]["shift"])
    engine, path = Engine(a.profile, a.threads), a.profile / "figures.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    todo = a.only or ["speed", "judge", "autoencoder", "prompts", "images", "controls", "sizes", "windows", "sheet"]
    figures["rule"] = rule.__dict__
    for name in todo:
        if name == "speed":
            figures[name] = speed.run(engine, rule)
        elif name == "judge":
            figures[name] = shares(200)
        elif name == "autoencoder":
            figures[name] = autoencoder.run(engine, a.autoencoder)
        elif name == "prompts":
            figures[name], clips = prompts.run(engine, rule, a.prompts)
            figures["flicker"] = {"model": sum(map(pixels.flicker, clips)) / len(clips), "world": prompts.world_flicker(a.prompts)}
        elif name == "images":
            figures[name] = image.run(engine, rule, a.images)
        elif name == "controls":
            nets = {k: MapNet(a.profile, k) for k in ("depth", "seg") if (a.profile / f"{k}.onnx").exists()}
            if len(nets) == 2:
                figures[name] = controls.run(engine, rule, nets, a.controls)
        elif name == "sizes":
            figures[name] = {**prompts.sizes(engine, rule, a.longer), "prompts": a.longer}
        elif name == "windows":
            figures[name] = windows.run(engine, rule, a.longer)
        elif name == "sheet":
            sheet.write(engine, rule, a.profile / "contact-sheet.png", a.seeds)
        rounded = json.loads(json.dumps(figures), parse_float=lambda v: round(float(v), 4))
        path.write_text(json.dumps(rounded, indent=1) + "\n")
        card.write(a.profile, rounded)
        print(name, json.dumps(rounded.get(name)), flush=True)


if __name__ == "__main__":
    main()
