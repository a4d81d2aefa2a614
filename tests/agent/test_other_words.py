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


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("there is a fish in the water and a shark comes from the right", ["shark: from at off right > left"], []),
        ("there's a ball and a cube rolls left", ["cube: left"], ["ball: left"]),
        ("there is a dog and a cat running left", ["dog: left", "cat: left"], []),
    ],
)
def test_what_is_there_does_not_do_what_one_alone_does(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines
    assert "fish: from at right > left" not in lines


@pytest.mark.parametrize(
    ("prompt", "nouns"),
    [
        ("theres a dog and hes walking left", ["dog"]),
        ("lets have a submarine go down", ["submarine"]),
        ("a cat wont move", ["cat"]),
    ],
)
def test_two_words_may_be_written_as_one(prompt: str, nouns: list[str]) -> None:
    assert [thing.noun for thing in read(prompt).things] == nouns


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("first there is a seed. then a sprout. finally a flower", ["seed before sprout", "sprout before flower"]),
        ("start: a seed. middle: a sprout. end: a flower", ["seed before sprout", "sprout before flower"]),
        ("shot 1: an egg on a nest. shot 2: a chick stands there", ["egg before chick"]),
        ("key 1: ball at top. key 2: ball at bottom", ["ball: from at top > at bottom"]),
        ("frame 1: sun low on the left. last frame: sun high on the right", ["sun: from at bottom left > at top right"]),
        ("setting: a library. a boy walks left", ["setting a library"]),
    ],
)
def test_parts_of_a_storyboard_come_one_after_another(prompt: str, promised: list[str]) -> None:
    assert set(promised) <= set(told(read(prompt)))


def test_of_two_that_take_turns_neither_is_the_first() -> None:
    lines = told(read("panel 1: a boy runs right. panel 2: a balloon floats up. panel 3: the boy walks left"))
    assert "boy before balloon" in lines
    assert "balloon before boy" not in lines


def test_who_was_there_first_and_stays_does_not_come_last() -> None:
    lines = told(read("panel 1: a boy waves. panel 2: a balloon floats up. panel 3: the boy is alone"))
    assert "boy before balloon" in lines
    assert "balloon before boy" not in lines


def test_who_only_rests_at_first_does_not_come_first() -> None:
    lines = told(read("panel 1: a boy waves. panel 2: a balloon floats up. panel 3: the boy walks left"))
    assert "boy before balloon" not in lines
    assert "balloon before boy" in lines


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ('{"name": "boy", "position": "bottom left"}', ["count 1 boy", "boy at bottom left"]),
        ("[scene: cave] [object: bat, count: 6] [camera: zoom out]", ["count 6 bat", "setting cave", "camera zoom out"]),
        ('{"objects": ["a taxi"], "motion": "the taxi stops", "camera": "static"}', ["taxi: rest", "camera static"]),
        ("forklift enters R, exits L", ["forklift: from at off right > left > at off left"]),
        ("satellite, L to R", ["satellite: from at left > at right"]),
        ("penguin (left), igloo (right)", ["penguin at left", "igloo at right"]),
        ("a goat, left, walking right", ["goat: from at left > right"]),
    ],
)
def test_shorthand_is_read_as_sentences(prompt: str, promised: list[str]) -> None:
    assert set(promised) <= set(told(read(prompt)))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("two apples on a table, sorry, three apples", ["count 3 apple", "apple on table"]),
        ("a blue car, or rather a green one, comes in from the left", ["looks car green"]),
        ("put the moon top left, hmm, actually top right", ["moon at top right"]),
        ("a cat sits on the left, actually on the right", ["cat at right"]),
        ("I want four, no five ducks", ["count 5 duck"]),
        ("three birds, wait, four birds fly up", ["count 4 bird", "bird: up"]),
        ("a goldfish swims left, scratch that, it jumps to the right", ["goldfish: right"]),
    ],
)
def test_second_thoughts_take_the_place_of_the_first(prompt: str, promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not {"moon at top left", "cat at left", "goldfish: left"} & lines


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("the chest vanishes together with the thief", ["chest seen until sometime", "thief seen until sometime"], []),
        ("a ghost appears near a tree", ["ghost seen from sometime"], ["tree seen from sometime"]),
        ("the stars appear, seven of them", ["count 7 star"], []),
        ("a lamp stands on the left as the background turns blue", ["lamp at left"], ["lamp turns blue"]),
        ("camera panning left over a lake with an eagle flying right", ["camera pan left", "eagle: right"], []),
        ("a lamp falls. a cat walks left and the camera follows it", ["camera follow cat"], []),
    ],
)
def test_what_is_told_is_told_of_whom_it_is_about(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        (
            "four lanterns; the second one from the left goes dark",
            ["lantern-2 turns dark"],
            ["lantern-2: from at left > right"],
        ),
        (
            "a fish enters left, spins in the center, exits right",
            ["fish: from at off left > right > at middle > at off right"],
            [],
        ),
        ("two hikers climb a ridge from left to right", ["hiker: from at left > up > at right"], []),
        ("a crow drops a nut; it lands between two stones", ["nut between stone"], ["crow between stone"]),
        ("cars drive onto the ferry, three of them, then it departs to the left", ["ferry: at off left"], ["count 3 ferry"]),
        ("the penguin parade: ten penguins walk left", ["count 10 penguin"], []),
        ("a hand picks a letter up", ["letter with hand"], []),
        ("a car stops center stage", ["car: at middle > rest"], []),
        ("the sun is replaced by the moon", ["sun seen until sometime", "moon seen from sometime"], []),
        ("you could maybe do a squirrel on a fence? it runs to the left", ["squirrel: left"], []),
        ("seconds 0-3: a lamp. seconds 3-7: a moth flies left", ["moth: left [3s..7s]"], []),
        ("a dog runs left while the screen fades to black", ["dog: left"], ["dog turns black"]),
        ("a ball floats up from the bottom edge to the center", ["ball: from at bottom middle > up > at middle middle"], []),
        ("a cart is on the left. a man pushes it to the right", ["man: from at left > right"], ["cart at left"]),
        ("two gnomes stand there. one gnome walks off, then the other follows", ["gnome-1 follows gnome-2"], []),
        ("an ice cube shrinks until it has vanished", ["ice-cube shrinks", "ice-cube seen until sometime"], []),
        ("a dragon chases a knight but the knight hides behind a castle", ["knight: behind castle > rest"], ["knight still"]),
        ("a parrot flies left. it starts at 1s and ends at 3s", ["parrot: left [1s..3s]"], []),
        ("ten penguins walk in single file to the left", ["count 10 penguin"], ["count 1 file"]),
    ],
)
def test_what_strangers_say_is_understood(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines
