"""The denoising loop: steps outside, chunks of frames inside, any diffusers scheduler."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from flowzero.renderer.attention import Pass
from flowzero.renderer.grounding import Conditioning

OnChunk = Callable[[int, int], None]
"""Called with the step's index and the number of frames it has done so far; may raise to stop."""


@dataclass(frozen=True)
class Guidance:
    """Classifier-free guidance: e = e_uncond + scale · (e_cond - e_uncond), in a stretch of the steps."""

    scale: float = 7.5
    start: float = 0.0
    """Fraction of the steps before which only the conditional branch runs."""
    end: float = 1.0
    """Fraction of the steps from which on only the conditional branch runs."""

    def at(self, index: int, steps: int) -> bool:
        """Whether step `index` of `steps` runs both branches."""
        return self.scale > 1 and self.start * steps <= index < self.end * steps


def chunks(frames: int, size: int) -> list[slice]:
    """Cut frames into the fewest chunks of at most `size`, all of nearly one length.

    So that no lone frame is left over: batches of under four rows go through other matrix kernels, whose last bits differ.
    """
    count = -(-frames // size)
    return [slice(k * frames // count, (k + 1) * frames // count) for k in range(count)]


@torch.no_grad()
def predict(  # noqa: PLR0913
    unet: Any,
    state: Pass,
    sample: Tensor,
    timestep: Tensor,
    conditioning: Conditioning,
    *,
    guidance: float | None,
    grounded: bool,
    chunk_size: int,
    on_chunk: Callable[[int], None] | None = None,
) -> Tensor:
    """What the U-Net predicts for all frames at one timestep, in float32.

    Args:
        unet: inside :func:`~flowzero.renderer.attention.frame_attention`.
        state: what that yielded.
        sample: [F, C, h, w], scaled by the scheduler.
        timestep: the scheduler's.
        conditioning: of all F frames.
        guidance: the scale, or None for the conditional branch alone.
        grounded: whether gated self-attention takes part.
        chunk_size: frames in one pass.
        on_chunk: called with the number of frames done so far.

    Returns:
        [F, C, h, w].
    """
    frames = sample.shape[0]
    out = torch.empty_like(sample, dtype=torch.float32)
    state.captions = conditioning.captions
    for chunk in chunks(frames, chunk_size):
        captions, layouts = conditioning.caption_of[chunk], conditioning.layout_of[chunk]
        x = sample[chunk]
        if guidance is not None:
            captions = torch.cat([torch.zeros_like(captions), captions])
            layouts = torch.cat([torch.zeros_like(layouts), layouts])
            x = torch.cat([x] * 2)
        if conditioning.painted is not None:
            x = torch.cat([x, conditioning.painted[layouts]], dim=1)
        state.branches, state.first, state.more = (1 if guidance is None else 2), chunk.start, chunk.stop < frames
        state.caption_of = captions
        e = unet(
            x.to(unet.dtype),
            timestep,
            encoder_hidden_states=conditioning.captions[captions],
            cross_attention_kwargs={"gligen": {"objs": conditioning.objects[layouts]}} if grounded else None,
            return_dict=False,
        )[0].float()
        if guidance is not None:
            e_uncond, e_cond = e.chunk(2)
            e = e_uncond + guidance * (e_cond - e_uncond)
        out[chunk] = e
        if on_chunk is not None:
            on_chunk(chunk.stop)
    return out


def denoise(  # noqa: PLR0913
    unet: Any,
    scheduler: Any,
    state: Pass,
    latents: Tensor,
    conditioning: Conditioning,
    *,
    guidance: Guidance,
    grounding_fraction: float,
    chunk_size: int,
    generator: torch.Generator | None = None,
    first_step: int = 0,
    on_chunk: OnChunk | None = None,
    on_step: Callable[[int, Tensor, Tensor], Tensor] | None = None,
) -> Tensor:
    """Denoise all frames together, one step after the other.

    Args:
        unet: inside :func:`~flowzero.renderer.attention.frame_attention`.
        scheduler: its timesteps are set; it is changed.
        state: what that context yielded.
        latents: [F, C, h, w] in float32, scaled to the scheduler's initial noise.
        conditioning: of all F frames.
        guidance: scale and stretch of classifier-free guidance.
        grounding_fraction: the first part of the steps, in which gated self-attention takes part.
        chunk_size: frames in one pass of the U-Net.
        generator: for samplers that add noise.
        first_step: where to go on after a stop; the scheduler is then the one that was saved.
        on_chunk: called after each pass with the step's index and the frames done.
        on_step: called after each step with its index, timestep and latents; returns the latents to go on with.

    Returns:
        [F, C, h, w] in float32.
    """
    timesteps = scheduler.timesteps
    grounded_steps = int(grounding_fraction * len(timesteps))
    accepts_generator = "generator" in inspect.signature(scheduler.step).parameters
    extra = {"generator": generator} if accepts_generator else {}
    for i in range(first_step, len(timesteps)):
        t = timesteps[i]

        def done(frames: int, i: int = i) -> None:
            if on_chunk is not None:
                on_chunk(i, frames)

        e = predict(
            unet,
            state,
            scheduler.scale_model_input(latents, t),
            t,
            conditioning,
            guidance=guidance.scale if guidance.at(i, len(timesteps)) else None,
            grounded=i < grounded_steps,
            chunk_size=chunk_size,
            on_chunk=done,
        )
        latents = scheduler.step(e, t, latents, **extra).prev_sample
        if on_step is not None:
            latents = on_step(i, t, latents)
    return latents
