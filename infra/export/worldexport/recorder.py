"""Watches a diffusers pipeline while it runs: random draws, transformer calls, steps and decoded frames.

Nothing is recomputed here. Draws are caught where diffusers makes them (`randn_tensor`), frames where the pipeline hands
the decoded float video to its video processor, before the safety checker's 8-bit rounding.
"""

import contextlib
import importlib
import inspect

import numpy as np
import torch

DRAWING = (
    "diffusers.models.autoencoders.vae",
    "diffusers.schedulers.scheduling_flow_match_euler_discrete",
    "diffusers.modular_pipelines.cosmos.before_denoise",
    "diffusers.pipelines.cosmos.pipeline_cosmos_text2world",
    "diffusers.pipelines.cosmos.pipeline_cosmos_video2world",
    "diffusers.pipelines.cosmos.pipeline_cosmos2_video2world",
    "diffusers.pipelines.cosmos.pipeline_cosmos2_5_predict",
    "diffusers.pipelines.cosmos.pipeline_cosmos2_5_transfer",
    "diffusers.pipelines.cosmos.pipeline_cosmos3_omni",
)


# Modular pipelines have no step callback; these blocks hold the latents after a step, re-pinned frames included.
STEPPING = (
    "Cosmos3VisionLoopSchedulerStep",
    "Cosmos3TransferLoopSchedulerStep",
    "Cosmos3DistilledVisionLoopSchedulerStep",
)


def purpose(function: str, module: str) -> str:
    """What a draw is for, from where it was made."""
    if module.endswith("autoencoders.vae"):
        return "posterior"
    if "schedulers" in module:
        return "step"
    return "branch" if function == "__call__" and "before_denoise" not in module else "noise"


class Recorder:
    def __init__(self, pipe):
        self.pipe = pipe
        self.draws: list[tuple[str, np.ndarray]] = []
        self.calls: list[tuple[dict, torch.Tensor]] = []
        self.steps: list[np.ndarray] = []
        self.encodes: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
        self.decodes: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.frames: np.ndarray | None = None

    def on_step(self, _pipe, _index, _timestep, tensors: dict) -> dict:
        """For `callback_on_step_end`."""
        self.steps.append(tensors["latents"].detach().float().numpy().copy())
        return tensors

    @contextlib.contextmanager
    def watching(self):
        with contextlib.ExitStack() as stack:
            self._watch_draws(stack)
            self._watch_blocks(stack)
            hook = self.pipe.transformer.register_forward_hook(self._on_transformer, with_kwargs=True)
            stack.callback(hook.remove)
            self._replace(stack, self.pipe.vae, "decode", self._decode)
            self._replace(stack, self.pipe.vae, "encode", self._encode)
            self._replace(stack, self.pipe.video_processor, "postprocess_video", self._postprocess)
            yield self

    def _watch_draws(self, stack):
        original = importlib.import_module("diffusers.utils.torch_utils").randn_tensor

        def drawing(*args, **kwargs):
            drawn = original(*args, **kwargs)
            caller = inspect.stack()[1]
            label = purpose(caller.function, caller.frame.f_globals["__name__"])
            self.draws.append((label, drawn.detach().float().numpy().copy()))
            return drawn

        for name in DRAWING:
            module = importlib.import_module(name)
            if hasattr(module, "randn_tensor"):
                module.randn_tensor = drawing
                stack.callback(setattr, module, "randn_tensor", original)

    def _watch_blocks(self, stack):
        blocks = importlib.import_module("diffusers.modular_pipelines.cosmos.denoise")
        for cls in (getattr(blocks, name) for name in STEPPING):
            original = cls.__call__

            def stepping(block, components, state, original=original, **kwargs):
                components, state = original(block, components, state, **kwargs)
                self.steps.append(state.latents.detach().float().numpy().copy())
                return components, state

            cls.__call__ = stepping
            stack.callback(setattr, cls, "__call__", original)

    def _replace(self, stack, owner, name, wrapper):
        original = getattr(owner, name)
        object.__setattr__(owner, name, lambda *args, **kwargs: wrapper(original, *args, **kwargs))
        stack.callback(object.__delattr__, owner, name)

    def _on_transformer(self, _module, _args, kwargs, output):
        self.calls.append((kwargs, output[0] if isinstance(output, tuple) else output))

    def _decode(self, original, z, **kwargs):
        out = original(z, **kwargs)
        self.decodes.append((z.clone(), (out[0] if isinstance(out, tuple) else out.sample).clone()))
        return out

    def _encode(self, original, x, **kwargs):
        out = original(x, **kwargs)
        posterior = out.latent_dist
        std = getattr(posterior, "std", None)
        self.encodes.append((x.clone(), posterior.mode().clone(), None if std is None else std.clone()))
        return out

    def _postprocess(self, original, video, *args, **kwargs):
        if self.frames is None:
            self.frames = original(video, output_type="pt")[0].float().numpy()
        return original(video, *args, **kwargs)
