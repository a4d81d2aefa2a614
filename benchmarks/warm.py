"""Time from a plan to an mp4 with the embedded model loaded, as a server draws it, on the CPU or a GPU.

python -m benchmarks.warm [--device cuda] [--runs 8] [--dry]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.builtin import BUILTIN
from benchmarks.report import table, write_report
from flowzero.api import plan
from flowzero.renderer.backbones import load_backbone, pick_device
from flowzero.renderer.render import render
from flowzero.renderer.video import write_video

PROMPTS = (
    "a red car drives past a house from left to right in a city",
    "a dog chases a ball across a meadow, two birds fly above, a tree on the right",
    "an astronaut floats over the moon, the camera zooms in",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm", description=__doc__)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--runs", type=int, default=8, help="videos of each prompt, after a first one")
    parser.add_argument("--dry", action="store_true", help="print the table and write nothing")
    arguments = parser.parse_args()
    device = pick_device(arguments.device)
    model = load_backbone("embedded", device)
    rows = [_timed(model, prompt, arguments.runs) for prompt in PROMPTS]
    print(table(rows))
    if not arguments.dry:
        name = torch.cuda.get_device_name() if device.startswith("cuda") else "the CPU"
        remarks = f"On {name}, {model.place()}, torch {torch.__version__}, {torch.get_num_threads()} threads."
        command = f"python -m benchmarks.warm --device {device} --runs {arguments.runs}"
        print(write_report(f"warm_{device.partition(':')[0]}", "From a plan to an mp4, warm", command, rows, remarks))


def _timed(model: Any, prompt: str, runs: int) -> dict[str, Any]:
    """One row: the first video of a prompt apart from the others, which are of other seeds."""
    dss = plan(prompt, settings=BUILTIN).dss
    whole, written = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(runs + 1):
            began = time.perf_counter()
            drawn = render(dss, backbone=model, seed=seed)
            then = time.perf_counter()
            write_video(drawn.frames, Path(folder) / f"{seed}.mp4", drawn.fps)
            whole.append(time.perf_counter() - began)
            written.append(time.perf_counter() - then)
    return {
        "prompt": prompt,
        "frames": len(drawn.frames),
        "seconds (median)": statistics.median(whole[1:]),
        "slowest": max(whole[1:]),
        "first": whole[0],
        "of it writing": statistics.median(written[1:]),
    }


if __name__ == "__main__":
    main()
