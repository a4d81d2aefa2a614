"""Speed and memory of the renderer against what diffusers offers, in one process with alternating runs.

    python -m benchmarks.render

Peers: (a) diffusers' Text2Video-Zero attention on a gated U-Net, all frames in one batch; (b) diffusers' GLIGEN pipeline, frame
by frame. Weights are random: speed does not depend on them. What is measured, each part for itself if `--parts` says so:

    equal      a denoising step at equal output, a quarter of SD 1.4 GLIGEN's channels
    sd         a denoising step of the whole SD 1.4 GLIGEN architecture
    defaults   a whole video at everybody's defaults, as benchmarks.render_whole does
    memory     the peak above the loaded model, each in a process of its own

CPU always, CUDA where there is a GPU; where there is none its rows say so.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from benchmarks.models import sd_gligen
from benchmarks.peers import GLIGEN, NAIVE, gligen, naive, ours, plan
from benchmarks.report import table, write_report
from flowzero.dss import Frame
from flowzero.renderer.backbones import unet_dtype
from flowzero.renderer.pipeline import FlowZeroPipeline

COMMAND = "python -m benchmarks.render"
PARTS = ("equal", "sd", "defaults", "memory")
COUNTS = (4, 8, 16, 32)
NOT_MEASURED = "not measured"
NEEDED_GB = 8.0
"""Memory of the real architecture in float32 and bfloat16, with what a step takes."""

Run = Callable[[FlowZeroPipeline, Sequence[Frame], int], Tensor]
"""Draws frames in so many steps."""


class Shape(NamedTuple):
    """How large a model is, and how much is drawn with it."""

    width: float
    """Channels as a fraction of SD 1.4's."""
    size: int
    """Of the latents."""
    dtype: torch.dtype
    steps: int

    def words(self) -> str:
        """What was measured, for the report."""
        channels = "" if self.width == 1 else f" with {self.width:g} of its channels"
        return f"SD 1.4 GLIGEN{channels}, {self.size}x{self.size} latents, {str(self.dtype).removeprefix('torch.')}"


EQUAL = "ours, equal output"
CUT = "ours, a step after the grounding cut"
INTERVAL = "ours, after the cut and the guidance interval"
VARIANTS: dict[str, Run] = {
    NAIVE: lambda pipe, frames, steps: naive(pipe, frames, steps, 1.0),
    GLIGEN: lambda pipe, frames, steps: gligen(pipe, frames, steps, 1.0),
    EQUAL: lambda pipe, frames, steps: ours(pipe, frames, steps, 1.0),
    "ours, equal output, one chunk": lambda pipe, frames, steps: ours(pipe, frames, steps, 1.0, chunk_size=len(frames)),
    "ours, equal output, no caches": lambda pipe, frames, steps: ours(pipe, frames, steps, 1.0, caches=False),
    "ours, first and previous frame": lambda pipe, frames, steps: ours(pipe, frames, steps, 1.0, attention_mode="first_prev"),
    CUT: lambda pipe, frames, steps: ours(pipe, frames, steps, 0.0),
    INTERVAL: lambda pipe, frames, steps: ours(pipe, frames, steps, 0.0, guidance_interval=(0.0, 0.0)),
}
MAIN = (NAIVE, GLIGEN, EQUAL)
OF_THE_REAL_ONE = (*MAIN, CUT, INTERVAL)
ALL_VARIANTS_AT = 8
"""Frames; at other counts the peers and ours at equal output are measured alone."""


def seconds(device: torch.device, work: Callable[[], Any]) -> float:
    """Wall time; of one thread on a CPU process time, which other processes disturb less."""
    clock = time.process_time if device.type == "cpu" and torch.get_num_threads() == 1 else time.perf_counter
    if device.type == "cuda":
        torch.cuda.synchronize()
    began = clock()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return clock() - began


def matmul_rate(device: torch.device, dtype: torch.dtype) -> float:
    """FLOP a second of a large matrix product: the best of several."""
    a = torch.randn(2048, 2048, device=device, dtype=dtype)
    return 2 * 2048**3 / min(seconds(device, lambda: a @ a) for _ in range(5))


def attention_flops(query: torch.Size, key: torch.Size, value: torch.Size, *_: Any, **__: Any) -> int:
    """Of QKᵀ and of its product with V, from their shapes."""
    count: int = sdpa_flop_count(query, key, value)  # type: ignore[no-untyped-call]
    return count


