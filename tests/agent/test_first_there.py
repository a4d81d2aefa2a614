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
    ],
)
def test_a_plan_keeps_the_whole_of_such_a_way(line: dict[str, Any], other: dict[str, Any]) -> None:
    reading = reading_of(Outline.model_validate({"all": [{**line, "of": 2}, other]}), "x")
    assert [found.message for found in measure(reading, draft(reading)) if found.promised and broken(found)] == []
