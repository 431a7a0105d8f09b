"""Exports diffusers Cosmos checkpoints to Worldfarm profiles (see ../GRAPHS.md) and records goldens from diffusers."""
