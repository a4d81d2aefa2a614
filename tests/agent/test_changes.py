"""Changes: what the small planner answers to an instruction, and what code makes of it."""

import json

import pytest

from flowzero.agent.changes import CHANGES, MAX_LINES, Change, Changes, covers, decode_changes, edits_of, sensible, told
from flowzero.agent.edits import apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.revising import instruct
from flowzero.errors import LLMReplyError

PLAN = draft(read("a red ball rolls from left to right while two birds sit on the left and a dog runs up"))
BALL, DOG = 1, 4


def changes(*each: dict) -> Changes:
    return decode_changes(json.dumps({"all": each}))


def changed(*each: dict):
    """The plan after these changes."""
    return apply(PLAN, edits_of(changes(*each), "", PLAN))


def others(dss, *ids: str):
    """The JSON of all objects but these."""
    return [item.model_dump_json() for item in dss.objects if item.id not in ids]


def test_a_plan_is_told_in_numbered_lines():
    assert told(PLAN).split("\n") == [
        "1 a red ball, left to right",
        "2 a bird, top left",
        "3 a bird, left",
        "4 a dog, right to top",
    ]
    crowd = PLAN.model_copy(
        update={"objects": tuple(PLAN.objects[0].model_copy(update={"id": f"b{k}"}) for k in range(MAX_LINES + 1))}
    )
    with pytest.raises(ValueError, match=str(MAX_LINES)):
        told(crowd)


@pytest.mark.parametrize(
    ("change", "instruction"),
    [
        ({"op": "faster", "to": [BALL]}, "make the ball faster"),
        ({"op": "slower", "to": [BALL]}, "make the ball slower"),
        ({"op": "bigger", "to": [DOG]}, "make the dog bigger"),
        ({"op": "smaller", "to": [2, 3]}, "make the birds smaller"),
        ({"op": "reverse", "to": [BALL]}, "reverse the ball"),
        ({"op": "remove", "to": [3]}, "remove the second bird"),
        ({"op": "replace", "to": [DOG], "is": "a fox"}, "replace the dog with a fox"),
        ({"op": "look", "to": [BALL], "is": "green"}, "paint the ball green"),
        ({"op": "front", "to": [DOG]}, "bring the dog to the front"),
        ({"op": "back", "to": [DOG]}, "bring the dog to the back"),
        ({"op": "place", "to": [BALL], "at": "top left"}, "move the ball to the top left"),
        ({"op": "count", "to": [2, 3], "n": 4}, "change the number of birds to 4"),
        ({"op": "let", "to": [DOG], "do": ["at right", "at left"]}, "let the dog run from the right to the left"),
        ({"op": "let", "to": [DOG], "seen": [5, 10]}, "let the dog appear in the second half"),
        ({"op": "setting", "is": "a beach"}, "change the setting to a beach"),
        ({"op": "setting", "is": "night"}, "make it night"),
        ({"op": "camera", "cam": "left"}, "pan the camera left"),
        ({"op": "camera", "to": [DOG]}, "let the camera follow the dog"),
        ({"op": "longer"}, "make the video longer"),
        ({"op": "add", "is": "a cat", "at": "right"}, "add a cat on the right"),
    ],
)
def test_a_change_makes_of_a_plan_what_the_built_in_mind_makes_of_plain_words(change, instruction):
    assert sensible(changes(change), instruction, PLAN)
    edits, unread = instruct(instruction, PLAN)
    assert edits and not unread
    assert changed(change).objects == apply(PLAN, edits).objects
    assert changed(change) == apply(PLAN, edits)


def test_what_no_change_names_stays_identical():
    assert others(changed({"op": "faster", "to": [BALL]}), "ball") == others(PLAN, "ball")
    several = changed({"op": "remove", "to": [BALL]}, {"op": "let", "to": [DOG], "do": ["circle"]}, {"op": "longer"})
    assert others(several, "dog") == others(PLAN, "ball", "dog")
    assert several.object("dog").path != PLAN.object("dog").path
    assert several.seconds > PLAN.seconds


def test_lines_are_those_of_the_plan_that_the_model_saw():
    after = changed({"op": "remove", "to": [BALL]}, {"op": "look", "to": [DOG], "is": "green"})
    assert [item.phrase for item in after.objects] == ["a bird", "a bird", "a green dog"]


def test_several_that_are_named_at_once_and_all_that_move():
    assert len({item.id for item in changed({"op": "remove", "to": [2, 3]}).objects}) == 2
    turned = changed({"op": "reverse"})
    assert turned.object("ball").path[0].box == PLAN.object("ball").path[-1].box
    assert turned.object("dog").path[0].box == PLAN.object("dog").path[-1].box
    assert turned.object("bird-1") == PLAN.object("bird-1")


