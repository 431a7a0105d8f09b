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
