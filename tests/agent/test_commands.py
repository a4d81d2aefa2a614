"""Instructions as people word them: each does what it says, in full, or is reported; none does something else in silence."""

from __future__ import annotations

import pytest

import flowzero
from flowzero.agent.edits import apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.revising import instruct
from flowzero.errors import PromptError

GAME = draft(read("a red ball rolls from the left to the right while a dog sits on the left"))
SEA = draft(read("three birds fly to the left over the sea and a white boat sails to the right"))


def revised(plan, instruction):
    edits, unread = instruct(instruction, plan)
    assert unread == ()
    return apply(plan, edits)


def changed(plan, after):
    """Ids of objects that are new, gone or different, and the fields of the plan that are."""
    old, new = ({item.id: item for item in dss.objects} for dss in (plan, after))
    fields = [name for name in ("setting", "seconds", "fps", "background") if getattr(plan, name) != getattr(after, name)]
    return {item_id for item_id in old.keys() | new.keys() if old.get(item_id) != new.get(item_id)} | set(fields)


def size(dss, item_id):
    return dss.object(item_id).path[0].box.area ** 0.5


def pace(dss, item_id):
    path = dss.object(item_id).path
    return abs(path[-1].box.cx - path[0].box.cx) / (path[-1].t - path[0].t)


@pytest.mark.parametrize(
    ("plan", "instruction"),
    [
        (GAME, "make the ball not blue"),
        (GAME, "don't make the ball bigger"),
        (GAME, "the cat should be bigger"),
        (GAME, "make the cat faster"),
        (GAME, "make the ball ten thousand times bigger"),
        (GAME, "set the speed to 3"),
        (GAME, "make the ball 0% bigger"),
        (GAME, "shrink the dog by 100%"),
        (GAME, "halve the number of balls"),
        (GAME, "make it 0 seconds long"),
        (GAME, "make it more dramatic"),
        (GAME, "make the ball bigger except the cat"),
        (GAME, "move the ball to the other side"),
        (GAME, "swap the colours of the ball and the dog"),
        (GAME, "zoom in on the dog, then out"),
        (GAME, "add a dog without a tail"),
        (GAME, "add a cat but no dog"),
        (GAME, "let the ball never leave the frame"),
        (GAME, "make it in black and white"),
        (SEA, "let the boat sail in the shape of a heart"),
        (SEA, "the boat and the birds should switch sides"),
        (SEA, "remove seven of the birds"),
    ],
)
def test_what_is_not_understood_changes_nothing_and_is_reported(plan, instruction):
    edits, unread = instruct(instruction, plan)
    assert edits == ()
    assert unread
    with pytest.raises(PromptError, match="understood"):
        flowzero.revise(plan, instruction)


@pytest.mark.parametrize(
    ("instruction", "done", "reported"),
    [
        ("make the camera zoom in faster", {"background"}, "faster"),
        ("make the ball roll along a curve", set(), "a curve"),
        ("ball faster, dog slower", {"ball"}, "dog slower"),
        ("add a palm tree on the beach", {"palm-tree"}, "the beach"),
        ("I don't like red, make it yellow", {"ball"}, "I don't like red"),
        ("let the dog walk to the right and stop at the ball", {"dog"}, "stop at the ball"),
        ("make the ball bigger for the audience", {"ball"}, "audience"),
    ],
)
def test_what_is_understood_in_part_is_done_and_the_rest_reported(instruction, done, reported):
    edits, unread = instruct(instruction, GAME)
    assert unread == (reported,)
    assert changed(GAME, apply(GAME, edits)) == done


