"""The renderer's main path: a Dynamic Scene Syntax goes in, frames come out."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from flowzero.dss import DSS, Frame
from flowzero.errors import SettingsError
from flowzero.renderer.attention import AttentionMode
from flowzero.renderer.backbones import Model, find_backbone, load_backbone
from flowzero.renderer.drawing import OnFrames, OnStep, Run
from flowzero.renderer.frames import MAX_SIDE, Cut, Film, cut
from flowzero.renderer.noise import NoiseMode
from flowzero.renderer.resume import fingerprint


@dataclass(frozen=True)
class Rendering:
    """Frames and how they came about."""

    frames: NDArray[np.uint8] | Film | Cut
    """[F, H, W, 3]; an array, or where a folder was given what reads them from a file there."""
    fps: float
    seed: int
    """With the same plan, backbone and options it gives the same frames again."""
    backbone: str
    notes: tuple[str, ...]
    """What a person should know, a sentence each: words that were replaced, memory that ran short."""
    seconds: dict[str, float]
    """How long each stage took: load, denoise, decode."""
    options: dict[str, Any] = field(default_factory=dict)
    """What was drawn with, defaults filled in: `render(dss, backbone=..., **options)` draws the same frames again."""
    weights: str = ""
    """A digest that tells one set of weights from another."""
    place: str = ""
    """What it was computed on: device and precision."""
    threads: int = 0
    """How many of torch's threads worked, which shows in the last bits where it is a CPU."""


def render(  # noqa: PLR0913 (one keyword for each thing a person may choose)
    dss: DSS,
    *,
    backbone: str | Model = "embedded",
    seed: int | None = None,
    frames: int | None = None,
    device: str = "auto",
    steps: int | None = None,
    guidance_scale: float | None = None,
    guidance_interval: tuple[float, float] | None = None,
    width: int | None = None,
    height: int | None = None,
    grounding_fraction: float | None = None,
    negative_prompt: str = "",
    noise_mode: NoiseMode | None = None,
    attention_mode: AttentionMode = "first",
    chunk_size: int | None = None,
    offload: bool = False,
    compiled: bool = False,
    threads: int | None = None,
    snapshot: Path | None = None,
    snapshot_every: float = 0.0,
    scratch: Path | None = None,
    on_step: OnStep | None = None,
    on_frames: OnFrames | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Rendering:
    """Draw a plan.

    Args:
        dss: the plan.
        backbone: a registry name, a folder, a hub id, or a model that is loaded already.
        seed: 0 or more; one is chosen, and reported, when not given.
        frames: how many to draw over the same time; the plan's count when not given.
        device: auto, cpu, cuda or mps; ignored, as are `offload` and `compiled`, for a loaded model.
        steps: of denoising; None, here and below, stands for the backbone's default.
        guidance_scale: of classifier-free guidance.
        guidance_interval: the stretch of the steps, as fractions, in which it runs; outside a step takes half the time.
        width: in pixels; where the model draws some sizes alone, the next larger one is drawn, and its middle kept.
        height: in pixels, likewise.
        grounding_fraction: the first part of the steps, in which gated attention takes part.
        noise_mode: see :func:`~flowzero.renderer.noise.frame_noise`.
        negative_prompt: what the picture shall not show.
        attention_mode: what frames look at: `first`, `first_prev` or `none`.
        chunk_size: frames in one pass of the U-Net, chosen by size when not given; halved when memory runs out.
        offload: keep only the part of the model that is at work on the GPU.
        compiled: compile the model's repeated blocks first; what it draws then differs in the last bits.
        threads: for torch to work with; as it is set when not given.
        snapshot: a file that keeps the state after each step; if it is there, the render goes on from it and gives the same
            frames; it is deleted at the end.
        snapshot_every: seconds from one state that is kept to the next, at least; after each step when 0.
        scratch: a folder for what grows with the number of frames, which memory holds when not given; nothing stays there.
        on_step: called after each step.
        on_frames: called after each pass with the frames that the step has done; a model that draws one frame after the other
            has no passes and does not.
        should_cancel: asked several times a step; the render stops when it says True.

    Raises:
        SettingsError: if an option is out of range, or the snapshot is that of another render.
        PlanError: if the plan cannot be compiled to so many frames.
        BackboneError: if the backbone cannot be loaded.
        ResourceError: if memory runs out even for one frame at a time.
        RenderCancelledError: if `should_cancel` said so.
        RenderError: if the model fails otherwise.
    """
    if seed is None:
        seed = secrets.randbelow(2**31)
    if not 0 <= seed < 2**63:
        raise SettingsError(f"seed is {seed}: choose 0..{2**63 - 1}.")
    for side, pixels in (("width", width), ("height", height)):
        if pixels is not None and not 1 <= pixels <= MAX_SIDE:
            raise SettingsError(f"{side} is {pixels}: choose 1..{MAX_SIDE}.")
    shown: Sequence[Frame] = dss.frames(frames)
    run = Run(
        snapshot=snapshot,
        snapshot_every=snapshot_every,
        scratch=scratch,
        on_step=on_step,
        on_frames=on_frames,
        should_cancel=should_cancel,
    )
    model = load_backbone(backbone, device, offload=offload, compiled=compiled) if isinstance(backbone, str) else backbone
    entry = model.backbone or find_backbone("pipeline")
    shown, notes = entry.resolve(dss, shown, model)
    run.lap("load")
    options = {
        "steps": _given(steps, entry.steps),
        "guidance_scale": _given(guidance_scale, entry.guidance_scale),
        "guidance_interval": _given(guidance_interval, entry.guidance_interval),
        "grounding_fraction": _given(grounding_fraction, entry.grounding_fraction),
        "width": _given(width, entry.size and entry.size[0]),
        "height": _given(height, entry.size and entry.size[1]),
        "negative_prompt": negative_prompt,
        "noise_mode": _given(noise_mode, entry.noise_mode),
        "attention_mode": attention_mode,
        "seed": seed,
    }
    asked = {side: options[side] for side in ("width", "height")}
    options |= {side: pixels and model.side(pixels) for side, pixels in asked.items()}
    weights, place = model.digest(), model.place()
    run.key = fingerprint(shown, options, f"{weights} {place}")
    with _threads(threads):
        drawn = model.draw(shown, options | {"chunk_size": chunk_size}, run)
        used = torch.get_num_threads()
    if snapshot:
        snapshot.unlink(missing_ok=True)
    pictures = cut(drawn.pictures, **asked)
    count, high, wide, _ = pictures.shape
    return Rendering(
        frames=pictures,
        fps=dss.fps if frames in (None, dss.frame_count) else count / dss.seconds,
        seed=seed,
        backbone=entry.name,
        notes=(*notes, *drawn.notes),
        seconds=run.seconds,
        options=options
        | {"frames": count, "height": high, "width": wide, "chunk_size": drawn.chunk_size, "compiled": compiled},
        weights=weights,
        place=place,
        threads=used,
    )


@contextlib.contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """So many threads for torch while the block runs: how work is split among them shows in the last bits."""
    before = torch.get_num_threads()
    try:
        if count is not None and count != before:
            torch.set_num_threads(count)
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


def _given(value: Any, default: Any) -> Any:
    return default if value is None else value
