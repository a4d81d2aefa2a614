import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from flowzero.agent.conversation import conversations
from flowzero.dss import DSS
from flowzero.errors import PlanError, PromptError
from flowzero.plan import Plan, Round, Usage
from flowzero.settings import load_settings
from tests.agent.scripted_server import Hang, Say, ScriptedServer
from tests.agent.test_graph import ADD_PIZZA, BALL, CAT, SIGNS, verdict


def settings_for(server):
    return load_settings(llm_base_url=server.url, llm_model="scripted", llm_timeout=30, llm_retries=0)


def test_a_thread_remembers_its_plan_across_processes_with_its_own_types(tmp_path):
    async def first():
        async with conversations(tmp_path, load_settings()) as threads:
            return await threads.thread("a").say(BALL, seconds=3)

    async def later():
        async with conversations(tmp_path, load_settings()) as threads:
            return await threads.thread("a").plan(), await threads.thread("b").plan()

    turn = asyncio.run(first())
    plan, stranger = asyncio.run(later())
    assert turn.plan == plan
    assert (turn.approved, turn.waiting, stranger) == (None, False, None)
    assert isinstance(plan, Plan)
    assert isinstance(plan.dss, DSS)
    assert isinstance(plan.rounds[0], Round)
    assert plan.dss.seconds == 3


def test_every_value_of_a_checkpoint_comes_back_as_its_own_type(tmp_path):
    async def states():
        async with conversations(tmp_path, load_settings()) as threads:
            talk = threads.thread("a")
            await talk.say(BALL)
            return [state.values async for state in threads.graph.aget_state_history(talk.config)]

    plain = (str, int, float, bool, type(None))
    for values in asyncio.run(states()):
        for name, value in values.items():
            for item in value if isinstance(value, list | tuple) else [value]:
                assert isinstance(item, (*plain, DSS, Plan, Round, Usage)), name


def test_only_the_allowed_classes_come_back_from_a_tampered_file(tmp_path):
    async def saver():
        async with conversations(tmp_path, load_settings()) as threads:
            serde = threads.graph.checkpointer.serde
            return serde.loads_typed(serde.dumps_typed(load_settings()))

    assert isinstance(asyncio.run(saver()), dict)


KILLED = """
import asyncio, sys
from flowzero.agent.conversation import conversations
from flowzero.settings import load_settings

async def main(path, url):
    settings = load_settings(llm_base_url=url, llm_model="scripted", llm_timeout=60, llm_retries=0)
    async with conversations(path, settings) as threads:
        await threads.thread("a").say(sys.argv[3])

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


def test_a_run_killed_inside_a_node_goes_on_where_it_stopped(tmp_path):
    with ScriptedServer(Say(CAT), Say(verdict("no")), Hang(60)) as server:
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path), server.url, SIGNS])
        deadline = time.monotonic() + 60
        while len(server.requests) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        server.script += [Say(ADD_PIZZA), Say(verdict("yes"))]

        async def resumed():
            async with conversations(tmp_path, settings_for(server)) as threads:
                talk = threads.thread("a")
                return await talk.resume(), await talk.resume()

        turn, again = asyncio.run(resumed())
        assert len(server.requests) == 5
    assert again is None
    assert [item.id for item in turn.plan.dss.objects] == ["cat", "pizza"]
    assert turn.plan.usage.calls == 4
    assert len(turn.plan.rounds) == 2


def test_a_person_may_approve_refuse_or_revise_before_a_plan_is_handed_out(tmp_path):
    async def talk():
        async with conversations(tmp_path, load_settings(), approve=True) as threads:
            one, two = threads.thread("one"), threads.thread("two")
            waiting = await one.say(BALL)
            approved = await one.answer(True)
            await two.say(BALL)
            revised = await two.answer("make the ball blue")
            refused = await two.answer(False)
            with pytest.raises(PromptError, match="nobody waits"):
                await two.answer(True)
            return waiting, approved, revised, refused

    waiting, approved, revised, refused = asyncio.run(talk())
    assert (waiting.waiting, waiting.approved) == (True, None)
    assert (approved.waiting, approved.approved, approved.plan) == (False, True, waiting.plan)
    assert (revised.waiting, revised.plan.dss.objects[0].phrase) == (True, "a blue ball")
    assert (refused.waiting, refused.approved, refused.plan) == (False, False, revised.plan)


def test_what_is_said_next_revises_the_plan_and_what_fails_leaves_it(tmp_path):
    async def talk():
        async with conversations(tmp_path, load_settings()) as threads:
            talk = threads.thread("a")
            first = await talk.say("a red ball rolls to the right and a tree stands on the left")
            with pytest.raises(PromptError):
                await talk.say("   ")
            with pytest.raises(PromptError):
                await talk.say("xyzzy plugh")
            kept = await talk.plan()
            return first.plan, kept, (await talk.say("make the ball blue")).plan

    first, kept, revised = asyncio.run(talk())
    assert kept == first
    assert {item.phrase for item in revised.dss.objects if item not in first.dss.objects} == {"a blue ball"}
    assert len(revised.dss.objects) == len(first.dss.objects)


def test_undoing_and_redoing_walk_through_the_versions_of_the_threads_plan(tmp_path):
    async def talk(**options):
        async with conversations(tmp_path / str(len(options)), load_settings(), **options) as threads:
            talk = threads.thread("a")
            said = ["a red ball rolls to the right", "make the ball blue", "make the ball green"]
            made = [(await talk.say(text)).plan for text in said]
            walked = [(await talk.say(text)).plan for text in ("undo that", "Undo!", "redo", "please take it back")]
            with pytest.raises(PlanError, match="nothing to undo"):
                await talk.say("undo")
            history = threads.store.history(made[0].id)
            return made, walked, [version.instruction for version in history], (await talk.say("make it bigger")).plan

    for options in ({}, {"approve": True}):
        (one, two, three), walked, instructions, after = asyncio.run(talk(**options))
        assert walked == [two, one, two, one]
        assert [plan.dss.objects[0].phrase for plan in (one, two, three)] == ["a red ball", "a blue ball", "a green ball"]
        assert instructions == ["", "make the ball blue", "make the ball green"]
        assert (after.version, after.dss.objects[0].phrase) == (4, "a red ball")


def test_threads_of_a_folder_are_kept_apart(tmp_path):
    async def talk():
        async with conversations(tmp_path / "deep", load_settings()) as threads:
            await asyncio.gather(*(threads.thread(name).say(BALL) for name in "abc"))

    asyncio.run(talk())
    with closing(sqlite3.connect(tmp_path / "deep" / "threads.db")) as db:
        assert db.execute("SELECT count(DISTINCT thread_id) FROM checkpoints").fetchone() == (3,)
