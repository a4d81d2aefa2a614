"""Deliberate errors in good plans: `python -m benchmarks.errors`.

The paper (arXiv 2311.15813) corrects plans by iterative self-refinement; here that is measured. Good plans are drafted from
generated prompts, one error is injected into each, and critic and deterministic fixer work on it for at most three rounds.
Reported by kind of error and by round: detected, corrected, and regressions (a promise that the damaged plan kept and the fixed
one breaks, or an object changed that the error did not touch and no finding blames).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.faults import FAULTS
from benchmarks.prompts import prompts
from benchmarks.report import table, write_report
from flowzero.agent import edits
from flowzero.agent.constraints import broken, confidence, measure
from flowzero.agent.reading import Reading, read
from flowzero.agent.repair import draft, propose
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError

THRESHOLD = 0.9
ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """One damaged plan and what came of it; `round` is the one that corrected it, None if none did."""

    kind: str
    prompt: str
    detected: bool
    round: int | None
    regressed: bool


def good_plans(seed: int) -> Iterator[tuple[Reading, DSS]]:
    """Drafts that keep every promise of generated prompts."""
    for prompt in prompts(seed):
        reading = read(prompt)
        dss = draft(reading)
        if not any(broken(finding) for finding in measure(reading, dss)):
            yield reading, dss


def damaged(count: int, seed: int) -> Iterator[tuple[str, Reading, DSS, DSS]]:
    """`count` plans with one error each, the kinds in turn where they apply: kind, reading, good plan, damaged plan."""
    rng = random.Random(seed)
    made = dict.fromkeys(FAULTS, 0)
    for reading, dss in good_plans(seed):
        for kind in sorted(FAULTS, key=lambda name: made[name]):
            try:
                worse = FAULTS[kind](reading, dss, rng)
            except FlowZeroError:
                worse = None
            if worse is not None and worse != dss:
                made[kind] += 1
                yield kind, reading, dss, worse
                break
        if sum(made.values()) >= count:
            return


def treat(kind: str, reading: Reading, good: DSS, worse: DSS) -> Case:
    """Critic and fixer on one damaged plan."""
    before = measure(reading, worse)
    detected = any(broken(finding) for finding in before) and confidence(before, THRESHOLD) < THRESHOLD
    blamed = {name for finding in before if broken(finding) for name in finding.ids}
    now, corrected = worse, None
    for number in range(1, ROUNDS + 1):
        findings = measure(reading, now)
        changes = propose(reading, now, findings)
        after = edits.apply(now, changes)
        if confidence(measure(reading, after), THRESHOLD) < confidence(findings, THRESHOLD):
            break
        now = after
        if not any(broken(finding) for finding in measure(reading, now)):
            corrected = number
            break
        if not changes:
            break
    kept = [index for index, finding in enumerate(before) if finding.promised and not broken(finding)]
    after_all = measure(reading, now)
    still = {item.id: item for item in now.objects}
    changed = any(still.get(item.id) != item for item in worse.objects if item in good.objects and item.id not in blamed)
    return Case(kind, reading.prompt, detected, corrected, any(broken(after_all[index]) for index in kept) or changed)


def main() -> None:
    parser = argparse.ArgumentParser(description="Injects errors into good plans and measures detection and correction.")
    parser.add_argument("--count", type=int, default=500, help="how many plans (default 500)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", action="store_true", help="list the cases where critic or fixer failed")
    arguments = parser.parse_args()
    cases = [treat(*case) for case in damaged(arguments.count, arguments.seed)]
    rows = [_row(kind, [case for case in cases if case.kind == kind]) for kind in FAULTS]
    rows.append(_row("all", cases))
    print(table(rows))
    if arguments.misses:
        for case in cases:
            if not case.detected or case.round is None or case.regressed:
                print(
                    f"{case.kind}: detected {case.detected}, corrected in {case.round}, regressed {case.regressed}: "
                    f"{case.prompt}"
                )
    remarks = f"C is compared with {THRESHOLD}; seed {arguments.seed}. A plan is corrected when no finding is broken any more."
    write_report(
        "plans_errors",
        "Injected errors: detection and correction by kind and round",
        "python -m benchmarks.errors",
        rows,
        remarks,
    )


def _row(kind: str, cases: list[Case]) -> dict[str, str]:
    n = len(cases)
    by_round = [sum(case.round is not None and case.round <= number for case in cases) for number in range(1, ROUNDS + 1)]
    return {
        "error": kind,
        "plans": str(n),
        "detected": _share(sum(case.detected for case in cases), n),
        **{f"corrected by round {number}": _share(part, n) for number, part in enumerate(by_round, start=1)},
        "regressions": str(sum(case.regressed for case in cases)),
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


if __name__ == "__main__":
    main()
