"""Over a bridge, on it: who goes there, who goes along, and who rather flies or leaps over it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import Object
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a nun cycles over a bridge", ["nun on bridge", "nun passes bridge"], ["nun: above bridge"]),
        ("a fox runs across a footbridge to the left", ["fox on footbridge", "fox: left"], ["fox: above footbridge"]),
        ("a tractor crosses a bridge", ["tractor on bridge", "tractor passes bridge"], []),
        ("a witch rides a horse over a bridge", ["horse on bridge", "witch with horse"], ["witch on bridge"]),
        ("a fox chases a hen over a bridge", ["hen on bridge", "fox follows hen"], ["fox on bridge"]),
        ("a worm crawls over a stone", ["worm on stone"], ["worm: above stone"]),
        ("a pigeon walks over a bridge", ["pigeon on bridge"], []),
        ("a goat leaps over a bridge", ["goat: above bridge"], ["goat on bridge"]),
        ("an eagle passes over a bridge", ["eagle: above bridge"], ["eagle on bridge"]),
        ("a hare runs over a log", ["hare: above log"], ["hare on log"]),
        ("two queens meet on a bridge", ["queen meets queen"], ["queen on bridge"]),
        ("a van drives over a bridge, a canoe sails under it", ["canoe: below bridge"], ["canoe: below van"]),
        ("a puppy lies on a bed, a mouse runs under it", ["mouse: below bed"], ["mouse: below puppy"]),
        ("a goose swims by, a frog swims under it", ["frog: below goose"], []),
    ],
)
def test_who_walks_or_drives_over_a_bridge_is_on_it(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines


def feet(item: Object) -> list[float]:
    return [key.box.y + key.box.h for key in item.path]


@pytest.mark.parametrize("prompt", ["a nun walks over a bridge", "a van drives over a bridge from right to left"])
def test_one_crosses_it_from_end_to_end_at_its_height(prompt: str) -> None:
    who, bridge = draft(read(prompt)).objects
    deck = bridge.path[0].box
    assert len(bridge.path) == 1
    ends = [key.box.cx for key in who.path]
    assert min(ends) < deck.cx - 0.1 and max(ends) > deck.cx + 0.1
    assert (ends[0] > ends[-1]) == ("right to left" in prompt)
    assert all(deck.y - 0.02 <= foot <= deck.cy for foot in feet(who))


def test_several_cross_it_one_behind_another_and_walk_on_the_ground_before_and_behind_it() -> None:
    *goats, bridge = draft(read("four goats walk over a bridge")).objects
    deck = bridge.path[0].box
    for goat in goats:
        assert goat.path[0].box.cx < deck.cx < goat.path[-1].box.cx
        for key in goat.path:
            beyond = key.box.cx < deck.x - 0.05 or key.box.cx > deck.x + deck.w + 0.05
            assert not beyond or key.box.y + key.box.h > 0.8
            on = deck.x < key.box.cx < deck.x + deck.w
            assert not on or key.box.y + key.box.h < deck.cy
    starts = sorted(goat.path[0].box.cx for goat in goats)
    assert all(b - a > 0.05 for a, b in pairwise(starts))


def test_who_follows_over_a_bridge_is_as_high_and_the_bridge_stays() -> None:
    fox, hen, bridge = draft(read("a fox chases a hen over a bridge")).objects
    assert len(bridge.path) == 1
    assert all(abs(a - b) < 0.03 for a, b in zip(feet(fox), feet(hen), strict=True))
