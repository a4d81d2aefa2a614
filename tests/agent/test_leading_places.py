"""Places that lead what is there, with no verb: "..., on the roof a cat"."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("on the table a lamp, next to the lamp a cat", {"lamp on table", "cat near lamp"}),
        ("a dog sits under a tree, on the tree a bird", {"dog below tree", "bird on tree"}),
        ("a car is parked in front of a house, behind the house a tree", {"car front house", "tree behind house"}),
        ("in front of the shop a van, on the roof of the shop a cat", {"van front shop", "cat on shop"}),
        ("a fox sits on a rock and next to it a hedgehog", {"fox on rock", "hedgehog near fox"}),
    ],
)
def test_a_place_that_leads_is_where_that_which_it_brings_in_is(prompt: str, promises: set[str]) -> None:
    reading = read(prompt)
    assert not reading.unread
    ties = {f"{p.thing} {p.relation} {p.other}" for p in reading.promises if p.kind == "relation"}
    assert ties == promises


def test_parts_of_the_frame_lead_as_well() -> None:
    reading = read("on the left a barn, on the right a tractor")
    assert {(p.thing, p.place.x) for p in reading.promises if p.kind == "position"} == {("barn", "left"), ("tractor", "right")}


def test_a_number_after_a_place_counts_what_follows() -> None:
    reading = read("a boat sails to the right, in the sky three birds")
    assert {(thing.noun, thing.count) for thing in reading.things} == {("boat", 1), ("bird", 3)}


def test_next_is_no_order_where_it_is_a_place() -> None:
    assert not any(p.kind == "sequence" for p in read("a cat sits on a chair and next to it a dog").promises)
    assert any(p.kind == "sequence" for p in read("a cat sits on a chair, next a dog comes in from the left").promises)


@pytest.mark.parametrize(
    "whose", ["a shepherd walks to the left with his collie at his heels", "a boy with a collie on his tail"]
)
def test_who_is_at_the_heels_follows(whose: str) -> None:
    assert [p.thing for p in read(whose).promises if p.kind == "following"] == ["collie"]


def test_what_leaves_left_is_no_leaf() -> None:
    assert [thing.noun for thing in read("tram leaves left; afterwards a cyclist enters right").things] == ["tram", "cyclist"]
    assert [thing.noun for thing in read("autumn leaves fall, a cat sits on the left").things] == ["autumn leaf", "cat"]


def test_a_word_between_two_things_is_no_third() -> None:
    reading = read("the shark rams the cage")
    assert [thing.noun for thing in reading.things] == ["shark", "cage"]
    assert reading.unread
