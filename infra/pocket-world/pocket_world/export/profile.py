"""profile.json of the exported folder, with sizes and digests of its files."""

import hashlib
import json
from pathlib import Path

from ..denoiser.sample import Rule
from ..text.tokenizer import MAX_TOKENS
from ..world.clip import SHAPES_256

FILES = ("text_encoder.onnx", "transformer.onnx", "vae_encoder.onnx", "vae_decoder.onnx", "depth.onnx", "seg.onnx", "tokenizer.json")


def write(folder: Path, rule: Rule, channels: int, version: str, notice: str) -> None:
    """Writes profile.json for what lies in the folder."""
    found = [n for n in FILES if (folder / n).exists()]
    profile = {
        "schema": 1, "id": "pocket-world", "name": "Pocket World", "version": version,
        "description": "A small video world model (streets, a robot arm, moving shapes), learned from a procedural world: text, image, video and control conditioning.",
        "notice": notice, "license": "Apache-2.0",
        "families": ["cosmos3-generator", "predict1", "predict2.5", "cosmos3", "transfer2.5"],
        "modes": ["text2video", "image2video", "video2video", "text2image", "transfer"], "controls": ["edge", "blur", "depth", "seg"],
        "tiers": ["256", "480", "720"], "engine": "onnx",
        "native": {"sizes": [{"width": w, "height": h} for w, h in SHAPES_256], "frames": 25, "fps": 24},
        "negative_prompt": "",
        "pipeline": {"type": "latent-flow", "guidance": {"form": "u+s(c-u)", "interval": [rule.guided_from, 1]}, "latent": {"channels": channels, "spatial": 16, "temporal": 4},
                     "overlap": 5, "defaults": {"steps": rule.steps, "guidance": rule.guidance}},
        "scheduler": {"type": "rectified-flow", "shift": rule.shift},
        "components": {n[:-5]: {"file": n} for n in found if n.endswith(".onnx")},
        "tokenizer": {"file": "tokenizer.json", "max_length": MAX_TOKENS, "pad_id": 0},
        "files": [{"path": n, "bytes": (folder / n).stat().st_size, "sha256": hashlib.sha256((folder / n).read_bytes()).hexdigest()} for n in found],
    }
    (folder / "profile.json").write_text(json.dumps(profile, indent=2) + "\n")
