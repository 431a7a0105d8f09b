"""Loads a diffusers-layout Cosmos checkpoint: a folder or a hub id, classic or modular."""

import json
from pathlib import Path

import torch

from .runtime import PassingChecker

INDEX = ("model_index.json", "modular_model_index.json")


def locate(checkpoint: str) -> Path:
    """The local folder of a checkpoint; a hub id is downloaded by huggingface_hub into its cache."""
    folder = Path(checkpoint)
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(checkpoint))


def read_index(folder: Path) -> dict:
    for name in INDEX:
        if (folder / name).is_file():
            return json.loads((folder / name).read_text())
    raise SystemExit(f"{folder}: neither {INDEX[0]} nor {INDEX[1]}; this is not a diffusers pipeline folder")


def load_controls(folders: dict[str, str]) -> dict:
    """Transfer2.5 control branches by name, each from its own diffusers folder (or hub id)."""
    from diffusers import CosmosControlNetModel

    return {
        name: CosmosControlNetModel.from_pretrained(folder, dtype=torch.float32) for name, folder in folders.items()
    }


def load(checkpoint: str, dtype: torch.dtype = torch.float32, controlnet=None):
    """The pipeline object, on the CPU in `dtype`, with the safety checker left out (it is not exported).

    `controlnet`: for a Transfer2.5 folder that has none of its own.
    """
    import diffusers

    folder = locate(checkpoint)
    index = read_index(folder)
    name = index["_class_name"]
    cls = getattr(diffusers, name, None)
    if cls is None:
        raise SystemExit(f"{folder}: unknown pipeline class {name}")
    if "Modular" in name:
        pipe = cls.from_pretrained(str(folder))
        pipe.load_components(dtype=dtype)
        pipe.disable_safety_checker()
        return pipe
    options = {"enable_safety_checker": False} if "Cosmos3" in name else {"safety_checker": PassingChecker()}
    if controlnet is not None:
        options["controlnet"] = controlnet
    return cls.from_pretrained(str(folder), dtype=dtype, **options)
