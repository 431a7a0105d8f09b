"""Runs an exported profile with onnxruntime: what the farm does in TypeScript, in Python, for evaluation and goldens."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from .denoiser.sample import Rule, sample
from .text.tokenizer import MAX_TOKENS

GRAPHS = ("text_encoder", "transformer", "vae_encoder", "vae_decoder")


def to_video(frames: np.ndarray) -> np.ndarray:
    """uint8 [T, H, W, 3] to float [1, 3, T, H, W] in [-1, 1]."""
    return frames.transpose(3, 0, 1, 2)[None].astype(np.float32) / 127.5 - 1


def to_frames(video: np.ndarray) -> np.ndarray:
    """The inverse, rounded."""
    return ((video[0].transpose(1, 2, 3, 0) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)


class Engine:
    """The four sessions of a profile folder and its tokenizer."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.run = {n: ort.InferenceSession(str(folder / f"{n}.onnx"), options, providers=["CPUExecutionProvider"]) for n in GRAPHS}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.channels = int(self.run["transformer"].get_inputs()[0].shape[2])

    def ids(self, prompt: str) -> np.ndarray:
        """[1, S] int64; the empty prompt is one 0."""
        return np.array([(self.tokenizer.encode(prompt).ids if prompt else [])[:MAX_TOKENS] or [0]], np.int64)

    def text(self, prompt: str) -> np.ndarray:
        """encoder_hidden_states [1, 9, 8]."""
        return self.run["text_encoder"].run(None, {"input_ids": self.ids(prompt)})[0]

    def encode(self, frames: np.ndarray) -> np.ndarray:
        """uint8 frames [1+4k, H, W, 3] to latents [1, 1+k, C, h, w]."""
        return self.run["vae_encoder"].run(None, {"video": to_video(frames)})[0]

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Latents to uint8 frames."""
        return to_frames(self.run["vae_decoder"].run(None, {"latents": latents})[0])

    def latents(self, prompt: str, noise: np.ndarray, rule: Rule = Rule(), known: np.ndarray | None = None, fps: float = 24.0,
                control: np.ndarray | None = None, weight: np.ndarray | None = None) -> np.ndarray:
        """Sampled latents from noise [1, T, C, h, w]. known: first latents [1, k, C, h, w]; control [1, 4, T, C, h, w]; weight [1, 4]."""
        b, t, c, h, w = noise.shape
        given, mask = np.zeros_like(noise), np.zeros((1, t, 1, h, w), np.float32)
        if known is not None:
            given[:, :known.shape[1]], mask[:, :known.shape[1]] = known, 1
        if control is None or weight is None:
            control, weight = np.zeros((1, 4, t, c, h, w), np.float32), np.zeros((1, 4), np.float32)
        said, unsaid = self.text(prompt), self.text("")

        def velocity(x: np.ndarray, level: float, prompted: bool) -> np.ndarray:
            return self.run["transformer"].run(None, {
                "hidden_states": x, "condition_latents": given, "condition_mask": mask, "timestep": np.array([level], np.float32),
                "encoder_hidden_states": said if prompted else unsaid, "control_latents": control.astype(np.float32), "control_weight": weight.astype(np.float32),
                "fps": np.array([fps], np.float32)})[0]

        return sample(noise, velocity, rule, given, mask)

    def clip(self, prompt: str, seed: int, width: int = 320, height: int = 192, frames: int = 25, **more) -> np.ndarray:
        """uint8 frames of a prompt and a seed."""
        shape = (1, 1 + (frames - 1) // 4, self.channels, height // 16, width // 16)
        return self.decode(self.latents(prompt, np.random.default_rng(seed).standard_normal(shape).astype(np.float32), **more))
