"""Sizes that change as they should: who rides grows and shrinks with the mount, what the camera nears is in the middle."""

from __future__ import annotations

import pytest

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS, Object
from tests.agent.telling import told


def planned(prompt: str) -> DSS:
    """The built-in planner's plan, of which nothing is broken."""
    reading = read(prompt)
    dss = draft(reading)
    assert not [finding.message for finding in measure(reading, dss) if broken(finding)]
    return dss


def named(dss: DSS, name: str) -> Object:
    return next(item for item in dss.objects if item.id == name)


def growth(item: Object) -> float:
    return item.box_at(1).w / item.box_at(0).w


@pytest.mark.parametrize(
    ("prompt", "rider", "mount", "grows"),
    [
        ("a boy rides his bike towards us", "boy", "bike", True),
        ("a girl on a skateboard rolls away from us", "girl", "skateboard", False),
        ("a knight on a horse comes closer", "knight", "horse", True),
    ],
)
def test_riders_grow_and_shrink_with_what_they_ride(prompt: str, rider: str, mount: str, grows: bool) -> None:
    dss = planned(prompt)
    assert growth(named(dss, rider)) == pytest.approx(growth(named(dss, mount)), rel=0.05)
    assert (growth(named(dss, rider)) > 1.5) == grows


@pytest.mark.parametrize(
    ("prompt", "aim"),
    [
        ("the camera zooms in on a cupcake with a candle", "cupcake"),
        ("the camera slowly zooms in on a castle beside a tree", "castle"),
        ("zoom in on a castle", "castle"),
        ("a dog runs to the right, the camera zooms in on the cat", "cat"),
        ("as the camera slowly zooms in on a red barn, a horse trots past it", "barn"),
    ],
)
def test_what_the_camera_zooms_in_on_is_there_in_the_middle_and_grows(prompt: str, aim: str) -> None:
    item = named(planned(prompt), aim)
    assert item.box_at(0).cx == pytest.approx(0.5, abs=0.1)
    assert item.box_at(1).cx == pytest.approx(0.5, abs=0.1)
    assert growth(item) > 1.2


def test_stars_come_when_the_moon_has_risen() -> None:
    dss = planned("the moon rises, then stars appear")
    stars = [item for item in dss.objects if item.id.startswith("star")]
    assert len(stars) >= 2
    assert all(item.visible[0].start >= named(dss, "moon").path[-1].t for item in stars)
    assert "moon before star" in told(read("the moon rises, then stars appear"))
