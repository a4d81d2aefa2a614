"""A whole video at everybody's defaults, and the memory of long ones.

    python -m benchmarks.render_whole

The peers are those of :mod:`benchmarks.peers`, at the defaults of diffusers' own GLIGEN pipeline: 50 steps, guidance in all
of them, grounding in the first 30 %. Ours renders as the registry says of SD-GLIGEN, in float32 as the peers do and in the
precision that a render takes by default. So this compares what users wait for, not equal pictures; `benchmarks.render` compares
those. Weights are random: speed does not depend on them. The peers run some of their steps (`--share`), with the same part of
them grounded, and their seconds are multiplied.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.models import sd_gligen
from benchmarks.peers import GLIGEN, NAIVE, gligen, naive, ours_at_defaults, plan
from benchmarks.render import COUNTS, NOT_MEASURED, seconds, without_gpu
from benchmarks.report import table, write_report
from flowzero.renderer.backbones import GLIGEN_SD14, unet_dtype
from flowzero.renderer.pipeline import FlowZeroPipeline

PEER_STEPS, PEER_GROUNDING = 50, 0.3
OURS = f"ours: {GLIGEN_SD14.steps} steps of {GLIGEN_SD14.sampler or 'DDIM'}"
LONG = (16, 60, 240, 512)
LONGEST_REPEATED = 8
"""Frames; more take long enough that one run tells."""


def measure(
    pipe: FlowZeroPipeline, quick: FlowZeroPipeline, counts: Sequence[int], repeats: int, share: int
) -> list[dict[str, Any]]:
    """One row a variant and count: seconds for all steps, and how many times as fast as the naive batch.

    Args:
        pipe: in float32.
        quick: the same in the precision of a render here.
        counts: of frames.
        repeats: of up to eight frames; more are run once.
        share: peers run one of so many of their steps.
    """
    steps, own = PEER_STEPS // share, quick.unet.dtype
    variants: dict[str, tuple[Callable[[int], Any], int]] = {
        NAIVE: (lambda count: naive(pipe, plan().frames(count), steps, PEER_GROUNDING), share),
        GLIGEN: (lambda count: gligen(pipe, plan().frames(count), steps, PEER_GROUNDING), share),
        f"{OURS}, float32": (lambda count: ours_at_defaults(pipe, plan().frames(count)), 1),
    }
    if own != torch.float32:
        named = str(own).removeprefix("torch.")
        variants[f"{OURS}, {named}"] = (lambda count: ours_at_defaults(quick, plan().frames(count)), 1)
    times: dict[tuple[str, int], list[float]] = {(name, count): [] for count in counts for name in variants}
    for k in range(repeats):
        for (name, count), measured in times.items():
            if k and count > LONGEST_REPEATED:
                continue
            run, times_over = variants[name]
            measured.append(seconds(pipe.device, partial(run, count)) * times_over)
            print(f"{name}, {count} frames: {measured[-1]:.1f} s", flush=True)
    rows = []
    for (name, count), taken in times.items():
        ratios = [base / own for base, own in zip(times[NAIVE, count], taken, strict=True)]
        rows.append(
            {
                "variant": name,
                "device": pipe.device.type,
                "frames": count,
                "seconds": round(statistics.median(taken), 2),
                "speed-up": round(statistics.median(ratios), 2),
                "range": f"{min(ratios):.2f}-{max(ratios):.2f}",
            }
        )
    return rows


def report_defaults(command: str, counts: Sequence[int], repeats: int = 2, share: int = 10, size: int = 16) -> None:
    """Measure on a CPU, and on a GPU where there is one, and write it down."""
    small, quick = (sd_gligen(0.25, size, dtype) for dtype in (torch.float32, unet_dtype("cpu")))
    rows = measure(small, quick, counts, repeats, share)
    remarks = f"CPU: SD 1.4 GLIGEN with 0.25 of its channels, {size}x{size} latents, {torch.get_num_threads()} threads."
    if torch.cuda.is_available():
        whole, quick = (sd_gligen(1.0, 64, dtype).to("cuda") for dtype in (torch.float32, unet_dtype("cuda")))
        rows += measure(whole, quick, counts, repeats, 1)
        remarks += f" {torch.cuda.get_device_name()}: the whole architecture, 64x64 latents."
    else:
        rows += without_gpu((NAIVE, GLIGEN, OURS), **dict.fromkeys(("seconds", "speed-up", "range"), NOT_MEASURED))
        remarks += " There was no GPU."
    print(table(rows), flush=True)
    remarks += (
        f" Peers: float32 and {PEER_STEPS} steps, diffusers' defaults, of which {PEER_STEPS // share} were run on the CPU, as "
        "many of them grounded as in the whole."
    )
    write_report("render_whole", "A whole video at everybody's defaults", command, rows, remarks)


def long_peak(count: int) -> dict[str, Any]:
    """What a whole process takes at most that renders so many frames with the embedded model into an mp4."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", LONG_RENDER, str(count), str(Path(folder) / "long.mp4")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"frames": count, "peak memory of the process (MB)": round(float(done.stdout.split()[-1]))}


LONG_RENDER = """
import resource, sys
import flowzero
prompt = "a red ball rolls from the left to the right across a green meadow while the camera pans right"
plan = flowzero.plan(prompt, seconds=8)
flowzero.render(plan, sys.argv[2], frames=int(sys.argv[1]), steps=2, seed=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render_whole", description=__doc__)
    parser.add_argument("--size", type=int, default=16, help="of the latents")
    parser.add_argument("--frames", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--repeats", type=int, default=3, help="of up to eight frames; 0 for the memory alone")
    parser.add_argument("--share", type=int, default=5, help="peers run one of so many of their steps; 1 for all")
    parser.add_argument("--long", type=int, nargs="*", default=LONG, help="frame counts of which to measure memory")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    command = " ".join(["python -m benchmarks.render_whole", *sys.argv[1:]])
    if arguments.repeats:
        report_defaults(command, arguments.frames, arguments.repeats, arguments.share, arguments.size)
    memory = [long_peak(count) for count in arguments.long]
    if memory:
        print(table(memory))
        remarks = "The embedded model, frames of 256 pixels, two steps: what a step takes does not grow with their number."
        write_report("render_long", "Peak memory of long videos", command, memory, remarks)


if __name__ == "__main__":
    main()
