"""Plain sentences that people write every day, and all that is read in them."""

from __future__ import annotations

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.technical import without_notes
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("three goats, one climbs up, the others stay", {"count 3 goat", "goat-1: up", "goat-2 still", "goat-3 still"}),
        ("a cube, a cone and a ball; the ball rolls to the left, the others stay", {"ball: left", "cone still", "cube still"}),
        ("a goat runs left, two others sit", {"count 3 goat", "goat: left", "goat-2 still"}),
        ("hundreds of moths fly up", {"count >=2 moth", "moth: up"}),
        ("loads of balloons rise", {"count >=2 balloon", "balloon: up"}),
        ("an old well stands on the left", {"looks well old", "well at left", "well still"}),
        ("a frog sits in front of a well", {"frog front well", "frog still"}),
        ("Cat on the sofa, dog under the table.", {"cat on sofa", "dog below table"}),
        ("a crab walks closer and closer to a shell", {"crab: to shell"}),
        ("a plane flies loops around a tower on the right", {"plane: circle about tower", "tower at right"}),
        ("a seahorse hovers up and down", {"seahorse: up-down"}),
        ("a boy waits on the other side of the wall", {"boy behind wall", "boy still"}),
        ("the sun goes down behind a mountain", {"sun behind mountain", "sun: down"}),
        ("a spider lowers itself from the lamp", {"spider near lamp", "spider: from near lamp > down"}),
        ("the lantern goes out", {"lantern seen until sometime"}),
        ("Next to the oven is a basket with a kitten in it", {"basket near oven", "kitten inside basket"}),
        ("At the top is a star, below it is a boat that sails to the left", {"star at top", "boat below star", "boat: left"}),
        ("a woman drops a spoon", {"spoon: from near woman > down"}),
        ("a gull drops a fish into a boat", {"fish: from near gull > down > inside boat"}),
        ("a girl rolls a hoop to a boy", {"hoop: away from girl > to boy"}),
        ("a boy bounces a ball", {"ball: bounce"}),
        ("a lamp, its cord swinging", {"cord: side-to-side"}),
        ("Could I get a cow that walks left?", {"cow: left"}),
        ("I was thinking of a cow walking left", {"cow: left"}),
        ("we see a cow jump over a log", {"cow passes log", "cow: above log"}),
        ("a bee goes from a flower to the other", {"count 2 flower", "bee: away from flower > to flower-2"}),
        ("a goat walks past a barn followed by a duck", {"goat passes barn", "goat moves", "duck follows goat"}),
        ("a goat walks past a sheep, followed by a duck", {"goat passes sheep", "goat moves", "duck follows goat"}),
        ("a man rides past a mill", {"man passes mill", "man moves"}),
        ("a dog and a cat run to a ball, then both stop", {"dog: to ball > rest", "cat: to ball > rest"}),
        ("one of the two owls flies to the left, the other stays", {"count 2 owl", "owl-1: left", "owl-2 still"}),
        ("three boats, the middle one sinks", {"count 3 boat", "boat-1: from at middle > down"}),
        ("a duck waddles up to another duck", {"count 2 duck", "duck: to duck-2"}),
        ("a ghost floats through a wall", {"ghost passes wall", "ghost moves"}),
        ("two girls in a canoe go left", {"count 2 girl", "canoe: left", "girl with canoe"}),
        ("a family of ducks swims left", {"count >=2 duck", "duck: left"}),
        ("A boy walks left, it is raining", {"setting the rain", "boy: left"}),
        ("A cat sits by a stove. Snow is falling outside.", {"setting the snow", "cat still", "cat near stove"}),
        ("an apple falls onto a man's head", {"apple: on man"}),
        ("a dog waits at a gate", {"dog still", "dog near gate"}),
        ("a cat walks left, stops, then walks on", {"cat: left > rest > left"}),
        (
            "a bus drives from right to left, pauses in the middle, then drives on",
            {"bus: from at right > at middle > rest > left"},
        ),
        ("a red bus is overtaken by a taxi", {"looks bus red", "taxi speed>bus", "taxi passes bus"}),
        ("a dog lies in front of the sofa, a cat on it", {"dog still", "dog front sofa", "cat on sofa"}),
        ("a man in a blue coat and a woman in a red coat walk left", {"man: left", "woman: left"}),
        ("a tractor drives by in front of a fence", {"tractor passes fence", "tractor moves"}),
        ("a lantern hangs from a branch", {"lantern below branch"}),
        ("in the background a mountain, a jogger runs left", {"setting a mountain", "jogger: left"}),
        ("four balloons, the biggest rises", {"count 4 balloon", "balloon-1 large", "balloon-1: up"}),
        ("three goats, the smallest one walks left", {"count 3 goat", "goat-1 small", "goat-1: left"}),
        ("a bottle rolls off a table", {"bottle: from on table > away from table"}),
        ("a woman crosses the village square", {"setting the village square", "woman moves"}),
    ],
)
def test_a_plain_sentence_is_read_in_full(prompt: str, expected: set[str]) -> None:
    reading = read(prompt)
    assert {line for line in told(reading) if not line.startswith("count 1 ")} == expected
    assert not reading.unread


@pytest.mark.parametrize(
    "prompt",
    [
        "Two foxes chase a rabbit past an oak",
        "Three geese follow a dog past the barn",
        "A cat chases a mouse around a table and then they both stop",
        "An owl flies from a tree to a barn roof and stays there",
        "a bee flies from a tulip to a rose, then to a daisy",
        "A tractor goes behind two cows, one brown, the other one black",
        "three pigeons sit on a roof. One flies away, the others stay.",
    ],
)
def test_a_plain_wish_is_planned_with_nothing_broken(prompt: str) -> None:
    reading = read(prompt)
    assert not [finding.message for finding in measure(reading, draft(reading)) if broken(finding)]


def test_a_shutter_is_no_crowd() -> None:
    assert without_notes("a dog runs left, 1/1000 shutter").strip(" ,") == "a dog runs left"


@pytest.mark.parametrize("repeated", ["a man with a hat in ", "a bat and ", "🎈🐦🌊🚀"])
def test_a_prompt_that_says_one_thing_over_and_over_is_read_in_time(repeated: str) -> None:
    """Each further "with" doubled the time before, and many emojis were more than Python's stack holds."""
    assert read((repeated * 400)[:1200]).things


def test_what_rolls_off_a_table_begins_on_it_and_lands_beside_it() -> None:
    plan = draft(read("a bottle rolls off a table"))
    table = next(item for item in plan.objects if item.id == "table").path[0].box
    first, last = (next(item for item in plan.objects if item.id == "bottle").path[k].box for k in (0, -1))
    assert first.y + first.h < table.y + 0.3 * table.h
    assert last.y + last.h > table.y + 0.9 * table.h and not table.x < last.cx < table.x + table.w
