"""From a prompt to the nine slots that condition the denoiser."""
