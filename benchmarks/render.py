"""Speed and memory of the renderer against what diffusers offers, in one process with alternating runs.

    python -m benchmarks.render

Peers: (a) diffusers' Text2Video-Zero attention on a gated U-Net, all frames in one batch; (b) diffusers' GLIGEN pipeline, frame
by frame. Weights are random: speed does not depend on them. "Equal output" means the same steps, guidance and grounding, and
latents that differ from (a) by rounding alone.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers.pipelines.deprecated.stable_diffusion_gligen.pipeline_stable_diffusion_gligen import (
    StableDiffusionGLIGENPipeline,
)
from diffusers.pipelines.deprecated.text_to_video_synthesis.pipeline_text_to_video_zero import CrossFrameAttnProcessor2_0
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.models import sd_gligen
from benchmarks.report import table, write_report
from flowzero.dss import DSS, BackgroundMotion, Box, Frame, Keyframe, Object, Scene
from flowzero.renderer.grounding import distinct, encode_captions, encode_phrases, layout, layout_tensors
from flowzero.renderer.pipeline import FlowZeroPipeline

STEPS = 2
GUIDANCE = 7.5


def plan() -> DSS:
    """A ball that travels over a drifting meadow, beside a tree."""
    return DSS(
        scenes=(
            Scene(start=0, description="a red ball rolls over a meadow"),
            Scene(start=0.5, description="a ball on a beach"),
        ),
        objects=(
            Object(
                id="ball",
                phrase="a red ball",
                path=(Keyframe(t=0, box=Box(x=0, y=0.5, w=0.3, h=0.3)), Keyframe(t=1, box=Box(x=0.7, y=0.5, w=0.3, h=0.3))),
            ),
            Object(id="tree", phrase="a green tree", path=(Keyframe(t=0, box=Box(x=0.6, y=0.1, w=0.3, h=0.8)),)),
        ),
        background=(BackgroundMotion(direction="left", speed=0.2),),
    )


@torch.no_grad()
def naive(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float) -> Tensor:
    """Peer (a): the obvious loop over one batch of all frames, nothing kept from step to step."""
    device, unet = pipe.device, pipe.unet
    texts, index = distinct([frame.description for frame in frames])
    captions = encode_captions(pipe.text_encoder, pipe.tokenizer, texts, device)[index]
    empty = encode_captions(pipe.text_encoder, pipe.tokenizer, [""], device).expand(len(frames), -1, -1)
    words, _ = distinct([item.phrase for frame in frames for item in frame.objects])
    known = dict(zip(words, encode_phrases(pipe.text_encoder, pipe.tokenizer, words, device), strict=True))
    tensors = layout_tensors([layout(frame, 30) for frame in frames], known, 768, 30, device)
    boxes, phrases, masks = (torch.cat([x[1:], x[1:]]) for x in (tensors.boxes, tensors.phrases, tensors.masks))
    masks[: len(frames)] = 0
    dtype = unet.dtype
    text = torch.cat([empty, captions]).to(dtype)
    gligen = {"gligen": {"boxes": boxes.to(dtype), "positive_embeddings": phrases.to(dtype), "masks": masks.to(dtype)}}
    pipe.scheduler.set_timesteps(steps, device=device)
    size = unet.config.sample_size
    latents = (
        torch.randn(1, 4, size, size, generator=torch.Generator().manual_seed(0)).expand(len(frames), -1, -1, -1).to(device)
    )
    cross_frame: Any = CrossFrameAttnProcessor2_0
    saved = dict(unet.attn_processors)
    unet.set_attn_processor({name: cross_frame(2) if "attn1" in name else old for name, old in saved.items()})
    try:
        for i, t in enumerate(pipe.scheduler.timesteps):
            grounded = i < int(fraction * steps)
            x = pipe.scheduler.scale_model_input(torch.cat([latents] * 2), t).to(dtype)
            e = unet(x, t, encoder_hidden_states=text, cross_attention_kwargs=gligen if grounded else None).sample.float()
            e_uncond, e_text = e.chunk(2)
            latents = pipe.scheduler.step(e_uncond + GUIDANCE * (e_text - e_uncond), t, latents).prev_sample
    finally:
        unet.set_attn_processor(saved)
    return latents


def gligen(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float) -> Tensor:
    """Peer (b): diffusers' GLIGEN pipeline, one frame after the other, no cross-frame attention."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts: dict[str, Any] = {
            name: getattr(pipe, name) for name in ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
        }
        parts |= {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
        peer: Any = StableDiffusionGLIGENPipeline(**parts)
    peer.set_progress_bar_config(disable=True)
    latents = [
        peer(
            frame.description,
            gligen_phrases=[item.phrase for item in frame.objects],
            gligen_boxes=[[o.box.x, o.box.y, o.box.x + o.box.w, o.box.y + o.box.h] for o in frame.objects],
            gligen_scheduled_sampling_beta=fraction,
            num_inference_steps=steps,
            generator=torch.Generator().manual_seed(0),
            output_type="latent",
        ).images
        for frame in frames
    ]
    peer.enable_fuser(True)
    return torch.cat(latents)


def ours(pipe: FlowZeroPipeline, frames: Sequence[Frame], steps: int, fraction: float, **options: Any) -> Tensor:
    """The pipeline, without noise shifting so that all start alike."""
    call: dict[str, Any] = {"noise_mode": "still", "seed": 0, "output_type": "latent"} | options
    (latents,) = pipe(frames, num_inference_steps=steps, grounding_fraction=fraction, return_dict=False, **call)
    result: Tensor = latents
    return result


VARIANTS: dict[str, Callable[[FlowZeroPipeline, Sequence[Frame]], Tensor]] = {
    "Text2Video-Zero attention, naive batch": lambda pipe, frames: naive(pipe, frames, STEPS, 1.0),
    "GLIGEN pipeline, frame by frame": lambda pipe, frames: gligen(pipe, frames, STEPS, 1.0),
    "ours, equal output": lambda pipe, frames: ours(pipe, frames, STEPS, 1.0),
    "ours, equal output, one chunk": lambda pipe, frames: ours(pipe, frames, STEPS, 1.0, chunk_size=len(frames)),
    "ours, equal output, no caches": lambda pipe, frames: ours(pipe, frames, STEPS, 1.0, caches=False),
    "ours, first and previous frame": lambda pipe, frames: ours(pipe, frames, STEPS, 1.0, attention_mode="first_prev"),
    "ours, a step after the grounding cut": lambda pipe, frames: ours(pipe, frames, STEPS, 0.0),
    "ours, after the cut and the guidance interval": lambda pipe, frames: ours(
        pipe, frames, STEPS, 0.0, guidance_interval=(0.0, 0.0)
    ),
}
NAIVE, GLIGEN, EQUAL = list(VARIANTS)[:3]
MAIN = (NAIVE, GLIGEN, EQUAL)
ALL_VARIANTS_AT = 8
"""Frames; at other counts the peers and ours at equal output are measured alone."""


def seconds(device: torch.device, work: Callable[[], Any]) -> float:
    """Process time on a CPU, which other processes disturb less; wall time on a GPU."""
    if device.type != "cuda":
        began = time.process_time()
        work()
        return time.process_time() - began
    torch.cuda.synchronize()
    began = time.perf_counter()
    work()
    torch.cuda.synchronize()
    return time.perf_counter() - began


def matmul_rate(device: torch.device, dtype: torch.dtype) -> float:
    """FLOP a second of a large matrix product: the best of several."""
    a = torch.randn(2048, 2048, device=device, dtype=dtype)
    return 2 * 2048**3 / min(seconds(device, lambda: a @ a) for _ in range(5))


def flops(work: Callable[[], Any]) -> int:
    with FlopCounterMode(display=False) as counter:
        work()
    total: int = counter.get_total_flops()
    return total


def measure_speed(pipe: FlowZeroPipeline, count: int, repeats: int) -> list[dict[str, Any]]:
    """One row a variant: seconds a step, ratio to the naive batch, FLOPs, ratio to the floor that the matmul rate sets."""
    frames = plan().frames(count)
    variants = {name: partial(VARIANTS[name], pipe, frames) for name in VARIANTS if count == ALL_VARIANTS_AT or name in MAIN}
    drawn: dict[str, Tensor] = {}
    work = {name: flops(lambda name=name: drawn.update({name: variants[name]()})) for name in variants}  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(repeats):
        for name, variant in variants.items():
            times[name].append(seconds(pipe.device, variant) / STEPS)
    rate = matmul_rate(pipe.device, pipe.unet.dtype)
    rows = []
    for name in variants:
        ratios = [base / own for base, own in zip(times[NAIVE], times[name], strict=True)]
        rows.append(
            {
                "variant": name,
                "frames": count,
                "seconds a step": round(statistics.median(times[name]), 4),
                "speed-up": round(statistics.median(ratios), 2),
                "range": f"{min(ratios):.2f}-{max(ratios):.2f}",
                "GFLOP a step": round(work[name] / STEPS / 1e9, 1),
                "of its own floor": round(statistics.median(times[name]) / (work[name] / STEPS / rate), 2),
            }
        )
    difference = (drawn[EQUAL] - drawn[NAIVE]).abs().max().item()
    print(f"{count} frames, largest difference between ours and the naive batch: {difference:.1e}", flush=True)
    return rows


def peak_memory(variant: str, count: int, arguments: argparse.Namespace) -> float:
    """Megabytes above the loaded model, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.render", "--peak", variant, "--frames", str(count)]
    command += ["--width", str(arguments.width), "--size", str(arguments.size), "--device", arguments.device]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.strip().splitlines()[-1])


def own_peak(pipe: FlowZeroPipeline, variant: str, count: int) -> float:
    """What a variant takes at most, in megabytes above what is taken before it runs."""
    frames = plan().frames(count)
    if pipe.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
        allocated = torch.cuda.memory_allocated()
        VARIANTS[variant](pipe, frames)
        return (torch.cuda.max_memory_allocated() - allocated) / 1e6
    VARIANTS[EQUAL](pipe, frames[:1])  # libraries and buffers that any run needs
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts anew from here
    before = resident("VmRSS")
    VARIANTS[variant](pipe, frames)
    return resident("VmHWM") - before


def resident(field: str) -> float:
    """A line of /proc/self/status in megabytes: VmRSS is what is resident now, VmHWM the most so far."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return float(line.split()[1]) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render", description=__doc__)
    parser.add_argument("--width", type=float, default=0.25, help="channels as a fraction of SD 1.4's")
    parser.add_argument("--size", type=int, default=32, help="of the latents")
    parser.add_argument("--frames", type=int, nargs="+", default=[4, 8, 16, 32])
    parser.add_argument("--memory-frames", type=int, nargs="*", default=[4, 8, 16, 32])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    pipe = sd_gligen(arguments.width, arguments.size).to(arguments.device)
    pipe.unet.to(getattr(torch, arguments.dtype))
    if arguments.peak:
        print(own_peak(pipe, arguments.peak, arguments.frames[0]))
        return
    command = " ".join(["python -m benchmarks.render", *sys.argv[1:]])
    model = (
        f"SD 1.4 GLIGEN with {arguments.width:g} of its channels, {arguments.size}x{arguments.size} latents, {arguments.dtype}"
    )
    where = "" if arguments.device == "cpu" else f"_{torch.cuda.get_device_name().lower().replace(' ', '_')}"
    speed = [row for count in arguments.frames for row in measure_speed(pipe, count, arguments.repeats)]
    print(table(speed), flush=True)
    write_report(
        f"render_speed{where}", "Speed of a denoising step", command, speed, f"{model}, {torch.get_num_threads()} threads."
    )
    memory = [
        {"variant": variant, "frames": count, "megabytes": round(peak_memory(variant, count, arguments))}
        for variant in (NAIVE, EQUAL)
        for count in arguments.memory_frames
    ]
    if memory:
        print(table(memory))
        write_report(f"render_memory{where}", "Peak memory above the loaded model", command, memory, f"{model}.")


if __name__ == "__main__":
    main()
