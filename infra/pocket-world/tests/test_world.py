"""The world is the same for the same seed, and its maps belong to its pictures."""

import unittest

import numpy as np

from pocket_world.maps.render import KINDS, control_frames
from pocket_world.world.attributes import held_out
from pocket_world.world.canvas import SEG_CLASSES
from pocket_world.world.clip import SHAPES_256, ClipSpec, spec


class WorldTest(unittest.TestCase):
    def test_one_seed_gives_one_clip(self) -> None:
        self.assertTrue((spec(3).frames(3) == spec(3).frames(3)).all())

    def test_held_out_clips_show_held_out_combinations(self) -> None:
        self.assertTrue(all(held_out(spec(i, held=True).attributes) and not held_out(spec(i).attributes) for i in range(30)))

    def test_every_shape_of_the_tier_can_be_drawn(self) -> None:
        for w, h in SHAPES_256:
            s = spec(1)
            self.assertEqual(ClipSpec(s.attributes, s.layout, w, h).frames(1).shape, (1, h, w, 3))

    def test_half_the_frame_rate_shows_twice_the_way(self) -> None:
        s = spec(2)
        slow = ClipSpec(s.attributes, s.layout, fps=12.0)
        self.assertTrue((slow.frames(3) == s.frames(3, 0, 2)).all())

    def test_maps_have_the_pictures_size_and_known_classes(self) -> None:
        d, g = spec(4).maps(2)
        self.assertEqual(d.shape, (2, 192, 320))
        self.assertLess(int(g.max()), len(SEG_CLASSES))
        f = spec(4).frames(2)
        for k in KINDS:
            c = control_frames(k, f, spec(4))
            self.assertEqual((c.shape, c.dtype), (f.shape, np.dtype(np.uint8)))


if __name__ == "__main__":
    unittest.main()
