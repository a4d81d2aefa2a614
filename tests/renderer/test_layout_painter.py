import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.dss import FrameBackground
from flowzero.renderer.camera import source
from flowzero.renderer.layout_painter import LayoutPainter, Scenery, lit, look_at, resampling

PAINTER = LayoutPainter(phrase_dim=6, phrase_channels=3, widths=(8, 8), latent_channels=5, patch=4).eval()
COVER = slice(5, 5 + PAINTER.COVER_CELLS**2)


def paint(boxes: list[tuple[float, float, float, float]], size: int = 8) -> torch.Tensor:
    """The maps of boxes that all carry the same phrase."""
    count = max(len(boxes), 1)
    tensor, masks = torch.zeros(1, count, 4), torch.zeros(1, count)
    for k, box in enumerate(boxes):
        tensor[0, k], masks[0, k] = torch.tensor(box), 1
    with torch.no_grad():
        return PAINTER(tensor, torch.ones(1, count, 6), masks, size, size)[0]


def place(pictures: torch.Tensor, boxes: list[tuple[float, float, float, float]], size: int = 8) -> torch.Tensor:
    """The maps of given pictures [K, 4, S, S]."""
    return PAINTER.place(pictures[None], torch.tensor([boxes]), torch.ones(1, len(boxes)), size, size)[0].detach()


def test_the_painted_channels_are_as_many_as_promised() -> None:
    assert paint([(0.1, 0.1, 0.5, 0.5)]).shape == (PAINTER.channels, 8, 8)


def test_a_full_picture_covers_its_box_and_nothing_far_from_it() -> None:
    cover = place(torch.ones(1, 4, 16, 16), [(0.25, 0.5, 0.75, 1.0)])[COVER].mean(0)
    assert cover[5:, 3:5].min() > 0.99
    assert cover[:4].sum() + cover[:, :2].sum() + cover[:, 6:].sum() == 0


def test_the_share_that_is_covered_is_the_share_of_the_box() -> None:
    cover = place(torch.ones(1, 4, 16, 16), [(0.2, 0.3, 0.6, 0.8)])[COVER].mean()
    assert abs(float(cover) - 0.4 * 0.5) < 0.01


def test_motion_below_one_cell_shows() -> None:
    assert not torch.allclose(paint([(0.25, 0.25, 0.75, 0.75)]), paint([(0.27, 0.25, 0.77, 0.75)]), atol=1e-4)


def test_a_nearer_thing_hides_a_farther_one() -> None:
    red, blue = torch.full((4, 16, 16), 1.0), torch.full((4, 16, 16), -1.0)
    blue[3] = 1
    box = (0.0, 0.0, 1.0, 1.0)
    both, near = place(torch.stack([red, blue]), [box, box]), place(blue[None], [box])
    assert torch.allclose(both[:, 2:-2, 2:-2], near[:, 2:-2, 2:-2], atol=1e-5)


def test_an_empty_layout_holds_only_the_position_in_the_frame() -> None:
    empty = paint([])
    assert torch.equal(empty[:-2], torch.zeros_like(empty[:-2]))
    assert torch.equal(paint([(0.1, 0.1, 0.5, 0.5)])[-2:], empty[-2:])


def test_the_part_of_a_box_beyond_the_frame_is_cut_and_not_squeezed() -> None:
    whole, half = paint([(0.25, 0.0, 0.75, 1.0)]), paint([(-0.25, 0.0, 0.25, 1.0)])
    assert torch.allclose(half[:-2, :, :2], whole[:-2, :, 4:6], atol=1e-5)


def test_resampling_keeps_what_is_constant_and_adds_up() -> None:
    for low, high, cells in ((0.1, 0.9, 8), (0.3, 0.4, 64), (-0.5, 1.5, 16)):
        matrix = resampling(torch.tensor([low]), torch.tensor([high]), 100, cells)[0]
        inside = matrix.sum(1)[max(round((low + 0.1) * 100), 0) : round((high - 0.1) * 100)]
        assert torch.allclose(inside, torch.ones_like(inside), atol=0.02)
        covered = min(high, 1.0) - max(low, 0.0)
        assert abs(float(matrix.sum()) / 100 - covered) < 0.03


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1, 2, width=32)] * 4), max_size=4))
def test_any_boxes_give_finite_maps(boxes: list[tuple[float, float, float, float]]) -> None:
    assert torch.isfinite(paint(boxes)).all()


SCENIC = LayoutPainter(phrase_dim=6, phrase_channels=3, widths=(8, 8), latent_channels=5, patch=4, scenery_widths=(8, 8)).eval()


