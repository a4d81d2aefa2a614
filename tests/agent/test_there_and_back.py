"""Going somewhere and coming back, in the words that people have for it."""

from __future__ import annotations

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "course"),
    [
        ("a dog runs from left to right and back", "dog: from at left > at right > left"),
        ("a bird flies to the left, then back again", "bird: left > right"),
        ("a cat walks to the left and then back to the right", "cat: left > right"),
        ("a duck swims across the pond and back", "duck: side-to-side"),
        ("a dog runs to the tree and goes back", "dog: to tree > away from tree"),
        ("a robot goes back to the door", "robot: to door"),
        ("a spider goes down and back up", "spider: down > up"),
        ("a car drives back and forth", "car: side-to-side"),
    ],
)
def test_and_back_is_read_and_done(prompt: str, course: str) -> None:
    reading = read(prompt)
    assert course in told(reading)
    assert not reading.unread
    assert not [finding.message for finding in measure(reading, draft(reading)) if broken(finding)]
