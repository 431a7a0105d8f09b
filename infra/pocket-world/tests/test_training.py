"""What training sees, and that it goes on from where it stopped."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from pocket_world.autoencoder.groups import Encoder
from pocket_world.autoencoder.model import Autoencoder, encode_video
from pocket_world.denoiser.batches import Diet, Pool, controlled
from pocket_world.training import Loop, save
from pocket_world.world.clip import spec


def shard(folder: Path, number: int, begin: float) -> None:
    """Two clips of the first shape, or of the shape whose turn it is, that are told apart by their values."""
    shape = (12, 20) if number % 2 == 0 else (16, 16)
    latents = np.full((2, 7, 16, *shape), number, np.float16)
    np.savez(folder / f"{number:05d}.npz", latents=latents, control=np.repeat(latents[:, None], 4, 1), slots=np.ones((2, 9, 8), np.float32),
             fps=np.full(2, 24, np.float32), begin=np.full(2, begin, np.float32))


class TrainingTest(unittest.TestCase):
    def test_the_numpy_encoder_is_the_modules(self) -> None:
        model = Autoencoder(width=(16, 16, 16))
        f = spec(1).frames(9)
        with torch.no_grad():
            want = encode_video(model, torch.from_numpy(f).permute(3, 0, 1, 2)[None].float() / 127.5 - 1)[0].numpy()
        self.assertLess(np.abs(Encoder(model)(f) - want).max(), 1e-4)

    def test_a_control_is_right_as_often_as_its_weight_says(self) -> None:
        torch.manual_seed(0)
        own = torch.arange(4000.0).reshape(-1, 1, 1, 1, 1, 1).expand(-1, 4, 1, 1, 1, 1)
        control, weight = controlled(own, .5)
        right = (control == own).reshape(-1, 4).float()
        self.assertEqual(float(right[weight == 1].min()), 1)
        half = (weight > .4) & (weight < .6)
        self.assertAlmostEqual(float(right[half].mean()), .5, delta=.05)

    def test_what_begins_in_the_middle_has_its_first_frame_given(self) -> None:
        with tempfile.TemporaryDirectory() as d:
            shard(Path(d), 0, 3.0)
            pool = Pool(Path(d), "cpu", 8)
            pool.refresh()
            b = pool.batch(Diet(still=0, given=0), 16, np.random.default_rng(0))
            self.assertTrue(bool((b.mask[:, 0] == 1).all()))
            self.assertTrue(bool((b.mask[:, 2:] == 0).all()))

    def test_a_full_pool_replaces_its_oldest(self) -> None:
        with tempfile.TemporaryDirectory() as d:
            pool = Pool(Path(d), "cpu", 4)
            for n in (0, 2, 4):
                shard(Path(d), n, 0.0)
            self.assertEqual(pool.refresh(), 3)
            self.assertEqual(sorted(pool.clips[0]["latents"][:, 0, 0, 0, 0].tolist()), [2, 2, 4, 4])

    def test_a_loop_goes_on_with_its_weights_steps_and_optimiser(self) -> None:
        with tempfile.TemporaryDirectory() as d:
            path, model = Path(d) / "m.pt", torch.nn.Linear(2, 1)
            first = Loop(model, .1, 1, 1, .9, path)
            first.step(model(torch.ones(1, 2)).sum())
            with first.averaged() as state:
                save(path, state)
            again = torch.nn.Linear(2, 1)
            second = Loop(again, .1, 1, 1, .9, path)
            self.assertEqual(second.count, 1)
            self.assertTrue(torch.equal(again.weight, model.weight))
            self.assertEqual(len(second.optimiser.state_dict()["state"]), 2)
            self.assertTrue(all(torch.equal(a, b) for a, b in zip(first.values, second.values)))


if __name__ == "__main__":
    unittest.main()
