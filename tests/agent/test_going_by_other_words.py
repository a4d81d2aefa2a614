"""Who goes though no verb of going says so: by the noise made on the way, let down, swept along, or shown from a side."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a tractor clatters along the lane to the right", "tractor: right"),
        ("an old bus puffs slowly up the hill to the left", "bus: left slow"),
        ("a goose flaps off to the right", "goose: right"),
        ("a bison thumps towards a fence", "bison: to fence"),
        ("honey trickles down", "honey: down"),
        ("a badger lumbers towards a bin", "badger: to bin"),
    ],
)
def test_who_makes_a_noise_on_the_way_goes_that_way(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


@pytest.mark.parametrize("prompt", ["a lion roars on a rock", "a kettle rattles on the left", "a parrot flaps in a cage"])
def test_who_makes_a_noise_where_it_is_goes_nowhere(prompt: str) -> None:
    assert not [line for line in told(read(prompt)) if "moves" in line or ": " in line]


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a gibbon swings its way from left to right", "gibbon: from at left > at right"),
        ("a knight fights his way to the castle", "knight: to castle"),
        ("a spider lets itself down", "spider: down"),
        ("a wasp takes to the air", "wasp: up"),
        ("a donkey backs away to the left", "donkey: left"),
        ("a raft is swept to the right", "raft: right"),
    ],
)
def test_ways_are_told_in_idioms(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a fox shows up from the right", "fox: from at off right > left"),
        ("a boat appears from the left edge and stops in the middle", "boat: from at off left > right > at middle > rest"),
        ("a goat comes from the left", "goat: from at off left > right"),
    ],
)
def test_who_comes_from_a_side_was_not_in_the_picture(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a hare runs left and leaves the picture", "hare: left > at off left"),
        ("a rocket goes straight up, then exits the frame", "rocket: up > at off top"),
        ("a cat walks to the right edge, then leaves", "cat: at right > at off right"),
    ],
)
def test_who_leaves_by_no_side_goes_on_the_way_that_it_went(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a skier goes downhill", "skier: down"),
        ("a cart rolls uphill to the right", "cart: up-right"),
        ("a yacht, bound for the right edge, passes a buoy", "yacht: at right"),
        ("a whale surfaces", "whale: up"),
    ],
)
def test_words_for_a_direction_are_read(prompt: str, promised: str) -> None:
    assert promised in told(read(prompt))


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("an ox barges off to the left", {"ox: left"}),
        ("a fox, brown, inching leftwards", {"fox: left"}),
        ("a lone goat bowls along to the right", {"goat: right"}),
        ("two geese troop off to the left", {"goose: left"}),
        ("a cart wheels to the left, stops, and wheels back to the right", {"cart: left > rest > right"}),
        ("a boy tears around a tent", {"boy: circle about tent"}),
        ("a lamp is circled by moths", {"moth: circle about lamp"}),
        ("two dogs describe circles around a lamp", {"dog: circle about lamp"}),
        ("a vulture wheels above a hill", {"vulture: circle"}),
        ("a unicorn trots off over the horizon", {"unicorn: away"}),
        ("a ship sails out to sea", {"ship: away"}),
        ("a mech strides straight out at the reader", {"mech: towards"}),
        ("a bus comes from far off until it fills the view", {"bus: towards"}),
        ("a dog runs up to the lens", {"dog: towards"}),
        ("a van moves right. So does the tram.", {"van: right", "tram: right"}),
        ("a plough goes rightward, then a van, the same way", {"plough: right", "van: right"}),
        ("a hawk flits through from the left to the right", {"hawk: from at off left > at off right"}),
        ("a swan flies up to the left", {"swan: up-left"}),
        ("a swan flees upwards to the right", {"swan: up-right"}),
        ("an elephant is led on from the left", {"elephant: from at off left > right"}),
        ("a stork alights on a chimney, coming in from the upper edge", {"stork: from at off top > on chimney"}),
        ("a snail that cannot decide: left, right, left", {"snail: left > right > left"}),
    ],
)
def test_ways_told_by_other_words_still_are_read(prompt: str, promises: set[str]) -> None:
    assert promises <= told(read(prompt)), told(read(prompt))


@pytest.mark.parametrize("prompt", ["three wheels to the left of a barn", "two river barges to the right of a pier"])
def test_what_is_a_thing_there_goes_nowhere(prompt: str) -> None:
    assert not any(line.endswith(("left", "right", "moves")) and ":" in line for line in told(read(prompt)))
