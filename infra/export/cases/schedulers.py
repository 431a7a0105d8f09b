"""Goldens of the schedulers alone: sigmas, timesteps, and every step on a small tensor, from diffusers."""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import EDMEulerScheduler, FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

from tiny import pipelines
from worldexport.schedule import describe_scheduler

SHAPE = (1, 2, 2, 3)


def predict2_flow() -> FlowMatchEulerDiscreteScheduler:
    """As Predict2's pipeline leaves it: its own sigma range written into the configuration."""
    scheduler = FlowMatchEulerDiscreteScheduler(use_karras_sigmas=True)
    scheduler.register_to_config(sigma_max=80.0, sigma_min=0.002, sigma_data=1.0, final_sigmas_type="sigma_min")
    return scheduler


def set_predict2(scheduler, steps: int) -> None:
    """The pipeline's own call: linspace sigmas in float64, then the last sigma repeats the one before."""
    scheduler.set_timesteps(sigmas=torch.linspace(0, 1, steps, dtype=torch.float64))
    scheduler.sigmas[-1] = scheduler.sigmas[-2]


def set_distilled(scheduler, _steps: int) -> None:
    scheduler.set_timesteps(sigmas=list(pipelines.DISTILLED_SIGMAS))


def set_native(scheduler, steps: int) -> None:
    """Cosmos3 with `use_native_flow_schedule`: explicit sigmas, then shifted by the scheduler."""
    sigmas = np.linspace(1 - 1 / scheduler.config.num_train_timesteps, 0.0, steps + 1)[:-1]
    scheduler.set_timesteps(steps, sigmas=sigmas)


def set_steps(scheduler, steps: int) -> None:
    scheduler.set_timesteps(steps)


# name: (make, set timesteps, step counts)
SCHEDULERS = {
    "edm-karras": (pipelines.edm, set_steps, (2, 8, 36)),
    "flow-euler-karras": (predict2_flow, set_predict2, (2, 8, 35)),
    "flow-euler-plain": (lambda: FlowMatchEulerDiscreteScheduler(shift=3.0), set_steps, (2, 8)),
    "flow-euler-distilled": (lambda: FlowMatchEulerDiscreteScheduler(stochastic_sampling=True), set_distilled, (4,)),
    "unipc-karras": (pipelines.unipc_karras, set_steps, (1, 2, 3, 8, 36, 60)),
    "unipc-shifted": (pipelines.unipc_shifted, set_steps, (1, 2, 3, 8, 35)),
    "unipc-native": (pipelines.unipc_shifted, set_native, (8,)),
}


def numbers(tensor) -> list[float]:
    return [float(v) for v in np.asarray(tensor, dtype=np.float32).ravel()]


def run(make, set_timesteps, steps: int) -> dict:
    """Every step with random model outputs. EDM: the model output is the network's; x0 is recorded as well."""
    scheduler = make()
    set_timesteps(scheduler, steps)
    generator = torch.Generator().manual_seed(steps)
    sample = torch.randn(SHAPE, generator=generator) * float(scheduler.sigmas[0])
    trace = []
    for index, timestep in enumerate(scheduler.timesteps):
        output = torch.randn(SHAPE, generator=generator)
        entry = {"sample": numbers(sample), "output": numbers(output)}
        options = {}
        if isinstance(scheduler, EDMEulerScheduler):
            entry["scaled"] = numbers(scheduler.scale_model_input(sample, timestep))
        if isinstance(scheduler, FlowMatchEulerDiscreteScheduler) and scheduler.config.stochastic_sampling:
            state = generator.get_state()
            entry["noise"] = numbers(torch.randn(SHAPE, generator=generator))
            generator.set_state(state)
            options = {"generator": generator}
        result = scheduler.step(output, timestep, sample, return_dict=False, **options)
        sample = result[0]
        entry["next"] = numbers(sample)
        if isinstance(scheduler, EDMEulerScheduler):
            entry["x0"] = numbers(result[1])
        # Keep the first, second and last few: they hold every order change.
        if index < 4 or index >= len(scheduler.timesteps) - 3:
            trace.append({"step": index, **entry})
        elif isinstance(scheduler, UniPCMultistepScheduler):
            trace.append({"step": index, "output": entry["output"]})
    head = {"steps": steps, "timesteps": numbers(scheduler.timesteps), "sigmas": numbers(scheduler.sigmas)}
    return {**head, "trace": trace}


def record_schedulers(out: Path) -> int:
    """One JSON file a scheduler; returns the number of recorded runs."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, (make, set_timesteps, counts) in SCHEDULERS.items():
        runs = [run(make, set_timesteps, steps) for steps in counts]
        body = {"name": name, "scheduler": describe_scheduler(make()), "shape": list(SHAPE), "runs": runs}
        (out / f"{name}.json").write_text(json.dumps(body, separators=(",", ":")) + "\n")
        count += len(runs)
    return count
