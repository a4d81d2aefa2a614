"""Ways that a stranger expects of everyday prompts: over the whole picture, past the tree, from hand to hand, up to a halt."""

from __future__ import annotations

import pytest

from tests.agent.planning import named, planned


def test_who_crosses_from_side_to_side_does_so_though_another_is_in_the_way() -> None:
    dss = planned("a hot air balloon slowly goes up over the mountains while a bird crosses from right to left")
    assert named(dss, "bird").box_at(0).cx > 0.66
    assert named(dss, "bird").box_at(1).cx < 0.34


@pytest.mark.parametrize(
    ("prompt", "passer", "passed"),
    [
        ("a train passes behind a tree", "train", "tree"),
        ("a dog passes behind a tent", "dog", "tent"),
        ("a fish passes under a boat", "fish", "boat"),
    ],
)
def test_who_passes_behind_or_under_something_goes_past_it(prompt: str, passer: str, passed: str) -> None:
    dss = planned(prompt)
    start, end, other = named(dss, passer).box_at(0).cx, named(dss, passer).box_at(1).cx, named(dss, passed).box_at(0).cx
    assert min(start, end) < other < max(start, end)
    if "behind" in prompt:
        assert named(dss, passer).depth < named(dss, passed).depth


@pytest.mark.parametrize(
    "prompt",
    ["a frog jumps from one side of the pond to the other, in three hops", "a kangaroo crosses the road in five leaps"],
)
def test_hops_are_no_things(prompt: str) -> None:
    (item,) = planned(prompt).objects
    assert abs(item.box_at(1).cx - item.box_at(0).cx) > 0.4


@pytest.mark.parametrize(
    ("prompt", "thrower", "thrown", "catcher"),
    [
        ("a boy on the left throws a ball to a girl on the right", "boy", "ball", "girl"),
        ("a clown on the right tosses a hat to a monkey on the left", "clown", "hat", "monkey"),
    ],
)
def test_what_is_thrown_goes_from_one_to_the_other(prompt: str, thrower: str, thrown: str, catcher: str) -> None:
    dss = planned(prompt)
    ball = named(dss, thrown)
    for t, near in ((0.0, thrower), (1.0, catcher)):
        assert ball.box_at(t).cx == pytest.approx(named(dss, near).box_at(0).cx, abs=0.2)
    assert len(named(dss, thrower).path) == 1


@pytest.mark.parametrize(
    ("prompt", "comer", "goal", "reach"),
    [
        ("a cloud drifts in and stops above the house", "cloud", "house", 0.1),
        ("a helicopter flies in from the left and stops above the house", "helicopter", "house", 0.1),
        ("a car drives in and stops next to a tree", "car", "tree", 0.5),
        ("an ice cream truck stops next to a child", "ice-cream-truck", "child", 0.5),
    ],
)
def test_who_stops_at_something_comes_to_it_and_stays(prompt: str, comer: str, goal: str, reach: float) -> None:
    dss = planned(prompt)
    item, other = named(dss, comer), named(dss, goal).box_at(0)
    assert abs(item.box_at(1).cx - other.cx) <= reach
    assert abs(item.path[0].box.cx - other.cx) > abs(item.box_at(1).cx - other.cx)
    assert item.box_at(0.8) == item.box_at(1)


def test_who_hops_past_another_that_moves_overtakes_it_hopping() -> None:
    dss = planned("a turtle crawls slowly towards a strawberry on the right while a rabbit hops quickly past it")
    rabbit, turtle = named(dss, "rabbit"), named(dss, "turtle")
    assert rabbit.box_at(0).cx < turtle.box_at(0).cx
    assert rabbit.box_at(1).cx > turtle.box_at(1).cx
    heights = [key.box.cy for key in rabbit.path]
    assert max(heights) - min(heights) > 0.15


@pytest.mark.parametrize(
    ("prompt", "name", "side"),
    [
        ("a rabbit walks past a barn, a lantern on the left", "lantern", -1),
        ("a dog chases a cat, a tree on the right", "tree", 1),
        ("a car drives by a house, a red mailbox at the bottom left", "mailbox", -1),
        ("a red car, a blue car in the middle, a green bus on the right", "bus", 1),
    ],
)
def test_a_thing_that_is_placed_after_a_comma_is_placed_and_not_who_goes_by(prompt: str, name: str, side: int) -> None:
    placed = named(planned(prompt), name)
    assert all((placed.box_at(t).cx - 0.5) * side > 0.15 for t in (0, 0.5, 1))


def test_a_thing_in_the_background_is_behind() -> None:
    dss = planned("a dog jumps over a log, a tree in the background")
    assert named(dss, "tree").depth < named(dss, "dog").depth
