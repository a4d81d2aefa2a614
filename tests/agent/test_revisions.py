import asyncio

import pytest

import flowzero
from flowzero.agent import revision
from flowzero.agent.edits import Move, SetPrompt, diff
from flowzero.agent.graph import run
from flowzero.agent.reading import read
from flowzero.agent.schemas import REVISION
from flowzero.dss import DSS
from flowzero.errors import LLMUnavailableError, PromptError
from flowzero.settings import load_settings
from tests.agent.scripted_server import Fail, Say, ScriptedServer

PROMPT = "a red ball rolls from the left to the right and a blue cube stands still"
NOTHING = {name: "" if name in ("setting", "prompt") else 0 if name == "seconds" else [] for name in REVISION["properties"]}


def revise(source, instruction, server=None, **settings):
    if server is not None:
        settings = {"llm_base_url": server.url, "llm_model": "scripted", "llm_retries": 0, **settings}
    dss = source if isinstance(source, DSS) else source.dss
    request = {"prompt": dss.prompt, "start": source, "instruction": instruction}
    return asyncio.run(run(request, load_settings(**settings)))


@pytest.fixture(scope="module")
def plan():
    return flowzero.plan(PROMPT)


def ball(plan):
    return next(item.id for item in plan.dss.objects if "ball" in item.phrase)


def cube(plan):
    return next(item.id for item in plan.dss.objects if "cube" in item.phrase)


def test_what_an_instruction_does_not_name_stays_identical(plan):
    revised = revise(plan, "make the ball green")
    assert revised.dss.object(cube(plan)) == plan.dss.object(cube(plan))
    assert revised.dss.object(cube(plan)).model_dump_json() == plan.dss.object(cube(plan)).model_dump_json()
    assert revised.dss.object(ball(plan)).path == plan.dss.object(ball(plan)).path
    assert revised.dss.background == plan.dss.background


def test_a_promise_that_an_instruction_overrules_is_no_longer_owed_in_later_rounds_and_revisions(plan):
    revised = revise(plan, "let the ball roll the other way")
    assert revised.passed
    assert len(revised.overruled) == 1
    assert '"kind":"journey"' in revised.overruled[0]
    assert not any(finding.constraint in ("direction", "order") and finding.score < 1 for finding in revised.findings)
    later = revise(revised, "make the ball green")
    assert later.overruled[0] == revised.overruled[0]
    assert later.dss.object(ball(plan)).path == revised.dss.object(ball(plan)).path
    assert flowzero.check(later).passed
    assert flowzero.fix(later).dss == later.dss


def test_the_fixer_leaves_alone_what_an_instruction_did_not_name_even_if_it_is_broken(plan):
    wandering = plan.dss.object(cube(plan))
    ends = plan.dss.object(ball(plan)).path
    wandering = wandering.model_copy(
        update={"path": tuple(k.model_copy(update={"box": k.box.model_copy(update={"y": 0.1})}) for k in ends)}
    )
    objects = tuple(wandering if item.id == wandering.id else item for item in plan.dss.objects)
    broken = plan.dss.model_copy(update={"objects": objects})
    revised = revise(broken, "make the ball green")
    assert revised.dss.object(wandering.id) == wandering
    assert not revised.passed
    assert flowzero.fix(revised).passed


@pytest.mark.parametrize("instruction", ["add two birds above", "replace the cube with a cat", "add a dog on the right"])
def test_what_an_instruction_brings_in_stays_however_often_the_plan_is_checked_and_fixed(plan, instruction):
    revised = revise(plan, instruction)
    new = [item for item in revised.dss.objects if item.id not in {old.id for old in plan.dss.objects}]
    assert new
    assert set(revised.granted) == {item.id for item in new}
    assert revised.passed
    assert len(revised.rounds) == 1
    assert flowzero.fix(revised).dss == revised.dss
    again = revise(revised, "make the ball green")
    assert all(again.dss.object(item.id) == item for item in new)
    assert flowzero.fix(again).dss == again.dss


def test_what_the_builtin_mind_understands_costs_no_tokens(plan):
    with ScriptedServer() as server:
        revised = revise(plan, "make the ball green", server)
    assert (server.requests, revised.usage.calls) == ([], 0)


