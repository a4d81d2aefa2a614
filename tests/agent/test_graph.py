import asyncio
import json
import time
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from flowzero.agent.conversation import ALLOWED
from flowzero.agent.graph import build_graph, run, studio_graph
from flowzero.agent.schemas import EDITS
from flowzero.agent.state import Request, Result, State
from flowzero.errors import LLMReplyError, LLMTimeoutError, LLMUnavailableError, PlanError, PromptError, SettingsError
from flowzero.events import Event
from flowzero.plan import Plan
from flowzero.settings import load_settings
from tests.agent.scripted_server import Fail, Hang, Say, ScriptedServer

BALL = "a red ball rolls from the left to the right across a green meadow"
SIGNS = "猫とピザ"
"""A prompt that code cannot read: whether a plan keeps it is for the language model to judge."""

NOTHING = {name: "" if name == "setting" else [] for name in EDITS["properties"]}


@pytest.fixture(autouse=True, scope="module")
def client_loaded():
    """The first import of the client takes seconds, which no budget here is meant to cover."""
    import langchain_openai  # noqa: F401


def thing(name, phrase, x=10, w=20, end=None):
    path = [{"t": 0, "x": x, "y": 60, "w": w, "h": 20}]
    if end is not None:
        path.append({"t": 100, "x": end, "y": 60, "w": w, "h": 20})
    return {"id": name, "phrase": phrase, "path": path, "seen": [{"start": 0, "end": 100}], "becomes": []}


CAT = {"setting": "a kitchen", "objects": [thing("cat", "a cat")]}
ROLLING = {"setting": "a green meadow", "objects": [thing("ball", "a red ball", 5, end=75)]}
BACKWARDS = {"setting": "a green meadow", "objects": [thing("ball", "a red ball", 75, end=5)]}
ADD_PIZZA = {**NOTHING, "add": [thing("pizza", "a pizza", x=60)]}
JUMPS = {"id": "cat", "path": [{"t": t, "x": x, "y": 60, "w": 20, "h": 20} for t, x in ((0, 5), (48, 5), (52, 75), (100, 75))]}
SPOIL = {**NOTHING, "path": [JUMPS]}


def verdict(kept, reason="there is no pizza"):
    return {"verdicts": [{"number": 1, "kept": kept, "reason": reason}]}


def plan(request, server=None, **settings):
    if server is not None:
        settings = {"llm_base_url": server.url, "llm_model": "scripted", "llm_timeout": 5, "llm_retries": 0, **settings}
    request = {"prompt": request} if isinstance(request, str) else request
    return asyncio.run(run(request, load_settings(**settings)))


def test_the_builtin_mind_plans_what_the_prompt_promises():
    made = plan(BALL)
    assert (made.mind, made.stopped, made.passed) == ("builtin", "confident", True)
    ball = made.dss.objects[0]
    assert ball.phrase == "a red ball"
    assert ball.path[0].box.cx < 0.35
    assert ball.path[-1].box.cx > 0.65
    assert made.rounds[-1].confidence == made.confidence
    assert made.dss.prompt == BALL


def test_a_language_models_plan_is_measured_in_code_and_credited_to_it():
    with ScriptedServer(Say(ROLLING)) as server:
        made = plan(BALL, server, llm_input_price=10)
    assert (made.mind, made.stopped) == ("scripted", "confident")
    assert [measured.mind for measured in made.rounds] == ["scripted"]
    assert {finding.constraint for finding in made.findings} >= {"count", "attribute", "setting"}
    assert (made.usage.calls, made.usage.input_tokens, made.usage.output_tokens) == (1, 100, 50)
    assert made.usage.cost == pytest.approx(0.001)
    assert server.surplus == 0


def test_a_wrong_plan_is_mended_by_the_better_of_two_proposals():
    worse = {**NOTHING, "move": [{"id": "ball", "dx": 1, "dy": 0}]}
    with ScriptedServer(Say(BACKWARDS), Say(worse)) as server:
        made = plan(BALL, server)
    first, second = made.rounds
    assert first.confidence < made.threshold <= second.confidence
    assert (first.mind, second.mind, made.mind) == ("scripted", "builtin", "scripted")
    assert first.changes
    assert not second.changes
    assert any(not problem.endswith(" ") for problem in server.user_data(1)["problems"])


