"""Makes `import diffusers` work where torchvision is not installed, and fixes the thread count.

diffusers' Cosmos modules use two small torchvision functions: a nearest resize of the padding mask
(`transformer_cosmos.py`, `controlnet_cosmos.py`) and `to_tensor` (`pipeline_cosmos2_5_predict.py`).
Where torchvision is absent these two are provided here; where it is present nothing is touched.
"""

import importlib.machinery
import importlib.util
import os
import types

import numpy as np
import torch
import torch.nn.functional as F


def _resize(image, size, interpolation=None):
    """Nearest resize of a [..., H, W] tensor; the padding mask is all zeros in every pipeline."""
    return F.interpolate(image, size=tuple(size), mode="nearest")


def _to_tensor(image):
    """PIL image or uint8 array [H, W, 3] to a float32 tensor [3, H, W] in [0, 1]."""
    array = np.array(image, dtype=np.uint8, copy=True)
    return torch.from_numpy(array).permute(2, 0, 1).contiguous().to(torch.float32).div(255)


def _stub_torchvision() -> types.ModuleType:
    functional = types.ModuleType("torchvision.transforms.functional")
    functional.resize, functional.to_tensor = _resize, _to_tensor
    transforms = types.ModuleType("torchvision.transforms")
    transforms.functional = functional
    transforms.InterpolationMode = types.SimpleNamespace(NEAREST="nearest")
    torchvision = types.ModuleType("torchvision")
    torchvision.transforms = transforms
    torchvision.__version__ = "0"
    for module in (torchvision, transforms, functional):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
    return torchvision


def _patch(module_name: str, torchvision: types.ModuleType) -> None:
    module = importlib.import_module(module_name)
    if not hasattr(module, "torchvision"):
        module.torchvision = torchvision
    if not hasattr(module, "transforms"):
        module.transforms = torchvision.transforms


def prepare(threads: int | None = None) -> None:
    """Call once before anything else of this package. `threads` defaults to $EXPORT_THREADS or 1: the fixtures are tiny."""
    torch.set_num_threads(threads or int(os.environ.get("EXPORT_THREADS", "1")))
    torch.set_grad_enabled(False)
    if importlib.util.find_spec("torchvision") is not None:
        return
    torchvision = _stub_torchvision()
    for name in (
        "diffusers.models.transformers.transformer_cosmos",
        "diffusers.models.controlnets.controlnet_cosmos",
        "diffusers.pipelines.cosmos.pipeline_cosmos2_5_predict",
        "diffusers.pipelines.cosmos.pipeline_cosmos2_5_transfer",
    ):
        _patch(name, torchvision)


class PassingChecker:
    """Stands in for CosmosSafetyChecker, whose weights are not needed to export or to compare numbers."""

    def to(self, *_args, **_kwargs):
        return self

    def check_text_safety(self, _prompt: str) -> bool:
        return True

    def check_video_safety(self, frames):
        return frames
