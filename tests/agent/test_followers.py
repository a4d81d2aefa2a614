"""Who follows, passes, circles and leaves: what stands beside a subject is not its goal, and the edge is where one goes out."""

from __future__ import annotations

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promises"),
    [
        ("a knight on a horse approaches a castle", ["horse: to castle", "knight with horse"]),
        ("a man in a canoe passes a swan", ["canoe passes swan", "man with canoe"]),
        ("a nurse on a bicycle follows a jogger", ["bicycle follows jogger", "nurse with bicycle"]),
        ("a girl on a scooter leaves to the right", ["girl with scooter", "scooter: at off right"]),
        ("a man with a dog passes a house", ["man near dog", "man passes house"]),
        ("a boy next to a tree throws a ball", ["ball: away from boy", "boy near tree"]),
        ("a shark swims around two boats", ["shark: circle about boat"]),
        ("a bee flies slowly around five flowers", ["bee: circle about flower slow"]),
        ("a dog runs around while a cat sleeps", ["cat still", "dog: wander"]),
        ("around five birds fly to the left", ["bird: left"]),
        ("a kite drifts up and out of the picture", ["kite: at off top"]),
        ("a stone sinks out of sight", ["stone: at off bottom"]),
        ("a fish disappears at the bottom", ["fish: at off bottom"]),
        ("a hawk passes far behind a windmill", ["hawk behind windmill", "hawk moves", "hawk passes windmill"]),
        ("a van backs away from a dog", ["van: away from dog"]),
        ("a lorry backs up", ["lorry moves"]),
        ("four goats graze", ["goat still"]),
        ("a horse is eating hay", ["horse still"]),
        ("a deer grazes, then runs to the right", ["deer: rest > right"]),
        ("a boy runs to a bench where there is a dog", ["boy: to bench", "dog near bench"]),
        ("a fox runs to a house where a hen runs to the left", ["fox: to house", "hen: left"]),
    ],
)
def test_who_goes_where_is_read_in_full_and_planned(prompt: str, promises: list[str]) -> None:
    reading = read(prompt)
    assert not reading.unread
    assert sorted(line for line in told(reading) if not line.startswith(("count", "looks", "setting"))) == promises
    assert not [finding.message for finding in measure(reading, draft(reading)) if broken(finding)]


def test_a_road_at_the_camera_s_end_is_scenery() -> None:
    assert "setting a forest road" in told(read("a bus drives towards the camera on a forest road"))


def test_where_a_follower_is_stays_unread_rather_than_becoming_its_goal() -> None:
    reading = read("a cat under a table chases a mouse")
    assert reading.unread == ("under a table",)
    assert "cat follows mouse" in told(reading)


@pytest.mark.parametrize(
    ("prompt", "goer", "n"), [("a dog runs around three sheep", "dog", 3), ("a boy walks around two cows", "boy", 2)]
)
def test_who_goes_round_several_has_them_all_inside_the_ring(prompt: str, goer: str, n: int) -> None:
    dss = draft(read(prompt))
    ring = next(item for item in dss.objects if item.id == goer)
    inside = [item.box_at(0).cx for item in dss.objects if item.id != goer]
    ways = [key.box.cx for key in ring.path]
    assert len(inside) == n
    assert min(ways) < min(inside)
    assert max(ways) > max(inside)
