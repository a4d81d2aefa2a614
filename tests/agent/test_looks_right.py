"""What a stranger would say of a plan: sizes beside each other, the sky, lanes and rows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from flowzero.agent.nature import habit, share_beside, size_class
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.dss import DSS, Object


def planned(*things: dict[str, Any], **more: Any) -> DSS:
    return draft(reading_of(Outline.model_validate({"all": list(things), **more}), "x"))


def size(item: Object) -> float:
    return item.path[0].box.area ** 0.5


@pytest.mark.parametrize(
    ("small", "large"),
    [("a bee", "a house"), ("an ant", "an elephant"), ("a mouse", "a cow"), ("a bird", "a tree"), ("a dog", "a castle")],
)
def test_what_is_small_is_small_beside_what_is_large(small: str, large: str) -> None:
    one, two = planned({"is": small, "rel": "near", "of": 2}, {"is": large}).objects
    assert size(one) < 0.6 * size(two)
    assert one.path[0].box.h >= 0.08


def test_a_word_on_size_outdoes_what_everybody_knows() -> None:
    mouse, house = planned({"is": "a mouse", "rel": "bigger than", "of": 2}, {"is": "a house"}).objects
    assert size(mouse) > size(house)


def test_classes_of_size_are_in_order_and_unknown_things_are_left_alone() -> None:
    known = [size_class(noun) for noun in ("ant", "mouse", "cat", "dog", "fireman", "car", "house", "castle")]
    assert known == sorted(known)
    assert size_class("sun") is None
    assert share_beside("gizmo", "house") == share_beside("house", "gizmo") == share_beside("house", "ant") == 1.0


@pytest.mark.parametrize("noun", ["crow", "seagull", "drone", "ufo", "biplane"])
def test_what_flies_is_in_the_air_though_the_vocabulary_lacks_it(noun: str) -> None:
    assert habit(noun) == "flies"
    item = planned({"is": f"a {noun}", "do": ["left"]}).objects[0]
    assert max(key.box.y + key.box.h for key in item.path) < 0.7


@pytest.mark.parametrize("noun", ["sun", "moon", "star"])
def test_the_sky_is_high_and_behind_everything(noun: str) -> None:
    sky, house = planned({"is": f"a {noun}"}, {"is": "a house"}).objects
    assert sky.depth < house.depth
    assert sky.path[0].box.cy < 0.35


def test_the_sun_sinks_to_the_horizon_and_rises_from_it() -> None:
    down = planned({"is": "a sun", "do": ["down"]}).objects[0]
    up = planned({"is": "a sun", "do": ["up"]}).objects[0]
    assert down.path[-1].box.cy == pytest.approx(0.6, abs=0.05) == up.path[0].box.cy
    assert down.path[0].box.cy < 0.3 > up.path[-1].box.cy


@pytest.mark.parametrize("heading", ["left", "right"])
def test_rivals_start_on_one_line_and_the_faster_one_ends_ahead(heading: str) -> None:
    hare, tortoise = planned(
        {"is": "a hare", "do": [heading], "rel": "faster than", "of": 2}, {"is": "a tortoise", "do": [heading]}
    ).objects
    sign = 1 if heading == "right" else -1
    assert abs(hare.path[0].box.cx - tortoise.path[0].box.cx) < 0.1
    assert sign * (hare.path[-1].box.cx - tortoise.path[-1].box.cx) > 0.2


def test_a_rival_of_whom_nothing_else_is_told_runs_along() -> None:
    tortoise = planned({"is": "a hare", "do": ["left"], "rel": "faster than", "of": 2}, {"is": "a tortoise"}).object("tortoise")
    assert tortoise.path[-1].box.cx < tortoise.path[0].box.cx


@pytest.mark.parametrize("heading", ["left", "right"])
def test_the_young_go_in_a_row_after_their_mother(heading: str) -> None:
    mother, *young = planned({"is": "a duck", "do": [heading]}, {"is": "a duckling", "n": 5, "do": [heading]}).objects
    sign = 1 if heading == "right" else -1
    order = [sign * item.path[0].box.cx for item in (mother, *young)]
    assert min(a - b for a, b in pairwise(order)) > 0.05
    assert size(mother) > size(young[0])


@pytest.mark.parametrize("n", [2, 3, 4])
def test_several_that_fly_over_a_thing_keep_apart(n: int) -> None:
    *birds, _ = planned({"is": "a bird", "n": n, "do": ["right"], "rel": "past", "of": 2}, {"is": "a house"}).objects
    for t in (0.0, 0.25, 0.5, 0.75, 1.0):
        xs = sorted(item.box_at(t).cx for item in birds)
        assert min(b - a for a, b in pairwise(xs)) > 0.5 * birds[0].path[0].box.w


def test_who_circles_inside_a_thing_stays_inside() -> None:
    fish, bowl = planned({"is": "a goldfish", "do": ["circle"], "rel": "inside", "of": 2}, {"is": "a bowl"}).objects
    at = bowl.path[0].box
    for key in fish.path:
        assert at.x - 0.01 <= key.box.x and key.box.x + key.box.w <= at.x + at.w + 0.01


def test_who_is_in_a_boat_is_seen_above_its_side() -> None:
    rower, boat = planned({"is": "a rower", "rel": "inside", "of": 2}, {"is": "a boat"}).objects
    assert rower.path[0].box.cy < boat.path[0].box.y + 0.25 * boat.path[0].box.h


def test_what_goes_up_in_two_legs_stays_in_the_picture() -> None:
    lift = planned({"is": "a lift", "do": ["up", "rest", "up"]}).objects[0]
    assert lift.path[-1].box.inside() > 0.99


def test_what_comes_down_above_a_thing_stays_above_it() -> None:
    ufo, barn = planned({"is": "a ufo", "do": ["down"], "rel": "above", "of": 2}, {"is": "a barn", "do": ["rest"]}).objects
    last, below = ufo.path[-1].box, barn.path[-1].box
    assert last.y + last.h <= below.y + 0.03
    assert abs(last.cx - below.cx) <= 0.05


def test_who_goes_sideways_behind_a_thing_comes_out_on_its_other_side() -> None:
    train, house = planned({"is": "a train", "do": ["right"], "rel": "behind", "of": 2}, {"is": "a house"}).objects
    assert train.depth < house.depth
    assert train.path[0].box.cx < house.path[0].box.cx - 0.1 < house.path[0].box.cx + 0.1 < train.path[-1].box.cx


@pytest.mark.parametrize("side", ["left", "right"])
def test_who_comes_in_does_not_run_into_what_stands_there(side: str) -> None:
    throne, knight = planned({"is": "a throne"}, {"is": "a knight", "do": [f"in {side}"]}).objects
    a, b = throne.box_at(1), knight.box_at(1)
    assert a.x + a.w <= b.x or b.x + b.w <= a.x


def test_what_moves_within_a_thing_stays_in_it() -> None:
    for inner, outer in (("a fish", "a bowl"), ("a man", "a house")):
        one, around = planned({"is": inner, "do": ["go"], "rel": "inside", "of": 2}, {"is": outer}).objects
        box = around.path[0].box
        assert one.path[-1].box.cx - one.path[0].box.cx > 0.06
        assert all(box.x <= key.box.x and key.box.x + key.box.w <= box.x + box.w for key in one.path)


def test_what_runs_about_in_a_thing_stays_in_it() -> None:
    one, around = planned({"is": "a hamster", "do": ["wander"], "rel": "inside", "of": 2}, {"is": "a cage"}).objects
    box, paths = around.path[0].box, [key.box for key in one.path]
    assert max(key.cx for key in paths) > min(key.cx for key in paths) + 0.05
    assert all(box.x <= key.x and key.x + key.w <= box.x + box.w for key in paths)
