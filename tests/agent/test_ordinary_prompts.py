"""Prompts of the ordinary kind: what grows into another, what is drawn by a horse, who does something of its own beside."""

from __future__ import annotations

from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.promises import (
    Approach,
    Beside,
    Carries,
    Follows,
    Go,
    Grows,
    Journey,
    Meets,
    Opposed,
    Passes,
    Promise,
    Reading,
    Relation,
    Turns,
)  # fmt: skip
from flowzero.agent.reading import read
from flowzero.agent.repair import draft


def kept(prompt: str) -> Reading:
    """What is read of a prompt, of which the built-in planner's plan breaks nothing."""
    reading = read(prompt)
    assert not [finding.message for finding in measure(reading, draft(reading)) if broken(finding)]
    return reading


def told(prompt: str, *kinds: type[Any]) -> list[Promise]:
    return [promise for promise in kept(prompt).promises if isinstance(promise, kinds)]


def nouns(prompt: str) -> list[str]:
    return [thing.noun for thing in read(prompt).things]


@pytest.mark.parametrize(("prompt", "young", "old"), [
    ("an acorn sprouts and grows into an oak", "acorn", "oak"),
    ("a chick grows into a rooster", "chick", "rooster"),
])  # fmt: skip
def test_what_grows_into_another_turns_into_it(prompt: str, young: str, old: str) -> None:
    assert nouns(prompt) == [young]
    (grows,), (turns,) = told(prompt, Grows), told(prompt, Turns)
    assert isinstance(grows, Grows)
    assert isinstance(turns, Turns)
    assert turns.after == (old,)


@pytest.mark.parametrize(
    ("prompt", "puller", "pulled"),
    [
        ("an ox-drawn cart rolls to the right", "ox", "cart"),
        ("a carriage pulled by a mule rolls slowly from right to left", "mule", "carriage"),
    ],
)
def test_what_is_drawn_goes_where_who_draws_it_goes(prompt: str, puller: str, pulled: str) -> None:
    assert told(prompt, Carries) == [Carries(thing=pulled, other=puller, how="pulled")]
    assert [way.thing for way in told(prompt, Journey) if isinstance(way, Journey)] == [puller]


@pytest.mark.parametrize(("prompt", "expected"), [
    ("an ape climbs a tower with a plane circling above it", Relation(thing="plane", relation="above", other="tower")),
    ("a ferry sails to an island with a lighthouse", Relation(thing="island", relation="near", other="lighthouse")),
    ("a moth flutters in front of a window", Relation(thing="moth", relation="front", other="window")),
    ("a tram crosses a bridge to the left, a cyclist following it", Follows(thing="cyclist", other="tram")),
    ("a parrot lands on the shoulder of a pirate",
     Journey(thing="parrot", steps=(Beside(relation="on", other="pirate"),))),
    ("trucks drive in both directions on a motorway", Opposed(thing="truck", other="truck")),
    ("a ufo beams up a sheep", Journey(thing="sheep", steps=(Go(heading="up"),))),
    ("a fox runs behind a barn and comes out on the other side", Passes(thing="fox", other="barn")),
    ("two swans glide towards each other on a lake", Meets(thing="swan", other="swan")),
    ("a bee flies from a rose to a tulip",
     Journey(thing="bee", steps=(Approach(other="rose", away=True), Approach(other="tulip")))),
])  # fmt: skip
def test_what_is_promised(prompt: str, expected: Promise) -> None:
    assert expected in kept(prompt).promises


@pytest.mark.parametrize(("prompt", "things"), [
    ("a hiker stops for a short rest under a tree", ["hiker", "tree"]),
    ("geese fly in v formation to the left", ["goose"]),
    ("a car approaches from far away and passes the camera", ["car"]),
    ("a kite flies over the heads of two children", ["kite", "child"]),
    ("a plane waits and it takes off", ["plane"]),
    ("an eagle soars over a mountain range", ["eagle"]),
])  # fmt: skip
def test_which_things_there_are(prompt: str, things: list[str]) -> None:
    assert nouns(prompt) == things
    assert not kept(prompt).unread


def test_what_one_alone_does_after_a_comma_is_told_of_it_alone() -> None:
    assert {getattr(way, "thing", "") for way in told("a clock, the pendulum swinging left and right", Journey)} == {"pendulum"}
    both = told("a fox and the hound running to the left", Journey)
    assert {getattr(way, "thing", "") for way in both} == {"fox", "hound"}


@pytest.mark.parametrize(("prompt", "expected"), [
    ("a kite sways above a table with a cake on it", Relation(thing="cake", relation="on", other="table")),
    ("a lamp swings above a desk", Relation(thing="lamp", relation="above", other="desk")),
    ("a bench, leaves falling around it", Relation(thing="leaf", relation="near", other="bench")),
    ("a hand puts a blue cup on top of a red book",
     Journey(thing="cup", steps=(Approach(other="hand", away=True), Beside(relation="on", other="book")))),
    ("a cliff, waves crashing against a rock", Meets(thing="wave", other="rock")),
    ("a stack of three crates, a crow on top of it", Relation(thing="crow", relation="on", other="crate")),
    ("a rat runs along a shelf to the left and falls off the end",
     Journey(thing="rat", steps=(Go(heading="left"), Go(heading="down")))),
])  # fmt: skip
def test_where_it_is_and_goes(prompt: str, expected: Promise) -> None:
    assert expected in kept(prompt).promises


@pytest.mark.parametrize(("prompt", "things"), [
    ("a hot dog chases a hamburger", ["hot dog", "hamburger"]),
    ("a hot cat sleeps", ["cat"]),
    ("a lantern shines, first red, then gold", ["lantern"]),
    ("an hourglass, sand trickling from top to bottom", ["hourglass", "sand"]),
])  # fmt: skip
def test_what_is_a_thing(prompt: str, things: list[str]) -> None:
    assert nouns(prompt) == things


@pytest.mark.parametrize(("prompt", "expected"), [
    ("a witch dances under a full moon", Relation(thing="witch", relation="below", other="moon")),
    ("an emu leads, a rhino follows, both moving left", Follows(thing="rhino", other="emu")),
    ("a tug passes behind an island and reappears on the left", Journey(thing="tug", steps=(Go(heading="left"),))),
    ("a mule carries a sack up a hill and then down again",
     Journey(thing="mule", steps=(Go(heading="up"), Go(heading="down")))),
    ("a boy lets go of two kites, one red, one blue, that rise into the sky",
     Journey(thing="kite-2", steps=(Go(heading="up"),))),
])  # fmt: skip
def test_what_is_promised_of_whom(prompt: str, expected: Promise) -> None:
    assert expected in kept(prompt).promises


@pytest.mark.parametrize(("prompt", "things"), [
    ("a fly circles above a bowl", ["fly", "bowl"]),
    ("a coin rolls to the left like a wheel", ["coin"]),
    ("bubbles rise from the bottom of a pond", ["bubble"]),
    ("a viper slithers to the right in an s curve", ["viper"]),
])  # fmt: skip
def test_what_names_no_thing(prompt: str, things: list[str]) -> None:
    assert nouns(prompt) == things
