import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.renderer.embedded import LayoutPainter, PatchAutoencoder

PAINTER = LayoutPainter(phrase_dim=6, phrase_channels=3, texture_channels=3, width=8, depth=1)


def paint(boxes: list[tuple[float, float, float, float]], size: int = 8) -> torch.Tensor:
    """The map of boxes that all carry the same phrase."""
    count = max(len(boxes), 1)
    tensor, masks = torch.zeros(1, count, 4), torch.zeros(1, count)
    for k, box in enumerate(boxes):
        tensor[0, k], masks[0, k] = torch.tensor(box), 1
    with torch.no_grad():
        return PAINTER(tensor, torch.ones(1, count, 6), masks, size, size)[0]


def test_a_box_is_painted_where_it_is_and_nowhere_else() -> None:
    mask = paint([(0.25, 0.5, 0.75, 1.0)])[3]
    expected = torch.zeros(8, 8)
    expected[4:, 2:6] = 1
    assert torch.equal(mask, expected)


def test_motion_below_one_cell_shows() -> None:
    assert not torch.equal(paint([(0.25, 0.25, 0.75, 0.75)]), paint([(0.27, 0.25, 0.77, 0.75)]))


def test_an_empty_layout_holds_only_the_position_in_the_frame() -> None:
    empty = paint([])
    assert torch.equal(empty[:-2], torch.zeros_like(empty[:-2]))
    assert torch.equal(paint([(0.1, 0.1, 0.5, 0.5)])[-2:], empty[-2:])


def test_the_part_of_a_box_beyond_the_frame_is_cut_and_not_squeezed() -> None:
    whole, half = paint([(0.25, 0.0, 0.75, 1.0)]), paint([(-0.25, 0.0, 0.25, 1.0)])
    assert torch.allclose(half[:-2, :, :2], whole[:-2, :, 4:6], atol=1e-6)


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1, 2, width=32)] * 4), max_size=4))
def test_any_boxes_give_a_finite_map(boxes: list[tuple[float, float, float, float]]) -> None:
    assert torch.isfinite(paint(boxes)).all()


@pytest.mark.parametrize("upscale", [1, 2])
def test_latents_and_pictures_have_the_promised_shapes(upscale: int) -> None:
    autoencoder = PatchAutoencoder(patch=4, latent_channels=5, widths=(8, 8, 8, 8)[: 3 + (upscale == 2)], upscale=upscale)
    size = 4 * upscale * 6
    with torch.no_grad():
        latents = autoencoder.encode(torch.zeros(2, 3, size, size))
        assert latents.shape == (2, 5, 6, 6)
        assert autoencoder.decode(latents).sample.shape == (2, 3, size, size)
