"""Writes what a benchmark measured: JSON for programs and a Markdown table for people, with date, machine and command."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")


def machine() -> str:
    """Processor, usable cores and memory, in words."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table; the keys of the first are its columns, numbers stand to the right."""
    if not rows:
        return ""
    columns = list(rows[0])
    rule = ["---:" if isinstance(rows[0][column], int | float) else "---" for column in columns]
    lines = [columns, rule, *([_cell(row.get(column, "")) for column in columns] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def write_report(name: str, title: str, command: str, rows: Sequence[Mapping[str, Any]], remarks: str = "") -> Path:
    """Write `results/NAME.json` and `results/NAME.md`; returns the latter.

    Args:
        name: of the files.
        title: the heading.
        command: what a reader runs to measure again.
        rows: one mapping a line of the table, all with the same keys.
        remarks: what a reader should know beside the numbers.
    """
    RESULTS.mkdir(exist_ok=True)
    about = {"date": datetime.date.today().isoformat(), "machine": machine(), "command": command}
    data = {"title": title, **about, "rows": list(rows), "remarks": remarks}
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    head = f"# {title}\n\n{about['date']}, {about['machine']}\n\n    {command}\n\n"
    path = RESULTS / f"{name}.md"
    path.write_text(head + table(rows) + (f"\n{remarks}\n" if remarks else ""))
    return path


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("|", "\\|").replace("\n", " ")