@pytest.mark.parametrize(
    ("plan", "instruction", "named"),
    [
        (GAME, "the dog ought to be tiny", {"dog"}),
        (GAME, "the dog has to go", {"dog"}),
        (GAME, "put the dog on the other side", {"dog"}),
        (GAME, "nudge the dog slightly to the right", {"dog"}),
        (GAME, "relocate the dog to the bottom centre", {"dog"}),
        (GAME, "make the dog and the ball bigger", {"dog", "ball"}),
        (GAME, "make the ball bigger and slower", {"ball"}),
        (GAME, "swap the ball and the dog", {"ball", "dog"}),
        (GAME, "the ball and the dog should switch places", {"ball", "dog"}),
        (GAME, "use a cube in place of the ball", {"ball", "cube"}),
        (GAME, "instead of a dog I want a horse", {"dog", "horse"}),
        (GAME, "make the motion jerky", {"ball"}),
        (GAME, "ease the ball in and out", {"ball"}),
        (GAME, "let the ball finish sooner", {"ball"}),
        (GAME, "a cat walks in from the right", {"cat"}),
        (GAME, "let a butterfly fly across the top", {"butterfly"}),
        (GAME, "I want a tree on the left", {"tree"}),
        (GAME, "we need a car", {"car"}),
        (GAME, "cut it in half", {"seconds"}),
        (GAME, "make it three times as long", {"seconds"}),
        (GAME, "everything but the ball should be blue", {"dog"}),
        (GAME, "everything except the ball should be blue", {"dog"}),
        (GAME, "half as long", {"seconds"}),
        (GAME, "two seconds longer", {"seconds"}),
        (GAME, "half a second shorter", {"seconds"}),
        (GAME, "pan to the right", {"background"}),
        (GAME, "pull the camera back", {"background"}),
        (GAME, "the scene is a kitchen", {"setting"}),
        (GAME, "background: a city street", {"setting"}),
        (GAME, "put everything underwater", {"setting"}),
        (GAME, "let the dog run on a beach", {"dog", "setting"}),
        (SEA, "remove one of the birds", {"bird-3"}),
        (SEA, "remove the middle bird", {"bird-2"}),
        (SEA, "there should be five birds", {"bird-4", "bird-5"}),
        (SEA, "there should be one bird", {"bird-2", "bird-3"}),
        (SEA, "more birds", {"bird-4"}),
        (SEA, "fewer birds", {"bird-3"}),
        (SEA, "keep only the boat", {"bird-1", "bird-2", "bird-3"}),
        (SEA, "make every bird smaller except the first", {"bird-2", "bird-3"}),
        (SEA, "make the birds red but not the second one", {"bird-1", "bird-3"}),
        (SEA, "make the birds bigger and the boat smaller", {"bird-1", "bird-2", "bird-3", "boat"}),
        (SEA, "the boat and the first bird should swap places", {"boat", "bird-1"}),
        (SEA, "the birds should arrive one after another", {"bird-2", "bird-3"}),
        (GAME, "have it go upwards rather than to the right", {"ball"}),
        (SEA, "the birds should be in front", {"bird-1", "bird-2", "bird-3"}),
        (SEA, "the birds shouldn't be so big", {"bird-1", "bird-2", "bird-3"}),
    ],
)
def test_an_instruction_changes_all_that_it_names_and_nothing_else(plan, instruction, named):
    after = revised(plan, instruction)
    assert changed(plan, after) == named
    for item in plan.objects:
        if item.id not in named:
            assert after.object(item.id).model_dump_json() == item.model_dump_json()


@pytest.mark.parametrize(
    ("instruction", "factor"),
    [
        ("scale the dog down to 60 percent", 0.6),
        ("make the dog 20% smaller", 0.8),
        ("enlarge the dog by 50%", 1.5),
        ("shrink the dog by half", 0.5),
        ("the dog should be three times as big", 3),
        ("make the dog as big as the ball", None),
        ("make the dog twice as large as the ball", None),
        ("the dog shouldn't be so big", 1 / 1.4),
    ],
)
def test_sizes_are_changed_by_what_is_said(instruction, factor):
    after = revised(GAME, instruction)
    rival = (2 if "twice" in instruction else 1) * size(GAME, "ball")
    assert size(after, "dog") == pytest.approx(rival if factor is None else factor * size(GAME, "dog"), rel=0.01)


@pytest.mark.parametrize(
    ("instruction", "factor"),
    [
        ("make the ball 20% slower", 0.8),
        ("reduce the speed of the ball by half", 0.5),
        ("speed up the ball by 30 percent", 1.3),
        ("make the ball twice as fast", 2),
        ("the ball shouldn't roll so fast", 1 / 1.5),
    ],
)
def test_speeds_are_changed_by_what_is_said(instruction, factor):
    assert pace(revised(GAME, instruction), "ball") == pytest.approx(factor * pace(GAME, "ball"), rel=0.01)


