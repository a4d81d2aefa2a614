"""Who gets into what then goes off has gone into it first, and it goes."""

from __future__ import annotations

import pytest

from flowzero.agent.promises import Carries
from flowzero.agent.reading import read
from tests.agent.planning import named, planned


@pytest.mark.parametrize(
    ("prompt", "who", "vehicle", "way"),
    [
        ("a nurse gets into an ambulance and drives off to the right", "nurse", "ambulance", (1, 0)),
        ("two pilots board a plane and it takes off", "pilot-1", "plane", (0, -1)),
        ("a bus waits at a bench, an old man gets in and the bus leaves to the left", "man", "bus", (-1, 0)),
        ("an astronaut walks up to a rocket, climbs in, and the rocket lifts off", "astronaut", "rocket", (0, -1)),
    ],
)
def test_who_gets_in_is_gone_before_it_sets_off(prompt: str, who: str, vehicle: str, way: tuple[int, int]) -> None:
    dss = planned(prompt)
    rider, ridden = named(dss, who), named(dss, vehicle)
    assert rider.visible[0].start == 0
    assert rider.visible[-1].end <= 0.5
    begun, ended = ridden.box_at(0), ridden.box_at(1)
    moved = (ended.cx - begun.cx, ended.cy - begun.cy)
    assert all(step * sign > 0.1 for step, sign in zip(moved, way, strict=True) if sign)
    halfway = ridden.box_at(0.45)
    assert (halfway.cx, halfway.cy) == pytest.approx((begun.cx, begun.cy), abs=0.02)


@pytest.mark.parametrize(
    ("prompt", "who", "mount"),
    [
        ("a fisherman climbs into a canoe and paddles away to the left", "fisherman", "canoe"),
        ("a postman hops onto his bike and rides off to the right", "postman", "bike"),
    ],
)
def test_who_gets_onto_what_is_open_is_seen_on_it_all_the_way(prompt: str, who: str, mount: str) -> None:
    assert Carries(thing=who, other=mount, how="ridden") in read(prompt).promises
    dss = planned(prompt)
    assert abs(named(dss, who).box_at(1).cx - named(dss, mount).box_at(1).cx) < 0.05


@pytest.mark.parametrize("prompt", ["a frog jumps into a basket", "a dog jumps into a car"])
def test_nobody_else_is_gone(prompt: str) -> None:
    dss = planned(prompt)
    assert all(item.visible[-1].end == 1 for item in dss.objects)
