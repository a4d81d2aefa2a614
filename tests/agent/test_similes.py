from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "absent"),
    [
        ("A goat slides like a torpedo to the left", "goat: left", "torpedo"),
        ("Like a torpedo, a goat slides leftwards", "goat: left", "torpedo"),
        ("A goat, fuzzy as a slipper, trots to the right", "goat: right", "slipper"),
        ("A goat trots to the right, white as paper", "goat: right", "paper"),
        ("A goat the colour of copper trots to the right", "goat: right", "copper"),
        ("A goat, ears folded, trots to the right", "goat: right", "ear"),
        ("Two geese fly up like startled doves", "goose: up", "dove"),
    ],
)
def test_what_a_thing_is_likened_to_is_not_there(prompt: str, promised: str, absent: str) -> None:
    reading = read(prompt)
    assert promised in told(reading), told(reading)
    assert absent not in {thing.noun for thing in reading.things}


@pytest.mark.parametrize(
    ("prompt", "nouns"),
    [
        ("I would like a red ball on a table", {"ball", "table"}),
        ("a lamp turns red as a dog runs to the right", {"lamp", "dog"}),
        ("a fish swims like a snake", {"fish"}),
        ("a goat as big as a house stands on a hill", {"goat", "house", "hill"}),
    ],
)
def test_what_is_no_simile_is_read(prompt: str, nouns: set[str]) -> None:
    assert {thing.noun for thing in read(prompt).things} <= nouns
    assert read(prompt).things
