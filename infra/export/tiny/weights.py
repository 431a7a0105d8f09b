"""Random weights that hide nothing: parameters that start at zero or one are drawn as well."""

import torch
import torch.nn as nn


def randomise(module: nn.Module, seed: int, spread: float = 0.2) -> nn.Module:
    """Adds noise to every constant parameter (zero position tables, unit norms, zero biases) and returns the module in eval mode.

    The same seed gives the same numbers: parameters are visited in name order.
    """
    generator = torch.Generator().manual_seed(seed)
    for _, parameter in sorted(module.named_parameters()):
        flat = parameter.data.flatten()
        if flat.numel() > 0 and bool((flat == flat[0]).all()):
            parameter.data += spread * torch.randn(parameter.shape, generator=generator)
    return module.eval()


def seeded(make, seed: int, **config) -> nn.Module:
    """Constructs `make(**config)` with torch's global generator at `seed`, then randomises constants."""
    torch.manual_seed(seed)
    return randomise(make(**config), seed + 1)


def strengthen_text(module: nn.Module, gain: float = 4.0) -> nn.Module:
    """Scales cross attention's values and outputs, so that guidance moves the result by far more than a tolerance."""
    for name, parameter in module.named_parameters():
        if name.endswith(("attn2.to_v.weight", "attn2.to_out.0.weight")):
            parameter.data *= gain
    return module
