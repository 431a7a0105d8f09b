"""The denoiser: convolutions over frames and attention over the clip, trained with rectified flow."""
