"""The exported graphs compute what the modules compute, at any shape."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from pocket_world.autoencoder.model import Autoencoder, decode_video, encode_video
from pocket_world.denoiser.model import Denoiser
from pocket_world.export.graphs import transformer_inputs, write
from pocket_world.text.model import TextEncoder


def near(a: np.ndarray, b: torch.Tensor, share: float = 2e-3) -> bool:
    """Weights are stored as float16, so graphs agree with float32 modules to about a thousandth of the scale."""
    return bool(np.abs(a - b.numpy()).max() <= share * max(1.0, float(b.abs().max())))


class ExportTest(unittest.TestCase):
    def test_graphs_match_modules(self) -> None:
        torch.manual_seed(0)
        torch.set_num_threads(1)
        text, vae, net = TextEncoder(300), Autoencoder(width=(16, 16, 16)).eval(), Denoiser(width=(32, 64), depth=(1, 2, 1), d=32).eval()
        for m in (net, vae):
            for p in m.parameters():
                torch.nn.init.normal_(p, std=.05)
        with tempfile.TemporaryDirectory() as d, torch.no_grad():
            write(Path(d), text, net, vae)
            run = {n: ort.InferenceSession(f"{d}/{n}.onnx").run for n in ("text_encoder", "transformer", "vae_encoder", "vae_decoder")}
            ids = torch.tensor([[4, 7, 2, 9, 0]])
            self.assertTrue(near(run["text_encoder"](None, {"input_ids": ids.numpy()})[0], text(ids)))
            for shape in ((1, 7, 12, 20), (2, 3, 20, 16), (1, 1, 16, 16)):
                x = transformer_inputs(shape[0], shape[1], net.channels, *shape[2:])
                out = run["transformer"](None, {k: v.numpy() for k, v in x.items()})[0]
                self.assertTrue(near(out, net(*x.values()), 1e-2))
            v = torch.rand(1, 3, 9, 64, 96) * 2 - 1
            z = encode_video(vae, v)
            self.assertTrue(near(run["vae_encoder"](None, {"video": v.numpy()})[0], z))
            self.assertTrue(near(run["vae_decoder"](None, {"latents": z.numpy()})[0], decode_video(vae, z), 1e-2))


if __name__ == "__main__":
    unittest.main()
