from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene
from flowzero.errors import OutputError
from flowzero.renderer.animatic import draw, preview
from flowzero.renderer.animatic.backgrounds import PAINTERS, background
from flowzero.renderer.animatic.compositor import compose
from flowzero.renderer.animatic.sprites import FOLDER, sprite
from flowzero.renderer.video import read_frames
from flowzero.vocabulary import COLOURS, LIGHTS, nouns, places, settings


def plan(phrase: str = "a red ball", setting: str = "a meadow", **changes: object) -> DSS:
    path = (Keyframe(t=0, box=Box(x=0.0, y=0.5, w=0.3, h=0.3)), Keyframe(t=1, box=Box(x=0.7, y=0.5, w=0.3, h=0.3)))
    item = Object(id="thing", phrase=phrase, path=path)
    return DSS(setting=setting, scenes=(Scene(start=0, description=phrase),), objects=(item,)).model_copy(update=changes)


def test_every_noun_has_a_sprite_and_every_setting_a_painter() -> None:
    missing = [n.name for n in nouns().values() if n.sprite and not (FOLDER / f"{n.name.replace(' ', '-')}.webp").is_file()]
    assert missing == []
    assert set(PAINTERS) == set(settings())


def test_the_vocabulary_knows_the_proportions_of_every_sprite() -> None:
    for noun in nouns().values():
        image = sprite(noun)
        assert noun.aspect == pytest.approx(image.width / image.height, abs=0.006), noun.name


@pytest.mark.parametrize("name", [noun.name for noun in nouns().values() if noun.colourable and noun.learned])
def test_a_sprite_takes_the_colour_that_is_asked_for(name: str) -> None:
    def mean(colour: str) -> np.ndarray:
        pixels = np.asarray(sprite(nouns()[name], colour), np.float32)
        return np.average(pixels[..., :3].reshape(-1, 3), axis=0, weights=pixels[..., 3].ravel())

    red, blue = mean("red"), mean("blue")
    assert red[0] > blue[0] + 10 and blue[2] > red[2] + 10


def test_a_sprite_turns_to_face_the_other_way() -> None:
    left, right = (np.asarray(sprite(nouns()["dog"], None, facing)) for facing in ("left", "right"))
    assert np.array_equal(left[:, ::-1], right) and not np.array_equal(left, right)


def test_at_night_things_are_darker_and_what_shines_is_not() -> None:
    def mean(name: str, place: str) -> float:
        noun = nouns()[name]
        return float(np.asarray(sprite(noun, None, "", places()[place].light_on(noun)), np.float32)[..., :3].mean())

    assert mean("rabbit", "forest at night") < 0.8 * mean("rabbit", "forest")
    assert mean("rabbit", "night") < mean("rabbit", "city at sunset") < mean("rabbit", "city")
    assert mean("lantern", "forest at night") == mean("lantern", "forest")


@pytest.mark.parametrize("name", list(PAINTERS))
def test_a_background_is_the_same_for_the_same_seed_and_differs_for_another(name: str) -> None:
    place = places()[name]
    first = background(place, 3, 96, 64)
    assert first.shape == (64, 96, 3) and np.isfinite(first).all() and first.min() >= 0 and first.max() <= 1
    again = PAINTERS[name](np.random.default_rng(3), 96, 64)
    assert np.allclose(first, np.clip(again, 0, 1))
    assert not np.array_equal(first, background(place, 4, 96, 64))


@pytest.mark.parametrize("light", LIGHTS)
def test_another_light_shows_the_same_place_in_other_colours(light: str) -> None:
    day, lit = (background(places()[name], 3, 96, 64) for name in ("mountains", f"mountains at {light}"))
    assert lit.min() >= 0 and lit.max() <= 1
    outlines = [np.abs(np.diff(picture.mean(-1), axis=1)).ravel() for picture in (day, lit)]
    assert np.corrcoef(outlines)[0, 1] > 0.9
    assert np.abs(day - lit).mean() > 0.05


