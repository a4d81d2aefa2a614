"""What somebody does where he is: not shown, and told so; but what is at hand is beside him, and he goes nowhere."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "unread"),
    [
        ("a fox barks", [], ("a fox barks",)),
        ("a nun feeds a hen", ["nun near hen"], ("feeds",)),
        ("a boy reads a book", ["boy near book"], ("reads",)),
        ("a king eats soup in a tent", ["king near soup", "king inside tent"], ("eats",)),
        ("a cook stirs soup in a pot", ["cook near soup", "soup inside pot"], ("stirs",)),
        ("a nun stirs paint in a bucket", ["paint inside bucket"], ("stirs",)),
        ("a nun pours water into a cup", ["nun near cup"], ("pours",)),
        ("a boy looks into a well", ["boy near well"], ("looks",)),
        ("a nun paints a wall red", ["wall turns red"], ()),
    ],
)
def test_acts_are_reported_and_what_is_at_hand_is_close(prompt: str, promised: list[str], unread: tuple[str, ...]) -> None:
    reading = read(prompt)
    assert set(promised) <= set(told(reading))
    assert reading.unread == unread
    assert not any(line.endswith("moves") for line in told(reading))


@pytest.mark.parametrize(
    ("prompt", "acting"),
    [
        ("a fox barks", ("fox",)),
        ("a nun waves and a boy claps", ("nun", "boy")),
        ("a moose lowers its head", ("moose",)),
        ("a fox barks and runs left", ()),
        ("a fox runs left", ()),
        ("a fox barks at the glorp of a hen", ("fox",)),
        ("a jellyfish pulses upward", ()),
    ],
)
def test_who_only_acts_is_known(prompt: str, acting: tuple[str, ...]) -> None:
    assert read(prompt).acting == acting
