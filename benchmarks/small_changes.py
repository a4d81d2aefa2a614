"""What the small planner is worth in revising and fixing: `python -m benchmarks.small_changes`.

Revisions: instructions of words and wordings that were never trained on, to plans of held-out stories, of which it is known
what they mean before their words are; and instructions that were written by hand, with what they mean, by an author who saw
neither the training's wordings nor the rules, and that nobody looked at who worked on these. Fixes: a deliberate error in a
held-out plan, told by the critic's sentences alone. Needs `flowzero[local]` and the base model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.report import table, write_report
from flowzero.agent import repair, revising
from flowzero.agent.changes import Changes, edits_of, sensible
from flowzero.agent.chat import Chat
from flowzero.agent.constraints import measure
from flowzero.agent.edits import Edit, apply
from flowzero.agent.local import LocalMind, changes_of, chat_with, find_files
from flowzero.agent.minds import Instruction, Meter
from flowzero.agent.outline import reading_of
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError, LLMError
from flowzero.settings import load_settings
from training.planner.asked import asked_of, plan_of
from training.planner.fixes import Fix, complaints, fixes, mended
from training.planner.revisions import Revision, revisions

SEED = 4242
COMMAND = "python -m benchmarks.small_changes"
AT_ONCE = 4
BY_OTHERS = Path(__file__).with_name("prompts") / "instructions.jsonl"
DEFAULT = "default: it where it counts, or else the rules"


class Done(NamedTuple):
    """What became of one instruction."""

    after: DSS | None
    """The plan after it; None where nothing was understood."""
    left: bool
    """Whether a piece is reported as not understood."""


def wanted(revision: Revision) -> DSS:
    """The plan that the instruction asks for."""
    return apply(revision.dss, edits_of(revision.changes, revision.instruction, revision.dss))


def by_rules(revision: Revision) -> Done:
    """The built-in mind."""
    return _done(revision, *_guarded(lambda: revising.instruct(revision.instruction, revision.dss)))


def by_model(revision: Revision, changes: Changes | None) -> Done:
    """The small planner alone."""
    if changes is None or not sensible(changes, revision.instruction, revision.dss):
        return Done(None, left=True)
    return _done(revision, edits_of(changes, revision.instruction, revision.dss), ())


async def by_both(revision: Revision, mind: LocalMind) -> Done:
    """What is served: the small planner where it counts, or else the rules."""
    try:
        return _done(revision, *await mind.revise(Instruction.read(revision.instruction, revision.dss), Meter()))
    except FlowZeroError:
        return Done(None, left=True)


def _guarded(ask: Callable[[], tuple[tuple[Edit, ...], tuple[str, ...]]]) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    try:
        return ask()
    except FlowZeroError:
        return (), ("",)


def _done(revision: Revision, edits: Sequence[Edit], unread: Sequence[str]) -> Done:
    return Done(apply(revision.dss, edits) if edits else None, left=bool(unread) or not edits)


def strays(revision: Revision, after: DSS | None) -> bool:
    """Whether something was changed that the instruction does not name: an object, or a field of the plan."""
    if after is None:
        return False
    right = wanted(revision)
    named = _changed(revision.dss, right)
    new = {item.id for item in after.objects} - {item.id for item in revision.dss.objects}
    return bool(_changed(revision.dss, after) - named - (new if len(right.objects) > len(revision.dss.objects) else set()))


def _changed(before: DSS, after: DSS) -> set[str]:
    """Ids of the objects, and names of the fields, that are not the same in both; scene descriptions follow the rest."""
    old, new = ({item.id: item for item in dss.objects} for dss in (before, after))
    objects = {item_id for item_id in old.keys() | new.keys() if old.get(item_id) != new.get(item_id)}
    fields = {name for name in ("seconds", "fps", "setting", "background") if getattr(before, name) != getattr(after, name)}
    return objects | fields


def alike(revision: Revision, after: DSS | None) -> bool:
    """Whether the plan is the one that was asked for, whatever its scenes' descriptions and its new objects' ids are."""
    if after is None:
        return not revision.changes.all
    return bool(_plain(wanted(revision)) == _plain(after))


def _plain(dss: DSS) -> Any:
    fields = dss.model_dump(exclude={"scenes", "prompt"})
    fields["objects"] = sorted(
        json.dumps({k: v for k, v in item.items() if k != "id"}, default=str) for item in fields["objects"]
    )
    return fields


async def ask(chat: Chat, asked: Sequence[Revision], report: Callable[[str], None]) -> list[Changes | None]:
    """The model's changes for each, several at once; None where its reply holds none."""
    places, done = asyncio.Semaphore(AT_ONCE), 0

    async def one(revision: Revision) -> Changes | None:
        nonlocal done
        async with places:
            try:
                found: Changes | None = (await changes_of(chat, revision.dss, revision.instruction, Meter()))[0]
            except LLMError:
                found = None
        done += 1
        if done % 50 == 0:
            report(f"{done} of {len(asked)} instructions")
        return found

    return list(await asyncio.gather(*(one(revision) for revision in asked)))