def test_what_code_cannot_read_the_language_model_judges_and_mends():
    with ScriptedServer(Say(CAT), Say(verdict("no")), Say(ADD_PIZZA), Say(verdict("yes", "both are there"))) as server:
        made = plan(SIGNS, server)
    assert [item.id for item in made.dss.objects] == ["cat", "pizza"]
    assert (made.stopped, made.unread) == ("confident", ())
    judged = [finding for finding in made.findings if finding.constraint == "judged"]
    assert [finding.score for finding in judged] == [1.0]
    assert server.user_data(2)["problems"][0].startswith(f"'{SIGNS}' is not kept: there is no pizza")
    assert made.rounds[0].changes == ("Adds 'a pizza' as pizza at (0.70, 0.70).",)
    assert made.usage.calls == 4


def test_a_round_that_lowers_confidence_is_undone_and_its_repetition_is_a_stall():
    script = [Say(CAT), Say(verdict("no")), Say(SPOIL), Say(verdict("no")), Say(SPOIL)]
    with ScriptedServer(*script) as server:
        made = plan(SIGNS, server)
    assert made.stopped == "stalled"
    assert [item.path for item in made.dss.objects] == [made.dss.objects[0].path[:1]]
    assert made.confidence == made.rounds[0].confidence > made.rounds[1].confidence
    assert not made.passed


def test_after_an_undone_round_the_fixer_goes_on_from_the_best_plan():
    script = [Say(CAT), Say(verdict("no")), Say(SPOIL), Say(verdict("no")), Say(ADD_PIZZA), Say(verdict("yes"))]
    with ScriptedServer(*script) as server:
        made = plan(SIGNS, server)
    assert made.stopped == "confident"
    assert len(made.dss.object("cat").path) == 1
    assert made.rounds[1].changes[0] == "Goes back to the plan of round 0, which was better."
    assert len(server.user_data(4)["plan"]["objects"][0]["path"]) == 1


@pytest.mark.parametrize("limit", [1, 2])
def test_the_iteration_limit_ends_the_loop_with_the_best_plan(limit):
    moves = [Say({**NOTHING, "move": [{"id": "cat", "dx": k, "dy": 0}]}) for k in (1, 2, 3)]
    script = [
        Say(CAT),
        Say(verdict("no")),
        moves[0],
        Say(verdict("no")),
        moves[1],
        Say(verdict("no")),
        moves[2],
        Say(verdict("no")),
    ]
    with ScriptedServer(*script) as server:
        made = plan(SIGNS, server, max_rounds=limit)
    assert (made.stopped, len(made.rounds)) == ("limit", limit + 1)


def test_a_spent_token_budget_ends_the_loop_with_the_best_plan():
    with ScriptedServer(Say(CAT), Say(verdict("no")), Say(ADD_PIZZA)) as server:
        made = plan(SIGNS, server, max_tokens=300)
    assert (made.stopped, len(server.requests)) == ("budget", 2)
    assert made.dss.objects[0].id == "cat"


def test_a_spent_time_budget_ends_the_loop_with_the_best_plan():
    with ScriptedServer(Say(CAT), Say(verdict("no")), Hang()) as server:
        began = time.monotonic()
        made = plan(SIGNS, server, max_seconds=6, llm_timeout=60)
    assert time.monotonic() - began < 20
    assert made.stopped in ("budget", "stalled")
    assert made.dss.objects[0].id == "cat"
    assert "budget of 6 seconds" in made.notes[0]


def test_a_time_budget_that_ends_before_any_plan_is_a_timeout():
    with ScriptedServer(Hang()) as server, pytest.raises(LLMTimeoutError, match="budget"):
        plan(SIGNS, server, max_seconds=0.5)


@pytest.mark.parametrize(
    ("step", "error"),
    [(Fail(500), LLMUnavailableError), (Hang(), LLMTimeoutError), (Say("no", finish="content_filter"), LLMReplyError)],
)
def test_a_language_model_that_fails_is_a_typed_error_unless_the_builtin_mind_may_step_in(step, error):
    with ScriptedServer(step, step) as server:
        with pytest.raises(error):
            plan(BALL, server, llm_timeout=0.4)
        made = plan(BALL, server, llm_timeout=0.4, llm_fallback=True)
    assert (made.mind, made.passed) == ("builtin", True)
    assert made.notes[0].startswith("The built-in mind planned, because the language model failed: ")


