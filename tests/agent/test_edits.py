from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.agent import edit_words, edits
from flowzero.agent.edits import (
    AddObject,
    Edit,
    Move,
    RemoveObject,
    Reorder,
    ReplaceObject,
    Retime,
    Scale,
    SetBackground,
    SetDepth,
    SetMotion,
    SetPath,
    SetPhrase,
    SetPrompt,
    SetScenes,
    SetSetting,
    SetStates,
    SetTiming,
    SetVisible,
    apply,
    describe,
    diff,
    parse_edits,
)
from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Scene, Span, State
from flowzero.errors import PlanError
from tests.agent.planning import plan, thing
from tests.test_dss import plans

quick = settings(deadline=None, max_examples=60)
BALL, DOG = thing("ball", "a red ball", (0.2, 0.7), (0.8, 0.7)), thing("dog", "a dog", (0.5, 0.5))
PLAN = plan("a red ball and a dog", BALL, DOG)

EVERY_EDIT: list[tuple[Edit, str, str]] = [
    (AddObject(object=thing("cat", "a cat", (0.5, 0.5)), at=1), "objects", "Adds 'a cat' as cat at (0.50, 0.50)."),
    (RemoveObject(id="dog"), "objects", "Removes dog."),
    (ReplaceObject(id="dog", object=thing("cow", "a cow", (0.5, 0.5))), "objects", "Replaces dog by 'a cow' as cow."),
    (SetPath(id="dog", path=BALL.path), "objects", "Moves dog from (0.20, 0.70) to (0.80, 0.70) over 2 keyframes."),
    (Move(id="dog", dx=-0.1, dy=0.2), "objects", "Moves dog 10% of the frame to the left and 20% of the frame down."),
    (Scale(id="dog", factor=2, anchor="bottom"), "objects", "Makes dog 2.00 times as large."),
    (Retime(id="ball", start=0.25, end=0.75), "objects", "Lets ball move from 25% to 75% of the video."),
    (SetPhrase(id="dog", phrase="a wolf"), "objects", "Makes dog 'a wolf'."),
    (SetStates(id="dog", states=(State(start=0.5, phrase="a wolf"),)), "objects", "Turns dog into 'a wolf' at 50%."),
    (SetVisible(id="dog", visible=(Span(start=0, end=0.5),)), "objects", "Shows dog from 0% to 50%."),
    (SetDepth(id="dog", depth=3), "objects", "Puts dog at depth 3."),
    (SetMotion(id="dog", motion="smooth"), "objects", "Lets dog move smoothly."),
    (SetSetting(setting="a beach"), "setting", "Sets the scene in 'a beach'."),
    (SetScenes(scenes=(Scene(start=0, description="x"),)), "scenes", "Describes the scene as 'x'."),
    (SetBackground(background=(BackgroundMotion(direction="left", speed=0.5),)), "background", "left at 0.5"),
    (SetTiming(seconds=4), "seconds", "Sets the video to 4 seconds."),
    (SetPrompt(prompt="a cat"), "prompt", "'a cat'"),
    (Reorder(ids=("dog", "ball")), "objects", "Lists the objects as dog, ball."),
]


@pytest.mark.parametrize(("edit", "field", "sentence"), EVERY_EDIT, ids=[edit.op for edit, _, _ in EVERY_EDIT])
def test_an_edit_changes_what_it_names_and_nothing_else(edit: Edit, field: str, sentence: str) -> None:
    after = apply(PLAN, [edit])
    assert after != PLAN
    for name in DSS.model_fields:
        if name != field:
            assert getattr(after, name) == getattr(PLAN, name)
    named = getattr(edit, "id", None)
    for item in after.objects:
        if item.id in ("ball", "dog") and named is not None and item.id != named:
            assert item is PLAN.object(item.id)
    assert sentence in describe(edit)
    assert parse_edits(edits.EDITS.dump_json((edit,))) == (edit,)


def test_every_kind_of_edit_is_tried_here() -> None:
    assert {edit.op for edit, _, _ in EVERY_EDIT} == set(edits._APPLY) == set(edit_words.SENTENCES)


@quick
@given(plans(), plans())
def test_a_difference_applied_to_the_one_plan_gives_the_other(before: DSS, after: DSS) -> None:
    changes = diff(before, after)
    assert apply(before, changes) == after
    assert all(describe(change).endswith(".") for change in changes)