def flops(work: Callable[[], Any]) -> int:
    """Of all products, those of attention among them, whose kernel for CPUs the counter does not know by itself."""
    known = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: attention_flops}
    with FlopCounterMode(display=False, custom_mapping=known) as counter:
        work()
    total: int = counter.get_total_flops()
    return total


class Variant(NamedTuple):
    """One way to draw, ready to run."""

    run: Run
    pipe: FlowZeroPipeline


def measure_speed(variants: Mapping[str, Variant], count: int, steps: int, repeats: int) -> list[dict[str, Any]]:
    """One row a variant: seconds a step, ratio to the naive batch, FLOPs, ratio to the floor that the matmul rate sets."""
    frames = plan().frames(count)
    drawn: dict[str, Tensor] = {}
    work: dict[str, Callable[[], Any]] = {name: partial(run, pipe, frames, steps) for name, (run, pipe) in variants.items()}
    counted = {name: flops(lambda name=name: drawn.update({name: work[name]()})) / steps for name in work}  # type: ignore[misc]
    device = variants[NAIVE].pipe.device
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, run in work.items():
            times[name].append(seconds(device, run) / steps)
    rate = {dtype: matmul_rate(device, dtype) for dtype in {pipe.unet.dtype for _, pipe in variants.values()}}
    rows = []
    for name, (_, pipe) in variants.items():
        ratios = [base / own for base, own in zip(times[NAIVE], times[name], strict=True)]
        floor = counted[name] / rate[pipe.unet.dtype]
        rows.append(
            {
                "variant": name,
                "device": device.type,
                "frames": count,
                "seconds a step": round(statistics.median(times[name]), 4),
                "speed-up": round(statistics.median(ratios), 2),
                "range": f"{min(ratios):.2f}-{max(ratios):.2f}",
                "GFLOP a step": round(counted[name] / 1e9, 1),
                "of its own floor": round(statistics.median(times[name]) / floor, 2),
            }
        )
    difference = (drawn[EQUAL] - drawn[NAIVE]).abs().max().item()
    print(f"{count} frames, largest difference between ours and the naive batch: {difference:.1e}", flush=True)
    print(table(rows), flush=True)
    return rows


def without_gpu(names: Sequence[str], **columns: Any) -> list[dict[str, Any]]:
    """Rows that say what was not measured for want of a GPU."""
    frames = ", ".join(str(count) for count in COUNTS)
    return [{"variant": name, "device": "cuda", "frames": frames} | columns for name in names]


SPEED = dict.fromkeys(("seconds a step", "speed-up", "range", "GFLOP a step", "of its own floor"), NOT_MEASURED)


