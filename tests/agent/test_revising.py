from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.agent.constraints import broken, measure
from flowzero.agent.edits import Move, Scale, SetBackground, SetPath, SetTiming, SetVisible, apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.revising import amend, instruct
from flowzero.dss import DSS
from flowzero.errors import PromptError
from tests.test_dss import plans

PROMPT = (
    "a red ball rolls from the left to the right across a green meadow "
    "and two birds fly to the left and a dog sits under a tree"
)
PLAN = draft(read(PROMPT))

REVISIONS = [
    ("make the ball faster and add a dog on the right", "ball dog-2"),
    ("add two small cats next to the tree", "cat-1 cat-2"),
    ("make the dog bigger than the tree", "dog"),
    ("at night", "setting"),
    ("make it night", "setting"),
    ("it should be at night", "setting"),
    ("pan the camera to the left", "background"),
    ("let the camera pan left", "background"),
    ("zoom in on the dog", "background"),
    ("the camera should follow the ball", "background"),
    ("can you make the ball green?", "ball"),
    ("I want the ball to be yellow", "ball"),
    ("the ball should be bigger", "ball"),
    ("the ball is too small", "ball"),
    ("the ball is too fast", "ball"),
    ("a bit smaller please", "ball"),
    ("make the tree taller", "tree"),
    ("move the birds higher", "bird-1 bird-2"),
    ("move the dog behind the tree", "dog"),
    ("swap the dog with a cow", "cow dog"),
    ("instead of a dog use a cat", "cat dog"),
    ("use a cat instead of the dog", "cat dog"),
    ("the dog should be a horse", "dog horse"),
    ("I don't want the tree", "tree"),
    ("no birds", "bird-1 bird-2"),
    ("take the tree away", "tree"),
    ("only one bird", "bird-2"),
    ("one more bird", "bird-3"),
    ("two more dogs", "dog-2 dog-3"),
    ("add a third bird", "bird-3"),
    ("the birds should fly to the right", "bird-1 bird-2"),
    ("make the birds fly in circles", "bird-1 bird-2"),
    ("let one bird fly to the right", "bird-1"),
    ("the ball should stop halfway", "ball"),
    ("let the ball start in the middle", "ball"),
    ("let the ball roll from the top left to the bottom right", "ball"),
    ("make the ball go the other way", "ball"),
    ("reverse everything", "ball bird-1 bird-2"),
    ("mirror the ball", "ball"),
    ("make the ball roll twice as fast", "ball"),
    ("slow everything down", "ball bird-1 bird-2"),
    ("double the speed of the ball", "ball"),
    ("make it last 5 seconds", "seconds"),
    ("cut it to 1 second", "seconds"),
    ("make it half as long", "seconds"),
    ("24 fps", "fps"),
    ("make the animation smoother", "fps"),
    ("show the dog only at the end", "dog"),
    ("hide the tree in the first half", "tree"),
    ("the dog appears after one second", "dog"),
    ("have the tree grow", "tree"),
    ("let the dog walk away from the tree", "dog"),
    ("the dog follows the ball", "dog"),
    ("turn the ball purple", "ball"),
    ("let the ball turn blue in the second half", "ball"),
    ("paint the first bird red and the second bird blue", "bird-1 bird-2"),
    ("move the second bird to the bottom left corner", "bird-2"),
    ("the left bird should be black", "bird-1"),
    ("remove everything except the ball", "bird-1 bird-2 dog tree"),
    ("delete the dog. Add a cat. Make the cat orange.", "cat dog"),
    ("add a cat and make it black", "cat"),
    ("change the setting to a forest", "setting"),
    ("set the scene on the moon", "setting"),
    ("move the scene to the beach", "setting"),
    ("make it rain", "setting"),
    ("give the dog a red hat", "dog"),
    ("add a big yellow sun in the top right corner", "sun"),
    ("add a bird that flies from left to right", "bird-3"),
    ("put a cat on the left", "cat"),
    ("bring in a horse from the left", "horse"),
    ("place a house behind the dog", "house"),
    ("make the ball bounce while rolling", "ball"),
    ("make the dog jump over the ball", "dog"),
    ("raise the ball", "ball"),
    ("lower the birds a little", "bird-1 bird-2"),
    ("move the ball 10% to the right", "ball"),
    ("shrink the dog by half", "dog"),
    ("make the dog 20% bigger", "dog"),
    ("send the birds to the back", "bird-1 bird-2"),
    ("the tree should be in front of the dog", "tree"),
    ("let the ball move more slowly", "ball"),
    ("let the dog run after the ball", "dog"),
    ("make the ball blue", "ball"),
    ("make it twice as big", "ball"),
    ("let the ball roll from right to left instead", "ball"),
    ("the other way round", "ball bird-1 bird-2"),
    ("remove the second bird", "bird-2"),
    ("replace the dog with a cat", "cat dog"),
    ("move the dog to the left", "dog"),
    ("put the dog behind the tree", "dog"),
    ("make the video 4 seconds long", "seconds"),
    ("make the video longer", "seconds"),
    ("change the background to a sandy beach", "setting"),
    ("the camera should zoom in slowly", "background"),
    ("make the motion smooth", "ball bird-1 bird-2"),
    ("add another bird", "bird-3"),
    ("make it three birds", "bird-3"),
    ("the ball should appear only in the second half", "ball"),
    ("let the ball disappear halfway through", "ball"),
    ("the ball starts one second later", "ball"),
    ("slow down the ball", "ball"),
    ("turn the dog into a horse", "dog horse"),
    ("change the colour of the ball to green", "ball"),
    ("make the dog jump", "dog"),
    ("the first bird should fly upwards", "bird-1"),
    ("let the ball bounce", "ball"),
    ("keep the birds still", "bird-1 bird-2"),
    ("get rid of the tree and the dog", "dog tree"),
    ("have the dog chase the ball", "dog"),
    ("move the ball up a bit", "ball"),
    ("bring the dog to the front", "dog"),
    ("swap the dog and the ball", "ball dog"),
    ("the ball turns green halfway", "ball"),
    ("put them in the snow", "setting"),
    ("please make everything slower", "ball bird-1 bird-2"),
    ("make the red one purple", "ball"),
    ("move the tree to the top right corner", "tree"),
]
"""Instructions, with the ids of objects and the fields of the plan that they may touch; descriptions follow."""


