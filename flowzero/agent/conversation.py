"""Talk about one plan, as a LangGraph thread: what was said last week is still known, and a run that was killed goes on.

A thread holds the latest plan only; `agent/store.py` keeps the versions. Both are SQLite files in one folder, and nothing but
the values named here comes back to life from a thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from flowzero.agent.graph import Graph, build_graph
from flowzero.agent.minds import Mind
from flowzero.agent.state import Request
from flowzero.agent.store import PlanStore
from flowzero.dss import DSS
from flowzero.errors import PromptError
from flowzero.events import Event, Listener
from flowzero.plan import Plan, Round, Usage
from flowzero.settings import Settings

ALLOWED = tuple((kind.__module__, kind.__name__) for kind in (DSS, Plan, Round, Usage))
"""The only classes that a checkpoint may bring back to life; in a tampered file, anything else stays plain data."""


class Turn(NamedTuple):
    """Where a conversation stands after something was said."""

    plan: Plan
    approved: bool | None
    """A person's answer, if one was asked for and has answered."""
    waiting: bool
    """Whether the thread waits for that answer; give it with :meth:`Conversation.answer`."""


class Conversation:
    """One thread of a graph that was built with a checkpointer and a store."""

    def __init__(self, graph: Graph, store: PlanStore, thread: str) -> None:
        self.graph = graph
        self.store = store
        self.config: RunnableConfig = {"configurable": {"thread_id": thread}}

    async def say(
        self, text: str, *, seconds: float | None = None, fps: float | None = None, listener: Listener | None = None
    ) -> Turn:
        """Plan from the text, if nothing was planned in this thread yet; otherwise revise the plan as it instructs.

        "Undo that" and "redo" walk through the versions of the plan.
        """
        request: Request = {"seconds": seconds, "fps": fps}
        plan = await self.plan()
        if plan is None:
            return await self._run({**request, "prompt": text}, listener)
        if plan.id is not None and (found := self.store.walk(plan.id, text)) is not None:
            last = "approval" if "approval" in self.graph.nodes else "deliver"
            await self.graph.aupdate_state(self.config, {"plan": found, "prompt": found.dss.prompt}, as_node=last)
            return await self._turn()
        return await self._run({**request, "instruction": text}, listener)

    async def answer(self, answer: bool | str, listener: Listener | None = None) -> Turn:
        """Approve the plan, refuse it, or have it revised by an instruction.

        Raises:
            PromptError: if no answer is waited for.
        """
        if not (await self.graph.aget_state(self.config)).interrupts:
            raise PromptError("nobody waits for an answer in this conversation: say what to plan or to change.")
        return await self._run(Command(resume=answer), listener)

    async def resume(self, listener: Listener | None = None) -> Turn | None:
        """Go on where a killed run stopped; None if nothing is left to do."""
        state = await self.graph.aget_state(self.config)
        return None if not state.next or state.interrupts else await self._run(None, listener)

    async def plan(self) -> Plan | None:
        """The thread's plan, None before the first."""
        plan: Plan | None = (await self.graph.aget_state(self.config)).values.get("plan")
        return plan

    async def _run(self, given: Request | Command[Any] | None, listener: Listener | None) -> Turn:
        stream = self.graph.astream(given, self.config, stream_mode="custom", version="v2", durability="sync")
        async for part in stream:
            if listener is not None and isinstance(part["data"], Event):
                listener(part["data"])
        return await self._turn()

    async def _turn(self) -> Turn:
        state = await self.graph.aget_state(self.config)
        return Turn(state.values["plan"], state.values.get("approved"), waiting=bool(state.interrupts))


class Conversations:
    """All threads of one folder."""

    def __init__(self, graph: Graph, store: PlanStore) -> None:
        self.graph = graph
        self.store = store

    def thread(self, name: str) -> Conversation:
        """The thread of that name, old or new."""
        return Conversation(self.graph, self.store, name)


@asynccontextmanager
async def conversations(
    folder: str | Path, settings: Settings | None = None, mind: Mind | None = None, *, approve: bool = False
) -> AsyncIterator[Conversations]:
    """Threads and plans that are kept in a folder; with `approve` a person is asked before a plan is handed out."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    store = PlanStore(folder / "plans.db")
    async with aiosqlite.connect(folder / "threads.db") as connection:
        saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=list(ALLOWED)))
        await saver.setup()
        yield Conversations(build_graph(settings, mind, checkpointer=saver, store=store, approve=approve), store)
