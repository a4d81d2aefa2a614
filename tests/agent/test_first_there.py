"""Ways with a beginning: who waits, hops about or comes in at the top before going to another thing, and who leaves one."""

from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.repair import draft


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ({"is": "a drone", "do": ["in top"], "rel": "to"}, {"is": "a barbecue"}),
        ({"is": "a dog", "do": ["rest", "right"], "rel": "to"}, {"is": "a house"}),
        ({"is": "a frog", "do": ["bounce"], "rel": "to"}, {"is": "a pond"}),
        ({"is": "a boy", "do": ["rest", "left"], "rel": "from"}, {"is": "a kiosk"}),
        ({"is": "a cat", "do": ["out right"], "rel": "from"}, {"is": "a shed"}),
        ({"is": "a squirrel", "do": ["down", "right"], "rel": "to"}, {"is": "a bench"}),
        ({"is": "a starling", "do": ["bounce"], "rel": "follows"}, {"is": "a cart", "do": ["right"]}),
        ({"is": "a nurse", "rel": "opposite"}, {"is": "a robot", "do": ["near"]}),
        ({"is": "a postman", "do": ["at right"], "rel": "to"}, {"is": "a garden gate"}),
        ({"is": "a collie", "do": ["up", "down"], "rel": "to"}, {"is": "a potato salad"}),
        ({"is": "a spoon", "do": ["right", "left"], "rel": "to"}, {"is": "a sugar lump", "n": 2}),
    ],
)
def test_a_plan_keeps_the_whole_of_such_a_way(line: dict[str, Any], other: dict[str, Any]) -> None:
    assert broken_of([{**line, "of": 2}, other]) == []


@pytest.mark.parametrize(
    "lines",
    [
        [{"is": "a squirrel", "do": ["at left"], "rel": "to", "of": 2}, {"is": "a walnut"}],
        [{"is": "a postman", "do": ["at left"], "rel": "to", "of": 2}, {"is": "a garden gate"}],
    ],
)
def test_who_comes_from_both_sides_has_way_to_go(lines: list[dict[str, Any]]) -> None:
    assert broken_of([*lines, {"is": "a dachshund", "do": ["at right"], "rel": "to", "of": 2}]) == []


def test_what_rises_out_of_a_thing_and_another_after_it_stay_in_the_picture() -> None:
    ladle = {"is": "a ladle", "do": ["up"], "rel": "from", "of": 2}
    assert broken_of([ladle, {"is": "a soup"}, {"is": "a lid", "do": ["up"], "rel": "after", "of": 1}]) == []


def broken_of(lines: list[dict[str, Any]]) -> list[str]:
    """What the critic says of the first plan of such an outline."""
    reading = reading_of(Outline.model_validate({"all": lines}), "x")
    return [found.message for found in measure(reading, draft(reading)) if found.promised and broken(found)]
