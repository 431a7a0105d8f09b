"""The figures of the model card, each by its own small program over an exported profile."""
