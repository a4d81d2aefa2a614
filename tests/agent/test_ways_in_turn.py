"""Ways told step by step: going on after a stop, coming in and out at a side, and the verb before its subject."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("A pig walks left, stops and walks on.", "pig: left > rest > left", "pig moves"),
        ("A pig walks left. It stops. It carries on.", "pig: left > rest > left", "pig moves"),
        ("A pig walks left, stops, then continues.", "pig: left > rest > left", "pig: left > rest"),
        ("A pig climbs up, takes a break, then climbs up some more.", "pig: up > rest > up", "count 2 pig"),
        ("A raft drifts down. After a short pause it drifts on.", "raft: down > rest > down", "raft: down"),
        (
            "A drone comes from the top. It hovers in the middle. It zips out on the right.",
            "drone: from at off top > down > at middle > rest > at off right",
            "drone: from at off top > down",
        ),
        ("A queen rides in on the left.", "queen: from at off left > right", "queen: at left"),
        ("A wolf gallops in, right.", "wolf: from at off right > left", "wolf: right"),
        ("A wolf gallops out, right.", "wolf: at off right", "wolf: right"),
        ("A wolf trots out over the left side.", "wolf: at off left", "wolf: at left"),
        ("An actor strolls in from stage left.", "actor: from at off left > right", "actor: from at left > right"),
        ("A pig trots right as far as the barn.", "pig: right > to barn", "pig: right"),
        ("Away flies the crow to the left.", "crow: left", "crow moves"),
        ("Up goes the ball, down goes the ball.", "ball: up > down", "ball: down"),
        (
            "A drone sits in the middle and lifts off straight up and out.",
            "drone: from at middle > rest > up > at off top",
            "drone: up",
        ),
        ("A red car drives on the left.", "car: at left", "car: from at off left > right"),
        ("A boy walks right, stops and waves.", "boy: right > rest", "boy: right > rest > right"),
        ("Two gulls leave the trawler, off they go from it.", "gull: away from trawler", "gull: left"),
    ],
)
def test_a_way_is_read_in_its_order(prompt: str, promised: str, not_promised: str) -> None:
    lines = told(read(prompt))
    assert promised in lines, lines
    assert not_promised not in lines
