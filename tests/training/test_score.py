"""The judges of the embedded model, on pictures whose answer is known."""

import numpy as np
import pytest
import torch

from flowzero.dss import Box
from training.renderer.classifier import CROP, CropSampler, crop
from training.renderer.config import Config, load_config
from training.renderer.scenes import SceneSampler
from training.renderer.score import _agreement, _answer, _composed, _extent, _scene


@pytest.fixture(scope="module")
def few() -> Config:
    config = load_config()
    return config.model_copy(update={"training": config.training.model_copy(update={"nouns": 4})})


def test_what_was_drawn_is_found_where_it_is_and_specks_elsewhere_are_not_taken_for_it() -> None:
    empty = np.full((100, 100, 3), 0.5, np.float32)
    drawn = empty.copy()
    drawn[20:60, 30:80] += 0.3
    drawn[90:92, 5:7] += 0.3
    found = _extent(drawn, empty)
    assert _agreement(found, Box(x=0.3, y=0.2, w=0.5, h=0.4)) == pytest.approx(1)
    assert _extent(empty, empty) is None
    assert _agreement(None, Box(x=0.3, y=0.2, w=0.5, h=0.4)) == 0


def test_the_matcher_names_composed_things_and_nothing_else_by_chance() -> None:
    sampler = SceneSampler(192, seed=3, limit=12)
    scenes = [_scene(sampler, sampler.nouns) for _ in range(12)]
    pairs = [
        (thing.noun.name, _answer(_composed(scene), scene, thing, sampler.nouns)) for scene in scenes for thing in scene.things
    ]
    assert len(pairs) > 10
    assert sum(label == answer for label, answer in pairs) / len(pairs) > 0.9


def test_crops_show_their_class_and_some_show_background_alone(few: Config) -> None:
    crops = CropSampler(few, seed=1)
    pictures, classes = crops.sample(200)
    assert pictures.shape == (200, 3, CROP, CROP)
    assert set(classes.tolist()) == set(range(len(crops.names) + 1))
    again, same = CropSampler(few, seed=1).sample(200)
    assert torch.equal(pictures, again) and torch.equal(classes, same)


def test_a_crop_holds_its_box_with_a_margin() -> None:
    frame = torch.zeros(3, 100, 100)
    frame[:, 40:60, 40:60] = 1
    seen = crop(frame, (0.4, 0.4, 0.6, 0.6))
    assert seen.shape == (3, CROP, CROP)
    assert seen[:, CROP // 2, CROP // 2].min() > 0.99
    assert seen[:, 0].max() < 0.01
    assert float(seen[0].mean()) == pytest.approx((1 / 1.3) ** 2, abs=0.08)
