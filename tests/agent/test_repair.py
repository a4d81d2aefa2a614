from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.errors import damaged, treat
from benchmarks.faults import FAULTS
from benchmarks.lvd import data_folder, replies, to_dss, to_layout
from flowzero.agent.constraints import broken, measure
from flowzero.agent.edits import RemoveObject, SetPhrase, SetVisible, apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft, propose
from flowzero.dss import DSS, Span
from flowzero.errors import PlanError, PromptError
from tests.agent.planning import faults, plan, thing
from tests.agent.readings import READINGS
from tests.test_dss import plans

quick = settings(deadline=None, max_examples=40)


@pytest.mark.parametrize("prompt", [prompt for prompt, promises in READINGS if promises])
def test_the_built_in_plan_of_a_prompt_keeps_every_promise(prompt: str) -> None:
    dss = draft(read(prompt))
    assert {name: finding.message for name, finding in faults(dss).items()} == {}
    for item in dss.objects:
        assert max(key.box.inside() for key in item.path) > 0.7 or len(item.path) > 1


@pytest.mark.parametrize(("seconds", "fps"), [(0.5, 2.0), (2.0, 8.0), (4.0, 12.0), (10.0, 24.0)])
@pytest.mark.parametrize(
    "prompt",
    [
        "a red ball rolls from the left to the right",
        "after one second a bird appears on the right",
        "a dog goes left, then right, then left",
        "a cat appears only in the first half of the video",
    ],
)
def test_a_built_in_plan_has_the_length_asked_for(prompt: str, seconds: float, fps: float) -> None:
    dss = draft(read(prompt), seconds=seconds, fps=fps)
    assert (dss.seconds, dss.fps) == (seconds, fps)
    if seconds * fps >= 16:
        assert faults(dss) == {}


def test_a_draft_is_always_the_same() -> None:
    reading = read("three birds fly over a meadow while a dog chases a cat")
    assert draft(reading).to_json() == draft(reading).to_json()


def test_a_prompt_with_a_setting_and_no_things_gives_an_empty_scene() -> None:
    dss = draft(read("a beautiful sunset over the ocean"))
    assert dss.objects == ()
    assert "ocean" in dss.setting


@pytest.mark.parametrize("prompt", ["红色的球从左滚到右", "ein roter Ball rollt nach rechts", "!!!", "nothing happens"])
def test_a_prompt_without_anything_to_draw_is_refused_with_a_remedy(prompt: str) -> None:
    with pytest.raises(PromptError, match="name a thing in English"):
        draft(read(prompt))


def test_more_objects_than_a_plan_holds_are_refused_with_the_limit() -> None:
    with pytest.raises(PromptError, match="at most 30"):
        draft(read("a hundred and 99 balloons"))


def test_a_length_out_of_range_is_refused() -> None:
    with pytest.raises(PlanError, match=r"1\.\.512"):
        draft(read("a ball"), seconds=600, fps=24)


def test_nothing_is_proposed_for_a_plan_that_keeps_its_promises() -> None:
    reading = read("a red ball rolls to the right")
    dss = draft(reading)
    assert propose(reading, dss, measure(reading, dss)) == ()


def test_the_smallest_edit_is_proposed() -> None:
    dss = plan("a red ball and a dog", thing("ball", "a blue ball", (0.3, 0.7)), thing("dog", "a dog", (0.7, 0.7)))
    assert propose(read(dss.prompt), dss) == (SetPhrase(id="ball", phrase="a red ball"),)
    many = plan("a dog", thing("dog", "a dog", (0.3, 0.7)), thing("dog-2", "a dog", (0.7, 0.7)))
    assert propose(read(many.prompt), many) == (RemoveObject(id="dog-2"),)
    late = plan("a cat appears only in the second half", thing("cat", "a cat", (0.5, 0.7)))
    assert propose(read(late.prompt), late)[0] == SetVisible(id="cat", visible=(Span(start=0.5, end=1),))


def test_tracks_that_broke_no_promise_stay_as_they_are() -> None:
    prompt = "a red ball rolls to the right and a dog sits on the left"
    ball, dog = thing("ball", "a red ball", (0.8, 0.7), (0.2, 0.7)), thing("dog", "a dog", (0.2, 0.4))
    dss = plan(prompt, ball, dog)
    after = apply(dss, propose(read(prompt), dss))
    assert faults(after) == {}
    assert after.object("dog") is dog
    assert after.object("ball") != ball


def test_every_kind_of_deliberate_error_is_found_and_corrected() -> None:
    cases = [treat(*case) for case in damaged(2 * len(FAULTS), seed=3)]
    assert {case.kind for case in cases} == set(FAULTS)
    assert [case for case in cases if case.regressed or case.round is None] == []
    assert sum(not case.detected for case in cases) <= 1


@quick
@given(plans(), st.sampled_from([prompt for prompt, _ in READINGS[::6]]))
def test_a_proposal_always_applies_and_breaks_nothing_that_was_kept(dss: DSS, prompt: str) -> None:
    reading = read(prompt)
    before = measure(reading, dss)
    after = measure(reading, apply(dss, propose(reading, dss, before)))
    for old, new in zip(before, after, strict=True):
        assert not (old.promised and not broken(old) and broken(new)), (old, new)


@pytest.mark.skipif(data_folder() is None, reason="the replies of the LVD benchmark are not here")
def test_real_layouts_are_judged_and_fixed_as_their_predicates_say() -> None:
    folder = data_folder()
    assert folder is not None
    sample = list(replies(folder))[::9]
    for reply in sample:
        reading, dss = read(reply.prompt), to_dss(reply)
        assert to_layout(dss).keys() <= {f"o{key}" for key in reply.layout}
        fixed = dss
        for _ in range(3):
            fixed = apply(fixed, propose(reading, fixed))
        assert reply.holds(to_layout(fixed)), reply.prompt
    wrong = [reply for reply in sample if not reply.holds(reply.layout)]
    assert wrong
    assert all(any(broken(finding) for finding in measure(read(reply.prompt), to_dss(reply))) for reply in wrong)
