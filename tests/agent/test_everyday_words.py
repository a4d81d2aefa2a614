"""Small words that change who does what: what a stranger means by them."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a chameleon changes from green to orange", ["chameleon turns orange from green"], []),
        ("a jellyfish drifts up while a crab walks along the bottom", ["crab at bottom", "crab moves"], ["crab: at bottom"]),
        ("snow falls on a quiet cabin at night", ["count 1 cabin"], ["count 1 snow fall"]),
        (
            "an airplane flies over the pyramids leaving to the upper right",
            ["airplane: above pyramid > at off top right"],
            ["pyramid: at off top right"],
        ),
        ("a tiny mouse and a huge cheese, the mouse runs to the cheese", ["mouse: to cheese"], ["cheese moves"]),
        ("two butterflies chase each other around a flower", ["butterfly: circle about flower"], ["butterfly follows flower"]),
        ("first there is an egg, then a chick", ["egg seen until [0..0.5]", "chick seen from [0.5..1]"], []),
        ("first there is a red ball, then it rolls to the right", ["ball: right"], ["ball seen until [0..0.5]"]),
        ("a bus arrives, waits, then leaves again", ["bus seen until sometime"], ["count >=2 leaf"]),
        ("a kite dances above the beach", ["kite: wander"], []),
        ("a girl dances to the right", ["girl: right"], ["girl: wander"]),
        ("a boy kicks a ball, it flies away to the right", ["ball: right"], ["boy: right"]),
        ("a boy blows up a balloon, it gets bigger and floats away", ["balloon grows", "balloon moves"], ["boy grows"]),
        ("a panda stands on the left and falls over", ["panda at left"], ["panda: down"]),
        ("a robot walks in, it stops", ["robot: rest"], []),
    ],
)
def test_a_word_means_what_people_mean_by_it(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    reading = read(prompt)
    assert set(promised) <= set(told(reading))
    assert not set(not_promised) & set(told(reading))
    assert not reading.unread


def test_what_turns_orange_is_no_fruit() -> None:
    (item,) = draft(read("a chameleon changes from green to orange")).objects
    assert [state.phrase for state in item.states] == ["an orange chameleon"]
