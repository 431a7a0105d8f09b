"""Writes a profile folder from a loaded pipeline: graphs, tokenizer, profile.json."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import family_cosmos3  # noqa: F401  (adds Cosmos3 to FAMILIES)
from .families import FAMILIES
from .schedule import describe_scheduler
from .tokenizer_files import save_tokenizer
from .writer import ProfileWriter

# Native sizes of the published checkpoints (diffusers pipelines' defaults), for --size.
DEFAULT_SIZES = [(1280, 704)]


@dataclass
class Options:
    id: str
    name: str | None = None
    version: str = "1.0.0"
    precision: str = "fp32"
    external: bool = False
    max_length: int = 512
    sizes: tuple[tuple[int, int], ...] = ()
    tiers: tuple[str, ...] = ("256", "480", "720")
    frames: int | None = None
    notice: str | None = None
    # Transfer2.5 only: the name of the pipeline's own control branch, or all branches by name; those that get a graph alone.
    controls: tuple[str, ...] = ("edge",)
    controlnets: dict | None = None
    single_controls: tuple[str, ...] = ()


def text_tokenizer(pipe):
    """Cosmos3 calls it `text_tokenizer`, the others `tokenizer`."""
    return getattr(pipe, "tokenizer", None) or pipe.text_tokenizer


def export_pipeline(pipe, out: Path, options: Options) -> dict:
    """Exports every component, writes profile.json and returns it."""
    kind = type(pipe).__name__
    if kind not in FAMILIES:
        raise SystemExit(f"{kind} is not supported; known: {', '.join(FAMILIES)}")
    out.mkdir(parents=True, exist_ok=True)
    scheduler = describe_scheduler(pipe.scheduler)
    writer = ProfileWriter(out, options.precision, options.external)
    family = FAMILIES[kind](pipe, writer, options)
    writer.add(save_tokenizer(text_tokenizer(pipe), out))
    sizes = options.sizes or DEFAULT_SIZES
    profile = {
        "schema": 1,
        "id": options.id,
        "name": options.name or options.id,
        "version": options.version,
        "description": f"{kind} exported to ONNX, {options.precision}.",
        **({"notice": options.notice} if options.notice else {}),
        "families": family.families,
        "modes": family.modes,
        "controls": family.controls,
        "tiers": list(options.tiers),
        "engine": "onnx",
        "native": {
            "sizes": [{"width": w, "height": h} for w, h in sizes],
            "frames": options.frames or family.frames,
            "fps": family.fps,
        },
        "pipeline": {**family.pipeline, "source": {"class": kind}, "precision": options.precision},
        "scheduler": scheduler,
        "components": family.components,
        "tokenizer": family.tokenizer,
        "files": writer.files(),
    }
    text = json.dumps(profile, indent=2, ensure_ascii=False)
    (out / "profile.json").write_text(text + "\n", encoding="utf-8")
    return profile