def test_a_judge_or_a_fixer_that_fails_costs_nothing_but_its_part():
    with ScriptedServer(Say(CAT), Fail(500)) as server:
        made = plan(SIGNS, server)
    assert (made.mind, made.unread) == ("scripted", (SIGNS,))
    assert "could not judge" in made.notes[0]
    with ScriptedServer(Say(BACKWARDS), Fail(500)) as server:
        made = plan(BALL, server)
    assert made.passed
    assert "could not propose a fix" in made.notes[0]


def test_tokens_of_a_failed_attempt_are_counted_with_the_fallback():
    with ScriptedServer(Say("nothing"), Say("nothing again")) as server:
        made = plan(BALL, server, llm_fallback=True)
    assert (made.mind, made.usage.calls, made.usage.input_tokens) == ("builtin", 2, 200)


def test_checking_measures_and_changes_nothing():
    with ScriptedServer(Say(BACKWARDS)) as server:
        wrong = plan(BALL, server, max_rounds=1, max_tokens=1)
    measured = plan({"prompt": BALL, "start": wrong, "max_rounds": 0})
    assert measured.dss == wrong.dss
    assert (measured.confidence, measured.stopped, len(measured.rounds)) == (wrong.confidence, "", 1)
    assert not measured.passed


def test_fixing_mends_what_is_broken_and_leaves_the_rest_as_it_is():
    good = plan("a red ball rolls from the left to the right and a blue cube stands still")
    cube, ball = (next(item for item in good.dss.objects if word in item.phrase) for word in ("cube", "ball"))
    turned = ball.model_copy(update={"path": tuple(k.model_copy(update={"t": 1 - k.t}) for k in reversed(ball.path))})
    broken = good.dss.model_copy(update={"objects": tuple(turned if item == ball else item for item in good.dss.objects)})
    mended = plan({"prompt": good.dss.prompt, "start": broken})
    assert mended.passed
    assert not mended.rounds[0].confidence >= mended.threshold
    assert mended.dss.object(cube.id) == cube
    assert mended.mind == "given"


def test_a_plan_without_a_prompt_promises_nothing_and_is_only_checked_for_plausibility():
    bare = plan(BALL).dss.model_copy(update={"prompt": ""})
    measured = plan({"prompt": "", "start": bare, "max_rounds": 0})
    assert measured.dss == bare
    assert not any(finding.promised for finding in measured.findings)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"prompt": ""}, PromptError),
        ({"prompt": " \n\t "}, PromptError),
        ({}, PromptError),
        ({"prompt": "x" * 100_000}, PromptError),
        ({"prompt": "a ball\x00"}, PromptError),
        ({"prompt": SIGNS}, PromptError),
        ({"prompt": BALL, "seconds": 0}, SettingsError),
        ({"prompt": BALL, "seconds": 601}, SettingsError),
        ({"prompt": BALL, "seconds": float("nan")}, SettingsError),
        ({"prompt": BALL, "fps": -1}, SettingsError),
        ({"prompt": BALL, "seconds": 100, "fps": 30}, SettingsError),
    ],
)
def test_bad_requests_are_refused_in_one_sentence(request_, error):
    with pytest.raises(error) as caught:
        plan(request_)
    assert "\n" not in str(caught.value)


def test_a_prompt_over_several_lines_is_one_prompt():
    assert plan("a red ball\n  rolls to\tthe right").dss.prompt == "a red ball rolls to the right"


def test_progress_comes_as_events_in_order():
    events = []
    with ScriptedServer(Say(BACKWARDS), Say(NOTHING)) as server:
        settings = load_settings(llm_base_url=server.url, llm_model="scripted")
        made = asyncio.run(run({"prompt": BALL}, settings, events.append))
    growing = [event for event in events if event.done is not None]
    steps = [event for event in events if event.done is None]
    assert [event.stage for event in steps] == ["plan", "check", "fix", "check"]
    assert all(isinstance(event, Event) for event in events)
    assert steps[1].round.confidence == made.rounds[0].confidence
    assert {event.stage for event in growing} == {"plan", "fix"}
    assert 100 <= growing[0].done < 200
    assert len(growing) < 20


def test_the_graph_streams_updates_of_its_nodes_and_custom_events():
    async def parts():
        graph = build_graph(load_settings())
        return [part async for part in graph.astream({"prompt": BALL}, stream_mode=["updates", "custom"], version="v2")]

    found = asyncio.run(parts())
    assert [next(iter(part["data"])) for part in found if part["type"] == "updates"] == ["planner", "critic", "deliver"]
    assert [part["data"].stage for part in found if part["type"] == "custom"] == ["plan", "check"]


