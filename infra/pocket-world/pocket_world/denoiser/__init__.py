"""The denoiser: a small U-Net over latent frames that attends over time, trained with rectified flow."""
