"""Time and memory from a prompt to an mp4 in a fresh process, the time of a built-in plan, the size of the package.

python -m benchmarks.end_to_end
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import flowzero
from benchmarks.builtin import BUILTIN
from benchmarks.report import table, write_report

PROMPT = "a red ball rolls from the left to the right across a green meadow"
PROMPTS = (
    PROMPT,
    "two birds fly over the sea while a ship sails to the left",
    "a green leaf turns red",
    "a cat sits left of a parked car, then a dog runs in from the right",
    "the camera pans right over snowy mountains while a rocket rises",
)
RUNS = 3


def main() -> None:
    rows = [*_renders(), _preview(), _help(), _plans(), _package()]
    print(table(rows))
    print(write_report("end_to_end", "From prompt to mp4", "python -m benchmarks.end_to_end", rows))


def _renders() -> list[dict[str, Any]]:
    """Fresh processes, one after the other; the memory is the largest peak of them."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            out = Path(folder) / f"{run}.mp4"
            seconds.append(_timed("render", PROMPT, "-o", str(out), "--quiet"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    return [
        {"what": "fresh process to mp4, 16 frames (s, median)", "measured": statistics.median(seconds), "goal": "≤ 60"},
        {"what": "its peak memory (GB)", "measured": peak, "goal": "≤ 3"},
    ]


def _preview() -> dict[str, Any]:
    """Warm, as an agent or a notebook draws it: 16 frames of 256 pixels into a gif."""
    plan, seconds = flowzero.plan(PROMPT, settings=BUILTIN), []
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            began = time.perf_counter()
            flowzero.preview(plan, Path(folder) / f"{run}.gif")
            seconds.append(time.perf_counter() - began)
    return {"what": "animatic preview, 16 frames of 256 px (s, median)", "measured": statistics.median(seconds), "goal": "≤ 2"}


def _help() -> dict[str, Any]:
    seconds = statistics.median(_timed("--help") for _ in range(5))
    return {"what": "flowzero --help (s, median)", "measured": seconds, "goal": "< 0.4"}


def _plans() -> dict[str, Any]:
    """Warm, with refinement, over several prompts."""
    flowzero.plan(PROMPT, settings=BUILTIN)
    times = []
    for prompt in PROMPTS * RUNS:
        began = time.perf_counter()
        flowzero.plan(prompt, settings=BUILTIN)
        times.append(1000 * (time.perf_counter() - began))
    return {"what": "built-in plan with refinement (ms, median)", "measured": statistics.median(times), "goal": "≤ 50"}


def _package() -> dict[str, Any]:
    folder = Path(flowzero.__file__).parent
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {"what": "package with weights (MB)", "measured": size / 1e6, "goal": "≤ 120"}


def _timed(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "flowzero", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
