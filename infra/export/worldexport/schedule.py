"""`scheduler` of profile.json: the configuration exactly as the pipeline holds it."""

TYPES = {
    "EDMEulerScheduler": "edm-euler",
    "FlowMatchEulerDiscreteScheduler": "flow-match-euler",
    "UniPCMultistepScheduler": "unipc",
}


def describe_scheduler(scheduler) -> dict:
    """Read after the pipeline is built: Predict2's pipeline writes its own sigmas into the scheduler's config."""
    name = type(scheduler).__name__
    if name not in TYPES:
        raise SystemExit(f"scheduler {name} is not supported; known: {', '.join(TYPES)}")
    config = {k: v for k, v in dict(scheduler.config).items() if not k.startswith("_")}
    return {"type": TYPES[name], "class": name, "config": config}


def shift_flow(pipe, shift: float) -> None:
    """The change that Cosmos3's documentation makes before it renders video: `flow_shift`, and no Karras sigmas."""
    config = dict(pipe.scheduler.config)
    if "flow_shift" not in config:
        raise SystemExit(f"--flow-shift: {type(pipe.scheduler).__name__} has no flow_shift")
    changed = type(pipe.scheduler).from_config(config, flow_shift=shift, use_karras_sigmas=False)
    if hasattr(pipe, "update_components"):
        pipe.update_components(scheduler=changed)
    else:
        pipe.scheduler = changed
