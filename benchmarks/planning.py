"""What planning costs: a built-in plan, the critic, the state machine around them, a batch, and reading a model's reply.

    python -m benchmarks.planning

CPU seconds of one process on one thread, so that what else a machine does counts little.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import flowzero
from benchmarks.builtin import BUILTIN
from benchmarks.report import table, write_report
from flowzero.agent import constraints, repair
from flowzero.agent.graph import build_graph
from flowzero.agent.reading import read
from flowzero.agent.state import Request
from flowzero.agent.wire import decode_plan, plan_to_wire

NOUNS = ("ball", "dog", "cat", "car", "bird", "boat", "balloon", "horse", "fish", "butterfly")
COLOURS = ("red", "blue", "green", "yellow", "white")
VERBS = ("moves from the left to the right", "flies upwards", "falls down", "appears in the second half", "stands still")
PLACES = ("", " in a park", " over the sea", " while the camera pans left")
TEN = "three red balls and two dogs and a cat and two birds and two cars move to the right in a park"


def main() -> None:
    settings = BUILTIN
    prompts = [f"a {c} {n} {v}{p}" for n in NOUNS for c in COLOURS for v in VERBS for p in PLACES]
    ten = repair.draft(read(TEN))
    wire = json.dumps(plan_to_wire(ten))
    plans = [_cpu(partial(flowzero.plan, prompt, settings=settings)) for prompt in prompts[:200]]
    began = time.process_time()
    made = list(flowzero.plan_batch(prompts, settings=settings))
    batch = time.process_time() - began
    rows = [
        _row("built-in plan, median of 200 prompts (ms)", statistics.median(plans) * 1e3, "< 30"),
        _row("built-in plan, 99th of 100 (ms)", statistics.quantiles(plans, n=100)[98] * 1e3, "< 50"),
        _row(f"critic, a plan of {len(ten.objects)} objects (ms)", _median(lambda: _measured(ten)), "< 5"),
        _row("state machine, overhead a node (ms)", _overhead(), "< 5"),
        _row(f"batch of {len(prompts)} prompts (s)", batch, "< 20"),
        _row("of these, plans that reach the threshold", sum(isinstance(p, flowzero.Plan) and p.passed for p in made), ""),
        _row(f"reading a model's plan of {len(ten.objects)} objects (ms)", _median(lambda: _decode(wire)), ""),
    ]
    print(table(rows))
    print(write_report("planning", "What planning costs", "python -m benchmarks.planning", rows, "CPU time on one thread."))


def _measured(dss: flowzero.DSS) -> None:
    """The critic's work, not its memory of it."""
    constraints.measure.__wrapped__(read(TEN), dss)


def _overhead() -> float:
    """Milliseconds a node that a run takes beyond what its nodes do, for a plan that is given and only measured."""
    graph = build_graph(BUILTIN)
    dss = repair.draft(read(TEN))
    request: Request = {"prompt": TEN, "start": dss, "max_rounds": 0}

    async def runs(n: int) -> None:
        for _ in range(n):
            await graph.ainvoke(request)

    asyncio.run(runs(3))
    whole = _cpu(lambda: asyncio.run(runs(50))) / 50
    return (whole * 1e3 - _median(lambda: constraints.measure(read(TEN), dss))) / 3


def _decode(wire: str) -> None:
    decode_plan(wire, prompt=TEN, seconds=2, fps=8)


def _median(work: Callable[[], Any], times: int = 51) -> float:
    """CPU milliseconds, the median."""
    return statistics.median(_cpu(work) for _ in range(times)) * 1e3


def _cpu(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _row(what: str, measured: float, goal: str) -> dict[str, Any]:
    return {"what": what, "measured": measured, "goal": goal}


if __name__ == "__main__":
    main()
