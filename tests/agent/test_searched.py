"""Outlines of which the usual ways break a promise, and what is tried for them then; halts, swaying, turning, meeting."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.dss import DSS, Object
from tests.agent.planning import named, plan, thing
from tests.agent.test_ways_of_outlines import planned

_KEPT = [
    [{"is": "a tram", "do": ["at right"], "rel": "to", "of": 2}, {"is": "a stop", "at": "left"}],
    [
        {"is": "a large urn", "rel": "between", "of": 2, "and": 3},
        {"is": "an urn", "at": "left"},
        {"is": "an urn", "at": "right"},
        {"is": "a wagtail", "rel": "to", "of": 2},
    ],
    [{"is": "a comma", "do": ["up left"], "rel": "to", "of": 2}, {"is": "a full stop"}],
    [{"is": "a moon"}, {"is": "a pear", "rel": "near", "of": 1}],
    [
        {"is": "a lizard", "do": ["up", "rest"], "rel": "to", "of": 2},
        {"is": "a lamp"},
        {"is": "a midge", "rel": "near", "of": 2},
    ],
    [{"is": "a beetle", "do": ["go"], "rel": "on", "of": 2}, {"is": "a fern leaf"}],
    [{"is": "a ferry", "do": ["down"]}, {"is": "a gull", "rel": "follows", "of": 1}],
    [{"is": "a mole", "rel": "to", "of": 2}, {"is": "a hole"}, {"is": "a second mole", "rel": "to", "of": 1}],
    [{"is": "a hen", "n": 2, "do": ["left"], "rel": "from", "of": 3}, {"is": "a hen", "do": ["rest"]}, {"is": "a ladder"}],
    [{"is": "a snowman", "do": ["rest"], "rel": "near", "of": 2, "size": "shrinks"}, {"is": "a sledge"}],
    [{"is": "a raccoon", "do": ["in right", "up", "down"], "rel": "inside", "of": 2}, {"is": "a barrel"}],
    [{"is": "a blue tram", "rel": "meets", "of": 2}, {"is": "a red tram", "rel": "meets", "of": 1}],
    [{"is": "a vole", "rel": "meets", "of": 2}, {"is": "a shrew", "rel": "parts from", "of": 1}],
    [{"is": "an old man", "n": 2, "do": ["at middle", "rest"], "rel": "meets", "of": 1}],
    [{"is": "a barrow", "do": ["right"]}, {"is": "a leek", "n": 3, "do": ["bounce"], "rel": "rides", "of": 1}],
]


@pytest.mark.parametrize("things", _KEPT, ids=json.dumps)
def test_the_first_plan_keeps_every_promise(things: list[dict[str, Any]]) -> None:
    planned(things)


@pytest.mark.parametrize("leaves", ["out right", "out left", "right", "up"])
def test_who_comes_in_and_halts_halts_in_the_picture(leaves: str) -> None:
    taxi = named(planned([{"is": "a taxi", "do": ["in left", "rest", leaves]}]), "taxi")
    assert taxi.box_at(0.0).inside() == 0
    assert max(_inside_while_still(taxi)) > 0.95


def test_who_comes_in_to_a_thing_and_halts_has_come_to_it_before_he_leaves() -> None:
    dss = planned([{"is": "a postman", "do": ["in right", "rest", "out right"], "rel": "to", "of": 2}, {"is": "a gate"}])
    postman, gate = named(dss, "postman"), named(dss, "gate")
    gaps = [abs(postman.box_at(k / 20).cx - gate.box_at(k / 20).cx) for k in range(21)]
    assert 0 < gaps.index(min(gaps)) < 15


def test_who_comes_in_and_sits_on_a_bench_sits_on_it_until_he_leaves() -> None:
    dss = planned([{"is": "a nun", "do": ["in left", "rest", "out left"], "rel": "on", "of": 2}, {"is": "a bench"}])
    nun, bench = named(dss, "nun"), named(dss, "bench")
    still = next(t for t in (k / 40 for k in range(39)) if nun.box_at(t) == nun.box_at(t + 1 / 40) and nun.box_at(t).inside())
    assert abs(nun.box_at(still).cx - bench.box_at(still).cx) < bench.box_at(still).w / 2
    assert nun.box_at(1.0).inside() == 0


def test_what_sways_on_what_goes_by_goes_along() -> None:
    dss = planned([{"is": "a boat", "do": ["left"]}, {"is": "a lantern", "do": ["side to side"], "rel": "on", "of": 1}])
    boat, lantern = named(dss, "boat"), named(dss, "lantern")
    offsets = [lantern.box_at(k / 32).cx - boat.box_at(k / 32).cx for k in range(33)]
    assert 0.05 < max(offsets) - min(offsets) < 0.16
    turns = sum((b - a) * (c - b) < 0 for a, b, c in zip(offsets, offsets[1:], offsets[2:], strict=False))
    assert turns >= 3


def test_two_that_circle_opposite_ways_turn_opposite_ways() -> None:
    things = [{"is": "a gold carp", "do": ["circle"]}, {"is": "a white carp", "do": ["circle"], "rel": "opposite", "of": 1}]
    dss = planned(things)
    areas = [_area(item) for item in dss.objects]
    assert areas[0] * areas[1] < 0
    both = DSS(**{**dict(dss), "objects": (dss.objects[0], _round(dss.objects[1]))})
    reading = reading_of(Outline.model_validate({"all": things}), "told")
    (message,) = [f.message for f in measure(reading, both) if broken(f) and f.constraint == "opposition"]
    assert "circle opposite ways" in message


def test_what_shrinks_on_its_feet_stays_still() -> None:
    reading = reading_of(Outline.model_validate({"all": [{"is": "a snowman", "do": ["rest"], "size": "shrinks"}]}), "told")
    snowman = thing("snowman", "a snowman", (0.5, 0.6), w=0.3, h=0.6)
    first = snowman.path[0].box
    low = first.model_copy(update={"w": 0.15, "h": 0.3, "x": 0.425, "y": first.y + 0.3})
    path = (snowman.path[0], snowman.path[0].model_copy(update={"t": 1.0, "box": low}))
    dss = plan("a snowman", snowman.model_copy(update={"path": path}))
    assert [f.message for f in measure(reading, dss) if broken(f)] == []
    told_to_stand = reading_of(Outline.model_validate({"all": [{"is": "a snowman", "do": ["rest"]}]}), "told")
    assert "still" in {f.constraint for f in measure(told_to_stand, dss) if broken(f)}


def _inside_while_still(item: Object) -> list[float]:
    """How far the object is in the picture wherever it does not move."""
    boxes = [item.box_at(k / 40) for k in range(41)]
    return [a.inside() for a, b in pairwise(boxes) if a == b]


def _area(item: Object) -> float:
    spots = [(item.box_at(k / 32).cx, item.box_at(k / 32).cy) for k in range(33)]
    return sum(a * d - c * b for (a, b), (c, d) in pairwise(spots)) / 2


def _round(item: Object) -> Object:
    """The object on its way backwards."""
    keys = [key.model_copy(update={"t": 1 - key.t}) for key in reversed(item.path)]
    return item.model_copy(update={"path": tuple(keys)})
