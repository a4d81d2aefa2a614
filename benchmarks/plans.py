"""Critic and fixer on real layouts of language models: `python -m benchmarks.plans --lvd DIR`.

Each reply of GPT-3.5 and GPT-4 to the layout benchmark of LVD is read as a plan. The published predicates give the verdict;
the critic
sees the prompt and the plan alone. Reported: wrong layouts that the critic flags, right ones that it flags, layouts that
satisfy the
predicates after the fixer, and whether tracks without a broken promise stayed as they were.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lvd import Reply, data_folder, replies, to_dss, to_layout
from benchmarks.report import table, write_report
from flowzero.agent import edits
from flowzero.agent.constraints import broken, confidence, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import propose
from flowzero.dss import DSS

THRESHOLD = 0.9
ROUNDS = 3
COMMAND = "python -m benchmarks.plans --lvd DIR"
PUBLISHED = {"gpt-3.5-turbo": "78 %", "gpt-4-1106-preview": "98 %"}


@dataclass(frozen=True)
class Verdict:
    """What came of one reply."""

    reply: Reply
    right: bool
    flagged: bool
    right_after: bool
    passed_after: bool
    untouched: bool
    seconds: float


def judge(reply: Reply) -> Verdict:
    """Criticise and fix one reply."""
    start = time.perf_counter()
    reading, dss = read(reply.prompt), to_dss(reply)
    findings = measure(reading, dss)
    flagged = confidence(findings, THRESHOLD) < THRESHOLD
    blamed = {item_id for finding in findings if broken(finding) for item_id in finding.ids}
    fixed = dss
    for _ in range(ROUNDS):
        found = measure(reading, fixed)
        if confidence(found, THRESHOLD) >= THRESHOLD:
            break
        changes = propose(reading, fixed, found)
        if not changes:
            break
        fixed = edits.apply(fixed, changes)
    passed = confidence(measure(reading, fixed), THRESHOLD) >= THRESHOLD
    seconds = time.perf_counter() - start
    right, right_after = reply.holds(reply.layout), reply.holds(to_layout(fixed))
    return Verdict(reply, right, flagged, right_after, passed, _untouched(dss, fixed, blamed), seconds)


def _untouched(before: DSS, after: DSS, blamed: set[str]) -> bool:
    """Whether every object without a broken promise is still there, equal in everything."""
    now = {item.id: item for item in after.objects}
    return all(now.get(item.id) == item for item in before.objects if item.id not in blamed)


def rows_of(verdicts: list[Verdict]) -> list[dict[str, str]]:
    """The table: a line for each model and category, and one for all."""
    rows = []
    for model in (*dict.fromkeys(verdict.reply.model for verdict in verdicts), "both"):
        for category in ("numeracy", "attribution", "visibility", "dynamic", "sequential", "all"):
            part = [v for v in verdicts if model in (v.reply.model, "both") and category in (v.reply.category, "all")]
            if part and (category == "all" or model != "both"):
                rows.append(_row(model, category, part))
    return rows


def remarks_on(verdicts: list[Verdict]) -> str:
    """What stands below the table."""
    times = sorted(verdict.seconds for verdict in verdicts)
    return "\n".join(
        (
            "- Published accuracy of the replies: " + ", ".join(f"{model} {value}" for model, value in PUBLISHED.items()) + ".",
            f"- Flagged: C below the threshold {THRESHOLD}. Fixed: at most {ROUNDS} rounds of the deterministic fixer.",
            f"- Reading, criticising and fixing took {1000 * times[len(times) // 2]:.1f} ms a reply (median), "
            f"{1000 * times[-1]:.0f} ms at most.",
        )
    )


def _row(model: str, category: str, part: list[Verdict]) -> dict[str, str]:
    right = [verdict for verdict in part if verdict.right]
    wrong = [verdict for verdict in part if not verdict.right]
    return {
        "model": model,
        "category": category,
        "right by predicate": _share(right, part),
        "wrong ones flagged": _share([verdict for verdict in wrong if verdict.flagged], wrong),
        "right ones flagged": _share([verdict for verdict in right if verdict.flagged], right),
        "right after fix": _share([verdict for verdict in part if verdict.right_after], part),
        "other tracks untouched": _share([verdict for verdict in part if verdict.untouched], part),
    }


def _share(part: list[Verdict], whole: list[Verdict]) -> str:
    return f"{100 * len(part) / len(whole):.1f} % ({len(part)}/{len(whole)})" if whole else "-"


def misses(verdict: Verdict) -> list[tuple[str, str, str]]:
    """What critic or fixer got wrong, with the model and the prompt."""
    faults = {
        "wrong, not flagged": not verdict.right and not verdict.flagged,
        "right, flagged": verdict.right and verdict.flagged,
        "wrong after fix": not verdict.right_after,
        "touched": not verdict.untouched,
    }
    return [(name, verdict.reply.model, verdict.reply.prompt) for name, holds in faults.items() if holds]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lvd", type=Path, default=data_folder(), help="folder with the replies, model by model, as JSON")
    parser.add_argument("--misses", action="store_true", help="list the prompts where critic or fixer failed")
    arguments = parser.parse_args()
    if arguments.lvd is None or not any(arguments.lvd.glob("*.json")):
        parser.error("no replies found: give their folder with --lvd, or set FLOWZERO_LVD")
    verdicts = [judge(reply) for reply in replies(arguments.lvd)]
    rows = rows_of(verdicts)
    print(table(rows))
    print(remarks_on(verdicts))
    if arguments.misses:
        for (name, model, prompt), n in Counter(miss for verdict in verdicts for miss in misses(verdict)).items():
            print(f"{name}: {n} x {model}: {prompt}")
    write_report(
        "plans_lvd", "LVD layouts: critic and fixer against the published predicates", COMMAND, rows, remarks_on(verdicts)
    )


if __name__ == "__main__":
    main()