def seen(dx: float = 0.0, dy: float = 0.0, scale: float = 1.0, angle: float = 0.0, size: int = 32) -> torch.Tensor:
    """What a frame shows of a panorama whose colours tell where one is: red grows to the right and green downwards."""
    motion = FrameBackground(direction="none", speed=0, zoom=0, roll=0, dx=dx, dy=dy, scale=scale, angle=angle)
    x, y = (torch.arange(128) + 0.5) / 64, (torch.arange(64) + 0.5) / 64
    wide = torch.stack([x.expand(64, 128), y[:, None].expand(64, 128), torch.zeros(64, 128)])
    view = torch.from_numpy(source(motion, 1.0, 1.0)).float()
    return look_at(wide[None], torch.tensor([0]), view[None], size, size)[0]


def test_a_camera_that_has_not_moved_shows_where_the_panorama_begins() -> None:
    where = (torch.arange(32) + 0.5) / 32
    assert torch.allclose(seen()[0], where.expand(32, 32), atol=0.01)
    assert torch.allclose(seen()[1], where[:, None].expand(32, 32), atol=0.01)


def test_the_place_moves_as_the_background_does() -> None:
    still, moved = seen(dx=-0.5), seen(dx=-0.75)  # content goes to the left by a quarter of the frame
    assert torch.allclose(moved[:, :, :24], still[:, :, 8:], atol=0.01)
    low = seen(dy=0.25)
    assert torch.allclose(low[:, 8:], seen()[:, :24], atol=0.01)


def test_a_place_grows_and_turns_around_the_middle() -> None:
    still, near, upside_down = seen(), seen(scale=2), seen(angle=180)
    assert torch.allclose(near[:, 15:17, 15:17].mean((1, 2)), still[:, 15:17, 15:17].mean((1, 2)), atol=0.03)
    assert float(near[0, 16].diff().mean()) == pytest.approx(float(still[0, 16].diff().mean()) / 2, rel=0.05)
    assert torch.allclose(upside_down, still.flip(1, 2), atol=0.01)


def test_a_panorama_goes_on_beyond_its_ends_as_in_a_mirror() -> None:
    assert torch.allclose(seen(dx=1)[0].flip(1), seen()[0], atol=0.01)
    assert torch.allclose(seen(dx=-4)[0], seen()[0], atol=0.01)


def test_things_stand_before_the_place_and_cover_counts_things_alone() -> None:
    phrases, masks = torch.ones(2, 1, 6), torch.ones(2, 1)
    boxes = torch.tensor([[[0.0, 0.0, 0.5, 1.0]]]).expand(2, -1, -1)
    scenery = Scenery(torch.ones(2, 6), torch.eye(2, 3).expand(2, -1, -1), torch.tensor([1.0, 0.0]), torch.ones(2, 1, 3))
    with torch.no_grad():
        shown, bare = SCENIC(boxes, phrases, masks, 8, 8, scenery)
        (without,) = SCENIC(boxes[:1], phrases[:1], masks[:1], 8, 8)
    assert torch.equal(bare, without)
    assert torch.equal(shown[COVER], bare[COVER])
    assert (shown[:5, :, 4:] - bare[:5, :, 4:]).abs().max() > 1e-3


def test_a_light_leaves_its_share_of_each_colour_and_nothing_where_nothing_is() -> None:
    picture = torch.cat([torch.full((3, 2, 2), 0.5), torch.ones(1, 2, 2)])  # 0.75 of white
    picture[:, 0] = 0
    dim = lit(picture[None], torch.tensor([[0.5, 1.0, 0.0]]))[0]
    assert torch.equal(dim[:, 0], torch.zeros(4, 2))
    assert dim[:, 1, 0].tolist() == pytest.approx([2 * 0.75 * 0.5 - 1, 0.5, -1, 1])


def test_the_light_of_a_place_falls_on_its_things() -> None:
    phrases, masks = torch.ones(2, 1, 6), torch.ones(2, 1)
    boxes = torch.tensor([[[0.0, 0.0, 0.5, 1.0]]]).expand(2, -1, -1)
    lights = torch.tensor([[[1.0, 1.0, 1.0]], [[0.5, 0.5, 0.5]]])
    scenery = Scenery(torch.ones(2, 6), torch.eye(2, 3).expand(2, -1, -1), torch.ones(2), lights)
    with torch.no_grad():
        day, night = SCENIC(boxes, phrases, masks, 8, 8, scenery)
    assert torch.equal(day[:, :, 6:], night[:, :, 6:])
    assert (day[:5, :, :2] - night[:5, :, :2]).abs().max() > 1e-3