def test_the_windows_of_a_city_are_lit_at_night() -> None:
    night = background(places()["city at night"], 3, 96, 64)
    assert night.max() > 0.9 and np.median(night) < 0.4


@given(
    x=st.floats(-1, 1.5), y=st.floats(-1, 1.5), w=st.floats(0.01, 2), h=st.floats(0.01, 2), size=st.sampled_from([16, 33, 64])
)
def test_a_sprite_is_pasted_into_any_box_without_touching_what_is_outside_it(
    x: float, y: float, w: float, h: float, size: int
) -> None:
    blank = np.zeros((size, size, 3), np.float32)
    picture = np.asarray(compose(blank, [(sprite(nouns()["ball"], "white"), Box(x=x, y=y, w=w, h=h))]))
    rows, columns = np.nonzero(picture.any(axis=2))
    if len(rows):
        assert x * size - 1 <= columns.min() and columns.max() <= (x + w) * size + 1
        assert y * size - 1 <= rows.min() and rows.max() <= (y + h) * size + 1


def test_the_ball_travels_over_a_background_that_holds_still() -> None:
    frames = draw(plan(), label=False)
    assert frames.shape == (16, 256, 256, 3) and frames.dtype == np.uint8
    assert np.array_equal(frames[0, :100], frames[-1, :100])
    red = [np.nonzero(np.all(np.abs(f.astype(int) - COLOURS["red"]) < 60, axis=2))[1].mean() for f in (frames[0], frames[-1])]
    assert red[0] < 90 and red[1] > 166


@pytest.mark.parametrize("phrase", ["a red ball", "an elephant", "a quokka"])
def test_pictures_for_a_sheet_show_what_the_video_shows(phrase: str) -> None:
    path = (Keyframe(t=0, box=Box(x=-0.1, y=0.3, w=0.13, h=0.21)), Keyframe(t=1, box=Box(x=0.7, y=0.5, w=0.5, h=0.4)))
    dss = plan(phrase, objects=(Object(id="thing", phrase=phrase, path=path),))
    video, pictures = draw(dss).astype(int), draw(dss, still=True).astype(int)
    assert np.abs(video - pictures).mean() < 2
    nothing = draw(plan(objects=())).astype(int)
    assert np.abs(video - nothing).mean() > 2 * np.abs(video - pictures).mean()


def test_a_background_that_moves_right_carries_its_content_to_the_right() -> None:
    moving = plan(objects=(), background=(BackgroundMotion(direction="right", speed=0.5),), setting="a city street")
    first, later = (draw(moving, label=False, width=128, height=128)[k].astype(int) for k in (0, 8))
    assert np.abs(later[:, 64:] - first[:, :64]).mean() < 0.25 * np.abs(later[:, 64:] - first[:, 64:]).mean()


def test_a_noun_without_a_sprite_is_drawn_as_a_labelled_box() -> None:
    with_box, without = draw(plan("a quiet zorblax"), label=False), draw(plan(objects=()), label=False)
    assert not np.array_equal(with_box[0], without[0])


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".mp4"])
def test_a_preview_file_holds_every_frame(tmp_path: Path, suffix: str) -> None:
    path = preview(plan(), tmp_path / f"p{suffix}", width=64, height=64)
    assert len(read_frames(path)) == 16


def test_a_preview_picture_says_that_it_is_a_preview(tmp_path: Path) -> None:
    path = preview(plan(), tmp_path / "p.png", width=64, height=64)
    with Image.open(path) as image:
        assert "preview" in image.info["comment"]
        assert image.width > 3 * 64 and image.height > 3 * 64


def test_a_preview_does_not_replace_a_file(tmp_path: Path) -> None:
    path = tmp_path / "p.gif"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists"):
        preview(plan(), path)
    assert path.read_bytes() == b"mine"
