"""What flies and comes down on another thing, and small readings of ordinary prompts beside it."""

from __future__ import annotations

from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.promises import Reading
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from tests.agent.telling import told


def kept(reading: Reading) -> DSS:
    """The first plan of a reading, of which nothing is broken."""
    dss = draft(reading)
    assert [finding.message for finding in measure(reading, dss) if broken(finding)] == []
    return dss


def alights(dss: DSS) -> None:
    """The first thing comes down, and its feet are on the second at the end, where it stays in sight."""
    first, second = dss.objects[:2]
    ended, other = first.box_at(1), second.box_at(1)
    assert ended.cy - min(first.box_at(k / 16).cy for k in range(16)) > 0.2
    assert other.x < ended.cx < other.x + other.w
    assert other.y - 0.05 < ended.y + ended.h < other.y + 0.6 * other.h


@pytest.mark.parametrize(
    "prompt",
    [
        "A butterfly lands on a sleeping bulldog",
        "The dragon lands on the tower",
        "An eagle comes in from the left and lands on a rock",
    ],
)
def test_who_lands_on_a_thing_comes_down_onto_it(prompt: str) -> None:
    alights(kept(read(prompt)))


@pytest.mark.parametrize("acts", [["down"], ["down", "rest"], ["in left", "down"]])
def test_an_outline_of_what_flies_down_and_is_on_a_thing_says_that_it_lands(acts: list[str]) -> None:
    lines: list[dict[str, Any]] = [{"is": "a robin", "do": acts, "rel": "on", "of": 2}, {"is": "a mailbox"}]
    alights(kept(reading_of(Outline.model_validate({"all": lines}), "x")))


def test_who_goes_down_a_slide_is_on_it_all_the_way() -> None:
    lines = [{"is": "a kid", "do": ["down"], "rel": "on", "of": 2}, {"is": "a slide"}]
    assert "kid on slide" in told(reading_of(Outline.model_validate({"all": lines}), "x"))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("grandma naps in a deckchair", "grandma on deckchair"),
        ("a girl waits by the tram stop", "girl near tram-stop"),
        ("the cat on the windowsill doesn't bat an eyelid", "cat on windowsill"),
        ("a boy walks past a bench with a cat on it", "cat on bench"),
        ("a boat sails past an island with a palm tree on it", "palm-tree on island"),
        ("a waiter carries a tray with three glasses on it", "glasses on tray"),
        ("one dog sleeps, one runs to the left", "dog-2: left"),
        ("a skateboarder rolls down the ramp. His dog comes running after him", "dog follows skateboarder"),
    ],
)
def test_ordinary_words_are_read(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


def test_nobody_is_nobody_who_was_told_of() -> None:
    promised = told(read("A reindeer pulls a sleigh to the left. Green light shimmers, and nobody is in it."))
    assert "reindeer inside sleigh" not in promised


def test_who_stands_dead_still_is_alone() -> None:
    assert [thing.noun for thing in read("A woman stands dead still in the middle").things] == ["woman"]