def revised(instruction: str, dss: DSS = PLAN) -> DSS:
    edits, unread = instruct(instruction, dss)
    assert unread == ()
    return apply(dss, edits)


@pytest.mark.parametrize(("instruction", "named"), REVISIONS, ids=[instruction for instruction, _ in REVISIONS])
def test_an_instruction_changes_what_it_names_and_leaves_the_rest_identical(instruction: str, named: str) -> None:
    after = revised(instruction)
    old, new = ({item.id: item for item in dss.objects} for dss in (PLAN, after))
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    changed |= {
        name for name in DSS.model_fields if name not in ("objects", "scenes") and getattr(PLAN, name) != getattr(after, name)
    }
    assert changed == set(named.split())
    for name in old.keys() - changed:
        assert new[name] is old[name]


@pytest.mark.parametrize(
    "instruction", ["hello", "undo that", "make it better", "sing a song", "xyzzy", "12", "!!!", "the the the"]
)
def test_what_is_no_edit_is_reported_as_unread_and_changes_nothing(instruction: str) -> None:
    edits, unread = instruct(instruction, PLAN)
    assert edits == ()
    assert unread


def test_an_instruction_may_be_read_in_part() -> None:
    edits, unread = instruct("make the ball blue and sing a song", PLAN)
    assert apply(PLAN, edits).object("ball").phrase == "a blue ball"
    edits, unread = instruct("make the ball blue. Sing a song.", PLAN)
    assert apply(PLAN, edits).object("ball").phrase == "a blue ball"
    assert unread == ("Sing a song",)


