"""The judge: reads attributes off the pixels of a clip, knowing only how the world looks, never the model."""