def test_a_speed_may_be_that_of_another():
    assert pace(revised(SEA, "the boat should sail faster than the birds"), "boat") == pytest.approx(1.3 * pace(SEA, "bird-1"))
    assert pace(revised(SEA, "let the boat be as fast as the birds"), "boat") == pytest.approx(pace(SEA, "bird-1"))


def test_who_is_got_to_walk_walks():
    after = revised(GAME, "get the dog to walk to the right")
    assert after.object("dog").path[-1].box.cx > after.object("dog").path[0].box.cx + 0.3


def test_the_fixer_does_not_take_back_what_an_instruction_wants():
    plan = flowzero.plan("a red ball rolls from the left to the right while a dog sits on the left")
    for instruction in ("make the motion jerky", "make the dog tiny", "shrink the dog by 95%"):
        after = flowzero.revise(plan, instruction)
        edits, _ = instruct(instruction, plan.dss)
        assert after.dss.objects == apply(plan.dss, edits).objects
        assert flowzero.fix(after).dss == after.dss


def test_a_command_that_finds_all_as_it_should_be_says_so():
    plan = flowzero.plan("a red ball rolls from the left to the right while a dog sits on the left")
    for instruction in ("keep the camera still", "bring the ball to the foreground", "just one ball please"):
        after = flowzero.revise(plan, instruction)
        assert after.dss == plan.dss
        assert "Nothing had to change: the plan does so already." in after.notes


@pytest.mark.parametrize(
    "instruction",
    [
        "let the ball begin after one second",
        "start the ball half way through",
        "the ball should only start rolling at 1s",
        "let the ball wait for one second",
        "let the ball roll only in the second half",
        "the ball shouldn't move until halfway through",
        "the ball should stay still for the first half",
    ],
)
def test_what_shall_begin_later_goes_its_way_from_then_on(instruction):
    after = revised(GAME, instruction)
    assert changed(GAME, after) == {"ball"}
    ball, before = after.object("ball"), GAME.object("ball")
    assert ball.box_at(0) == ball.box_at(0.5) == before.box_at(0)
    assert ball.box_at(1) == before.box_at(1)
    assert ball.visible == before.visible


@pytest.mark.parametrize("instruction", ["make the ball stop halfway through", "the ball should stop after one second"])
def test_what_shall_stop_at_a_moment_stays_where_it_has_got_to(instruction):
    after = revised(GAME, instruction)
    ball, before = after.object("ball"), GAME.object("ball")
    assert ball.box_at(0.25).cx == pytest.approx(before.box_at(0.25).cx)
    assert ball.box_at(0.5) == ball.box_at(1) == before.box_at(0.5)


def test_what_stood_still_and_starts_later_moves_from_then_on():
    after = revised(GAME, "the dog should start walking to the right after one second")
    dog = after.object("dog")
    assert dog.box_at(0.4) == dog.box_at(0)
    assert dog.box_at(1).cx > dog.box_at(0).cx + 0.1


FLOCK = draft(read("two birds fly to the left"))
PAIR = draft(read("two birds sit on a fence and a dog runs to the right"))


@pytest.mark.parametrize(
    ("instruction", "count"),
    [
        ("make them five", 5),
        ("there should be three of them", 3),
        ("make it three", 3),
        ("I want four of them", 4),
        ("there should be only one", 1),
        ("only one of them please", 1),
    ],
)
@pytest.mark.parametrize("plan", [FLOCK, PAIR])
def test_how_many_of_them_is_read_without_their_name_and_all_stay_in_the_picture(plan, instruction, count):
    after = revised(plan, instruction)
    birds = [item for item in after.objects if item.phrase == "a bird"]
    assert len(birds) == count
    assert all(name.startswith("bird") for name in changed(plan, after))
    assert min(item.box_at(k / 8).inside() for item in birds for k in range(9)) > 0.9