@pytest.mark.parametrize(
    ("instruction", "remedy"), [("", "empty"), ("  ", "empty"), ("x" * 5000, "shorten"), ("a \x00", "remove")]
)
def test_an_instruction_that_is_no_text_is_refused_in_one_sentence(instruction: str, remedy: str) -> None:
    with pytest.raises(PromptError, match=f"instruction.*{remedy}"):
        instruct(instruction, PLAN)


def test_it_is_what_was_last_spoken_of() -> None:
    after = revised("add a cat and make it black")
    assert after.object("cat").phrase == "a black cat"
    after = revised("replace the dog with a cow. Make it bigger.")
    assert after.object("cow").path[0].box.w > PLAN.object("dog").path[0].box.w


def test_faster_goes_farther_or_sooner_and_slower_less_far() -> None:
    ball = PLAN.object("ball")
    fast, slow = revised("make the ball faster").object("ball"), revised("make the ball slower").object("ball")
    assert abs(fast.box_at(0.3).cx - fast.box_at(0).cx) > abs(ball.box_at(0.3).cx - ball.box_at(0).cx)
    assert abs(slow.box_at(0.3).cx - slow.box_at(0).cx) < abs(ball.box_at(0.3).cx - ball.box_at(0).cx)


def test_the_other_way_round_twice_is_as_before() -> None:
    once = revised("let the ball go the other way")
    assert once.object("ball").box_at(0) == PLAN.object("ball").box_at(1)
    assert revised("let the ball go the other way", once).object("ball").path == PLAN.object("ball").path


def test_a_new_object_keeps_what_the_instruction_says_of_it() -> None:
    after = revised("add a small cat that runs from right to left")
    reading = read("a small cat runs from right to left")
    cat_only = after.model_copy(update={"objects": (after.object("cat"),), "prompt": reading.prompt})
    assert not [finding for finding in measure(reading, cat_only) if broken(finding) and finding.constraint == "direction"]


def test_edits_say_just_what_was_asked() -> None:
    assert instruct("make the video 4 seconds long", PLAN)[0] == (SetTiming(seconds=4),)
    assert instruct("move the ball 10% to the right", PLAN)[0] == (Move(id="ball", dx=0.1),)
    assert instruct("make the dog twice as big", PLAN)[0] == (Scale(id="dog", factor=2, anchor="bottom"),)
    (show,) = instruct("the dog appears only in the second half", PLAN)[0][:1]
    assert isinstance(show, SetVisible)
    assert (show.visible[0].start, show.visible[0].end) == (0.5, 1)
    (camera,) = instruct("pan the camera to the left", PLAN)[0]
    assert isinstance(camera, SetBackground)
    assert camera.background[0].direction == "right"


def test_descriptions_follow_what_changed() -> None:
    assert "blue ball" in revised("make the ball blue").scenes[0].description
    assert "dog" not in revised("remove the dog").scenes[0].description
    assert "cat" in revised("add a cat").scenes[0].description
    assert "left to the right" not in revised("let the ball roll from right to left").scenes[0].description
    assert revised("move the ball up a bit").scenes == PLAN.scenes


def test_a_revision_overrules_the_promises_it_breaks_and_no_others() -> None:
    reading = read(PROMPT)
    after = revised("let the ball roll from right to left")
    owed = amend(reading, "let the ball roll from right to left", PLAN, after)
    assert set(reading.promises) - set(owed.promises) == {
        promise for promise in reading.promises if promise.kind == "journey" and promise.thing == "ball"
    }
    assert not any(broken(finding) and finding.promised for finding in measure(owed, after))


