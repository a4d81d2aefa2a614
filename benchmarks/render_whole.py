"""A whole video at everybody's defaults, and the memory of long ones.

    python -m benchmarks.render_whole

The peers are those of :mod:`benchmarks.render`, at the defaults of diffusers' own GLIGEN pipeline: 50 steps, guidance in all
of them, grounding in the first 30 %. Ours renders as the registry says of SD-GLIGEN. So this compares what users wait for, not
equal pictures; `benchmarks.render` compares those. Weights are random: speed does not depend on them. The peers run a fifth of
their steps (`--share`), with the same part of them grounded, and their seconds are counted five times.
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

import diffusers
import torch

from benchmarks.models import sd_gligen
from benchmarks.render import GLIGEN, NAIVE, gligen, naive, plan, seconds
from benchmarks.report import table, write_report
from flowzero.renderer.backbones import GLIGEN_SD14
from flowzero.renderer.pipeline import FlowZeroPipeline

PEER_STEPS, PEER_GROUNDING = 50, 0.3
OURS = f"ours: {GLIGEN_SD14.steps} steps of {GLIGEN_SD14.sampler or 'DDIM'}"
LONG = (16, 60, 240, 512)


def ours(pipe: FlowZeroPipeline, count: int) -> None:
    """What `flowzero render --backbone gligen-sd1.4` runs between loading and decoding."""
    before = pipe.scheduler
    if GLIGEN_SD14.sampler:
        pipe.scheduler = getattr(diffusers, GLIGEN_SD14.sampler).from_config(before.config)
    try:
        pipe(
            plan().frames(count),
            num_inference_steps=GLIGEN_SD14.steps,
            guidance_scale=GLIGEN_SD14.guidance_scale,
            guidance_interval=GLIGEN_SD14.guidance_interval,
            grounding_fraction=GLIGEN_SD14.grounding_fraction,
            noise_mode=GLIGEN_SD14.noise_mode,
            seed=0,
            output_type="latent",
        )
    finally:
        pipe.scheduler = before


def measure(pipe: FlowZeroPipeline, counts: Sequence[int], repeats: int, share: int) -> list[dict[str, Any]]:
    """One row a variant and count: seconds for all steps, and how many times as fast as the naive batch."""
    steps = PEER_STEPS // share
    variants: dict[str, Callable[[int], Any]] = {
        NAIVE: lambda count: naive(pipe, plan().frames(count), steps, PEER_GROUNDING),
        GLIGEN: lambda count: gligen(pipe, plan().frames(count), steps, PEER_GROUNDING),
        OURS: lambda count: ours(pipe, count),
    }
    times: dict[tuple[str, int], list[float]] = {(name, count): [] for count in counts for name in variants}
    for _ in range(repeats):
        for (name, count), measured in times.items():
            measured.append(seconds(pipe.device, partial(variants[name], count)) * (1 if name == OURS else share))
            print(f"{name}, {count} frames: {measured[-1]:.1f} s", flush=True)
    rows = []
    for (name, count), taken in times.items():
        ratios = [base / own for base, own in zip(times[NAIVE, count], taken, strict=True)]
        rows.append(
            {
                "variant": name,
                "frames": count,
                "seconds": round(statistics.median(taken), 2),
                "speed-up": round(statistics.median(ratios), 2),
                "range": f"{min(ratios):.2f}-{max(ratios):.2f}",
            }
        )
    return rows


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
    parser.add_argument("--width", type=float, default=0.25, help="channels as a fraction of SD 1.4's")
    parser.add_argument("--size", type=int, default=16, help="of the latents")
    parser.add_argument("--frames", type=int, nargs="+", default=[4, 8, 16, 32])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--share", type=int, default=5, help="peers run one of so many of their steps; 1 for all")
    parser.add_argument("--long", type=int, nargs="*", default=LONG, help="frame counts of which to measure memory")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    command = " ".join(["python -m benchmarks.render_whole", *sys.argv[1:]])
    where = "" if arguments.device == "cpu" else f"_{torch.cuda.get_device_name().lower().replace(' ', '_')}"
    if arguments.repeats:
        pipe = sd_gligen(arguments.width, arguments.size).to(arguments.device)
        pipe.unet.to(getattr(torch, arguments.dtype))
        rows = measure(pipe, arguments.frames, arguments.repeats, arguments.share)
        print(table(rows), flush=True)
        remarks = (
            f"SD 1.4 GLIGEN with {arguments.width:g} of its channels, {arguments.size}x{arguments.size} latents, "
            f"{arguments.dtype}, {torch.get_num_threads()} threads. Peers: {PEER_STEPS} steps, diffusers' default, of which "
            f"{PEER_STEPS // arguments.share} were run, as many of them grounded as in the whole."
        )
        write_report(f"render_whole{where}", "A whole video at everybody's defaults", command, rows, remarks)
    memory = [long_peak(count) for count in arguments.long]
    if memory:
        print(table(memory))
        remarks = "The embedded model, frames of 256 pixels, two steps: what a step takes does not grow with their number."
        write_report("render_long", "Peak memory of long videos", command, memory, remarks)


if __name__ == "__main__":
    main()