def equal(shape: Shape, device: str, counts: Sequence[int], repeats: int) -> list[dict[str, Any]]:
    """Steps at equal output; more repeats where there are few frames, so that each count takes about as long."""
    pipe = sd_gligen(shape.width, shape.size, shape.dtype).to(device)
    rows = []
    for count in counts:
        names = VARIANTS if count == ALL_VARIANTS_AT else MAIN
        fewer = max(2, min(repeats, repeats * ALL_VARIANTS_AT // count))
        rows += measure_speed({name: Variant(VARIANTS[name], pipe) for name in names}, count, shape.steps, fewer)
    return rows


def whole_architecture(shape: Shape, count: int, repeats: int) -> list[dict[str, Any]]:
    """Steps of the real SD 1.4 GLIGEN on a CPU, and ours in the precision that a render takes here."""
    pipe = sd_gligen(shape.width, shape.size, shape.dtype)
    variants = {name: Variant(VARIANTS[name], pipe) for name in OF_THE_REAL_ONE}
    own = unet_dtype("cpu")
    if own != shape.dtype:
        quick = sd_gligen(shape.width, shape.size, own)
        named = str(own).removeprefix("torch.")
        variants |= {f"{name}, {named}": Variant(VARIANTS[name], quick) for name in (EQUAL, CUT, INTERVAL)}
    return measure_speed(variants, count, shape.steps, repeats)


def available_gb() -> float:
    """Memory that this machine has left, in gigabytes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 1e6


def peak_memory(variant: str, count: int, shape: Shape) -> float:
    """Megabytes above the loaded model, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.render", "--peak", variant, "--frames", str(count)]
    command += ["--width", str(shape.width), "--size", str(shape.size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.strip().splitlines()[-1])


def own_peak(pipe: FlowZeroPipeline, variant: str, count: int) -> float:
    """What a step of a variant takes at most, in megabytes above what is taken before it runs."""
    frames = plan().frames(count)
    if pipe.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
        allocated = torch.cuda.memory_allocated()
        VARIANTS[variant](pipe, frames, 1)
        return (torch.cuda.max_memory_allocated() - allocated) / 1e6
    VARIANTS[EQUAL](pipe, frames[:1], 1)  # libraries and buffers that any run needs
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts anew from here
    before = resident("VmRSS")
    VARIANTS[variant](pipe, frames, 1)
    return resident("VmHWM") - before


def resident(field: str) -> float:
    """A line of /proc/self/status in megabytes: VmRSS is what is resident now, VmHWM the most so far."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return float(line.split()[1]) / 1e3


def memory(shape: Shape, counts: Sequence[int], gpu: FlowZeroPipeline | None) -> list[dict[str, Any]]:
    """One row a variant and count."""
    rows: list[dict[str, Any]] = [
        {"variant": name, "device": "cpu", "frames": count, "megabytes": round(peak_memory(name, count, shape))}
        for name in (NAIVE, EQUAL)
        for count in counts
    ]
    if gpu is None:
        return rows + without_gpu((NAIVE, EQUAL), megabytes=NOT_MEASURED)
    return rows + [
        {"variant": name, "device": "cuda", "frames": count, "megabytes": round(own_peak(gpu, name, count))}
        for name in (NAIVE, EQUAL)
        for count in counts
    ]


def main() -> None:
    from benchmarks.render_whole import report_defaults

    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--width", type=float, default=0.25, help="of the small model: channels as a fraction of SD 1.4's")
    parser.add_argument("--size", type=int, default=32, help="of the latents")
    parser.add_argument("--frames", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--sd-frames", type=int, default=4, help="of the whole architecture on a CPU")
    parser.add_argument("--repeats", type=int, default=4, help="of 4 and 8 frames; of more there are fewer")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    small = Shape(arguments.width, arguments.size, torch.float32, steps=2)
    if arguments.peak:
        print(own_peak(sd_gligen(*small[:3]), arguments.peak, arguments.frames[0]))
        return
    command = " ".join([COMMAND, *sys.argv[1:]])
    threads = f"{torch.get_num_threads()} threads"
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    on_gpu = Shape(1.0, 64, torch.bfloat16, steps=4)
    there = f" On {gpu}: {on_gpu.words()}." if gpu else " There was no GPU."
    gpu_rows = (
        equal(on_gpu, "cuda", COUNTS, 5) if gpu and {"equal", "sd"} & set(arguments.parts) else without_gpu(MAIN, **SPEED)
    )
    if "equal" in arguments.parts:
        rows = equal(small, "cpu", arguments.frames, arguments.repeats) + gpu_rows
        write_report("render_speed", "Speed of a denoising step", command, rows, f"CPU: {small.words()}, {threads}.{there}")
    if "sd" in arguments.parts:
        real = Shape(1.0, arguments.size, torch.float32, steps=1)
        if available_gb() > NEEDED_GB:
            rows = whole_architecture(real, arguments.sd_frames, max(1, arguments.repeats // 2))
        else:
            rows = [{"variant": name, "device": "cpu", "frames": arguments.sd_frames} | SPEED for name in OF_THE_REAL_ONE]
        remarks = f"CPU: {real.words()} unless the row says another, {threads}.{there}"
        write_report("render_sd14", "Speed of a denoising step of SD 1.4 GLIGEN", command, rows + gpu_rows, remarks)
    if "defaults" in arguments.parts:
        report_defaults(command, arguments.frames)
    if "memory" in arguments.parts:
        rows = memory(small, arguments.frames, sd_gligen(*on_gpu[:3]).to("cuda") if gpu else None)
        print(table(rows))
        remarks = f"One step. CPU: {small.words()}.{there}"
        write_report("render_memory", "Peak memory above the loaded model", command, rows, remarks)


if __name__ == "__main__":
    main()
