"""The renderer's main path: a Dynamic Scene Syntax goes in, frames come out."""

from __future__ import annotations

import gc
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from flowzero.dss import DSS, Frame
from flowzero.errors import RenderCancelledError, RenderError, ResourceError, SettingsError
from flowzero.renderer.attention import AttentionMode
from flowzero.renderer.backbones import find_backbone, load_backbone
from flowzero.renderer.noise import NoiseMode
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.renderer.resume import fingerprint, load_snapshot, save_snapshot, weights_digest

OnStep = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


@dataclass(frozen=True)
class Rendering:
    """Frames and how they came about."""

    frames: NDArray[np.uint8]
    """[F, H, W, 3]."""
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


def render(  # noqa: PLR0913 (one keyword for each thing a person may choose)
    dss: DSS,
    *,
    backbone: str | FlowZeroPipeline = "embedded",
    seed: int | None = None,
    frames: int | None = None,
    device: str = "auto",
    steps: int | None = None,
    guidance_scale: float | None = None,
    guidance_interval: tuple[float, float] = (0.0, 1.0),
    width: int | None = None,
    height: int | None = None,
    grounding_fraction: float | None = None,
    negative_prompt: str = "",
    noise_mode: NoiseMode | None = None,
    attention_mode: AttentionMode = "first",
    chunk_size: int | None = None,
    snapshot: Path | None = None,
    on_step: OnStep | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Rendering:
    """Draw a plan.

    Args:
        dss: the plan.
        backbone: a registry name, a folder, a hub id, or a pipeline that is loaded already.
        seed: 0 or more; one is chosen, and reported, when not given.
        frames: how many to draw over the same time; the plan's count when not given.
        device: auto, cpu, cuda or mps; ignored for a loaded pipeline.
        steps: of denoising; None, here and below, stands for the backbone's default.
        guidance_scale: of classifier-free guidance.
        guidance_interval: the stretch of the steps, as fractions, in which it runs; outside a step takes half the time.
        width: in pixels.
        height: in pixels.
        grounding_fraction: the first part of the steps, in which gated attention takes part.
        noise_mode: see :func:`~flowzero.renderer.noise.frame_noise`.
        negative_prompt: what the picture shall not show.
        attention_mode: what frames look at: `first`, `first_prev` or `none`.
        chunk_size: frames in one pass of the U-Net, chosen by size when not given; halved when memory runs out.
        snapshot: a file that keeps the state after each step; if it is there, the render goes on from it and gives the same
            frames; it is deleted at the end.
        on_step: called after each step.
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
    compiled: Sequence[Frame] = dss.frames(frames)
    watch = _Stopwatch()
    if isinstance(backbone, str):
        entry = find_backbone(backbone)
        pipeline = load_backbone(backbone, device)
    else:
        entry, pipeline = backbone.backbone or find_backbone("pipeline"), backbone
    compiled, notes = entry.resolve(dss, compiled, pipeline)
    watch.lap("load")
    options = {
        "steps": _given(steps, entry.steps),
        "guidance_scale": _given(guidance_scale, entry.guidance_scale),
        "guidance_interval": guidance_interval,
        "grounding_fraction": _given(grounding_fraction, entry.grounding_fraction),
        "width": _given(width, entry.size and entry.size[0]),
        "height": _given(height, entry.size and entry.size[1]),
        "negative_prompt": negative_prompt,
        "noise_mode": _given(noise_mode, entry.noise_mode),
        "attention_mode": attention_mode,
        "seed": seed,
    }
    weights = weights_digest(pipeline)
    keep = _Keeper(snapshot, fingerprint(compiled, options, weights)) if snapshot else None
    call = {("num_inference_steps" if name == "steps" else name): value for name, value in options.items()}
    latents, more = _denoise(pipeline, compiled, call | {"chunk_size": chunk_size}, keep, on_step, should_cancel)
    watch.lap("denoise")
    pictures = _decode(pipeline, latents, should_cancel)
    watch.lap("decode")
    if snapshot:
        snapshot.unlink(missing_ok=True)
    return Rendering(
        frames=pictures,
        fps=dss.fps if frames in (None, dss.frame_count) else len(pictures) / dss.seconds,
        seed=seed,
        backbone=entry.name,
        notes=(*notes, *more),
        seconds=watch.seconds,
        options=options | {"frames": len(pictures), "height": pictures.shape[1], "width": pictures.shape[2]},
        weights=weights,
    )


class _Keeper(NamedTuple):
    """Where the state after each step is kept, and what tells this render from others."""

    path: Path
    key: str


def _denoise(  # noqa: PLR0913, PLR0917
    pipeline: FlowZeroPipeline,
    frames: Sequence[Frame],
    call: dict[str, Any],
    keep: _Keeper | None,
    on_step: OnStep | None,
    should_cancel: Callable[[], bool] | None,
) -> tuple[Tensor, tuple[str, ...]]:
    """Latents of all frames; with fewer frames at a time after memory ran out, and a note on it."""

    def stepped(_: FlowZeroPipeline, index: int, timestep: Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        if keep is not None:
            save_snapshot(keep.path, pipeline.snapshot(index, tensors["latents"]), keep.key)
        if on_step is not None:
            on_step(index + 1, pipeline.num_timesteps)
        return tensors

    notes: list[str] = []
    while True:
        try:
            (latents,) = pipeline(
                frames,
                **call,
                resume=load_snapshot(keep.path, keep.key) if keep else None,
                output_type="latent",
                return_dict=False,
                callback_on_step_end=stepped,
                callback_on_chunk_end=lambda *_: _stop_if(should_cancel),
            )
            return latents, tuple(notes)
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise RenderError(f"the model failed while drawing: {_first_line(error)}") from error
            size = min(pipeline.chunk_size, len(frames)) // 2
            if size == 0:
                raise ResourceError("memory ran out with one frame at a time: choose a smaller width and height.") from error
        call = call | {"chunk_size": size}
        notes = [f"Memory ran short: frames were drawn {size} at a time."]
        _free_memory()


def _decode(pipeline: FlowZeroPipeline, latents: Tensor, should_cancel: Callable[[], bool] | None) -> NDArray[np.uint8]:
    """Pictures of latents, one at a time."""
    pictures = []
    for k in range(len(latents)):
        _stop_if(should_cancel)
        try:
            pictures.append(pipeline.decode(latents[k : k + 1], "uint8"))
        except (MemoryError, RuntimeError) as error:
            if _is_out_of_memory(error):
                raise ResourceError("memory ran out while decoding: choose a smaller width and height.") from error
            raise RenderError(f"the decoder failed: {_first_line(error)}") from error
    frames: NDArray[np.uint8] = np.concatenate(pictures)
    return frames


def _stop_if(should_cancel: Callable[[], bool] | None) -> None:
    if should_cancel is not None and should_cancel():
        raise RenderCancelledError("the render was cancelled.")


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether torch or Python ran out of memory; torch's CPU allocator says so in a plain RuntimeError."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in str(error)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]


def _free_memory() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class _Stopwatch:
    """Seconds since the last lap, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name], self._last = now - self._last, now


def _given(value: Any, default: Any) -> Any:
    return default if value is None else value
