"""Whether a revision changes what its instruction names and nothing else, byte for byte.

    python -m benchmarks.revisions

For each plan and each of its things, every instruction is carried out through the whole loop. A revision is local if all
objects but the named one, and all fields of the plan but the named one, keep their JSON; scene descriptions may follow what
they describe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import flowzero
from benchmarks.builtin import BUILTIN
from benchmarks.report import table, write_report
from flowzero.agent.casting import head_of
from flowzero.agent.edits import diff
from flowzero.agent.revision import touches
from flowzero.dss import DSS
from flowzero.errors import PromptError
from flowzero.plan import Plan

PLANS = (
    ("a red ball rolls from the left to the right while a dog sits on the left", ("ball", "dog")),
    ("a white boat sails to the left and a bird flies upwards over the sea", ("boat", "bird")),
    ("a blue car drives from the right to the left past a tree in a city", ("car", "tree")),
    ("a green leaf turns red next to a cat in a garden", ("leaf", "cat")),
    ("a horse runs to the right and a balloon appears in the second half", ("horse", "balloon")),
)
OBJECT = {
    "size": ("make the {} bigger", "make the {} smaller"),
    "colour": ("make the {} yellow", "turn the {} purple"),
    "position": ("move the {} up", "move the {} to the right"),
    "path": ("let the {} move from the right to the left", "make the {} move in a circle"),
    "timing": ("let the {} appear in the second half",),
    "remove": ("remove the {}",),
    "replace": ("replace the {} with a butterfly",),
    "depth": ("bring the {} to the front",),
}
FIELD = {
    "add": (("add a butterfly on the right", "objects"), ("add two fish", "objects")),
    "length": (("make it 4 seconds long", "timing"),),
    "setting": (("put it on a beach", "setting"),),
    "camera": (("pan the camera left", "background"), ("zoom in slowly", "background")),
}


class Case(NamedTuple):
    """One instruction to one plan, and what it may touch."""

    kind: str
    instruction: str
    plan: Plan
    target: str | None
    field: str | None


class Outcome(NamedTuple):
    """What became of it."""

    understood: bool
    local: bool
    passed: bool
    why: str


def main() -> None:
    cases = list(_cases())
    outcomes = [(case, _carry_out(case)) for case in cases]
    rows = [_row(kind, [o for case, o in outcomes if case.kind == kind]) for kind in (*OBJECT, *FIELD)]
    rows.append(_row("all", [outcome for _, outcome in outcomes]))
    print(table(rows))
    for case, outcome in outcomes:
        if not (outcome.understood and outcome.local and outcome.passed):
            print(f"{case.instruction!r} on {case.plan.dss.prompt!r}: {outcome.why}")
    print(write_report("revisions", "Edit locality of revisions", "python -m benchmarks.revisions", rows))


def _cases() -> Iterator[Case]:
    for prompt, nouns in PLANS:
        plan = flowzero.plan(prompt, settings=BUILTIN)
        for noun in nouns:
            for kind, texts in OBJECT.items():
                yield from (Case(kind, text.format(noun), plan, noun, None) for text in texts)
        for kind, pairs in FIELD.items():
            yield from (Case(kind, text, plan, None, field) for text, field in pairs)


def _carry_out(case: Case) -> Outcome:
    try:
        revised = flowzero.revise(case.plan, case.instruction, settings=BUILTIN)
    except PromptError as error:
        return Outcome(False, True, False, str(error))
    before, after = case.plan.dss, revised.dss
    strange = _strange(case, before, after)
    unpassed = "" if revised.passed else f"C is {revised.confidence:.2f}"
    return Outcome(True, not strange, revised.passed, ", ".join(filter(None, [*strange, unpassed])))


def _strange(case: Case, before: DSS, after: DSS) -> list[str]:
    """What differs though the instruction does not name it."""
    old = {item.id: item for item in before.objects}
    named = {name for name, item in old.items() if case.target and head_of(item.phrase) == case.target}
    new = {item.id for item in after.objects} - set(old) if case.kind in ("add", "replace") else set()
    allowed = named | new | {"scenes"} | ({case.field} if case.field else set())
    touched = {name for edit in diff(before, after) for name in touches(edit)} - allowed
    kept = {item.id: item.model_dump_json() for item in after.objects}
    changed = {name for name, item in old.items() if kept.get(name) != item.model_dump_json()}
    return sorted(touched | (changed - named))


def _row(kind: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    understood = [outcome for outcome in outcomes if outcome.understood]
    return {
        "kind": kind,
        "instructions": len(outcomes),
        "understood": len(understood),
        "local": sum(outcome.local for outcome in understood),
        "locality %": 100.0 * sum(outcome.local for outcome in understood) / len(understood) if understood else "",
        "C at the threshold": sum(outcome.passed for outcome in understood),
    }


if __name__ == "__main__":
    main()
