"""How far samplers of few steps are from the solution that they approximate, and what a guidance interval changes.

    python -m benchmarks.samplers

All samplers here solve one differential equation, so with enough steps they meet. The embedded model draws the first frame of
each plan; the error is the root mean square of the difference from 200 steps of DDIM, in standard deviations of the latents.
What a guidance interval changes is no error: it is another picture, and the number says how much another.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, PNDMScheduler, UniPCMultistepScheduler
from torch import Tensor

import flowzero
from benchmarks.builtin import BUILTIN
from benchmarks.report import table, write_report
from flowzero.dss import DSS
from flowzero.renderer.backbones import load_backbone

PROMPTS = (
    "a red ball rolls from the left to the right across a green meadow",
    "a yellow duck swims to the left on a lake",
    "a blue car drives to the right along a road",
)
SAMPLERS = (DDIMScheduler, PNDMScheduler, DPMSolverMultistepScheduler, UniPCMultistepScheduler)
STEPS = (8, 12, 16, 20, 30, 50)
INTERVALS = (0.8, 0.6, 0.5, 0.4)
REFERENCE_STEPS = 200
GUIDED = 1.5
"""The guidance scale at which intervals are compared; the embedded model itself draws without guidance."""


def draw(pipe: Any, plans: Sequence[DSS], sampler: Any, steps: int, **options: Any) -> Tensor:
    """Latents of the first frame of each plan."""
    entry, before = pipe.backbone, pipe.scheduler
    pipe.scheduler = sampler.from_config(before.config)
    try:
        latents = []
        for plan in plans:
            frames, _ = entry.resolve(plan, plan.frames(1), pipe)
            call = {"guidance_scale": entry.guidance_scale, "grounding_fraction": entry.grounding_fraction, "seed": 0} | options
            latents.append(pipe(frames, num_inference_steps=steps, output_type="latent", **call).frames)
        return torch.cat(latents)
    finally:
        pipe.scheduler = before


def error(latents: Tensor, reference: Tensor) -> float:
    """Root mean square of the difference, in standard deviations of the reference."""
    return float(((latents - reference).pow(2).mean().sqrt() / reference.std()).item())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.samplers", description=__doc__)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="how many of them")
    arguments = parser.parse_args()
    pipe: Any = load_backbone("embedded", "cpu")
    plans = [flowzero.plan(prompt, settings=BUILTIN).dss for prompt in PROMPTS[: arguments.prompts]]
    reference = draw(pipe, plans, DDIMScheduler, REFERENCE_STEPS)
    rows = []
    for steps in STEPS:
        names = {sampler.__name__.removesuffix("Scheduler"): sampler for sampler in SAMPLERS}
        found = {name: error(draw(pipe, plans, sampler, steps), reference) for name, sampler in names.items()}
        rows.append({"steps": steps} | {name: round(value, 4) for name, value in found.items()})
    print(table(rows), flush=True)
    command = f"python -m benchmarks.samplers --prompts {arguments.prompts}"
    remarks = f"Distance from {REFERENCE_STEPS} steps of DDIM; the embedded model, {len(plans)} pictures."
    write_report("samplers", "Samplers of few steps", command, rows, remarks)
    intervals = []
    guided = draw(pipe, plans, DDIMScheduler, REFERENCE_STEPS, guidance_scale=GUIDED)
    for end in INTERVALS:
        changed = draw(pipe, plans, DDIMScheduler, REFERENCE_STEPS, guidance_scale=GUIDED, guidance_interval=(0.0, end))
        intervals.append({"guidance in the first": f"{end:.0%}", "difference": round(error(changed, guided), 4)})
    print(table(intervals))
    write_report("guidance_interval", f"What a guidance interval changes at a scale of {GUIDED}", command, intervals, remarks)


if __name__ == "__main__":
    main()
