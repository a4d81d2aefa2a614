"""What goes up or down a hill goes along its slope; who looks from above, and what only flies overhead."""

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.viewpoint import view_of


def ends(prompt: str, thing: str):
    """The first and the last box of a thing."""
    path = draft(read(prompt)).object(thing).path
    return path[0].box, path[-1].box


@pytest.mark.parametrize(
    ("prompt", "thing", "sideways", "upwards"),
    [
        ("a tractor drives up a hill", "tractor", 1, 1),
        ("a skier slides down the mountain to the left", "skier", -1, -1),
        ("a pumpkin rolls down a slope", "pumpkin", 1, -1),
        ("a nurse climbs the dune", "nurse", 1, 1),
        ("two monks push a red cart up a hill", "cart", 1, 1),
        ("a mule pulls a wagon down the hillside", "mule", 1, -1),
        ("a girl rides a scooter up the hillside", "scooter", 1, 1),
    ],
)
def test_a_slope_leads_sideways_and_not_into_the_sky(prompt: str, thing: str, sideways: int, upwards: int) -> None:
    first, last = ends(prompt, thing)
    assert sideways * (last.cx - first.cx) > 0.15
    assert upwards * (first.cy - last.cy) > 0.15
    assert min(first.y + first.h, last.y + last.h) > 0.5


def test_what_flies_or_has_no_slope_goes_straight_up() -> None:
    told = [("an owl flies up over a mountain", "owl"), ("a rocket rises in a desert", "rocket")]
    for prompt, thing in (*told, ("a balloon rises in front of the mountains", "balloon")):
        first, last = ends(prompt, thing)
        assert first.cx == pytest.approx(last.cx, abs=0.02) and last.cy < first.cy - 0.2


def test_what_falls_on_a_hill_falls_as_anywhere() -> None:
    first, last = ends("a pear falls on a hill", "pear")
    assert first.cx == pytest.approx(last.cx, abs=0.02) and last.cy > first.cy + 0.2


def test_whoever_pushes_up_a_hill_stays_at_what_they_push() -> None:
    dss = draft(read("a boy pushes a barrel up a hill"))
    for frame in dss.frames():
        boxes = {one.id: one.box for one in frame.objects}
        assert boxes["boy"].cx < boxes["barrel"].cx
        assert abs(boxes["boy"].y + boxes["boy"].h - boxes["barrel"].y - boxes["barrel"].h) < 0.12


@pytest.mark.parametrize(
    "prompt",
    [
        "a top-down view of a maze in which a mouse runs to the right",
        "overhead shot of a taxi that drives to the left",
        "aerial drone footage: two boats pass each other",
        "a bird\u2019s-eye view of a tractor",
        "seen from directly above, a frog hops to the left",
        "the camera looks at a duck from above, the camera from straight above",
    ],
)
def test_who_looks_from_above(prompt: str) -> None:
    assert view_of(prompt) == "top"


@pytest.mark.parametrize(
    "prompt",
    [
        "a vulture glides overhead to the left, a camel walks to the right",
        "an aerial acrobat swings above a clown",
        "a lamp hangs overhead",
        "an apple falls from above",
    ],
)
def test_what_is_overhead_is_seen_from_the_side(prompt: str) -> None:
    assert view_of(prompt) == "side"


@pytest.mark.parametrize(
    "prompt",
    [
        "two camels walk to the right while a vulture glides overhead to the left",
        "a camel walks to the right. Overhead, a vulture glides to the left",
        "a camel sleeps while overhead a vulture circles",
    ],
)
def test_who_is_overhead_is_above_the_others_and_told(prompt: str) -> None:
    reading = read(prompt)
    assert not reading.unread
    for frame in draft(reading).frames():
        vulture = next(one.box for one in frame.objects if one.id == "vulture")
        assert all(vulture.cy < one.box.cy for one in frame.objects if one.id.startswith("camel"))
