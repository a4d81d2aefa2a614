from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.agent.constraints import broken, confidence, measure
from flowzero.agent.measures.motion import _about
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.tracks import Tracks
from flowzero.dss import DSS, BackgroundMotion, Object, Scene, Span, State
from flowzero.plan import Finding
from tests.agent.planning import faults, plan, scaled, seen, thing
from tests.test_dss import plans

BALL = "a red ball"
RIGHT, LEFT = ((0.2, 0.7), (0.8, 0.7)), ((0.8, 0.7), (0.2, 0.7))


def pan(direction: str, speed: float = 0.2) -> dict[str, tuple[BackgroundMotion, ...]]:
    return {"background": (BackgroundMotion.model_validate({"direction": direction, "speed": speed}),)}


def turning(*states: tuple[float, str], phrase: str = "a green leaf") -> Object:
    item = thing("leaf", phrase, (0.5, 0.7))
    return Object(**{**dict(item), "states": tuple(State(start=start, phrase=after) for start, after in states)})


KEPT = [
    plan("two dogs", thing("dog-1", "a dog", (0.3, 0.7)), thing("dog-2", "a dog", (0.7, 0.7))),
    plan("a red ball rolls from the left to the right", thing("ball", BALL, *RIGHT)),
    plan("a ball rolls left", thing("ball", "a ball", *LEFT)),
    plan("a crimson ball", thing("ball", BALL, (0.5, 0.7))),
    plan("a ball rolls left, then right, then left", thing("ball", "a ball", (0.8, 0.7), (0.3, 0.7), (0.8, 0.7), (0.3, 0.7))),
    plan(
        "a ball is first on the left, then in the middle, then on the right",
        thing("ball", "a ball", (0.15, 0.5), (0.5, 0.5), (0.85, 0.5)),
    ),
    plan("a balloon rises", thing("balloon", "a balloon", (0.5, 0.8), (0.5, 0.2))),
    plan("a bird flies to the upper right", thing("bird", "a bird", (0.2, 0.8), (0.8, 0.2))),
    plan("a bee flies in a circle", thing("bee", "a bee", (0.3, 0.5), (0.5, 0.3), (0.7, 0.5), (0.5, 0.7), (0.3, 0.5))),
    plan("a ball bounces", thing("ball", "a ball", (0.5, 0.8), (0.5, 0.4), (0.5, 0.8), (0.5, 0.4), (0.5, 0.8))),
    plan("a kite zigzags", thing("kite", "a kite", (0.2, 0.5), (0.35, 0.3), (0.5, 0.5), (0.65, 0.3), (0.8, 0.5))),
    plan("a dog runs towards the camera", scaled("dog", "a dog", 0.5, 0.6, 0.2, 0.5)),
    plan("a balloon grows", scaled("balloon", "a balloon", 0.5, 0.5, 0.2, 0.4)),
    plan("a cat appears only in the second half", thing("cat", "a cat", (0.5, 0.7), **seen(0.5, 1))),
    plan("a cat disappears halfway through", thing("cat", "a cat", (0.5, 0.7), **seen(0, 0.5))),
    plan("a cat to the left of a dog", thing("cat", "a cat", (0.3, 0.7)), thing("dog", "a dog", (0.7, 0.7))),
    plan("a car overtakes a bus", thing("car", "a car", (0.1, 0.8), (0.9, 0.8)), thing("bus", "a bus", (0.4, 0.6), (0.6, 0.6))),
    plan("a lamp above a table", thing("lamp", "a lamp", (0.5, 0.3)), thing("table", "a table", (0.5, 0.7))),
    plan(
        "a fish in a bowl", thing("fish", "a fish", (0.5, 0.6), w=0.1, h=0.1), thing("bowl", "a bowl", (0.5, 0.6), w=0.4, h=0.4)
    ),
    plan(
        "a girl in front of a house",
        thing("girl", "a girl", (0.5, 0.7), depth=1),
        thing("house", "a house", (0.5, 0.6), w=0.5, h=0.5),
    ),
    plan(
        "a cup between two plates",
        thing("cup", "a cup", (0.5, 0.7)),
        thing("plate-1", "a plate", (0.2, 0.7)),
        thing("plate-2", "a plate", (0.8, 0.7)),
    ),
    plan("a cat on the left", thing("cat", "a cat", (0.2, 0.7))),
    plan("a green leaf turns red", turning((0.5, "a red leaf"))),
    plan("a parked car", thing("car", "a car", (0.5, 0.7))),
    plan("a parked car while the camera pans left", thing("car", "a car", (0.3, 0.7), (0.69, 0.7)), **pan("right", 0.21)),
    plan("the camera pans left over a meadow", setting="a meadow", **pan("right")),
    plan("the camera zooms in on a cat", thing("cat", "a cat", (0.5, 0.6)), background=(BackgroundMotion(zoom=0.3),)),
    plan("a static shot of a cat", thing("cat", "a cat", (0.5, 0.6))),
    plan("a dog is bigger than a cat", thing("dog", "a dog", (0.3, 0.6), w=0.4, h=0.4), thing("cat", "a cat", (0.7, 0.7))),
    plan(
        "a hare is faster than a snail",
        thing("hare", "a hare", (0.1, 0.7), (0.9, 0.7)),
        thing("snail", "a snail", (0.4, 0.4), (0.5, 0.4)),
    ),
    plan("a dog chases a cat", thing("dog", "a dog", (0.1, 0.7), (0.5, 0.7)), thing("cat", "a cat", (0.4, 0.7), (0.9, 0.7))),
    plan(
        "a car passes a tree",
        thing("car", "a car", (0.1, 0.75), (0.9, 0.75)),
        thing("tree", "a tree", (0.5, 0.6), w=0.3, h=0.5),
    ),
    plan(
        "two cars drive towards each other",
        thing("car-1", "a car", (0.1, 0.7), (0.38, 0.7)),
        thing("car-2", "a car", (0.9, 0.7), (0.62, 0.7)),
    ),
]

