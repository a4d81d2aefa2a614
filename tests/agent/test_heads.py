"""What a noun phrase is about: the tram is no lemon, and the kite no dragon."""

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.promises import Looks
from flowzero.agent.reading import read
from flowzero.agent.repair import draft


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("a lemon yellow tram", "tram"),
        ("a dragon-shaped kite", "kite"),
        ("a chimney sweep", "sweep"),
        ("a magician's top hat", "top hat"),
        ("a double-decked red bus", "bus"),
        ("a wind-up robot", "robot"),
        ("a watch dial", "dial"),
        ("a man in a top hat", "man"),
        ("a ball of wool", "ball"),
        ("a boy wearing a red hat", "boy"),
        ("a cloud shaped like a whale", "cloud"),
        ("a cube B", "cube"),
        ("a dog named Rex", "dog"),
        ("a red car", "car"),
    ],
)
def test_a_phrase_that_is_one_thing_is_what_its_last_noun_says(phrase: str, noun: str) -> None:
    (thing,) = reading_of(Outline.model_validate({"all": [{"is": phrase}]}), phrase).things
    assert thing.noun.split()[-1] == noun.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    ("prompt", "noun", "look"),
    [
        ("a dragon-shaped kite rises", "kite", "dragon-shaped"),
        ("a snow-white bear walks left", "bear", "white"),
        ("a moss-covered troll sleeps", "troll", "moss-covered"),
        ("two heart-shaped bubbles float up", "bubble", "heart-shaped"),
        ("a half-sunken piano drifts to the left", "piano", "half-sunken"),
        ("a bottle-green locomotive passes", "locomotive", "green"),
        ("a lemon yellow tram rolls to the left", "tram", "yellow"),
        ("two snow white hares hop to the right", "hare", "white"),
        ("a three-legged dog hops right", "dog", "three-legged"),
    ],
)
def test_an_adjective_of_two_words_is_one_look_of_one_thing(prompt: str, noun: str, look: str) -> None:
    reading = read(prompt)
    assert [thing.noun for thing in reading.things] == [noun]
    assert [promise.words for promise in reading.promises if isinstance(promise, Looks)] == [(look,)]
    assert not any(broken(found) for found in measure(reading, draft(reading)) if found.promised)


def test_who_is_drawn_by_a_horse_has_a_horse() -> None:
    assert {thing.noun for thing in read("a horse-drawn carriage goes left").things} == {"carriage", "horse"}