def test_a_new_thing_keeps_what_is_said_of_it():
    after = changed({"op": "add", "is": "a kite", "n": 2, "rel": "above", "of": DOG})
    assert others(after, "kite-1", "kite-2") == others(PLAN)
    runner = changed({"op": "add", "is": "a cat", "do": ["at left", "at right"]}).object("cat")
    assert runner.path[0].box.cx < 0.35
    assert runner.path[-1].box.cx > 0.5


def test_what_is_not_there_is_not_believed():
    assert not sensible(changes({"op": "faster", "to": [9]}), "faster", PLAN)
    assert not sensible(changes({"op": "remove"}), "remove", PLAN)
    assert not sensible(changes({"op": "faster", "to": [DOG]}), "the ball could use more speed", PLAN)
    assert sensible(changes({"op": "faster", "to": [BALL]}), "the ball could use more speed", PLAN)
    assert not sensible(changes({"op": "add", "is": "a zebra"}), "some company for the dog", PLAN)
    assert not sensible(changes({"op": "setting", "is": "a beach"}), "make it livelier", PLAN)
    assert not sensible(Changes(), "thanks", PLAN)
    assert sensible(changes({"op": "faster"}), "too slow", PLAN)
    assert edits_of(changes({"op": "faster", "to": [2]}), "", PLAN) == ()
    assert edits_of(changes({"op": "remove", "to": [12]}), "", PLAN) == ()


def test_edits_cover_others_that_change_the_same_aspects_of_the_same_things():
    faster, place, look = (
        edits_of(changes(change), "", PLAN)
        for change in (
            {"op": "faster", "to": [BALL]},
            {"op": "place", "to": [BALL], "at": "top"},
            {"op": "look", "to": [BALL], "is": "blue"},
        )
    )
    assert covers(faster, place)
    assert covers((*faster, *look), faster)
    assert not covers(faster, (*faster, *look))
    assert not covers(faster, edits_of(changes({"op": "slower", "to": [DOG]}), "", PLAN))
    assert not covers(look, edits_of(changes({"op": "look", "to": [DOG], "is": "blue"}), "", PLAN))


def test_what_is_written_reads_back_and_what_is_none_is_refused():
    both = changes({"op": "faster", "to": [1]}, {"op": "add", "is": "a dog", "n": 2, "at": "right"})
    assert both.to_wire() == '{"all":[{"op":"faster","to":[1]},{"op":"add","is":"a dog","n":2,"at":"right"}]}'
    assert decode_changes(f"Sure!\n{both.to_wire()}") == both
    for text in ("", "[]", '{"all":[{"op":"explode"}]}', '{"all":[{"op":"faster","to":[0]}]}', '{"all":[{"to":[1]}]}'):
        with pytest.raises(LLMReplyError):
            decode_changes(text)


def test_the_grammar_has_every_field_of_a_change():
    fields = CHANGES["properties"]["all"]["items"]["properties"]
    assert {field.alias or name for name, field in Change.model_fields.items()} == set(fields)


@pytest.mark.parametrize(
    ("instruction", "good", "bad"),
    [
        ("a gondola would look good", {"op": "add", "is": "a gondola"}, {"op": "remove", "to": [BALL]}),
        ("a gondola would look good", {"op": "add", "is": "a gondola"}, {"op": "let", "to": [BALL], "do": ["right"]}),
        ("the dog is in a hurry", {"op": "faster", "to": [DOG]}, {"op": "add", "is": "a hurry"}),
        ("I miss a cat beside the dog", {"op": "add", "is": "a cat", "rel": "near", "of": DOG}, {"op": "remove", "to": [DOG]}),
        (
            "marbled suits the dog, not the pagoda",
            {"op": "look", "to": [DOG], "is": "marbled"},
            {"op": "look", "to": [DOG], "is": "pagoda"},
        ),
        ("a second dog, please", {"op": "add", "is": "a second dog"}, {"op": "add", "is": "a second"}),
        ("we can do without the dog", {"op": "remove", "to": [DOG]}, {"op": "remove", "to": [BALL]}),
    ],
)
def test_an_answer_that_the_instruction_has_no_words_for_is_not_sensible(instruction, good, bad):
    assert sensible(changes(good), instruction, PLAN)
    assert not sensible(changes(bad), instruction, PLAN)


def test_what_passes_through_the_frame_can_be_told_to_shrink():
    plan = draft(read("four balls come in at the top and leave at the bottom, the camera zooms out"))
    edits = edits_of(changes({"op": "let", "to": [1, 2, 3, 4], "size": "shrinks"}), "let the balls shrink", plan)
    assert {item.id for item in apply(plan, edits).objects} == {item.id for item in plan.objects}