def test_revisions_add_up() -> None:
    dss = PLAN
    for instruction in (
        "add a cat on the right",
        "make it black",
        "let it run to the left",
        "remove the birds",
        "make the video longer",
    ):
        dss = revised(instruction, dss)
    cat = dss.object("cat")
    assert cat.phrase == "a black cat"
    assert cat.path[-1].box.cx < cat.path[0].box.cx
    assert [item.id for item in dss.objects] == ["ball", "dog", "tree", "cat"]
    assert dss.seconds > PLAN.seconds


VOCABULARY = """
make let move put add remove replace turn the a it them dog ball bird second red blue bigger faster left right to of and
then with by camera pan zoom video longer 3 seconds in front behind tree halfway only all except not twice as from instead
top corner , .
"""
words = st.sampled_from(VOCABULARY.split())


@settings(deadline=None, max_examples=120)
@given(st.lists(words, min_size=1, max_size=12).map(" ".join))
def test_no_heap_of_words_breaks_the_reader_of_instructions(text: str) -> None:
    edits, _ = instruct(text, PLAN)
    apply(PLAN, edits)


@settings(deadline=None, max_examples=40)
@given(plans(), st.sampled_from([instruction for instruction, _ in REVISIONS]))
def test_any_plan_can_be_talked_to(dss: DSS, instruction: str) -> None:
    edits, _ = instruct(instruction, dss)
    after = apply(dss, edits)
    assert all(not isinstance(edit, SetPath) or edit.path for edit in edits)
    assert after.prompt == dss.prompt


@pytest.mark.parametrize(
    ("plan_of", "instruction", "changed"),
    [
        ("a red ball rolls to the right while a dog sits on the left", "nah, other way", {"ball"}),
        ("a red ball rolls to the right while a dog sits on the left", "I'd rather have the dog on the right", {"dog"}),
        ("a red ball rolls to the right while a dog sits on the left", "both of them should stop at the end", {"ball"}),
        ("a red ball rolls to the right while a dog sits on the left", "half as fast", {"ball"}),
        ("a red ball rolls to the right while a dog sits on the left", "rename the dog to a wolf", {"dog", "wolf"}),
        (
            "two birds fly over the sea while a ship sails to the left",
            "the birds should fly closer together",
            {"bird-1", "bird-2"},
        ),
        ("two birds fly over the sea while a ship sails to the left", "replace the sea with a desert", set()),
        ("two birds fly over the sea while a ship sails to the left", "can the second bird be a bit slower?", {"bird-2"}),
        ("three balloons rise into the sky", "ditch the balloons", {"balloon-1", "balloon-2", "balloon-3"}),
        ("a red ball rolls to the right", "put a tree in the background", {"tree"}),
    ],
)
def test_an_instruction_in_a_strangers_words_changes_what_it_names_alone(
    plan_of: str, instruction: str, changed: set[str]
) -> None:
    before = draft(read(plan_of))
    edits, unread = instruct(instruction, before)
    after = apply(before, edits)
    old, new = ({item.id: item for item in dss.objects} for dss in (before, after))
    assert {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} == changed
    assert unread == ()
    assert after != before


def test_closer_together_is_nearer_and_not_farther() -> None:
    before = draft(read("two birds fly over the sea"))
    after = apply(before, instruct("the birds should fly closer together", before)[0])
    one, two = (after.object(f"bird-{k}") for k in (1, 2))
    assert abs(one.path[-1].box.cx - two.path[-1].box.cx) < abs(one.path[0].box.cx - two.path[0].box.cx)


@pytest.mark.parametrize(
    ("instruction", "unread"),
    [
        ("no, the red one", "no, the red one"),
        ("let the ball roll left with aplomb", "aplomb"),
        ("make it more exciting", "exciting"),
    ],
)
def test_what_an_instruction_says_beyond_the_edits_is_reported(instruction: str, unread: str) -> None:
    before = draft(read("a red ball rolls to the right while a dog sits on the left"))
    assert any(unread in piece for piece in instruct(instruction, before)[1])
