"""A whole video at everybody's defaults, and the memory of long ones.

    python -m benchmarks.render_whole

The peers are those of :mod:`benchmarks.render`, at the defaults of diffusers' own GLIGEN pipeline: 50 steps, guidance in all
of them, grounding in the first 30 %. Ours renders as the registry says of SD-GLIGEN. So this compares what users wait for, not
equal pictures; `benchmarks.render` compares those. Weights are random: speed does not depend on them.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import diffusers
import torch

from benchmarks.models import sd_gligen
from benchmarks.render import gligen, naive, own_peak, plan, seconds
from benchmarks.report import table, write_report
from flowzero.renderer.backbones import GLIGEN_SD14
from flowzero.renderer.pipeline import FlowZeroPipeline

PEER_STEPS, PEER_GROUNDING = 50, 0.3
NAIVE = "Text2Video-Zero attention, naive batch"
OURS = f"ours: {GLIGEN_SD14.steps} steps of {GLIGEN_SD14.sampler or 'DDIM'}"
LONG = (16, 60, 240)


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


def measure(pipe: FlowZeroPipeline, count: int, repeats: int) -> list[dict[str, Any]]:
    """One row a variant: seconds for all steps, and how many times as fast as the naive batch."""
    frames = plan().frames(count)
    variants: dict[str, Callable[[], Any]] = {
        NAIVE: lambda: naive(pipe, frames, PEER_STEPS, PEER_GROUNDING),
        "GLIGEN pipeline, frame by frame": lambda: gligen(pipe, frames, PEER_STEPS, PEER_GROUNDING),
        OURS: lambda: ours(pipe, count),
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, work in variants.items():
            times[name].append(seconds(pipe.device, work))
    rows = []
    for name, taken in times.items():
        ratios = [base / own for base, own in zip(times[NAIVE], taken, strict=True)]
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


def long_peak(count: int, arguments: argparse.Namespace) -> int:
    """Megabytes above the loaded model that our step takes at so many frames, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.render_whole", "--peak", str(count)]
    command += ["--width", str(arguments.width), "--size", str(arguments.size), "--device", arguments.device]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return round(float(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render_whole", description=__doc__)
    parser.add_argument("--width", type=float, default=0.25, help="channels as a fraction of SD 1.4's")
    parser.add_argument("--size", type=int, default=32, help="of the latents")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--long", type=int, nargs="*", default=LONG, help="frame counts of which to measure memory")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    pipe = sd_gligen(arguments.width, arguments.size).to(arguments.device)
    pipe.unet.to(getattr(torch, arguments.dtype))
    if arguments.peak:
        print(own_peak(pipe, "ours, equal output", arguments.peak))
        return
    command = " ".join(["python -m benchmarks.render_whole", *sys.argv[1:]])
    model = (
        f"SD 1.4 GLIGEN with {arguments.width:g} of its channels, {arguments.size}x{arguments.size} latents, "
        f"{arguments.dtype}, {torch.get_num_threads()} threads. Peers: {PEER_STEPS} steps, diffusers' default."
    )
    where = "" if arguments.device == "cpu" else f"_{torch.cuda.get_device_name().lower().replace(' ', '_')}"
    if arguments.repeats:
        rows = measure(pipe, arguments.frames, arguments.repeats)
        print(table(rows), flush=True)
        write_report(f"render_whole{where}", "A whole video at everybody's defaults", command, rows, model)
    memory = [{"frames": count, "megabytes": long_peak(count, arguments)} for count in arguments.long]
    if memory:
        print(table(memory))
        write_report(f"render_long{where}", "Peak memory of long videos above the loaded model", command, memory, model)


if __name__ == "__main__":
    main()
