"""Prompts in few words: which of two is meant, ways without a verb, and words that are verbs elsewhere."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("the left kite is green, the right one is white", {"looks kite green", "looks kite-2 white", "kite at left"}),
        ("two kites: the left kite is green, the right one is white", {"looks kite-1 green", "looks kite-2 white"}),
        ("two vans: the right van is black and the left van is pink", {"van-1 at right", "van-2 at left"}),
        ("three cups: the left one is red, the middle one is blue, the right one is green", {"cup-2 at middle"}),
        (
            "the upper bird flies left, the lower bird flies right",
            {"bird: from at top > left", "bird-2: from at bottom > right"},
        ),
        ("a knight rides to a castle and goes back the way he came", {"knight: to castle > away from castle"}),
        ("an owl flies to a barn and returns to where it started", {"owl: to barn > away from barn"}),
        ("none of the four ducks moves", {"count 4 duck", "duck still"}),
        ("a lantern, a moth circles it", {"moth: circle about lantern"}),
        ("a fox runs right. Next comes a wolf, walking left.", {"fox: right", "wolf: left", "fox before wolf"}),
        ("a robot goes right, stop, right", {"robot: right > rest > right"}),
        ("a van stops at a traffic light; it turns green", {"traffic-light turns green"}),
        ("a hen with her chicks behind her", {"chick behind hen"}),
        ("grey shark below, small raft above", {"shark at bottom", "raft above shark"}),
        ("sofa, cat under", {"cat below sofa"}),
        ("snail towards leaf", {"snail: to leaf"}),
        ("fox out from behind a barrel", {"fox: from behind barrel > away from barrel"}),
        ("a swan glides, a duck behind", {"duck follows swan"}),
        ("a toy boat drifts right, a girl running behind it", {"girl follows boat"}),
        ("bee landed on tulip, bee gone", {"bee seen until sometime"}),
        ("crane lifting a piano", {"piano: up"}),
        ("baby crawling to a ball", {"baby: to ball"}),
        ("bowling ball towards pins", {"bowling-ball: to pin"}),
        ("sleepy dog w/ a bone", {"looks dog sleepy"}),
        ("a stick flies left, a dog races after", {"dog follows stick"}),
        ("an old lady walking her poodle", {"poodle follows lady"}),
        ("a red kite floats away upward", {"kite: up"}),
        ("a tram drives past a park", {"tram passes park"}),
        ("a man waits at the window", {"man still", "man near window"}),
        (
            "a moth comes from the left and a cat looks on, then the moth flies away",
            {"moth: from at off left > right > away from cat"},
        ),
        ("lizard lying upon a stone, fly buzzing round it", {"lizard on stone", "fly: circle about lizard"}),
        ("apple left, pear right, wasp in between", {"wasp between apple pear"}),
        ("a racoon sneaks round a barrel", {"racoon: circle about barrel"}),
        ("goat led by a shepherd", {"goat follows shepherd"}),
        ("an ox walks left, three birds on its back", {"bird with ox"}),
        ("star top left corner", {"star at top left"}),
        ("crab side to side on sand", {"crab: side-to-side"}),
        ("two dogs next to each other, one black, one orange", {"looks dog-1 black", "looks dog-2 orange"}),
        ("three kites: red, yellow, blue, the red rising", {"kite: up", "looks kite-2 yellow"}),
        ("four men in a boat row across the lake", {"count 4 man", "man with boat"}),
        ("couple of monkeys on an elephant", {"count 2 monkey"}),
        ("a boat is tugged along by a ship", {"boat with ship"}),
        ("A hat lies on a bench. The wind takes it. It goes right.", {"hat: rest > right"}),
        ("van from the right edge to the left and gone", {"van: from at right > at left > at off left"}),
        ("three lamps: left one red, middle one white, right one green", {"looks lamp-2 white", "lamp-2 at middle"}),
        ("two ladders, a cat up the left one, a boy down the right one", {"ladder-1 at left", "boy: down", "cat: up"}),
        ("six hens sit, a seventh walks left", {"count 7 hen", "hen-7: left"}),
        ("three kids sit, a fourth kid runs left", {"count 4 kid", "kid-2: left"}),
        ("blobs, a dozen, purple, go up", {"count 12 blob"}),
        ("drops run down", {"drop: down"}),
        ("behind the glass a grey cat moves to the left", {"cat: left"}),
        ("a tug and a raft, every one of them going left", {"tug: left", "raft: left"}),
        ("a coach pulls up from the left", {"coach: from at off left > right"}),
        ("a shooting star falls", {"looks star shooting", "star: down"}),
        ("two spheres, one heavy and one light, fall", {"looks sphere-2 light", "sphere-2: down"}),
        ("a cat on the left chair, a dog on the right one", {"cat on chair", "dog on chair-2", "chair-2 at right"}),
        ("a car stops at a gate, then drives on", {"car: to gate > rest > away from gate"}),
        ("dog on skateboard, sunset behind", {"dog on skateboard", "setting sunset"}),
        ("rocket over city, smoke below", {"smoke below rocket"}),
        ("a girl sits far left", {"girl at left", "girl still"}),
        ("an owl flies from the left edge to the right one", {"owl: from at left > at right"}),
    ],
)
def test_few_words_say_this(prompt: str, expected: set[str]) -> None:
    assert expected <= told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "never"),
    [
        ("a stairway to heaven", "stairway: to heaven"),
        ("a letter to Santa on a table", "letter: to santa"),
        ("a bird sits on the lower branch of a tree", "branch at bottom"),
        ("a cat walks along the beach", "cat near beach"),
        ("a frog sits under a lamp, it turns red", "lamp turns red"),
        ("a panda walks towards the bamboo", "bamboo follows panda"),
        ("a boy throws a ball, then catches a stick", "stick: right"),
    ],
)
def test_near_misses_stay_what_they_are(prompt: str, never: str) -> None:
    assert never not in told(read(prompt))


@pytest.mark.parametrize("prompt", ["a bench, a boy runs by", "two parked lorries, a dog runs to the right"])
def test_what_one_alone_does_is_not_done_by_what_is_listed_before(prompt: str) -> None:
    first, *_, last = draft(read(prompt)).objects
    assert len(first.path) == 1
    assert len(last.path) > 1
