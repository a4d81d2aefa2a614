"""One after the other: what comes first, in whichever order a stranger tells it."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    "prompt",
    [
        "No sooner has the tram driven off to the left than a goat walks to the right.",
        "It's only after the tram has driven off to the left that a goat walks to the right.",
        "Not until the tram has driven off to the left does the goat walk to the right.",
        "A goat walks to the right, but not before a tram has driven off to the left.",
        "A goat walks to the right only once a tram has driven off to the left.",
        "A goat does not walk to the right until a tram has driven off to the left.",
        "A goat may only walk to the right when a tram has driven off to the left.",
        "A goat walks to the right when a tram has driven off to the left.",
        "When the tram has driven off to the left, a goat walks to the right.",
        "The tram drives off to the left and when it is gone a goat walks to the right.",
        "A tram drives off to the left. The moment it has gone, a goat walks to the right.",
        "A tram drives off to the left, and it's only once it has gone that a goat walks to the right.",
        "A tram drives off to the left, a goat that walks to the right when the tram has gone.",
        "A tram drives off to the left. Now a goat walks to the right.",
        "A tram drives off to the left. That done, a goat walks to the right.",
    ],
)
def test_who_comes_first_is_read_however_it_is_told(prompt: str) -> None:
    reading = read(prompt)
    lines = told(reading)
    assert {"tram before goat", "tram: left", "goat: right"} <= lines, lines
    assert not reading.unread


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("A dog runs to the left, and when it has reached a tree, it stops.", "dog: left > to tree > rest"),
        ("A cat runs to the right once.", "cat: right"),
        ("A cat walks to the left when it rains.", "cat: left"),
        ("A crow is on a fence when a dog has come in from the left.", "crow on fence"),
        ("The robot does not appear until halfway through.", "robot seen from [0.5..1]"),
    ],
)
def test_one_alone_comes_before_nobody(prompt: str, promised: str) -> None:
    lines = told(read(prompt))
    assert promised in lines, lines
    assert not [line for line in lines if " before " in line]