@pytest.mark.parametrize("plan", [draft(read("a cat and a dog run to the right")), draft(read("two cats and two dogs run"))])
def test_them_is_nobody_where_several_kinds_may_be_meant(plan):
    edits, unread = instruct("make them three", plan)
    assert edits == ()
    assert unread == ("make them three",)


@pytest.mark.parametrize("instruction", ["both birds should be on the left", "put both birds on the left"])
@pytest.mark.parametrize("plan", [FLOCK, PAIR])
def test_both_come_to_one_side_each_to_a_place_of_its_own_and_go_on_moving(plan, instruction):
    after = revised(plan, instruction)
    assert changed(plan, after) == {"bird-1", "bird-2"}
    one, two = after.object("bird-1"), after.object("bird-2")
    for t in (0, 0.5, 1):
        assert max(one.box_at(t).cx, two.box_at(t).cx) <= 0.5
        assert abs(one.box_at(t).cx - two.box_at(t).cx) + abs(one.box_at(t).cy - two.box_at(t).cy) > 0.1
    assert len(one.path) == len(plan.object("bird-1").path)


def test_a_boat_told_so_sails_in_a_figure_eight_and_nothing_else_changes():
    after = revised(SEA, "let the boat sail in a figure eight")
    assert changed(SEA, after) == {"boat"}
    boat = after.object("boat")
    assert boat.box_at(0).cx == pytest.approx(boat.box_at(0.5).cx)
    assert (boat.box_at(0.25).cx - boat.box_at(0).cx) * (boat.box_at(0.75).cx - boat.box_at(0).cx) < 0


@pytest.mark.parametrize(
    ("instruction", "names"),
    [
        ("make one of the birds red", {"bird-3"}),
        ("let two of the birds fly to the right", {"bird-2", "bird-3"}),
        ("remove two of the birds", {"bird-2", "bird-3"}),
        ("only two of the birds", {"bird-3"}),
    ],
)
def test_so_many_of_a_kind_are_no_more_than_that(instruction, names):
    assert changed(SEA, revised(SEA, instruction)) == names


def test_what_sinks_or_rises_does_so_from_where_it_is():
    boat = revised(SEA, "the boat should sink").object("boat")
    assert boat.box_at(0) == SEA.object("boat").box_at(0)
    assert boat.box_at(1).cy > boat.box_at(0).cy + 0.12


def test_what_moves_already_and_is_only_said_to_move_keeps_its_way():
    after = revised(GAME, "let the dog jump when the ball passes")
    assert changed(GAME, after) == {"dog"}


def test_who_shall_start_where_its_way_ends_goes_the_other_way():
    ball = revised(GAME, "the ball should start on the right").object("ball")
    assert ball.box_at(1).cx < ball.box_at(0).cx - 0.3


def test_a_pace_that_changes_on_the_way_is_not_taken_for_another_pace():
    edits, unread = instruct("make the ball go faster at the end", GAME)
    assert edits == ()
    assert unread


@pytest.mark.parametrize(
    "prompt", ["a bird comes in from the top", "a bird enters from the top and a red cat sits on the left"]
)
def test_there_can_be_more_of_what_comes_in_from_outside(prompt):
    plan = draft(read(prompt))
    after = revised(plan, "make it three birds")
    birds = [item for item in after.objects if item.phrase.endswith("bird")]
    assert len(birds) == 3 == len({item.path[-1].box for item in birds})
    assert all(item.path[0].box.inside() == 0 < item.path[-1].box.inside() for item in birds)


@pytest.mark.parametrize(
    ("instruction", "more"),
    [
        ("let the ball roll first slowly, then fast", True),
        ("make the ball go faster and faster", True),
        ("the ball should be slower and slower", False),
    ],
)
def test_a_pace_that_shall_change_on_the_way_does_so_on_the_same_way(instruction, more):
    after = revised(GAME, instruction)
    assert changed(GAME, after) == {"ball"}
    before, ball = GAME.object("ball"), after.object("ball")
    assert (ball.path[0].box, ball.path[-1].box) == (before.path[0].box, before.path[-1].box)
    early, late = (ball.box_at(b).cx - ball.box_at(a).cx for a, b in ((0, 0.5), (0.5, 1)))
    assert (late > 2 * early > 0) if more else (early > 2 * late > 0)
