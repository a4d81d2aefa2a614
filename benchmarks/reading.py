"""How honest the built-in mind's reading is, on prompts whose meaning is known: `python -m benchmarks.reading [FILE ...]`.

A plan is right if it keeps what the prompt is known to promise. Silently wrong is a wrong plan of which nothing was reported:
no piece unread, no finding of the critic's own broken. Needlessly unread is a right plan of which some piece was reported.
A FILE holds JSON lines with `prompt` and `outline`, as `flowzero/agent/outline.py` defines it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.report import table, write_report
from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.errors import FlowZeroError
from training.planner.stories import Story, stories

SEED, PROMPTS = 2026, 300


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", nargs="*", type=Path, help="prompts of others, as JSON lines")
    files = options.parse_args().files
    sets: list[tuple[str, Iterable[Story]]] = [(path.stem, _stories_in(path)) for path in files]
    sets += [
        ("stories, held-out templates", islice(stories(SEED, held=True), PROMPTS)),
        ("stories, the small planner's templates", islice(stories(SEED), PROMPTS)),
    ]
    rows = [_row(name, [_judged(story) for story in told]) for name, told in sets]
    command = " ".join(["python -m benchmarks.reading", *(path.name for path in files)])
    remarks = (
        "Idioms of the held-out templates were known when the reader's were written; those of the small planner's templates "
        "in part. Who wrote the rules looked at the failures on `others_dev` and `others_dev2`, and at no prompt of "
        "`others_test`. On first contact, before any rule was written for it, 52.5 % of `others_dev2` were right, 24.0 % with "
        "nothing reported, and 9.5 % silently wrong."
    )
    print(table(rows))
    print(write_report("reading", "What the built-in mind reads, and what it says it does not", command, rows, remarks))


def _stories_in(path: Path) -> Iterator[Story]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Story(row["prompt"], Outline.model_validate(row["outline"]), ())


def _judged(story: Story) -> tuple[bool, bool]:
    """Whether the plan keeps what the story promises, and whether anything was reported."""
    reading = read(story.prompt)
    try:
        dss = draft(reading)
    except FlowZeroError:
        return False, True
    truth = measure(reading_of(story.outline, story.prompt), dss)
    right = not any(broken(finding) and finding.promised for finding in truth)
    return right, bool(reading.unread) or any(broken(finding) for finding in measure(reading, dss))


def _row(name: str, judged: list[tuple[bool, bool]]) -> dict[str, Any]:
    def share(right: bool, reported: bool) -> str:
        return f"{judged.count((right, reported)) / max(1, len(judged)):.1%}"

    return {
        "prompts": f"{name} ({len(judged)})",
        "right, nothing reported": share(True, False),
        "needlessly unread": share(True, True),
        "wrong and reported": share(False, True),
        "silently wrong": share(False, False),
    }


if __name__ == "__main__":
    main()
