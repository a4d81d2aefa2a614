"""What the small planner is worth, beside the built-in mind: `python -m benchmarks.small_planner`.

Groups of prompts, and each time somebody else than the two minds says what a prompt promises. `held`: words, verbs,
templates and frames that the small planner was never trained on; a story's promises are known before its words are. `written`:
the tenth of the prompts written whole that it was never trained on, with nouns that it was never trained on. `others`: prompts
and outlines that were written by hand, by another author and in two dozen manners, and that nobody looked at who worked on the
minds; `strangers` likewise, by yet another as sixteen people; `dev` is such a set that was looked at. `lvd`: prompts of the
published benchmark (see `benchmarks/lvd.py`), judged by its own predicates. Needs `flowzero[local]` and the base model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.lvd import data_folder, predicate, replies, to_layout
from benchmarks.report import table, write_report
from flowzero.agent.graph import build_graph
from flowzero.agent.local import chat_with, find_files, heard
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.promises import Reading
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.agent.supplement import joined
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError
from flowzero.plan import Plan
from flowzero.settings import Settings, load_settings
from training.planner.score import Answer, ask, kept, planned
from training.planner.stories import Story, stories
from training.planner.written import retold, written

SEED = 4242
COMMAND = "python -m benchmarks.small_planner"
FOLDER = Path(__file__).with_name("prompts")
AT_ONCE = 8
_FILES = {"others": "others_test", "strangers": "strangers", "users": "users", "dev": "others_dev"}
_TITLES = {
    "held": "held out",
    "written": "written whole, held out",
    "others": "by others",
    "strangers": "by strangers",
    "users": "by users",
    "dev": "by others, looked at",
}
Judge = Callable[[DSS | None], tuple[int, int]]
"""How many promises a plan keeps, and of how many."""


class Group(NamedTuple):
    """Prompts of one origin, with who judges the plans."""

    name: str
    stories: tuple[Story, ...]
    judges: tuple[Judge, ...]


class Tried(NamedTuple):
    """What one mind made of one prompt."""

    first: DSS | None
    end: DSS | None
    seconds: float
    """Processor time."""


def groups(names: Sequence[str], most: int) -> list[Group]:
    """The groups of those names, each with at most so many prompts, spread over all."""
    made: list[Group] = []
    for name in names:
        if name == "lvd":
            folder = data_folder()
            prompts = list(dict.fromkeys(reply.prompt for reply in replies(folder))) if folder is not None else []
            told = tuple(Story(prompt, Outline(), ()) for prompt in _spread(prompts, most))
            made.append(Group("LVD", told, tuple(_by_predicate(story.prompt) for story in told)))
            continue
        if name == "held":
            told = tuple(islice(stories(SEED, held=True), min(most, 300)))
        elif name == "written":
            told = tuple(islice(retold(SEED, held=True), min(most, len(written()["held"]))))
        else:
            told = tuple(_spread(_by_hand(name), most))
        made.append(Group(_TITLES[name], told, tuple(_by_outline(story) for story in told)))
    return [group for group in made if group.stories]


def _by_hand(name: str) -> list[Story]:
    """Prompts and outlines by others."""
    path = FOLDER / f"{_FILES[name]}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Story(row["prompt"], Outline.model_validate(row["outline"]), (row.get("style", ""),)) for row in rows]


def _spread(items: Sequence[Any], most: int) -> list[Any]:
    return [items[k * len(items) // most] for k in range(most)] if len(items) > most else list(items)


def _by_outline(story: Story) -> Judge:
    return lambda dss: kept(story, dss)


def _by_predicate(prompt: str) -> Judge:
    holds = predicate(prompt)[1]
    return lambda dss: (int(dss is not None and holds(to_layout(dss))), 1)


def by_rules(prompt: str, settings: Settings) -> Tried:
    """The built-in mind."""
    began = time.process_time()
    try:
        first = draft(read(prompt))
    except FlowZeroError:
        return Tried(None, None, time.process_time() - began)
    return Tried(first, refined(prompt, first, None, settings), time.process_time() - began)


def by_model(answer: Answer, settings: Settings) -> Tried:
    """The small planner, whatever the rules make of the prompt; critic and fixer go by what it read."""
    prompt, first = answer.story.prompt, planned(answer.outline, answer.story.prompt)
    if answer.outline is None or first is None:
        return Tried(None, None, answer.seconds)
    return Tried(first, refined(prompt, first, reading_of(answer.outline, prompt), settings), answer.seconds)


def by_both(answer: Answer, settings: Settings) -> Tried:
    """The rules and the small planner together, as :class:`~flowzero.agent.local.LocalMind` joins them."""
    prompt, sure = answer.story.prompt, read(answer.story.prompt)
    own = sure if answer.outline is None else joined(sure, reading_of(answer.outline, prompt))
    try:
        first = draft(own)
    except FlowZeroError:
        return Tried(None, None, answer.seconds)
    return Tried(first, refined(prompt, first, None if own == sure else own, settings), answer.seconds)


def by_gold(story: Story) -> Tried:
    """The built-in planner, told what the prompt promises: the most that any reader of prompts can reach."""
    began = time.process_time()
    first = planned(story.outline, story.prompt)
    return Tried(first, first, time.process_time() - began)


def refined(prompt: str, first: DSS, own: Reading | None, settings: Settings) -> DSS:
    """A first plan after critic and fixer, who go by the mind's own reading or else by the rules'."""
    given = Plan(dss=first, confidence=0.0, reading=own.model_dump_json() if own is not None else "")
    result: DSS = asyncio.run(build_graph(settings).ainvoke({"prompt": prompt, "start": given}))["plan"].dss
    return result


def rows_of(group: Group, answers: Sequence[Answer], settings: Settings) -> list[Any]:
    """The table's lines for one group of prompts."""
    rules = [by_rules(story.prompt, settings) for story in group.stories]
    model = [by_model(answer, settings) for answer in answers]
    counts = [heard(read(item.story.prompt), item.sure) for item in answers]
    helped = [by_both(item, settings) if own else rule for item, rule, own in zip(answers, rules, counts, strict=True)]
    rows = [
        _row(group, "built-in mind", rules),
        _row(group, "small planner", model),
        _row(group, f"default: both readings joined where it counts ({sum(counts)})", helped),
    ]
    if group.name != "LVD":
        rows.append(_row(group, "built-in planner, told the promises", [by_gold(story) for story in group.stories]))
    return rows