def test_a_request_without_a_listener_gives_the_same_plan():
    events = []
    assert asyncio.run(run({"prompt": BALL}, load_settings(), events.append)) == plan(BALL)


def test_one_thread_carries_many_requests_and_each_begins_afresh():
    async def talk():
        graph = build_graph(load_settings(), checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        first = (await graph.ainvoke({"prompt": BALL, "max_rounds": 0}, thread))["plan"]
        second = (await graph.ainvoke({"prompt": "two birds fly upwards over the sea"}, thread))["plan"]
        return first, second

    first, second = asyncio.run(talk())
    assert (first.stopped, second.stopped) == ("", "confident")
    assert len(second.rounds) == len(plan("two birds fly upwards over the sea").rounds)
    assert second.dss.prompt.startswith("two birds")


def test_an_instruction_that_failed_does_not_come_back_with_the_next_request():
    async def talk():
        graph = build_graph(load_settings(), checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        await graph.ainvoke({"prompt": BALL, "seconds": 3, "max_rounds": 0}, thread)
        with pytest.raises(PromptError):
            await graph.ainvoke({"instruction": "xyzzy plugh"}, thread)
        kept = (await graph.aget_state(thread)).values["plan"]
        return kept, (await graph.ainvoke({"prompt": "two birds fly upwards over the sea"}, thread))["plan"]

    kept, later = asyncio.run(talk())
    assert (kept.dss.prompt, kept.dss.seconds) == (BALL, 3)
    assert (later.dss.prompt, later.dss.seconds) == ("two birds fly upwards over the sea", 2)


def test_the_time_that_an_earlier_request_took_does_not_count_for_the_next():
    async def talk():
        graph = build_graph(load_settings(max_seconds=30), checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        await graph.ainvoke({"prompt": BALL}, thread)
        await graph.aupdate_state(thread, {"elapsed": 100.0})
        return (await graph.ainvoke({"prompt": BALL}, thread))["plan"]

    assert asyncio.run(talk()).stopped == "confident"


def test_the_graph_is_what_langgraph_json_names():
    root = Path(__file__).parents[2]
    named = json.loads((root / "langgraph.json").read_text())
    path, _, name = named["graphs"]["flowzero"].partition(":")
    assert named["checkpointer"]["serde"]["allowed_msgpack_modules"] == [list(kind) for kind in ALLOWED]
    assert (root / path).resolve() == Path(build_graph.__code__.co_filename).resolve()
    assert name == "studio_graph"


def test_a_plan_may_come_as_json():
    made = plan(BALL)
    for start in (made.model_dump(mode="json"), made.dss.model_dump(mode="json")):
        assert plan({"prompt": BALL, "start": start, "max_rounds": 0}).dss == made.dss
    with pytest.raises(PlanError, match="fps"):
        plan({"prompt": BALL, "start": {**made.dss.model_dump(mode="json"), "fps": -1}})


def test_the_studio_graph_asks_for_approval_only_if_configured():
    assert "approval" not in studio_graph({}).nodes
    assert "approval" in studio_graph({"configurable": {"approve": True}}).nodes


def test_the_graph_s_picture_shows_planner_critic_and_fixer():
    edges = {(edge.source, edge.target) for edge in build_graph(load_settings()).get_graph().edges}
    assert {("planner", "critic"), ("critic", "fixer"), ("fixer", "critic"), ("critic", "deliver")} <= edges


def test_values_that_cross_the_graphs_border_are_small():
    graph = build_graph(load_settings())
    assert set(graph.get_input_jsonschema()["properties"]) == set(Request.__annotations__)
    assert set(graph.get_output_jsonschema()["properties"]) == set(Result.__annotations__)
    assert set(Request.__annotations__) | set(Result.__annotations__) < set(State.__annotations__)


def test_the_compiled_graph_works_as_a_node_of_another_graph():
    class Film(Request, Result, total=False):
        title: str

    outer = StateGraph(Film)
    outer.add_node("plan", build_graph(load_settings()))
    outer.add_node("name", lambda film: {"title": film["plan"].dss.objects[0].phrase})
    outer.add_edge(START, "plan")
    outer.add_edge("plan", "name")
    outer.add_edge("name", END)
    film = asyncio.run(outer.compile().ainvoke({"prompt": BALL}))
    assert film["title"] == "a red ball"
    assert isinstance(film["plan"], Plan)
