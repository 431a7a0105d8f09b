"""Small randomly initialised Cosmos checkpoints and self-trained tokenizers, for fixtures and tests."""