def among(group: Group, prompts: set[str]) -> Group:
    """The group with these prompts alone."""
    chosen = [(story, judge) for story, judge in zip(group.stories, group.judges, strict=True) if story.prompt in prompts]
    return Group(group.name, tuple(story for story, _ in chosen), tuple(judge for _, judge in chosen))


def _row(group: Group, mind: str, tried: Sequence[Tried]) -> dict[str, Any]:
    n = len(tried)
    first = [judge(item.first) for judge, item in zip(group.judges, tried, strict=True)]
    end = [judge(item.end) for judge, item in zip(group.judges, tried, strict=True)]
    return {
        "prompts": f"{group.name} ({n})",
        "mind": mind,
        "valid plan": _percent(sum(item.first is not None for item in tried), n),
        "promises kept, first plan": _percent(sum(a for a, _ in first), sum(b for _, b in first)),
        "promises kept, with critic and fixer": _percent(sum(a for a, _ in end), sum(b for _, b in end)),
        "prompts with all kept, first plan": _percent(sum(a == b for a, b in first), n),
        "prompts with all kept, with critic and fixer": _percent(sum(a == b for a, b in end), n),
        "seconds, median": statistics.median(item.seconds for item in tried),
    }


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def processor_seconds(chat: Any, asked: Sequence[Story]) -> float:
    """What the model takes for one prompt, asked alone: the median over these."""
    taken: list[float] = []
    for story in asked:
        began = time.process_time()
        ask(chat, [story], print, at_once=1)
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def answered(group: Group, chat: Any, cache: Path | None) -> list[Answer]:
    """What the model answers to a group's prompts; taken from the file where that has them, and written there."""
    known: dict[str, Any] = json.loads(cache.read_text()) if cache is not None and cache.exists() else {}
    fresh = [story for story in group.stories if story.prompt not in known]
    for first in range(0, len(fresh), 40):
        for answer in ask(chat, fresh[first : first + 40], print, at_once=AT_ONCE):
            wire = answer.outline.to_wire() if answer.outline is not None else None
            known[answer.story.prompt] = [wire, answer.seconds, answer.tokens, answer.sure]
        if cache is not None:
            cache.write_text(json.dumps(known, ensure_ascii=False))
    found = [(story, *known[story.prompt]) for story in group.stories]
    return [Answer(story, Outline.model_validate_json(wire) if wire else None, *rest) for story, wire, *rest in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", default="held,others,lvd", help="of held, written, others, strangers, users, dev, lvd")
    parser.add_argument("--prompts", type=int, default=300, help="of each group at most")
    parser.add_argument("--base", type=Path, help="another base model than the one on this machine")
    parser.add_argument("--adapter", type=Path, help="another adapter than the package's")
    parser.add_argument("--answers", type=Path, help="keep the model's answers in this file, and go on from those in it")
    parser.add_argument("--known", action="store_true", help="of each group only the prompts that this file has answers to")
    parser.add_argument("--report", default="small_planner", help="the report's name")
    parser.add_argument("--dry", action="store_true", help="print the table, and write no report")
    arguments = parser.parse_args()
    settings = load_settings(llm_timeout=900)
    found = find_files(settings) if not (arguments.base and arguments.adapter) else (arguments.base, arguments.adapter)
    chat = chat_with((arguments.base or found[0], arguments.adapter or found[1]), settings, AT_ONCE)
    rows: list[Any] = []
    chosen = groups(arguments.groups.split(","), arguments.prompts)
    if arguments.known:
        known = set(json.loads(arguments.answers.read_text()))
        chosen = [few for group in chosen if (few := among(group, known)).stories]
    seconds = processor_seconds(chat, list(_spread([story for group in chosen for story in group.stories], 12)))
    for group in chosen:
        answers = [answer._replace(seconds=seconds) for answer in answered(group, chat, arguments.answers)]
        rows += rows_of(group, answers, settings)
        print(table(rows), flush=True)
    remarks = (
        "Seconds are of processor time, the model's for a prompt that is asked alone (median of 12). A promise is what the "
        "critic measures of the outline that belongs to the prompt; on LVD a prompt is one promise. The last line of a group "
        "is no mind: it shows what our planner can keep of what is asked. Who wrote the rules had seen `by others, looked at`, "
        "and the way that both readings are joined was chosen on it. With `--known` a group is as many of its prompts as the "
        "file of answers has, in their order."
    )
    if not arguments.dry:
        rest = " --known --answers FILE" if arguments.known else ""
        name = "" if arguments.report == "small_planner" else f" --report {arguments.report}"
        command = f"{COMMAND} --groups {arguments.groups} --prompts {arguments.prompts}{rest}{name}"
        print(write_report(arguments.report, "The small planner", command, rows, remarks))


if __name__ == "__main__":
    main()
