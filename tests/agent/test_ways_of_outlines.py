"""Outlines whose first plan keeps every promise, and the look of some of the ways; plain prompts of the same kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from tests.agent.telling import told

_KEPT = [
    [{"is": "a flame", "do": ["far"]}, {"is": "a boy", "rel": "follows", "of": 1}, {"is": "a lamp", "rel": "rides", "of": 2}],
    [{"is": "a toddler", "do": ["near"]}, {"is": "a grandpa", "rel": "follows", "of": 1}],
    [{"is": "a wasp", "do": ["out top"]}, {"is": "a bee", "rel": "meets", "of": 1}, {"is": "a cake", "rel": "below", "of": 2}],
    [{"is": "a green ball", "at": "left"}, {"is": "a blue ball", "at": "right", "rel": "meets", "of": 1}],
    [{"is": "a hearse", "do": ["rest"]}, {"is": "a wedding car", "do": ["left"], "rel": "meets", "of": 1}],
    [{"is": "a hearse", "do": ["go", "rest"], "rel": "meets", "of": 2}, {"is": "a coach", "do": ["go", "rest"]}],
    [{"is": "a stray dog", "rel": "on", "of": 3}, {"is": "a cat", "rel": "meets", "of": 1}, {"is": "a narrow wall"}],
    [{"is": "an apple", "do": ["down", "left"], "rel": "from", "of": 2}, {"is": "a tree"}],
    [{"is": "a dove", "do": ["right", "down"], "rel": "to", "of": 2}, {"is": "a walrus"}],
    [{"is": "a letter", "do": ["right", "rest"], "rel": "to", "of": 2}, {"is": "a guitar player"}],
    [{"is": "a bumblebee", "do": ["go", "up"], "rel": "to", "of": 2}, {"is": "a foxglove"}],
    [{"is": "a knight", "rel": "rides", "of": 2}, {"is": "a horse", "do": ["far"], "rel": "to", "of": 3}, {"is": "a castle"}],
    [{"is": "a thief", "do": ["at right"], "rel": "to", "of": 2}, {"is": "a bust", "at": "middle"}],
    [{"is": "a bat", "n": 0, "do": ["left"], "rel": "from", "of": 2}, {"is": "a belfry"}],
    [{"is": "a nest"}, {"is": "a mother bird", "do": ["in right", "rest"], "rel": "on", "of": 1}],
    [{"is": "a bus", "do": ["in left", "rest"]}, {"is": "a wolf", "do": ["rest"]}],
    [{"is": "a swan", "do": ["right"]}, {"is": "a swan", "do": ["rest", "go"], "rel": "follows", "of": 1}],
    [{"is": "a runner", "n": 12, "rel": "past", "of": 2}, {"is": "a grey statue"}],
    [{"is": "a big ring"}, {"is": "a small ring", "rel": "past", "of": 1, "size": "grows"}],
    [
        {"is": "a traffic light", "turns": "a green traffic light"},
        {"is": "a scooter", "do": ["right"], "rel": "after", "of": 1},
    ],
    [{"is": "a raft"}, {"is": "a raft", "rel": "parts from", "of": 1}],
    [{"is": "a frog", "at": "left", "rel": "on", "of": 2}, {"is": "a stone"}],
    [{"is": "a pram", "do": ["down right"]}, {"is": "a sailor", "n": 3, "rel": "follows", "of": 1}],
]


def planned(things: list[dict[str, Any]], **more: str) -> DSS:
    """The first plan of an outline, of which nothing is broken."""
    reading = reading_of(Outline.model_validate({"all": things, **more}), "told by an outline")
    dss = draft(reading)
    assert [finding.message for finding in measure(reading, dss) if broken(finding)] == []
    return dss


@pytest.mark.parametrize("things", _KEPT, ids=json.dumps)
def test_the_first_plan_keeps_every_promise(things: list[dict[str, Any]]) -> None:
    planned(things)


def test_who_follows_into_the_distance_gets_smaller_and_is_nearer_than_the_leader() -> None:
    leader, dog = planned([{"is": "a girl", "do": ["far"]}, {"is": "a terrier", "rel": "follows", "of": 1}]).objects
    assert dog.box_at(1).w < 0.6 * dog.box_at(0).w
    for t in (0.0, 0.5, 1.0):
        a, b = leader.box_at(t), dog.box_at(t)
        assert b.y + b.h >= a.y + a.h


def test_what_falls_from_a_thing_begins_up_at_it_and_lands_beside_it() -> None:
    apple, tree = planned([{"is": "an apple", "do": ["down"], "rel": "from", "of": 2}, {"is": "a tree"}]).objects
    begun, ended, by = apple.box_at(0), apple.box_at(1), tree.box_at(0)
    assert by.x < begun.cx < by.x + by.w
    assert begun.cy < by.cy < ended.cy
    assert abs(ended.cx - by.cx) > by.w / 2


def test_a_camera_that_follows_one_past_another_lets_that_one_slide_by() -> None:
    things = [{"is": "a robot", "do": ["left"], "rel": "past", "of": 2}, {"is": "a table"}]
    robot, table = planned(things, cam="follow 1").objects
    assert abs(robot.box_at(1).cx - robot.box_at(0).cx) < 0.4
    assert table.box_at(1).cx - table.box_at(0).cx > 0.2


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a bus drives out of a tunnel", {"bus: from inside tunnel > away from tunnel"}),
        ("a fox runs down a hill towards a village", {"fox: down > to village"}),
        ("a whale floats without moving", {"whale still"}),
        ("a penguin stands frozen on the left", {"penguin still", "penguin at left"}),
        ("a drummer marches on the spot in the middle", {"drummer still", "drummer at middle"}),
        ("an acrobat walks along a tightrope to the right", {"acrobat on tightrope", "acrobat: right"}),
        ("a camel walks away down a street", {"camel: away", "setting a street"}),
        ("a caravan plods away into the desert", {"caravan: away", "setting the desert"}),
        ("a lantern hangs in the top left of a dark room", {"lantern at top left", "setting dark room"}),
        (
            "two kites above the dunes, one yellow and one blue",
            {"looks kite-1 yellow", "looks kite-2 blue", "setting the dunes"},
        ),
        ("a green ball on the left and a blue ball on the right roll toward each other", {"ball meets ball-2", "ball at left"}),
        ("a parcel falls while a fox on the left and a hen on the right walk toward each other", {"fox meets hen"}),
        ("a jellyfish pulsing up and down", {"jellyfish: up-down"}),
    ],
)
def test_plain_prompts_promise_this(prompt: str, promised: set[str]) -> None:
    assert promised <= told(read(prompt))