@quick
@given(plans())
def test_equal_plans_do_not_differ(dss: DSS) -> None:
    assert diff(dss, dss) == ()
    assert apply(dss, ()) == dss


@quick
@given(plans(), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_a_move_there_and_back_leaves_every_path_where_it_was(dss: DSS, dx: float, dy: float) -> None:
    for item in dss.objects:
        try:
            there = apply(dss, [Move(id=item.id, dx=dx, dy=dy)])
        except PlanError:
            continue
        back = apply(there, [Move(id=item.id, dx=-dx, dy=-dy)])
        for key, old in zip(back.object(item.id).path, item.path, strict=True):
            assert (key.t, key.box.x, key.box.y) == pytest.approx((old.t, old.box.x, old.box.y))


def test_scaling_keeps_the_centre_or_the_feet() -> None:
    box = DOG.path[0].box
    centre = apply(PLAN, [Scale(id="dog", factor=1.5)]).object("dog").path[0].box
    feet = apply(PLAN, [Scale(id="dog", factor=1.5, anchor="bottom")]).object("dog").path[0].box
    assert (centre.cx, centre.cy) == pytest.approx((box.cx, box.cy))
    assert (feet.cx, feet.y + feet.h) == pytest.approx((box.cx, box.y + box.h))
    assert centre.w == feet.w == pytest.approx(box.w * 1.5)


def test_retiming_fits_the_keyframes_into_the_span() -> None:
    assert [key.t for key in apply(PLAN, [Retime(id="ball", start=0.5, end=1)]).object("ball").path] == [0.5, 1.0]
    assert [key.t for key in apply(PLAN, [Retime(id="dog", start=0.5, end=1)]).object("dog").path] == [0.5]


def test_an_object_is_added_where_asked() -> None:
    cat = thing("cat", "a cat", (0.5, 0.5))
    for at, order in (
        (0, ["cat", "ball", "dog"]),
        (1, ["ball", "cat", "dog"]),
        (None, ["ball", "dog", "cat"]),
        (99, ["ball", "dog", "cat"]),
    ):
        assert [item.id for item in apply(PLAN, [AddObject(object=cat, at=at)]).objects] == order


@pytest.mark.parametrize(
    ("edit", "remedy"),
    [
        (RemoveObject(id="cow"), "the plan has ball, dog"),
        (SetPhrase(id="cow", phrase="x"), "the plan has ball, dog"),
        (SetPhrase(id="dog", phrase=" "), "phrase"),
        (AddObject(object=BALL), "id of its own"),
        (Move(id="dog", dx=3), "move its path"),
        (Move(id="dog", dx=300), "less than or equal to 5"),
        (Scale(id="dog", factor=15), "less than or equal to 2"),
        (Retime(id="ball", start=0.5, end=0.5), "end larger than start"),
        (Reorder(ids=("dog",)), "name each of ball, dog once"),
        (SetTiming(seconds=10_000), "seconds"),
        (SetTiming(seconds=300, fps=60), "1..512"),
        (SetPath(id="dog", path=(Keyframe(t=0, box=Box(x=3, y=0, w=0.1, h=0.1)),)), "move its path"),
    ],
)
def test_an_edit_that_makes_no_plan_is_refused_with_a_remedy_and_the_plan_stays(edit: Edit, remedy: str) -> None:
    with pytest.raises(PlanError, match=remedy) as caught:
        apply(PLAN, [edit])
    assert "\n" not in str(caught.value)
    assert plan("a red ball and a dog", BALL, DOG) == PLAN


@pytest.mark.parametrize(
    "source",
    ['[{"op": "fly"}]', '[{"op": "move", "id": "x", "dx": NaN}]', "[{}]", "3", "[", '[{"op": "move", "id": "x", "extra": 1}]'],
)
def test_text_that_is_no_edits_is_refused_in_one_sentence(source: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_edits(source)
    assert "\n" not in str(caught.value)


def test_a_plan_may_be_invalid_between_two_edits_as_long_as_the_outcome_is_whole() -> None:
    cat = thing("cat", "a cat", (0.5, 0.5))
    many = plan("x", *(thing(f"b{k}", "a ball", (0.5, 0.5)) for k in range(30)))
    after = apply(many, [AddObject(object=cat), RemoveObject(id="b0")])
    assert len(after.objects) == 30