BROKEN = [
    ("count", plan("two dogs", thing("dog-1", "a dog", (0.3, 0.7)))),
    ("count", plan("a dog", thing("dog-1", "a dog", (0.3, 0.7)), thing("dog-2", "a dog", (0.7, 0.7)))),
    ("count", plan("a dog", thing("dog", "a wheelbarrow", (0.3, 0.7)))),
    ("count", plan("a dog", thing("dog", "a dog", (0.3, 0.7), **seen(0, 0.6)))),
    ("attribute", plan(BALL, thing("ball", "a blue ball", (0.5, 0.7)))),
    ("direction", plan("a red ball rolls from the left to the right", thing("ball", BALL, *LEFT))),
    ("direction", plan("a red ball rolls from the left to the right", thing("ball", BALL, (0.5, 0.7)))),
    ("direction", plan("a ball rolls left", thing("ball", "a ball", (0.5, 0.9), (0.45, 0.1)))),
    ("order", plan("a ball rolls left, then right, then left", thing("ball", "a ball", *LEFT))),
    (
        "order",
        plan(
            "a ball is first on the left, then in the middle, then on the right",
            thing("ball", "a ball", (0.5, 0.5), (0.15, 0.5), (0.85, 0.5)),
        ),
    ),
    ("pattern", plan("a bee flies in a circle", thing("bee", "a bee", (0.2, 0.5), (0.8, 0.5)))),
    ("pattern", plan("a ball bounces", thing("ball", "a ball", *RIGHT))),
    ("direction", plan("a dog runs towards the camera", scaled("dog", "a dog", 0.5, 0.6, 0.5, 0.2))),
    ("growth", plan("a balloon grows", scaled("balloon", "a balloon", 0.5, 0.5, 0.4, 0.2))),
    ("appearance", plan("a cat appears only in the second half", thing("cat", "a cat", (0.5, 0.7)))),
    ("appearance", plan("a cat disappears halfway through", thing("cat", "a cat", (0.5, 0.7)))),
    ("relation", plan("a cat to the left of a dog", thing("cat", "a cat", (0.7, 0.7)), thing("dog", "a dog", (0.3, 0.7)))),
    (
        "relation",
        plan("a fish in a bowl", thing("fish", "a fish", (0.2, 0.6), w=0.1, h=0.1), thing("bowl", "a bowl", (0.7, 0.6))),
    ),
    (
        "relation",
        plan("a girl behind a house", thing("girl", "a girl", (0.5, 0.7), depth=1), thing("house", "a house", (0.5, 0.6))),
    ),
    ("position", plan("a cat on the left", thing("cat", "a cat", (0.8, 0.7)))),
    ("change", plan("a green leaf turns red", turning())),
    ("change", plan("a green leaf turns red", turning((0.5, "a green leaf"), phrase="a red leaf"))),
    ("still", plan("a parked car", thing("car", "a car", *RIGHT))),
    ("moves", plan("a dog runs", thing("dog", "a dog", (0.5, 0.7)))),
    ("camera", plan("the camera pans left over a meadow", setting="a meadow", **pan("left"))),
    ("camera", plan("a static shot of a cat", thing("cat", "a cat", (0.5, 0.6)), **pan("left"))),
    (
        "comparison",
        plan("a dog is bigger than a cat", thing("dog", "a dog", (0.3, 0.6)), thing("cat", "a cat", (0.7, 0.6), w=0.4, h=0.4)),
    ),
    (
        "following",
        plan(
            "a dog chases a cat", thing("dog", "a dog", (0.4, 0.7), (0.9, 0.7)), thing("cat", "a cat", (0.1, 0.7), (0.5, 0.7))
        ),
    ),
    (
        "passing",
        plan(
            "a car overtakes a bus",
            thing("car", "a car", (0.1, 0.8), (0.9, 0.8)),
            thing("bus", "a bus", (0.6, 0.6), (0.4, 0.6)),
        ),
    ),
    (
        "passing",
        plan("a car passes a tree", thing("car", "a car", (0.1, 0.7), (0.3, 0.7)), thing("tree", "a tree", (0.6, 0.6))),
    ),
    (
        "setting",
        plan(
            "a dog in a forest",
            thing("dog", "a dog", (0.5, 0.7)),
            setting="a beach",
            scenes=(Scene(start=0, description="a dog"),),
        ),
    ),
    (
        "teleporting",
        plan(
            "a dog",
            thing("dog", "a dog", (0.2, 0.7), (0.2, 0.7), (0.2, 0.7), (0.9, 0.7), (0.9, 0.7), (0.9, 0.7), motion="step"),
        ),
    ),
    ("constancy", plan("a dog", scaled("dog", "a dog", 0.5, 0.5, 0.2, 0.5))),
    ("ground", plan("a dog walks to the right", thing("dog", "a dog", (0.2, 0.1), (0.8, 0.1)))),
    ("overlap", plan("a dog and a cat", thing("dog", "a dog", (0.5, 0.7)), thing("cat", "a cat", (0.51, 0.7)))),
    ("framing", plan("a dog", thing("dog", "a dog", (0.5, 0.7), w=0.02, h=0.02))),
    ("unasked", plan("a dog", thing("dog", "a dog", (0.3, 0.7)), thing("ufo", "a flying saucer", (0.7, 0.3)))),
    (
        "description",
        plan("a dog", thing("dog", "a dog", (0.3, 0.7)), scenes=(Scene(start=0, description="a lonely lighthouse"),)),
    ),
]


