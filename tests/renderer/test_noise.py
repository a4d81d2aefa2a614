"""Noise maps: orthogonal, white, true to the planned motion, and the same however long the video is."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from flowzero.renderer.noise import NOISE_MODES, NoisePlane, View, fourier_roll, fourier_shift, frame_noise, fresh_noise
from tests.renderer import tiny


def matrix(map_, shape: tuple[int, int]) -> Tensor:
    """The matrix of a linear map of pictures."""
    size = shape[0] * shape[1]
    return map_(torch.eye(size, dtype=torch.float64).view(size, *shape)).reshape(size, -1).T


def correlation(a: Tensor, b: Tensor) -> float:
    return float((a * b).mean() / (a.square().mean() * b.square().mean()).sqrt())


def white(noise: Tensor) -> None:
    """Unit variance, no correlation with any near neighbour, no heavy tails; for about 10^5 values."""
    n = noise.numel()
    assert abs(float(noise.mean())) < 5 / math.sqrt(n)
    assert abs(float(noise.var()) - 1) < 5 * math.sqrt(2 / n)
    assert abs(float((noise**4).mean()) - 3) < 5 * math.sqrt(96 / n)
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0)):
        moved = torch.roll(noise, (dy, dx), dims=(-2, -1))[..., 2:-2, 2:-2]
        assert abs(correlation(noise[..., 2:-2, 2:-2], moved)) < 5 / math.sqrt(n)


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    dx=st.floats(-20, 20, allow_nan=False),
    dy=st.floats(-20, 20, allow_nan=False),
)
def test_a_fourier_shift_is_orthogonal_for_every_size_and_distance(shape: tuple[int, int], dx: float, dy: float) -> None:
    m = matrix(lambda x: fourier_shift(x, dx, dy), shape)
    assert (m @ m.T - torch.eye(len(m), dtype=torch.float64)).abs().max() < 1e-12


@settings(max_examples=20, deadline=None)
@given(side=st.integers(2, 12), degrees=st.floats(-720, 720, allow_nan=False))
def test_a_roll_is_orthogonal_for_every_angle(side: int, degrees: float) -> None:
    m = matrix(lambda x: fourier_roll(x, degrees), (side, side))
    assert (m @ m.T - torch.eye(len(m), dtype=torch.float64)).abs().max() < 1e-12


@pytest.mark.parametrize("shape", [(8, 8), (7, 9), (8, 5)])
@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (0, -2), (5, 4), (-1, 1)])
def test_a_whole_shift_is_a_roll_of_the_picture(shape: tuple[int, int], dx: int, dy: int) -> None:
    noise = fresh_noise((2, *shape), "base").float()
    torch.testing.assert_close(fourier_shift(noise, dx, dy), torch.roll(noise, (dy, dx), dims=(-2, -1)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("degrees", [90, 180, 270, -90])
def test_a_quarter_roll_turns_clockwise_exactly(degrees: int) -> None:
    noise = fresh_noise((2, 6, 6), "base")
    assert torch.equal(fourier_roll(noise, degrees), torch.rot90(noise, -degrees // 90, dims=(-2, -1)))


def spot(x: float, y: float, size: int = 33, width: float = 2.5) -> Tensor:
    """A smooth spot at (x, y) from the middle."""
    at = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    return torch.exp(-((at[None, :] - x) ** 2 + (at[:, None] - y) ** 2) / (2 * width**2))[None]


def middle(picture: Tensor) -> tuple[float, float]:
    """Centre of mass from the middle, x and y."""
    at = torch.arange(picture.shape[-1], dtype=torch.float64) - (picture.shape[-1] - 1) / 2
    mass = picture.sum()
    return float((picture.sum(-2) * at).sum() / mass), float((picture.sum(-1) * at).sum() / mass)


def test_a_shift_moves_content_right_and_down() -> None:
    x, y = middle(fourier_shift(spot(0, 0), 2.5, 1.25))
    assert (x, y) == (pytest.approx(2.5, abs=1e-3), pytest.approx(1.25, abs=1e-3))


@pytest.mark.parametrize("degrees", [30, 75, 135, -20])
def test_a_roll_moves_content_clockwise(degrees: float) -> None:
    x, y = middle(fourier_roll(spot(6, 0), degrees))
    assert x == pytest.approx(6 * math.cos(math.radians(degrees)), abs=0.02)
    assert y == pytest.approx(6 * math.sin(math.radians(degrees)), abs=0.02)


MOTIONS = {
    "whole": {"shift": (0.25, -0.125)},
    "fraction": {"shift": (0.26, 0.117)},
    "far": {"shift": (7.3, -4.6)},
    "roll": {"shift": (0.1, 0.0), "angle": 33.0},
    "upside down": {"angle": 170.0},
    "zoom in": {"scale": 1.7, "shift": (0.05, 0.0)},
    "far zoom in": {"scale": 9.3},
    "zoom out": {"scale": 0.4},
    "all": {"scale": 1.3, "angle": -50.0, "shift": (-0.2, 0.3)},
}


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS)
def test_noise_under_every_motion_is_white_with_unit_variance(motion: dict) -> None:
    base = fresh_noise((8, 96, 128), "base").float()
    noise = frame_noise(base, [tiny.frame(), tiny.frame(index=1, **motion)], seed=3)
    assert noise.dtype == torch.float32
    assert torch.equal(noise[0], base)
    white(noise[1])


@pytest.mark.parametrize("mode", ["wrap", "canvas"])
def test_noise_follows_the_background(mode: str) -> None:
    base = fresh_noise((8, 64, 64), "base").float()
    noise = frame_noise(base, [tiny.frame(), tiny.frame(index=1, shift=(0.1, -0.05))], mode=mode)[1]
    back = fourier_shift(noise, -0.1 * 64, 0.05 * 64)[:, 8:-8, 8:-8]
    assert correlation(back, base[:, 8:-8, 8:-8]) > 0.97


def test_a_canvas_brings_new_noise_in_where_wrapping_repeats_the_other_edge() -> None:
    base = fresh_noise((8, 32, 32), "base").float()
    frames = [tiny.frame(), tiny.frame(index=1, shift=(0.25, 0.0))]
    wrapped, fresh = (frame_noise(base, frames, mode=mode)[1][:, :, :8] for mode in ("wrap", "canvas"))
    assert correlation(wrapped, base[:, :, -8:]) > 0.99
    assert abs(correlation(fresh, base[:, :, -8:])) < 0.1


def test_zoom_follows_the_magnified_content() -> None:
    base = fresh_noise((8, 64, 64), "base").float()
    noise = frame_noise(base, [tiny.frame(), tiny.frame(index=1, scale=2.0)])[1]
    pooled = torch.nn.functional.avg_pool2d(noise, 2) * 2
    assert correlation(pooled, base[:, 16:48, 16:48]) > 0.99


def test_a_frame_seen_again_after_a_zoom_and_a_pan_is_the_same_noise() -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    away = tiny.frame(index=1, scale=3.0, shift=(2.2, 0.4))
    again = tiny.frame(index=2)
    assert torch.equal(frame_noise(base, [tiny.frame(), away, again])[2], base)


@pytest.mark.parametrize("mode", NOISE_MODES)
def test_a_longer_video_starts_with_the_same_noise(mode: str) -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    frames = tiny.moving(6)
    assert torch.equal(frame_noise(base, frames, mode=mode)[:3], frame_noise(base, frames[:3], mode=mode))


@pytest.mark.parametrize("mode", NOISE_MODES)
def test_the_first_frame_is_the_base_itself(mode: str) -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    assert torch.equal(frame_noise(base, tiny.moving(2), mode=mode)[0], base)


def test_a_still_plan_gives_every_frame_the_base() -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    still = [tiny.frame(index=i) for i in range(3)]
    for mode in ("canvas", "wrap", "still"):
        assert all(torch.equal(noise, base) for noise in frame_noise(base, still, mode=mode))
    assert (frame_noise(base, still, mode="layered") - base).abs().max() < 1e-6


def test_noise_outside_the_base_depends_on_the_seed_alone() -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    frames = [tiny.frame(), tiny.frame(index=1, shift=(1.5, 0.0))]
    first, same, other = (frame_noise(base, frames, seed=seed)[1] for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def layered(box_then: tuple[float, float, float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Tensor:
    base = fresh_noise((16, 64, 64), "base").float()
    frames = [
        tiny.frame(objects={"a red ball": (0.125, 0.25, 0.375, 0.375)}),
        tiny.frame(index=1, objects={"a red ball": box_then}, shift=shift),
    ]
    return frame_noise(base, frames, mode="layered", seed=5)


def test_layered_noise_stays_white_where_layers_meet() -> None:
    white(layered((0.4, 0.3, 0.375, 0.375), shift=(-0.1, 0.0))[1])
    white(layered((0.4, 0.3, 0.25, 0.5))[1])
    runs = torch.stack(
        [frame_noise(fresh_noise((4, 16, 16), f"{k}").float(), tiny.moving(2), mode="layered", seed=k)[1] for k in range(500)]
    )
    assert (runs.var(dim=(0, 1)) - 1).abs().max() < 0.2  # every place, edges included: 2000 values each


def test_layered_noise_travels_with_the_box_while_the_background_stands_still() -> None:
    first, second = layered((0.5, 0.25, 0.375, 0.375))
    inside = correlation(second[:, 18:38, 34:54], first[:, 18:38, 10:30])
    background = correlation(second[:, 46:], first[:, 46:])
    uncovered = correlation(second[:, 18:38, 10:30], first[:, 18:38, 10:30])
    assert inside > 0.999
    assert background > 0.999
    assert abs(uncovered) < 0.1


def test_layered_noise_grows_with_its_box() -> None:
    first, second = layered((0.125, 0.25, 0.75, 0.75))
    pooled = torch.nn.functional.avg_pool2d(second[:, 16:64, 8:56], 2) * 2
    assert correlation(pooled[:, 2:-2, 2:-2], first[:, 18:38, 10:30]) > 0.99


def test_an_object_that_appears_later_brings_noise_of_its_own() -> None:
    base = fresh_noise((16, 32, 32), "base").float()
    box = {"a red ball": (0.25, 0.25, 0.5, 0.5)}
    frames = [tiny.frame(objects={}), tiny.frame(index=1, objects=box), tiny.frame(index=2, objects=box)]
    noise = frame_noise(base, frames, mode="layered")
    assert abs(correlation(noise[1][:, 12:20, 12:20], base[:, 12:20, 12:20])) < 0.15
    assert torch.equal(noise[1], noise[2])
    white(noise[1])


def test_sub_pixels_of_every_level_are_white_and_add_up_to_their_pixel() -> None:
    plane = NoisePlane(fresh_noise((8, 32, 32), "base"), "plane")
    fine = plane.window(-64, 0, 128, 128, level=2)
    white(fine)
    coarse = plane.window(-16, 0, 32, 32)
    torch.testing.assert_close(torch.nn.functional.avg_pool2d(fine, 4) * 4, coarse)


def test_extreme_motion_is_bounded_in_time_and_memory() -> None:
    base = fresh_noise((4, 16, 16), "base").float()
    for motion in ({"scale": 1e-9}, {"scale": 1e9}, {"shift": (600.0, -600.0)}, {"angle": 1e5}):
        assert torch.isfinite(frame_noise(base, [tiny.frame(), tiny.frame(index=1, **motion)])).all()


def test_a_view_looks_at_odd_and_oblong_windows() -> None:
    for shape in ((3, 7, 12), (3, 8, 5), (3, 1, 1)):
        plane = NoisePlane(fresh_noise(shape, "base"), "plane")
        for view in (View(dx=0.5), View(angle=10), View(sx=1.5, sy=0.75), View(dx=-3.2, dy=9.1, angle=200)):
            assert plane.look(view).shape == shape
