"""From checkpoints to the folder of a profile: ONNX graphs, tokenizer, goldens, profile.json."""
