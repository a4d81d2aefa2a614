"""Numbers that count nothing, and names of towns in front of the rest."""

import pytest

from flowzero.agent.promises import Count, Journey
from flowzero.agent.reading import read
from flowzero.agent.toponyms import placed


def _counts(prompt: str) -> dict[str, int]:
    return {p.noun: p.n for p in read(prompt).promises if isinstance(p, Count)}


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("a 1967 Mustang drives to the right", {"mustang": 1}),
        ("a vintage 1950 tractor crosses the field", {"tractor": 1}),
        ("02:17 hrs. The owl takes off", {"owl": 1}),
        ("at 12 o'clock a bell swings", {"bell": 1}),
        ("The 8:15 train leaves", {"train": 1}),
        ("the number 7 bus pulls away", {"bus": 1}),
        ("Apollo 11 lifts off", {"apollo": 1}),
        ("agent 007 sneaks past a guard", {"agent": 1, "guard": 1}),
        ("a 20 foot snake slithers left", {"snake": 1}),
        ("a 10-ton truck passes a bus", {"truck": 1, "bus": 1}),
        ("two 747s and an F1 car", {"jet": 2, "f1 car": 1}),
        ("in the year 2050 three drones hover above a pier", {"drone": 3, "pier": 1}),
    ],
)
def test_numbers_that_are_names_dates_and_measures_count_nothing(prompt: str, counts: dict[str, int]) -> None:
    assert _counts(prompt) == counts


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("a line of 6 ducklings waddles left", {"duckling": 6}),
        ("a nest with 4 eggs", {"nest": 1, "egg": 4}),
        ("2 dogs, 1 cat", {"dog": 2, "cat": 1}),
        ("there is a dog and 2 cats", {"dog": 1, "cat": 2}),
        ("The 2 dogs chase a 3rd dog", {"dog": 3}),
    ],
)
def test_other_numbers_count(prompt: str, counts: dict[str, int]) -> None:
    assert _counts(prompt) == counts


def test_a_clock_of_the_video_tells_when() -> None:
    (way,) = [p for p in read("at 0:03 a dog runs to the left").promises if isinstance(p, Journey)]
    assert way.window is not None and way.window.start == 3


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Tokyo 2099, a robot walks left", "tokyo"),
        ("London, 1888: a man in a hat walks away", "london"),
        ("Paris, France. A cyclist passes", "paris"),
        ("New York. A taxi drives to the left", "new york"),
    ],
)
def test_a_town_in_front_is_where_it_happens(prompt: str, place: str) -> None:
    reading = read(prompt)
    assert reading.setting == place
    assert len(reading.things) == 1


def test_who_is_named_after_the_town_is_not_lost() -> None:
    assert placed("London, Rex, a dog, runs to the left") == "In London, Rex, a dog, runs to the left"
    assert placed("Paris, France, a dog runs") == "In Paris, a dog runs"


@pytest.mark.parametrize("prompt", ["Spot, the dog, runs left", "Eiffel Tower, a kid jumps", "Turkey, a plate and a knife"])
def test_other_names_in_front_are_things(prompt: str) -> None:
    assert read(prompt).setting is None
