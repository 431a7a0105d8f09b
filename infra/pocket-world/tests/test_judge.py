"""The judge reads the world's own clips."""

import unittest

from pocket_world.judge.judge import score, total
from pocket_world.world.clip import spec


class JudgeTest(unittest.TestCase):
    def test_it_reads_ground_truth(self) -> None:
        clips = [spec(800_000 + i, held=i % 2 == 0) for i in range(16)]
        shares = total([score(s.frames(), s.attributes) for s in clips])
        self.assertGreaterEqual(shares["all"], .98, shares)

    def test_it_sees_a_wrong_colour(self) -> None:
        s = next(s for s in (spec(i) for i in range(200)) if s.attributes.scene == "shapes" and s.attributes.colour == "red")
        wrong = type(s.attributes)(**{**s.attributes.__dict__, "colour": "green"})
        self.assertFalse(score(s.frames(), wrong)["colour"])

    def test_a_still_clip_has_no_direction(self) -> None:
        s = next(s for s in (spec(i) for i in range(200)) if s.attributes.scene == "shapes")
        self.assertFalse(score(s.frames(1).repeat(25, 0), s.attributes)["direction"])


if __name__ == "__main__":
    unittest.main()
