"""Who comes behind, who is borne, who stays and what things become, as people put it."""

from __future__ import annotations

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promise"),
    [
        ("A cat runs to the left, and then a goat right on its tail.", "goat follows cat"),
        ("A wheel rolls to the right; a spaniel tears after it.", "spaniel follows wheel"),
        ("Ten pupils shamble left in slow pursuit of a butterfly.", "pupil follows butterfly"),
        ("A brass band walks to the left, drummer last.", "drummer follows brass-band"),
        ("A skier goes down and a snowball is after him.", "snowball follows skier"),
    ],
)
def test_who_is_after_another_follows(prompt: str, promise: str) -> None:
    assert promise in told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promise"),
    [
        ("A pumpkin is pushed rightwards through the garden by a boy.", "pumpkin with boy"),
        ("a chair carried off to the left by two men", "chair with man"),
        ("A boy walks past a house carrying a bag.", "bag with boy"),
        ("A suitcase stands there, and a porter approaches it with a mop.", "mop with porter"),
        ("A lady with an umbrella strolling to the left", "umbrella with lady"),
        ("A broom flies to the left, a witch astride it.", "witch with broom"),
    ],
)
def test_who_takes_what_along(prompt: str, promise: str) -> None:
    assert promise in told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promise"),
    [
        ("Six goats mill around a pasture, the black one stays put.", "goat-1 still"),
        ("Neither the cow nor the calf moves.", "calf still"),
        ("A night watchman has paused in front of a fountain.", "night-watchman still"),
        ("one tree to the right, and a van drives to the left", "tree at right"),
        ("Left: a stuffed owl. Right: a wooden clock.", "clock at right"),
    ],
)
def test_who_stays_where_he_is(prompt: str, promise: str) -> None:
    assert promise in told(read(prompt)), told(read(prompt))


def test_what_goes_to_a_side_still_does() -> None:
    assert "van: left" in told(read("a van to the left"))


@pytest.mark.parametrize(
    "prompt",
    ["An apple falls from a tree.", "A penguin falls from a ledge.", "A mummy comes out of a tent and shuffles towards us."],
)
def test_one_sees_it_get_away_from_what_it_leaves(prompt: str) -> None:
    plan = draft(read(prompt))
    one, other = plan.objects
    gaps = [abs(complex(one.box_at(t).cx - other.box_at(t).cx, one.box_at(t).cy - other.box_at(t).cy)) for t in (0.5, 1.0)]
    assert gaps[1] - gaps[0] > 0.05, gaps
    assert not [finding for finding in measure(read(prompt), plan) if finding.promised and broken(finding)]


@pytest.mark.parametrize(
    ("prompt", "promise"),
    [
        ("A leaf is green and later red.", "leaf turns red from green"),
        ("A seed melts into a puddle.", "seed turns puddle"),
        ("the leaf starts out green and ends up red", "leaf turns red from green"),
        ("A candle burns down.", "candle shrinks"),
        ("A puppet becomes huge.", "puppet grows"),
    ],
)
def test_what_becomes_of_a_thing(prompt: str, promise: str) -> None:
    assert promise in told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "window"),
    [
        ("Nothing at first, then a lantern.", (0.5, 1.0)),
        ("A lantern isn't there until halfway through.", (0.5, 1.0)),
        ("Late in the video a lantern appears.", (0.67, 1.0)),
        ("From the middle on there's no lantern.", (0.0, 0.5)),
    ],
)
def test_when_a_thing_is_there(prompt: str, window: tuple[float, float]) -> None:
    seen = next(p for p in read(prompt).promises if p.kind == "appearance")
    assert (round(seen.window.start, 2), round(seen.window.end, 2)) == window


@pytest.mark.parametrize(
    ("prompt", "promise"),
    [
        ("A wolf steals up on a hen.", "wolf: to hen"),
        ("A moth is drawn to a lamp.", "moth: to lamp"),
        ("A wolf recoils from a bear.", "wolf: away from bear"),
        ("A wolf dodges a rock.", "wolf passes rock"),
        ("Two drops merge.", "drop meets drop"),
        ("A duck walks left, her ducklings behind her.", "duckling follows duck"),
    ],
)
def test_ways_by_other_words(prompt: str, promise: str) -> None:
    assert promise in told(read(prompt)), told(read(prompt))
