"""What people say in other words: who runs out, what goes from green to red, kinds of shots, and what "it" can stand for."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a bear sits left. then the bear runs out", ["bear seen until sometime"], ["bear moves"]),
        ("a bear sits left and a cat runs out and a dog stays", ["cat moves", "dog still"], ["cat: from inside dog"]),
        ("a box opens and a bird flies out", ["bird moves"], ["bird seen until sometime"]),
        ("a spider crawls in", ["spider seen from sometime"], ["spider moves"]),
        ("a spider crawls in circles", ["spider: circle"], ["spider seen from sometime"]),
        ("a tank drives up the screen", ["tank: up"], []),
        ("a bug crawls down the frame", ["bug: down"], []),
        ("a balloon goes to the sky", ["balloon: up"], []),
        ("a block and a feather are dropped", ["block: down", "feather: down"], []),
        ("a cleaner is lowered from the top", ["cleaner: from at top > down"], []),
        ("two boats approach the house from the left", ["boat: from at left > to house"], []),
    ],
)
def test_which_way_one_goes_is_told_in_many_words(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines


@pytest.mark.parametrize(
    ("prompt", "phrase"),
    [
        ("a leaf goes from green to orange", "an orange leaf"),
        ("a lamp goes from red to blue and a moth flies left", "a blue lamp"),
        ("the light turns red as a car stops", "a red light"),
        ("the toy becomes large", "a large toy"),
    ],
)
def test_what_goes_from_one_colour_to_another_turns_into_it(prompt: str, phrase: str) -> None:
    assert [promise.phrase for promise in read(prompt).promises if promise.kind == "change"] == [phrase]


def test_what_goes_from_one_thing_of_a_colour_to_another_does_not_change() -> None:
    lines = told(read("a boat goes from a red buoy to a blue buoy"))
    assert "boat: away from buoy > to buoy-2" in lines


@pytest.mark.parametrize(
    ("prompt", "phrase"),
    [
        ("a leaf, red as blood, falls", "a red leaf"),
        ("a dragon as green as grass flies left", "a green dragon"),
        ("the fence is as white as snow", "a white fence"),
    ],
)
def test_what_something_is_likened_to_is_not_there(prompt: str, phrase: str) -> None:
    assert [thing.phrase for thing in read(prompt).things] == [phrase]


@pytest.mark.parametrize(
    "prompt",
    [
        "hero shot of a car driving left",
        "medium close-up of a car driving left",
        "low angle, a car driving left",
        "wide establishing shot of a car driving left",
        "extreme wide shot of a car driving left",
    ],
)
def test_a_kind_of_shot_is_no_thing(prompt: str) -> None:
    reading = read(prompt)
    assert [thing.noun for thing in reading.things] == ["car"]
    assert "car: left" in told(reading)


@pytest.mark.parametrize("words", ["camera still", "camera steady", "static wide shot"])
def test_a_camera_that_is_held_still_is_told_without_a_verb(words: str) -> None:
    reading = read(f"a dog runs left, {words}")
    assert [thing.noun for thing in reading.things] == ["dog"]
    assert "camera static" in told(reading)


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("floods rise around a house while boats approach it", "boat: to house"),
        ("two dogs sit next to a cat. it jumps up", "cat: up > down"),
        ("three ducks swim past a boat, then a gull lands on it", "gull: on boat"),
        ("a flock of birds flies over a house. it turns left", "bird: above house > left"),
    ],
)
def test_it_is_one(prompt: str, line: str) -> None:
    assert line in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("a girl watching a balloon rise", "balloon: up"),
        ("a boy sees a kite fly left and a dog waits", "kite: left"),
        ("there is a moon on the left. have a bat fly past it", "bat passes moon"),
    ],
)
def test_who_is_watched_does_what_the_plain_verb_says(prompt: str, line: str) -> None:
    assert line in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("at the three-second mark a ball appears", "ball seen from [3s..end]"),
        ("after t=2s a ball appears", "ball seen from [2s..end]"),
    ],
)
def test_a_mark_in_seconds_is_a_moment(prompt: str, line: str) -> None:
    assert line in told(read(prompt))