@pytest.mark.parametrize("dss", KEPT, ids=[dss.prompt for dss in KEPT])
def test_a_plan_that_keeps_its_promises_is_found_whole(dss: DSS) -> None:
    assert {name: finding.message for name, finding in faults(dss).items()} == {}
    assert confidence(measure(read(dss.prompt), dss), 0.9) >= 0.9


@pytest.mark.parametrize(("constraint", "dss"), BROKEN, ids=[f"{name}: {dss.prompt}" for name, dss in BROKEN])
def test_a_plan_that_breaks_a_promise_is_found_out(constraint: str, dss: DSS) -> None:
    found = faults(dss)
    assert constraint in found, {name: finding.message for name, finding in found.items()}
    assert confidence(measure(read(dss.prompt), dss), 0.9) < 0.9
    message = found[constraint].message
    assert message.endswith(".")
    assert "\n" not in message
    assert set(found[constraint].ids) <= {item.id for item in dss.objects}


def test_findings_name_frames_of_the_plan() -> None:
    finding = faults(plan("a cat appears only in the second half", thing("cat", "a cat", (0.5, 0.7))))["appearance"]
    assert finding.frames
    assert set(finding.frames) <= set(range(8))
    assert finding.ids == ("cat",)


def test_twins_are_cast_so_that_most_promises_hold() -> None:
    prompt = "Two birds fly; one flies left and the other flies right."
    birds = thing("a", "a bird", (0.2, 0.3), (0.8, 0.3)), thing("b", "a bird", (0.8, 0.6), (0.2, 0.6))
    for order in (birds, birds[::-1]):
        assert faults(plan(prompt, *order)) == {}
    assert "direction" in faults(plan(prompt, birds[0], thing("b", "a bird", (0.2, 0.6), (0.8, 0.6))))


def test_attributes_bind_to_their_own_object() -> None:
    prompt = "a red ball rolls to the right and a blue ball rolls to the left"
    red, blue = thing("x", BALL, *RIGHT), thing("y", "a blue ball", (0.8, 0.3), (0.2, 0.3))
    assert faults(plan(prompt, blue, red)) == {}
    swapped = thing("x", "a blue ball", *RIGHT), thing("y", BALL, (0.8, 0.3), (0.2, 0.3))
    assert "direction" in faults(plan(prompt, *swapped))


