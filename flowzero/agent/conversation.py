"""Talk about one plan, as a LangGraph thread: what was said last week is still known, and a run that was killed goes on.

A conversation holds the latest plan only; `agent/store.py` keeps the versions. Threads live in one SQLite file; nothing but the
values named here comes back to life from it.
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
    """One thread of a graph that was built with a checkpointer."""

    def __init__(self, graph: Graph, thread: str) -> None:
        self.graph = graph
        self.config: RunnableConfig = {"configurable": {"thread_id": thread}}

    async def say(
        self, text: str, *, seconds: float | None = None, fps: float | None = None, listener: Listener | None = None
    ) -> Turn:
        """Plan from the text, if nothing was planned in this thread yet; otherwise revise the plan as it instructs."""
        request: Request = {"start": None, "instruction": None, "seconds": seconds, "fps": fps, "max_rounds": None}
        if await self.plan() is None:
            request["prompt"] = text
        else:
            request["instruction"] = text
        return await self._run(request, listener)

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
        stream = self.graph.astream(given, self.config, stream_mode=["custom", "values"], version="v2", durability="sync")
        async for part in stream:
            if part["type"] == "custom" and listener is not None and isinstance(part["data"], Event):
                listener(part["data"])
        state = await self.graph.aget_state(self.config)
        return Turn(state.values["plan"], state.values.get("approved"), waiting=bool(state.interrupts))


@asynccontextmanager
async def conversations(
    path: str | Path, settings: Settings | None = None, mind: Mind | None = None, *, approve: bool = False
) -> AsyncIterator[Graph]:
    """A graph whose threads are kept in the file at `path`; with `approve` it asks a person before it hands out a plan."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=list(ALLOWED)))
        await saver.setup()
        yield build_graph(settings, mind, checkpointer=saver, approve=approve)
