"""Where things are without a verb of going, what somebody has with him, and who is aboard what goes."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a fern sways at the lower left", ["fern at bottom left", "fern: side-to-side"], ["fern: at bottom left"]),
        ("a lantern bobs in the middle", ["lantern at middle"], []),
        ("a ball bounces to the left", ["ball: left"], ["ball at left"]),
        ("a harp stands right", ["harp at right"], []),
        ("a palm holds the left of the frame", ["palm at left"], []),
        ("a red buoy, out on the left, bobs", ["buoy at left"], ["buoy: at off left"]),
        ("an aerial stands high on the right", ["aerial at top right"], []),
        ("a snail clings to a rock", ["snail on rock"], []),
        ("between the well and the barn stands a goat", ["goat between well barn"], ["barn near well"]),
        ("a cat stands still. beside the cat, a bowl", ["bowl near cat"], []),
        ("a piano stands on the left; on it burns a candle", ["candle on piano"], []),
        ("a fox creeps along behind a hedge to the left", ["fox behind hedge", "fox: left"], []),
        ("a hut, with two goats in front", ["goat front hut"], ["hut near goat"]),
        ("a cat is curled up on a chair", ["cat on chair"], ["cat: up > on chair"]),
    ],
)
def test_a_place_is_where_something_is(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = told(read(prompt))
    assert set(promised) <= lines
    assert not set(not_promised) & lines


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a nun with a basket walks to the left", ["basket with nun"], ["nun near basket"]),
        ("a nun walks to the left, basket in hand", ["basket with nun"], []),
        ("a nun with a basket stands still", ["basket with nun"], ["nun near basket"]),
        ("a woman with an umbrella waits at the bus stop", ["umbrella with woman", "woman near bus-stop"], []),
        ("a table with a lamp stands on the left", ["table near lamp"], ["lamp with table"]),
        ("a boy walks to the left with his dog", ["boy near dog"], ["dog with boy"]),
        ("a sledge with two children slides to the right", ["child with sledge", "sledge: right"], ["child: right"]),
        ("a nun on a hoverbike drives to the left", ["nun with hoverbike", "hoverbike: left"], ["nun: left"]),
        ("a donkey walks left, and on its back rides a boy", ["boy with donkey"], ["donkey with boy"]),
        ("a raft with a monk aboard drifts left", ["monk with raft"], []),
        ("a knight runs right, a wolf hot on his heels", ["wolf follows knight"], []),
        ("let two friends meet on a pier", ["friend meets friend"], ["friend meets pier"]),
        ("a van slams into a bus", ["van meets bus"], ["van inside bus"]),
        ("two trains on a collision course", ["train meets train"], []),
        ("an ox stands still. behind it a jeep drives to the left", [], ["jeep follows ox"]),
    ],
)
def test_who_goes_with_whom(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = told(read(prompt))
    assert set(promised) <= lines
    assert not set(not_promised) & lines
