"""Encoder and decoder wrappers of the Predict1 VAE (`AutoencoderKLCosmos`, CV8x8x8), whole sequence at once."""

import torch.nn as nn

from .kl_cosmos_layers import traceable


class CosmosEncode(nn.Module):
    """frames [1, 3, 1+8k, Hp, Wp] in [-1, 1] to latents [1, C, T, H, W]; this posterior has no variance."""

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.encoder, self.quant_conv = traceable(vae.encoder), traceable(vae.quant_conv)

    def forward(self, frames):
        dtype = self.quant_conv.weight.dtype
        return self.quant_conv(self.encoder(frames.to(dtype))).float()


class CosmosDecode(nn.Module):
    """latents [1, C, T, H, W] to frames [1, 3, 1+8(T-1), Hp, Wp], not clamped."""

    def __init__(self, vae: nn.Module):
        super().__init__()
        self.decoder, self.post_quant_conv = traceable(vae.decoder), traceable(vae.post_quant_conv)

    def forward(self, latents):
        dtype = self.post_quant_conv.weight.dtype
        return self.decoder(self.post_quant_conv(latents.to(dtype))).float()
