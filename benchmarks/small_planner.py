"""What the small planner is worth, beside the built-in mind: `python -m benchmarks.small_planner`.

Prompts of words, verbs, templates and frames that it was never trained on; what each promises is known before its words are,
so that neither our reading nor the model decides what is right. Needs `flowzero[local]` and the base model. With the layouts of
LVD at hand (see `benchmarks/lvd.py`) its prompts are asked as well: others wrote those, and its own predicates judge.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.lvd import data_folder, predicate, replies, to_layout
from benchmarks.report import table, write_report
from flowzero.agent.graph import build_graph
from flowzero.agent.local import chat_with, find_files
from flowzero.agent.minds import BuiltinMind, Meter, Task
from flowzero.agent.outline import Outline
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError
from flowzero.settings import Settings, load_settings
from training.planner.score import ask, keeps, planned
from training.planner.stories import Story, stories

SEED = 4242
COMMAND = "python -m benchmarks.small_planner"
Judge = Callable[[DSS | None], bool]


class Tried(NamedTuple):
    """What one mind made of one prompt."""

    first: DSS | None
    end: DSS | None
    seconds: float
    """Processor time of the rules, wall time of the model."""


class _Drafted(BuiltinMind):
    """The built-in mind, but for its first plan."""

    name = "drafted"

    def __init__(self, dss: DSS) -> None:
        self.dss = dss

    async def draft(self, task: Task, meter: Meter) -> DSS:
        return self.dss


def by_rules(prompt: str, settings: Settings) -> Tried:
    """The built-in mind."""
    began = time.process_time()
    try:
        first = draft(read(prompt))
    except FlowZeroError:
        return Tried(None, None, time.process_time() - began)
    return Tried(first, refined(prompt, first, settings), time.process_time() - began)


def refined(prompt: str, first: DSS | None, settings: Settings) -> DSS | None:
    """A first plan after critic and fixer."""
    if first is None:
        return None
    graph = build_graph(settings, _Drafted(first))
    result: DSS = asyncio.run(graph.ainvoke({"prompt": prompt}))["plan"].dss
    return result


def read_in_full(prompt: str) -> bool:
    """Whether the rules find something to draw and leave no word over."""
    reading = read(prompt)
    return bool(reading.things or reading.setting) and not reading.unread


def rows_of(
    group: str, prompts: Sequence[str], judges: Sequence[Judge], answers: Sequence[Any], settings: Settings
) -> list[Any]:
    """The table's lines for one group of prompts."""
    rules = [by_rules(prompt, settings) for prompt in prompts]
    model: list[Tried] = []
    for prompt, answer in zip(prompts, answers, strict=True):
        first = planned(answer.outline, prompt)
        model.append(Tried(first, refined(prompt, first, settings), answer.seconds))
    both = [rules[k] if read_in_full(prompt) else model[k] for k, prompt in enumerate(prompts)]
    return [
        _row(group, "built-in mind", rules, judges),
        _row(group, "small planner", model, judges),
        _row(group, "rules where they read all, else small planner", both, judges),
    ]


def _row(group: str, mind: str, tried: Sequence[Tried], judges: Sequence[Judge]) -> dict[str, Any]:
    n = len(tried)
    return {
        "prompts": f"{group} ({n})",
        "mind": mind,
        "valid plan": _percent(sum(item.first is not None for item in tried), n),
        "kept, first plan": _percent(sum(judge(item.first) for item, judge in zip(tried, judges, strict=True)), n),
        "kept, with critic and fixer": _percent(sum(judge(item.end) for item, judge in zip(tried, judges, strict=True)), n),
        "seconds, median": statistics.median(item.seconds for item in tried),
    }


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def _told(story: Story) -> Judge:
    return lambda dss: keeps(story, dss)


def _by_predicate(prompt: str) -> Judge:
    holds = predicate(prompt)[1]
    return lambda dss: dss is not None and holds(to_layout(dss))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--others", type=int, default=184, help="prompts of LVD")
    parser.add_argument("--base", type=Path, help="another base model than the one on this machine")
    parser.add_argument("--adapter", type=Path, help="another adapter than the package's")
    arguments = parser.parse_args()
    settings = load_settings(llm_timeout=600)
    files = (arguments.base, arguments.adapter) if arguments.base and arguments.adapter else find_files(settings)
    chat = chat_with(files, settings)
    told = list(islice(stories(SEED, held=True), arguments.prompts))
    answers = ask(chat, told, print)
    rows = rows_of("held out", [s.prompt for s in told], [_told(s) for s in told], answers, settings)
    folder = data_folder()
    if folder is not None and arguments.others:
        others = list(dict.fromkeys(reply.prompt for reply in replies(folder)))[:: max(1, 184 // arguments.others)]
        unknown = [Story(prompt, Outline(), ()) for prompt in others]
        asked = ask(chat, unknown, print)
        rows += rows_of("LVD", others, [_by_predicate(prompt) for prompt in others], asked, settings)
    alone = [item.seconds for item in ask(chat, told[:20], print, at_once=1)]
    remarks = (
        f"One prompt at a time the small planner takes {statistics.median(alone):.1f} s (median of {len(alone)}); in the table "
        "four are asked at once. What a held-out prompt promises is known from its making. The critic and the fixer know only "
        "what our own reading makes of the prompt."
    )
    print(table(rows))
    print(write_report("small_planner", "The small planner", COMMAND, rows, remarks))


if __name__ == "__main__":
    main()