def test_what_it_does_not_understand_is_the_language_models_and_touches_nothing_else(plan):
    answer = {
        **NOTHING,
        "prompt": "a red ball hops like a startled frog and a blue cube stands still",
        "path": [
            {
                "id": ball(plan),
                "path": [{"t": t, "x": 10 + t // 2, "y": y, "w": 20, "h": 20} for t, y in ((0, 60), (50, 30), (100, 60))],
            }
        ],
    }
    with ScriptedServer(Say(answer), *[Say({"verdicts": [{"number": 1, "kept": "yes"}]})] * 2) as server:
        revised = revise(plan, "channel the startled frog", server)
        assert server.user_data(0)["instruction"] == "channel the startled frog"
    assert revised.dss.object(cube(plan)) == plan.dss.object(cube(plan))
    assert revised.dss.prompt == answer["prompt"]
    assert len(revised.dss.object(ball(plan)).path) == 3
    assert {edit.op for edit in diff(plan.dss, revised.dss)} <= {"set_path", "set_prompt"}
    assert revised.rounds[0].mind == "scripted"


def test_a_language_model_that_fails_at_a_revision_is_a_typed_error_and_the_plan_is_safe(plan):
    with ScriptedServer(Fail(500), Fail(500)) as server:
        with pytest.raises(LLMUnavailableError):
            revise(plan, "channel the startled frog", server)
        with pytest.raises(PromptError, match="nothing in 'channel the startled frog' was understood"):
            revise(plan, "channel the startled frog", server, llm_fallback=True)


@pytest.mark.parametrize("instruction", ["", "  ", "x" * 5000, "make it \x07 ring"])
def test_bad_instructions_are_prompt_errors(plan, instruction):
    with pytest.raises(PromptError, match="instruction"):
        revise(plan, instruction)


def test_a_scope_holds_ids_and_fields_that_differ(plan):
    moved = revise(plan, "move the ball up").dss
    assert revision.scope(plan.dss, moved) == (ball(plan),)
    allowed = revision.within([Move(id=ball(plan), dx=0.1), Move(id=cube(plan), dx=0.1), SetPrompt(prompt="x")], (ball(plan),))
    assert [edit.op for edit in allowed] == ["move"]
    assert len(revision.within([SetPrompt(prompt="x")], None)) == 1


def test_a_reading_without_the_overruled_keeps_the_rest(plan):
    reading = read(PROMPT)
    keys = revision.overruled(reading, "make the ball green", plan.dss, revise(plan, "make the ball green").dss)
    left = revision.owed(reading, keys, (), plan.dss)
    assert len(left.promises) == len(reading.promises) - 1
    assert left.things == reading.things
    assert revision.owed(reading, (), (), plan.dss) == reading


def test_an_instruction_outranks_what_is_plausible_and_its_path_stays(plan):
    revised = revise(plan, "let the ball roll from the top left to the bottom right")
    path = revised.dss.object(ball(plan)).path
    assert path[0].box.cy < 0.35 < path[-1].box.cy
    assert revised.passed
    assert flowzero.fix(revised).dss == revised.dss


def test_an_instruction_that_is_fulfilled_already_changes_nothing_and_says_so(plan):
    revised = revise(plan, "let the ball roll from the left to the right")
    assert revised.dss == plan.dss
    assert any("does so already" in note for note in revised.notes)


def test_a_place_named_for_everything_is_the_setting_and_no_object_moves(plan):
    for instruction, words in (
        ("put it on a beach", ("beach",)),
        ("set it at night", ("night",)),
        ("it should be raining", ("rain",)),
    ):
        revised = revise(plan, instruction)
        assert all(word in revised.dss.setting for word in words)
        assert revised.dss.objects == plan.dss.objects


def test_a_plan_is_long_enough_for_the_seconds_its_prompt_names():
    assert flowzero.plan("a ball rolls to the left after 5 seconds").dss.seconds > 5
    assert flowzero.plan("a ball rolls to the left after 5 seconds", seconds=3).dss.seconds == 3
    assert flowzero.plan("a ball rolls to the left").dss.seconds == load_settings().seconds


def test_it_is_what_was_spoken_of_last_also_in_the_revision_before(plan):
    brown = revise(plan, "make the cube brown")
    assert brown.named == (cube(plan),)
    bigger = revise(brown, "make it bigger")
    assert bigger.dss.object(cube(plan)).path[0].box.area > 1.5 * plan.dss.object(cube(plan)).path[0].box.area
    assert bigger.dss.object(ball(plan)) == plan.dss.object(ball(plan))
    dark = revise(bigger, "make it night")
    assert (dark.named, dark.dss.objects) == ((cube(plan),), bigger.dss.objects)
    back = revise(revise(dark, "add a dog on the left"), "remove it")
    assert [item.id for item in back.dss.objects] == [item.id for item in plan.dss.objects]
    both = revise(revise(dark, "make the ball and the cube yellow"), "make them smaller")
    assert all(both.dss.object(item.id).path != item.path for item in dark.dss.objects)
