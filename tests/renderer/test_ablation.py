import numpy as np
import pytest

from benchmarks.ablation import compared, cut, overlap
from flowzero.dss import Box


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (3, 0), (-2, 1), (0, -4)])
def test_what_two_frames_share_is_equal_once_the_cameras_motion_is_undone(dx: int, dy: int) -> None:
    scene = np.random.default_rng(0).integers(0, 255, (60, 60, 3))
    before, after = scene[20:40, 20:40], scene[20 - dy : 40 - dy, 20 - dx : 40 - dx]
    assert np.array_equal(overlap(before, -dx, -dy), overlap(after, dx, dy))
    assert overlap(before, -dx, -dy).shape == (20 - abs(dy), 20 - abs(dx), 3)


def test_a_crop_follows_its_box_by_parts_of_a_pixel() -> None:
    ramp = np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 200, 0).repeat(3, 2)
    first, second = (cut(ramp, Box(x=x / 200, y=0.2, w=0.5, h=0.5)) for x in (20.0, 20.5))
    assert np.allclose(second - first, 0.5)


def test_a_difference_that_every_video_shows_is_told_from_one_that_chance_explains() -> None:
    noisy = np.random.default_rng(1).normal(0, 1, 40)
    said, wins = compared(list(noisy + 0.1), list(noisy))
    assert said == "+0.1000 (+0.1000 to +0.1000)"
    assert wins == 40
    said, wins = compared(list(noisy), list(np.roll(noisy, 1)))
    low = float(said.split("(")[1].split(" to ")[0])
    assert low < 0
    assert 0 < wins < 40
