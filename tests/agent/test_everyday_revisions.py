"""What people ask of a plan in everyday words, by the rules alone."""

from __future__ import annotations

import math

import pytest

from flowzero.agent.edits import apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.revising import instruct
from flowzero.dss import DSS


@pytest.fixture(scope="module")
def plan() -> DSS:
    return draft(read("a red ball rolls from the left to the right across a meadow while a dog sits on the right"))


def revise(plan: DSS, instruction: str) -> DSS:
    """The plan after an instruction of which nothing is left unread."""
    edits, left = instruct(instruction, plan)
    assert not left
    return apply(plan, list(edits))


@pytest.mark.parametrize(
    ("instruction", "turn"),
    [
        ("let the ball roll back at the end", 0.7),
        ("let the ball come back", 0.5),
        ("the ball should return", 0.5),
        ("make the ball go back to where it started", 0.5),
    ],
)
def test_who_shall_come_back_goes_its_way_and_back(plan: DSS, instruction: str, turn: float) -> None:
    before, after = plan.object("ball"), revise(plan, instruction).object("ball")
    assert after.box_at(0) == after.box_at(1) == before.box_at(0)
    assert after.box_at(turn) == before.box_at(1)
    assert revise(plan, instruction).object("dog") == plan.object("dog")


def test_back_to_a_side_is_no_way_back(plan: DSS) -> None:
    ball = revise(plan, "make the ball go back to the left").object("ball")
    assert ball.box_at(1).cx < ball.box_at(0).cx


@pytest.mark.parametrize(("instruction", "dogs"), [("add two more dogs", 3), ("there should be five dogs", 5)])
def test_more_of_what_stands_still_stand_beside_it(plan: DSS, instruction: str, dogs: int) -> None:
    boxes = [item.box_at(0) for item in revise(plan, instruction).objects if item.id.startswith("dog")]
    assert len(boxes) == dogs
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
    assert all(math.hypot(a.cx - b.cx, a.cy - b.cy) > 0.3 * a.w for a, b in pairs)


@pytest.mark.parametrize(
    ("instruction", "factor"), [("make the whole thing twice as long", 2), ("make the entire video half as long", 0.5)]
)
def test_the_whole_thing_is_the_video(plan: DSS, instruction: str, factor: float) -> None:
    assert revise(plan, instruction).seconds == factor * plan.seconds


@pytest.mark.parametrize("instruction", ["follow the ball with the camera", "let the camera follow the ball"])
def test_the_camera_follows(plan: DSS, instruction: str) -> None:
    (motion,) = revise(plan, instruction).background
    assert motion.direction == "left"
    assert motion.speed > 0


@pytest.mark.parametrize(
    ("instruction", "bigger"),
    [("let the ball shrink", False), ("the ball grows on the way", True), ("let the ball grow in the second half", True)],
)
def test_what_grows_or_shrinks_goes_on_its_way(plan: DSS, instruction: str, bigger: bool) -> None:
    before, after = plan.object("ball"), revise(plan, instruction).object("ball")
    assert after.box_at(0) == before.box_at(0)
    assert after.box_at(1).cx > 0.7
    assert (after.box_at(1).h > 1.5 * before.box_at(1).h) if bigger else (after.box_at(1).h < 0.7 * before.box_at(1).h)
    assert after.box_at(1).y + after.box_at(1).h == pytest.approx(before.box_at(1).y + before.box_at(1).h, abs=0.03)
    assert after.box_at(1).inside() > 0.999


def test_what_passes_through_can_shrink_under_a_camera_that_zooms() -> None:
    through = draft(read("four balls come in at the top and leave at the bottom, the camera zooms out"))
    shrunk = revise(through, "let the balls shrink")
    for before, after in zip(through.objects, shrunk.objects, strict=True):
        assert after.path[0] == before.path[0]
        assert after.path[-1].box.h < 0.7 * before.path[-1].box.h
