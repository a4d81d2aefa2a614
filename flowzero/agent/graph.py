"""The state machine: which node follows which.

planner ─> critic ─> deliver ─> (approval) ─> end
             ^ │ C below λ         │ an instruction
             │ v                   v
            fixer ──> deliver    planner
                 stalled
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from flowzero.agent.minds import BuiltinMind, Mind
from flowzero.agent.nodes import Nodes
from flowzero.agent.state import Request, Result, State
from flowzero.agent.store import PlanStore
from flowzero.events import Event, Listener
from flowzero.plan import Plan
from flowzero.settings import SMALL_PLANNER, Settings, load_settings

Graph = CompiledStateGraph[State, None, Request, Result]


def build_graph(
    settings: Settings | None = None,
    mind: Mind | None = None,
    *,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
    store: PlanStore | None = None,
    approve: bool = False,
) -> Graph:
    """The compiled state machine; it takes a :class:`Request` and gives a :class:`Result`.

    Args:
        settings: threshold, limits and language model; `load_settings()` when not given.
        mind: who plans; the language model of the settings, or the built-in mind when they name none.
        checkpointer: where threads are kept; needed to resume, to converse, and to approve.
        store: where every plan that is handed out is kept as a version.
        approve: stop for a person's answer before the plan is handed out.
    """
    settings = settings or load_settings()
    nodes = Nodes(settings, mind or mind_of(settings), store)
    graph = StateGraph(State, input_schema=Request, output_schema=Result)
    graph.add_node("planner", nodes.planner)
    graph.add_node("critic", nodes.critic)
    graph.add_node("fixer", nodes.fixer)
    graph.add_node("deliver", nodes.deliver)
    graph.add_edge(START, "planner")
    graph.add_edge("planner", "critic")
    graph.add_conditional_edges("critic", after_critic)
    graph.add_conditional_edges("fixer", after_fixer)
    if approve:
        graph.add_node("approval", nodes.approval)
        graph.add_edge("deliver", "approval")
        graph.add_conditional_edges("approval", after_approval)
    else:
        graph.add_edge("deliver", END)
    return graph.compile(checkpointer=checkpointer, name="flowzero")


def after_critic(state: State) -> Literal["fixer", "deliver"]:
    """Fix until there is a reason to stop: C has reached λ, or the limit or a budget is spent."""
    return "deliver" if state["stopped"] else "fixer"


def after_fixer(state: State) -> Literal["critic", "deliver"]:
    """Measure the new candidate; with none, the loop has stalled."""
    return "deliver" if state["stopped"] else "critic"


def after_approval(state: State) -> Literal["planner", "__end__"]:
    """An instruction instead of an answer revises the plan."""
    return "planner" if state.get("instruction") is not None else "__end__"


def mind_of(settings: Settings) -> Mind:
    """The mind that the settings ask for; the language model's client is loaded only if they name one.

    With none named the built-in mind plans, supplemented by the small planner where that is on this machine.
    """
    if not settings.llm_model:
        if settings.small_planner == "off":
            return BuiltinMind()
        from flowzero.agent.local import LocalMind, present

        return LocalMind(settings, optional=True) if present(settings) else BuiltinMind()
    if settings.llm_model == SMALL_PLANNER and not settings.llm_base_url:
        from flowzero.agent.local import LocalMind

        return LocalMind(settings)
    from flowzero.agent.llm import LLMMind

    return LLMMind(settings)


def studio_graph(config: RunnableConfig) -> Graph:
    """The graph for LangGraph Studio and its server, which bring their own checkpointer; `langgraph.json` names it.

    With `approve` among the configurable values it asks a person before it hands out a plan.
    """
    return build_graph(approve=bool(config.get("configurable", {}).get("approve")))


async def run(request: Request, settings: Settings, listener: Listener | None = None, store: PlanStore | None = None) -> Plan:
    """Send one request through the state machine, report its events to the listener, and keep the plan in the store.

    Raises:
        FlowZeroError: what the nodes raise.
    """
    graph = _graph(settings) if store is None else build_graph(settings, store=store)
    result: Any = {}
    if listener is None:
        result = await graph.ainvoke(request)
        return cast("Plan", result["plan"])
    async for part in graph.astream(request, stream_mode=["custom", "values"], version="v2"):
        if part["type"] == "custom" and isinstance(part["data"], Event):
            listener(part["data"])
        elif part["type"] == "values":
            result = part["data"]
    return cast("Plan", result["plan"])


@lru_cache(maxsize=8)
def _graph(settings: Settings) -> Graph:
    return build_graph(settings)
