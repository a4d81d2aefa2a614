"""What points at things that were told of: "two stay, the third leaves", "all of them", "lamp left, lamp right"."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        (
            "a jay sits on a wire, a second jay lands next to it, then both fly to the left",
            {"jay: rest > left", "jay-2: down > left"},
        ),
        ("three ducks: two swim to the left, the third dives", {"duck-1: left", "duck-2: left", "duck-3: down"}),
        ("four mugs on a shelf. Three stand still. One rolls to the right.", {"mug-1 still", "mug-3 still", "mug-4: right"}),
        ("5 crows near a well, all of them fly up", {"crow: up"}),
        ("two hikers and a mule, the three of them walk to the left", {"hiker: left", "mule: left"}),
        ("a van and two trucks, all rolling to the right", {"van: right", "truck: right"}),
        ("a bus with a van behind it, the whole convoy moves to the left", {"bus: left", "van: left"}),
        ("a cat and a dog sit by a house, then the pair walks to the right", {"cat: rest > right", "dog: rest > right"}),
        ("a lamp stands on a desk, in front of that a vase", {"vase front lamp"}),
        ("a queen on a throne and below her a jester", {"jester below queen"}),
        ("Mum pushes a pram and Dad walks behind her", {"dad follows mum"}),
        ("an owl sits on a branch, two more fly to the right", {"owl still", "owl-2: right"}),
        ("Tram 1 goes left. Tram 2 goes right.", {"tram: left", "tram-2: right"}),
        ("Three cubes. Cube 2 slides to the left.", {"cube-2: left"}),
    ],
)
def test_what_was_told_of_is_found_again(prompt: str, promises: set[str]) -> None:
    reading = read(prompt)
    assert promises <= told(reading)
    assert not reading.unread


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("lamp left, lamp right", {"count 2 lamp", "lamp at left", "lamp-2 at right"}),
        ("Cat left of the bowl. Cat right of the bowl.", {"count 2 cat", "cat left bowl", "cat-2 right bowl"}),
        ("a boy runs from the tree at left to the tree at right", {"count 2 tree", "boy: away from tree > to tree-2"}),
        ("Ball left. Ball right.", {"count 1 ball"}),
        ("a cat on the left, a dog on the right, the cat walks to the right", {"count 1 cat"}),
    ],
)
def test_two_places_at_once_are_two_things(prompt: str, promises: set[str]) -> None:
    assert promises <= told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "nouns"),
    [
        ("two race cars drive to the left", ["race car"]),
        ("three drops fall", ["drop"]),
        ("the farmer's tractor drives to the left", ["tractor"]),
        ("a kite and a girl's balloon rise", ["kite", "balloon"]),
        ("the witch's owner sleeps", ["witch", "owner"]),
        ("a fish bowl, a fish swims in circles", ["fish bowl", "fish"]),
    ],
)
def test_what_is_counted_or_owned_is_the_thing_itself(prompt: str, nouns: list[str]) -> None:
    assert [thing.noun for thing in read(prompt).things] == nouns


@pytest.mark.parametrize(
    ("prompt", "tie"),
    [
        ("to the fridge's left a cat", "cat left fridge"),
        ("a hen stands on the barn's right side", "hen right barn"),
        ("a star top right, a moon bottom left", "star at top right"),
        ("a ball travels, upper left to lower right", "ball: from at top left > at bottom right"),
        ("two men walk to the left, a dog running ahead of them", "man follows dog"),
        ("a cat with a kitten in her mouth walks to the left", "kitten with cat"),
        ("a fox, a hen in its jaws, runs to the left", "hen with fox"),
        ("zoom in on a nest with 4 eggs in it", "egg inside nest"),
        ("a dog walks past a bench where a girl sits", "girl on bench"),
        ("a man and a woman walk next to each other", "woman near man"),
        ("a house, a dog runs to the left", "dog: left"),
        ("a cat sleeps in the shade of an oak", "cat below oak"),
        ("the ball's path: from the left to the right", "ball: from at left > at right"),
        ("a fox steals up to the hens", "fox: up > to hen"),
        ("a floor lamp, and under it a cat is sleeping", "cat below floor-lamp"),
        ("Behind the tractor trots a foal.", "foal follows tractor"),
        ("behind the box sits a mouse", "mouse behind box"),
        ("a judge sleeps in the middle, the lawyer out to the left", "lawyer: at off left"),
        ("a monk walks to the left. A dog at his heels.", "dog follows monk"),
        ("a stool, a second stool at its side", "stool-2 near stool"),
        ("a ferry with a seagull on its mast sails to the left", "seagull with ferry"),
        ("five birds sit on a wire. Two of them fly to the right.", "bird-2: rest > right"),
    ],
)
def test_sides_and_bearers_are_read_from_what_stands_beside(prompt: str, tie: str) -> None:
    reading = read(prompt)
    assert tie in told(reading)
    assert not reading.unread


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("truck right past parked vans; a girl keeps going left", "pan right"),
        ("pedestal up alongside a statue", "pan up"),
        ("[cam: pan L] a seal swims in circles", "pan left"),
        ("truck-in on a snowman beside a shovel", "zoom in"),
        ("The camera falls with the parachute. A church below.", "follow parachute"),
        ("Pan left along with a monk.", "follow monk"),
    ],
)
def test_notes_on_the_camera_are_read(prompt: str, camera: str) -> None:
    move, _, way = camera.partition(" ")
    note = read(prompt).camera[0]
    assert note.move == move
    assert way in (note.heading, note.thing, "in" if note.sign > 0 else "out")


@pytest.mark.parametrize("prompt", ["a dog and 2 more", "three more", "a cat and a dog swap places with two more"])
def test_a_number_may_end_the_prompt(prompt: str) -> None:
    assert read(prompt).prompt == prompt
