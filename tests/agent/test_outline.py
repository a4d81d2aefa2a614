import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import MAX_THINGS, OUTLINE, Outline, decode_outline, grounded, reading_of
from flowzero.agent.promises import Camera, Count, Journey, Passes, Relation, Scenery, Seen, Turns
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError, LLMReplyError

_THING = OUTLINE["properties"]["all"]["items"]["properties"]


def outline(*things, **more) -> Outline:
    return Outline.model_validate({**more, "all": list(things)})


def promises(kind, *things, **more) -> list:
    return [promise for promise in reading_of(outline(*things, **more), "x").promises if isinstance(promise, kind)]


def field(schema) -> st.SearchStrategy:
    """Whatever a grammar of this schema lets through, in small numbers, which cost less time."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], min(schema["maximum"], 3))
    if schema["type"] == "array":
        return st.lists(field(schema["items"]), min_size=schema["minItems"], max_size=min(schema["maxItems"], 3))
    if schema["type"] == "string":
        return st.text('abc d1-\n"é{', min_size=schema["minLength"], max_size=schema["maxLength"])
    fields = schema["properties"]
    return st.fixed_dictionaries(
        {name: field(fields[name]) for name in schema["required"]},
        optional={name: field(fields[name]) for name in fields if name not in schema["required"]},
    )


def test_the_short_form_reads_back_to_an_equal_outline():
    told = outline({"is": "a red ball", "do": ["at left", "at right"]}, {"is": "a dog", "n": 2, "rel": "near", "of": 1})
    assert told.to_wire() == (
        '{"all":[{"is":"a red ball","do":["at left","at right"]},{"is":"a dog","n":2,"rel":"near","of":1}]}'
    )
    assert decode_outline(f"Sure! ```json\n{told.to_wire()}\n```") == told


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "no",
        '{"objects": []}',
        '{"all":[{"is":"a ball","do":["teleport"]}]}',
        '{"all":[{"do":["left"]}]}',
        '{"all":[{"is":""}]}',
    ],
)
def test_what_is_no_outline_is_a_reply_error(reply):
    with pytest.raises(LLMReplyError):
        decode_outline(reply)


@settings(max_examples=25, deadline=None)
@given(field(OUTLINE))
def test_whatever_the_grammar_lets_through_is_a_valid_plan_or_a_clear_refusal(value):
    try:
        told = decode_outline(json.dumps(value))
        dss = draft(reading_of(told, "x"))
    except FlowZeroError as error:
        assert str(error).endswith(".")
    else:
        assert isinstance(dss, DSS)


def test_crossing_from_one_side_to_the_other_is_read_as_our_grammar_reads_it():
    prompt = "a red ball rolls from the left to the right across a green meadow"
    told = reading_of(outline({"is": "a red ball", "do": ["at left", "at right"]}, **{"in": "a green meadow"}), prompt)
    ours = read(prompt)
    assert [promise for promise in told.promises if isinstance(promise, Journey)] == [
        promise for promise in ours.promises if isinstance(promise, Journey)
    ]
    assert {type(promise) for promise in told.promises} == {type(promise) for promise in ours.promises}


def test_every_act_of_one_thing_can_be_planned_as_promised():
    for act in _THING["do"]["items"]["enum"]:
        told = reading_of(outline({"is": "a bird", "do": [act]}), "x")
        assert not [f.message for f in measure(told, draft(told)) if f.promised and broken(f)], act


def test_every_tie_between_two_things_can_be_planned_as_promised():
    for tie in set(_THING["rel"]["enum"]) - {"between", "opposite"}:
        moving = {"do": ["right"]} if tie in ("after", "faster than", "slower than", "rides", "follows") else {}
        first = {"is": "a dog", "rel": tie, "of": 2, **(moving if tie != "rides" else {})}
        told = reading_of(outline(first, {"is": "a car", **moving}), "x")
        assert not [f.message for f in measure(told, draft(told)) if f.promised and broken(f)], tie


def test_things_of_one_noun_are_counted_together():
    counts = promises(Count, {"is": "a red car"}, {"is": "a blue car", "n": 2}, {"is": "a tree", "n": 0})
    assert [(count.noun, count.n, count.exact) for count in counts] == [("car", 3, True), ("tree", 2, False)]


def test_ties_to_nothing_and_to_itself_are_dropped():
    assert not promises(Passes, {"is": "a car", "rel": "past", "of": 1})
    assert not promises(Passes, {"is": "a car", "rel": "past", "of": 5})
    assert not promises(Relation, {"is": "a car", "rel": "between", "of": 2}, {"is": "a tree"})
    assert promises(Relation, {"is": "a car", "rel": "between", "of": 2, "and": 3}, {"is": "a tree"}, {"is": "a house"})


def test_times_changes_settings_and_cameras_become_promises():
    (seen,) = promises(Seen, {"is": "a plane", "seen": [5, 10]})
    assert (seen.window.start, seen.start, seen.end) == (0.5, True, False)
    (turn,) = promises(Turns, {"is": "a green leaf", "turns": "a red leaf"})
    assert turn.after == ("red",)
    (scenery,) = promises(Scenery, {"is": "a leaf"}, **{"in": "the frozen lakes"})
    assert scenery.words == ("frozen", "lake")
    for shot in OUTLINE["properties"]["cam"]["enum"]:
        assert len(promises(Camera, *[{"is": f"a {noun}"} for noun in ("cat", "dog", "cow")], cam=shot)) == 1
    assert not promises(Camera, {"is": "a cat"}, cam="follow 2")


def test_what_the_prompt_does_not_name_is_left_out_and_ties_follow():
    told = outline(
        {"is": "a human", "rel": "near", "of": 2},
        {"is": "a raven", "n": 2, "rel": "past", "of": 3},
        {"is": "a tower"},
        {"is": "a tower", "rel": "near", "of": 1},
        **{"in": "a place"},
    )
    kept = grounded(told, "Two ravens fly past the tower near another tower")
    assert kept.where is None
    assert [(line.phrase, line.rel, line.of) for line in kept.things] == [
        ("a raven", "past", 2), ("a tower", None, None), ("a tower", None, None),
    ]  # fmt: skip
    same = outline(
        {"is": "a bus", "do": ["left"]}, {"is": "a wolf", "rel": "between", "of": 1, "and": 1}, **{"in": "the woods"}
    )
    assert grounded(same, "buses and wolves in the wood") == same


def test_a_plural_after_an_article_is_one_thing():
    (thing,) = reading_of(outline({"is": "a black ravens", "n": 2}), "x").things
    assert (thing.phrase, thing.noun, thing.count) == ("a black raven", "raven", 2)


def test_ids_are_unique_however_things_are_called():
    names = ["a ball", "a ball", "Ünïcode", "a 3", "the"]
    told = reading_of(outline(*({"is": name} for name in itertools.islice(itertools.cycle(names), MAX_THINGS))), "x")
    assert len({thing.id for thing in told.things}) == MAX_THINGS
