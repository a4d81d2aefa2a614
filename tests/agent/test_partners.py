"""Plans of two that go together, by each other, or one on the other."""

from __future__ import annotations

from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.dss import DSS, Box, Object

TIMES = tuple(k / 16 for k in range(17))


def kept(*things: dict[str, Any], **more: Any) -> DSS:
    """The draft of an outline, whose every promise it keeps."""
    reading = reading_of(Outline.model_validate({"all": list(things), **more}), "x")
    dss = draft(reading)
    assert [finding.message for finding in measure(reading, dss) if broken(finding)] == []
    return dss


def off(item: Object, t: float = 1.0) -> bool:
    return item.box_at(t).inside() == 0


def way(item: Object) -> tuple[float, float]:
    first, last = item.path[0].box, item.path[-1].box
    return last.cx - first.cx, last.cy - first.cy


def touch(a: Box, b: Box, gap: float = 0.03) -> bool:
    return max(a.x - b.x - b.w, b.x - a.x - a.w, a.y - b.y - b.h, b.y - a.y - a.h) <= gap


def strays(item: Object, other: Object) -> float:
    """How far an item's place changes as seen from another."""
    places = [(item.box_at(t).cx - other.box_at(t).cx, item.box_at(t).cy - other.box_at(t).cy) for t in TIMES]
    return max(max(values) - min(values) for values in zip(*places, strict=True))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_follower_and_its_leader_both_leave(side: str) -> None:
    dog, cat = kept(
        {"is": "a dog", "do": [f"out {side}"], "rel": "follows", "of": 2}, {"is": "a cat", "do": [f"out {side}"]}
    ).objects
    assert off(dog) and off(cat)
    assert dog.box_at(0).inside() > 0.9 and cat.box_at(0).inside() > 0.9


def test_who_is_chased_leaves_though_the_chaser_is_not_told_to() -> None:
    ostrich, zebra = kept(
        {"is": "an ostrich", "at": "right", "rel": "follows", "of": 2}, {"is": "a zebra", "do": ["out left"]}
    ).objects
    assert off(zebra)
    assert way(ostrich)[0] < -0.3


def test_a_leader_of_whom_nothing_else_is_told_goes_where_its_follower_goes() -> None:
    dog, cat = kept({"is": "a dog", "do": ["left"], "rel": "follows", "of": 2}, {"is": "a cat"}).objects
    assert way(dog)[0] < -0.15 and way(cat)[0] < -0.15


def test_who_follows_along_a_winding_way_takes_its_turns_later() -> None:
    cat, mouse = kept({"is": "a cat", "rel": "follows", "of": 2}, {"is": "a mouse", "do": ["right", "left"]}).objects
    turns = [max(TIMES, key=lambda t, item=item: item.box_at(t).cx) for item in (mouse, cat)]
    assert turns[0] < turns[1]


def test_one_that_only_comes_in_comes_in() -> None:
    for side in ("left", "right", "top", "bottom"):
        bird = kept({"is": "a bird", "do": [f"in {side}"]}).objects[0]
        assert off(bird, 0.0) and bird.box_at(1).inside() > 0.9
        assert max(map(abs, way(bird))) > 0.4


def test_who_comes_to_a_thing_is_seen_to_come_however_large_both_are() -> None:
    for big, small in (("a big boat", "a small pier"), ("an elephant", "a house"), ("a castle", "a train")):
        boat, pier = kept({"is": big, "rel": "to", "of": 2}, {"is": small, "do": ["rest"]}).objects
        assert abs(way(boat)[0]) >= 0.29
        assert touch(boat.box_at(1), pier.box_at(1))


@pytest.mark.parametrize(
    ("one", "two"), [("up", "down"), ("left", "right"), ("up left", "down right"), ("right", "up"), ("down", "left")]
)
def test_two_that_part_go_each_its_own_way_from_one_place(one: str, two: str) -> None:
    bee, bird = kept({"is": "a bee", "do": [one], "rel": "parts from", "of": 2}, {"is": "a bird", "do": [two]}).objects
    assert touch(bee.box_at(0), bird.box_at(0), 0.15)
    assert not touch(bee.box_at(1), bird.box_at(1), 0.1)


def test_two_that_meet_on_ways_of_their_own_stop_side_by_side() -> None:
    boy, girl = kept(
        {"is": "a boy", "do": ["at left", "at middle"], "rel": "meets", "of": 2},
        {"is": "a girl", "do": ["at right", "at middle"]},
    ).objects
    a, b = boy.box_at(1), girl.box_at(1)
    assert touch(a, b) and a.x + a.w <= b.x + 0.02


@pytest.mark.parametrize("way_", ["up and down", "right", "side to side"])
def test_what_goes_around_a_moving_thing_goes_with_it(way_: str) -> None:
    bee, balloon = kept({"is": "a bee", "rel": "around", "of": 2}, {"is": "a balloon", "do": [way_]}).objects
    seen = {(bee.box_at(t).cx > balloon.box_at(t).cx, bee.box_at(t).cy > balloon.box_at(t).cy) for t in TIMES}
    assert len(seen) == 4


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_all_of_several_that_come_in_pass_the_thing(n: int) -> None:
    *cars, tree = kept({"is": "a car", "n": n, "do": ["in right", "left"], "rel": "past", "of": 2}, {"is": "a tree"}).objects
    assert all(item.box_at(0).cx > tree.box_at(0).cx > item.box_at(1).cx for item in cars)


@pytest.mark.parametrize("rel", ["on", "inside", "rides"])
@pytest.mark.parametrize("act", ["out left", "right", "up", "up and down"])
def test_who_is_on_or_in_what_moves_goes_along(rel: str, act: str) -> None:
    *rowers, boat = kept({"is": "a clown", "n": 2, "rel": rel, "of": 2}, {"is": "a boat", "do": [act]}).objects
    assert max(strays(item, boat) for item in rowers) < 0.02


@pytest.mark.parametrize("rel", ["on", "inside", "rides"])
def test_a_mount_goes_where_its_rider_is_told_to_go(rel: str) -> None:
    clown, unicycle = kept({"is": "a clown", "do": ["right"], "rel": rel, "of": 2}, {"is": "a unicycle"}).objects
    assert way(unicycle)[0] > 0.25
    assert strays(clown, unicycle) < 0.02


def test_a_table_does_not_go_where_the_cat_on_it_goes() -> None:
    dss = kept({"is": "a cat", "do": ["out right"], "rel": "on", "of": 2}, {"is": "a table"})
    assert way(dss.object("table"))[0] == 0


def test_a_rider_on_what_circles_stays_on_it() -> None:
    clown, unicycle, _ = kept(
        {"is": "a clown", "rel": "on", "of": 2}, {"is": "a unicycle", "rel": "around", "of": 3}, {"is": "an elephant"}
    ).objects
    assert strays(clown, unicycle) < 0.02


def test_a_rider_is_also_on_its_mount() -> None:
    dss = kept({"is": "a man", "rel": "rides", "of": 2}, {"is": "a horse", "do": ["left"]})
    on = reading_of(Outline.model_validate({"all": [{"is": "a man", "rel": "on", "of": 2}, {"is": "a horse"}]}), "x")
    assert not [finding for finding in measure(on, dss) if broken(finding)]
