"""When something comes and goes: what a stranger means by the words for it."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a vase on the right that pops up at half-time", ["vase seen from [0.5..1]"], ["count >=2 appear"]),
        ("two thirds in, a robot appears", ["robot seen from [0.667..1]"], ["count 2 third"]),
        ("a robot appears when three quarters are over", ["robot seen from [0.75..1]"], ["count 3 quarter"]),
        ("a robot appears when the clip is half over", ["robot seen from [0.5..1]"], []),
        ("a robot appears near the end.", ["robot seen from [0.7..1]"], ["robot seen from sometime"]),
        ("a robot appears as the film nears its end", ["robot seen from [0.7..1]"], ["count 1 end"]),
        ("a robot appears around the middle of the clip", ["robot seen from [0.5..1]"], []),
        ("the robot does not appear until the last quarter", ["robot seen from [0.75..1]"], ["robot still"]),
        ("the robot stays away until the last quarter", ["robot seen from [0.75..1]"], ["robot still"]),
        ("a robot is hidden until halfway through", ["robot seen from [0.5..1]"], ["robot seen until [0..0.5]"]),
        ("a cat stays hidden behind a tree", ["cat behind tree"], ["cat seen from sometime"]),
        ("a candle on a desk, gone after two thirds", ["candle seen until [0..0.667]"], ["candle follows third"]),
        ("a candle on a desk, halfway through no candle", ["candle seen until [0..0.5]"], ["count 0 candle"]),
        ("a candle is there for the first two thirds", ["candle seen from until [0..0.667]"], []),
        ("first a field, then halfway a blue tent on the left", ["tent seen from [0.5..1]"], []),
        ("a puddle; by the last quarter it has dried up", ["puddle seen until [0..0.75]"], []),
        ("a third dog appears", ["dog seen from sometime"], ["dog seen from [0.33..1]"]),
        ("a dog runs after two cats", ["dog follows cat"], []),
        ("there is no candle on the desk", ["count 0 candle"], []),
    ],
)
def test_times_are_read_however_they_are_told(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = told(read(prompt))
    assert not set(promised) - lines, lines
    assert not set(not_promised) & lines, lines