async def _all_by_both(asked: Sequence[Revision], mind: LocalMind) -> list[Done]:
    return [await by_both(revision, mind) for revision in asked]


def row(name: str, mind: str, asked: Sequence[Revision], done: Sequence[Done]) -> dict[str, Any]:
    """The table's line of one mind."""
    pairs = list(zip(asked, done, strict=True))
    n = len(pairs)
    return {
        "instructions": f"{name} ({n})",
        "mind": mind,
        "as asked": _percent(sum(alike(revision, item.after) for revision, item in pairs), n),
        "something else changed": _percent(sum(strays(revision, item.after) for revision, item in pairs), n),
        "nothing changed": _percent(sum(item.after is None for _, item in pairs), n),
    }


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"


def fixed_by_rules(asked: Sequence[Fix]) -> int:
    """How many errors the built-in fixer rights in one round."""
    good = 0
    for fix in asked:
        reading = reading_of(fix.scene.story.outline, fix.scene.story.prompt)
        edits = repair.propose(reading, fix.revision.dss, measure(reading, fix.revision.dss))
        good += bool(edits) and not complaints(fix.scene, apply(fix.revision.dss, edits))
    return good


def rows_of(name: str, asked: Sequence[Revision], answers: Sequence[Changes | None], mind: LocalMind) -> list[dict[str, Any]]:
    """The table's lines for instructions of one origin."""
    rules = [by_rules(revision) for revision in asked]
    model = [by_model(revision, changes) for revision, changes in zip(asked, answers, strict=True)]
    joined = asyncio.run(_all_by_both(asked, mind))
    left = [k for k, item in enumerate(rules) if item.left]
    minds = (("built-in mind", rules), ("small planner alone", model), (DEFAULT, joined))
    rows = [row(name, who, asked, done) for who, done in minds]
    return rows + [
        row(f"{name}: unread in part by the rules", who, [asked[k] for k in left], [done[k] for k in left])
        for who, done in minds
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=int, default=300)
    parser.add_argument("--fixes", type=int, default=100)
    parser.add_argument("--adapter", type=Path, help="another adapter than the package's")
    parser.add_argument("--dry", action="store_true", help="print the table, and write no report")
    parser.add_argument(
        "--wrong", type=Path, help="write the held-out ones that were answered otherwise than meant to this file"
    )
    arguments = parser.parse_args()
    settings = load_settings(llm_timeout=900)
    base, shipped = find_files(settings)
    chat = chat_with((base, arguments.adapter or shipped), settings, AT_ONCE)
    told = {
        "held out": list(islice(revisions(SEED, held=True), arguments.revisions)),
        "by others": [Revision(plan_of(one), one.instruction, one.changes, ()) for one in asked_of(BY_OTHERS)],
    }
    errors = list(islice(fixes(SEED, held=True), arguments.fixes))
    rows: list[dict[str, Any]] = []
    answers: dict[str, list[Changes | None]] = {}
    for name, asked in told.items():
        answers[name] = asyncio.run(ask(chat, asked, print))
        rows += rows_of(name, asked, answers[name], LocalMind(settings, chat))
    mends = asyncio.run(ask(chat, [fix.revision for fix in errors], print))
    right = sum(
        changes is not None and mended(fix.scene, fix.revision.dss, changes) for fix, changes in zip(errors, mends, strict=True)
    )
    for mind, good in (("small planner alone", right), ("built-in fixer, one round", fixed_by_rules(errors))):
        rows.append(
            {
                "instructions": f"errors, in the critic's words ({len(errors)})",
                "mind": mind,
                "as asked": _percent(good, len(errors)),
            }
        )
    print(table(rows))
    if arguments.wrong:
        lines = [
            {
                "scene": revision.scene,
                "asked": revision.instruction,
                "meant": revision.changes.to_wire(),
                "got": got.to_wire() if got else None,
            }
            for revision, got in zip(told["held out"], answers["held out"], strict=True)
            if got != revision.changes
        ]
        arguments.wrong.write_text(json.dumps(lines, indent=1, ensure_ascii=False))
    remarks = (
        "As asked: the plan is the one that the meant changes make, box for box; of errors, that the critic finds nothing "
        "any more. Something else changed: an object or a field that the instruction does not name. Those held out are of the "
        "manner of the training's, in wordings, nouns and verbs that were never trained on; those by others were written by "
        "hand, to plans of other prompts, and nobody looked at them."
    )
    if not arguments.dry:
        command = f"{COMMAND} --revisions {arguments.revisions} --fixes {arguments.fixes}"
        command += " --adapter FILE" if arguments.adapter else ""
        print(write_report("small_changes", "The small planner's revisions and fixes", command, rows, remarks))


if __name__ == "__main__":
    main()
