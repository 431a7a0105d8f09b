"""Exports a diffusers-layout Cosmos checkpoint to a Worldfarm profile folder.

    python export.py --checkpoint <folder or hub id> --out <profile folder>
                     [--precision fp32|fp16] [--external-data] [--parity] [--control edge=<folder> ...]

What is written is described in GRAPHS.md, which checkpoints are supported in README.md.
"""

import argparse
import re
import warnings
from pathlib import Path

from worldexport import runtime

runtime.prepare()

from parity import record_parity  # noqa: E402
from worldexport.checkpoint import load, load_controls  # noqa: E402
from worldexport.profile import Options, export_pipeline  # noqa: E402
from worldexport.schedule import shift_flow  # noqa: E402

CONTROLS = ("edge", "blur", "depth", "seg")


def size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def control(text: str) -> tuple[str, str]:
    name, found, folder = text.partition("=")
    if not found or name not in CONTROLS:
        raise argparse.ArgumentTypeError(f"expected <control>=<folder> with a control of {', '.join(CONTROLS)}")
    return name, folder


def identifier(checkpoint: str) -> str:
    """A profile id from the checkpoint's name: lower case letters, digits, dots, dashes."""
    name = checkpoint.rstrip("/").split("/")[-1].lower()
    return re.sub(r"[^a-z0-9._-]+", "-", name).strip("-._")[:64] or "checkpoint"


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("--checkpoint", required=True, help="folder with model_index.json, or a hub id")
    out.add_argument("--out", type=Path, required=True, help="profile folder to write")
    out.add_argument("--precision", choices=("fp32", "fp16"), default="fp32")
    out.add_argument("--external-data", action="store_true", help="weights beside the graphs (automatic over 2 GB)")
    out.add_argument("--parity", action="store_true", help="record goldens from diffusers and check every graph")
    out.add_argument("--parity-size", type=size, default=(256, 256), metavar="WxH")
    out.add_argument("--parity-frames", type=int, default=9, help="1 + 4k (1 + 8k for Predict1)")
    out.add_argument("--control", type=control, action="append", default=[], metavar="NAME=FOLDER",
                     help="Transfer2.5: a control branch; several may be given")  # fmt: skip
    out.add_argument("--single", action="append", default=[], choices=CONTROLS,
                     help="with several --control: also a graph with this branch alone")  # fmt: skip
    out.add_argument(
        "--flow-shift",
        type=float,
        help="Cosmos3: set UniPC's flow_shift and drop Karras sigmas; 10 for video, as its docs do",
    )
    out.add_argument("--id", help="profile id; made from the checkpoint's name when absent")
    out.add_argument("--name")
    out.add_argument("--version", default="1.0.0")
    out.add_argument(
        "--size", type=size, action="append", default=[], metavar="WxH", help="native size; first is default"
    )
    out.add_argument("--tier", action="append", default=[], choices=("256", "480", "720"))
    out.add_argument("--frames", type=int, help="frames of one window")
    out.add_argument("--max-length", type=int, default=512, help="text tokens of T5 and Reason1")
    return out


def opened(given: argparse.Namespace) -> tuple:
    """The pipeline and, for Transfer2.5, the control branches that were named."""
    nets = load_controls(dict(given.control))
    pipe = load(given.checkpoint, controlnet=next(iter(nets.values()), None))
    if given.flow_shift is not None:
        shift_flow(pipe, given.flow_shift)
    return pipe, nets


def main(arguments: list[str] | None = None) -> dict:
    given = parser().parse_args(arguments)
    warnings.filterwarnings("ignore")
    pipe, nets = opened(given)
    options = Options(
        id=given.id or identifier(given.checkpoint),
        name=given.name,
        version=given.version,
        precision=given.precision,
        external=given.external_data,
        max_length=given.max_length,
        sizes=tuple(given.size),
        tiers=tuple(given.tier) or ("256", "480", "720"),
        frames=given.frames,
        controlnets=nets or None,
        single_controls=tuple(given.single),
    )
    profile = export_pipeline(pipe, given.out, options)
    total = sum(file["bytes"] for file in profile["files"])
    print(f"{profile['id']}: {len(profile['files'])} files, {total / 1e6:.1f} MB, in {given.out}")
    if given.parity:
        if given.precision != "fp32":
            # The goldens are float32's: exporting has rounded this pipeline's weights.
            pipe, nets = opened(given)
        for case, parts in record_parity(pipe, given.out, (*given.parity_size, given.parity_frames), nets).items():
            print(f"{case}: " + ", ".join(f"{part} {worst:.1e}" for part, worst in parts.items()))
    return profile


if __name__ == "__main__":
    main()
