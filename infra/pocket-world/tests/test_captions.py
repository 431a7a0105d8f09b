"""Captions say what the attributes say."""

import random
import unittest

from pocket_world.captions.grammar import canonical, caption
from pocket_world.captions.pairs import pair
from pocket_world.text.slots import SLOTS, WIDTH, slots, targets
from pocket_world.world.attributes import Attributes, draw


COLOURS = {"red", "green", "blue", "yellow", "orange", "purple", "white", "black"}


class CaptionTest(unittest.TestCase):
    def test_the_canonical_caption_names_every_attribute(self) -> None:
        a = Attributes("shapes", colour="red", back="blue", shape="circle", direction="up", speed="fast")
        self.assertEqual(canonical(a), "a red circle moves up fast on a blue background")

    def test_every_drawn_clip_can_be_told_in_many_ways(self) -> None:
        r = random.Random(0)
        for _ in range(200):
            a = draw(r)
            self.assertGreater(len({caption(a, r) for _ in range(8)}), 3)

    def test_what_is_left_open_is_not_told(self) -> None:
        r = random.Random(1)
        a = Attributes("shapes", shape="circle")
        for _ in range(50):
            self.assertFalse(COLOURS & set(caption(a, r).lower().replace(".", " ").split()))

    def test_slots_and_targets_agree(self) -> None:
        r = random.Random(2)
        for _ in range(100):
            _, a = pair(r)
            s, t = slots(a), targets(a)
            self.assertEqual(s.shape, (SLOTS, WIDTH))
            for row, k in zip(s, t):
                self.assertEqual(int(row.sum()), int(k > 0))
                if k > 0:
                    self.assertEqual(int(row.argmax()) + 1, int(k))


if __name__ == "__main__":
    unittest.main()