def test_an_object_that_leaves_the_picture_is_not_missed_but_one_that_vanishes_is() -> None:
    leaves = thing("dog", "a dog", (0.2, 0.7), (0.6, 0.7), (1.0, 0.7), (1.4, 0.7))
    assert "count" not in faults(plan("a dog runs to the right", leaves))
    vanishes = thing("dog", "a dog", (0.2, 0.7), (0.6, 0.7), visible=(Span(start=0, end=0.8),))
    assert "count" in faults(plan("a dog runs to the right", vanishes))


# -- confidence ----------------------------------------------------------------------------------------------------------------


def finding(score: float, *, promised: bool = True, weight: float = 1.0) -> Finding:
    return Finding(constraint="x", score=score, weight=weight, promised=promised, message="x")


def test_confidence_is_the_weighted_mean() -> None:
    assert confidence([finding(1.0), finding(0.9, weight=3)], 0.9) == pytest.approx(0.925)
    assert confidence([], 0.9) == 1.0


@given(st.lists(st.floats(0.8, 1), max_size=8), st.floats(0, 0.79), st.floats(0.1, 1))
def test_a_broken_promise_keeps_confidence_below_the_threshold(
    kept: list[float], broken_score: float, threshold: float
) -> None:
    assert confidence([*map(finding, kept), finding(broken_score)], threshold) < threshold


@given(st.floats(0, 0.7), st.floats(0.01, 0.09))
def test_capped_confidence_still_rises_with_the_scores(low: float, more: float) -> None:
    others = [finding(1.0)] * 9
    assert confidence([*others, finding(low)], 0.9) < confidence([*others, finding(low + more)], 0.9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.1, 1))
def test_confidence_is_a_fraction(scores: list[float], threshold: float) -> None:
    assert 0 <= confidence(map(finding, scores), threshold) <= 1


# -- robustness ----------------------------------------------------------------------------------------------------------------

PROMPTS = (
    "two birds fly to the left",
    "a dog chases a cat past a tree",
    "a ball appears, then turns blue",
    "the camera follows a car",
)


@settings(deadline=None, max_examples=60)
@given(plans(), st.sampled_from(PROMPTS))
def test_any_plan_is_measured_without_a_fault_of_ours(dss: DSS, prompt: str) -> None:
    for item in measure(read(prompt), dss):
        assert 0 <= item.score <= 1
        assert set(item.frames) <= set(range(dss.frame_count))
        assert broken(item) or item.message


@settings(deadline=None, max_examples=60)
@given(plans())
def test_tracks_are_what_the_plan_compiles_to(dss: DSS) -> None:
    tracks, frames = Tracks(dss), dss.frames()
    drift = tracks.drift()
    for k, index in enumerate(tracks.index):
        assert drift[k] == pytest.approx((frames[index].background.dx, frames[index].background.dy))
        there = {item.id: item.box for item in frames[index].objects}
        for track in tracks.by_id.values():
            assert track.there[k] == (track.id in there)
            if track.id in there:
                box = there[track.id]
                assert track.boxes[k] == pytest.approx((box.x, box.y, box.w, box.h))


def test_a_long_video_of_many_objects_is_measured_in_no_time() -> None:
    objects = [thing(f"dog-{k}", "a dog", (0.1, 0.1 + k * 0.02), (0.9, 0.1 + k * 0.02)) for k in range(30)]
    dss = plan("thirty dogs run to the right", *objects, seconds=21, fps=24)
    start = time.perf_counter()
    measure(read(dss.prompt), dss)
    assert time.perf_counter() - start < 2


def test_many_stops_in_a_short_time_are_measured_and_break_nothing() -> None:
    prompt = "a ball goes to the left, then to the top, then to the middle, then to the right in the last quarter"
    dss = draft(read(prompt), seconds=0.5, fps=8)
    assert all(0 <= finding.score <= 1 for finding in measure(read(prompt), dss))


@pytest.mark.parametrize(("share", "first", "end"), [(1.0, 0, 3), (0.9, 2, 2), (0.5, 7, 7), (1.0, 15, 15), (0.34, 0, 1)])
def test_the_moments_of_a_stop_lie_within_the_samples(share: float, first: int, end: int) -> None:
    moments = _about(share, first, end)
    assert moments
    assert first <= moments[0] <= moments[-1] <= end
