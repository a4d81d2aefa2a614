"""The denoising loop: steps outside, chunks of frames inside, any diffusers scheduler.

A sampler works on each element of the latents by itself, so one scheduler serves all chunks: what it remembers of a chunk is
kept with the chunk's latents, in a :class:`State`, and put back before its next step. Whether memory or a file keeps the states
is the caller's choice.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from flowzero.renderer.attention import Pass
from flowzero.renderer.grounding import Conditioning
from flowzero.renderer.layers import SharedBackground

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

    So that passes are alike in size, and none is made for a lone frame that is left over.
    """
    count = -(-frames // size)
    return [slice(k * frames // count, (k + 1) * frames // count) for k in range(count)]


class State(NamedTuple):
    """A chunk of frames between two steps."""

    latents: Tensor
    """[f, C, h, w] in float32."""
    scheduler: dict[str, Any]
    """What the scheduler remembers of this chunk: see :func:`scheduler_state`."""


def scheduler_state(scheduler: Any) -> dict[str, Any]:
    """Everything plain that a scheduler holds: counters, timesteps, earlier outputs of multi-step samplers."""
    return {name: _copied(value) for name, value in vars(scheduler).items() if _plain(value)}


def restore_scheduler(scheduler: Any, state: Mapping[str, Any]) -> None:
    """Put back what :func:`scheduler_state` read."""
    for name, value in state.items():
        setattr(scheduler, name, _copied(value))


def _plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, Tensor))


def _copied(value: Any) -> Any:
    """With lists of its own, which schedulers change in place; tensors they replace."""
    return type(value)(_copied(item) for item in value) if isinstance(value, (list, tuple)) else value


@torch.no_grad()
def predict(  # noqa: PLR0913
    unet: Any,
    attention: Pass,
    sample: Tensor,
    timestep: Tensor,
    conditioning: Conditioning,
    *,
    guidance: float | None,
    grounded: bool,
) -> Tensor:
    """What the U-Net predicts for a chunk of frames at one timestep: [f, C, h, w] in float32.

    Args:
        unet: inside :func:`~flowzero.renderer.attention.frame_attention`.
        attention: what that yielded; holds the captions and says which frames these are.
        sample: [f, C, h, w], scaled by the scheduler.
        timestep: the scheduler's.
        conditioning: of these frames.
        guidance: the scale, or None for the conditional branch alone.
        grounded: whether gated self-attention takes part.
    """
    caption_of, layout_of, x = conditioning.caption_of, conditioning.layout_of, sample
    attention.lone = lone = guidance is None and len(sample) == 1 and not attention.single
    if lone:  # drawn twice: convolutions round a batch of one in another way, and chunks shall change nothing
        caption_of, layout_of, x = caption_of.expand(2), layout_of.expand(2), torch.cat([x] * 2)
    if guidance is not None:
        caption_of = torch.cat([torch.zeros_like(caption_of), caption_of])
        layout_of = torch.cat([torch.zeros_like(layout_of), layout_of])
        x = torch.cat([x] * 2)
    if conditioning.painted is not None:
        x = torch.cat([x, conditioning.painted[layout_of]], dim=1)
    attention.branches, attention.caption_of = (1 if guidance is None else 2), caption_of
    attention.twins = guidance is not None and conditioning.painted is None
    e: Tensor = unet(
        x.to(unet.dtype),
        timestep,
        encoder_hidden_states=attention.captions[caption_of],
        cross_attention_kwargs={"gligen": {"objs": conditioning.objects(layout_of)}} if grounded else None,
        return_dict=False,
    )[0].float()
    if guidance is not None:
        e_uncond, e_cond = e.chunk(2)
        e = e_uncond + guidance * (e_cond - e_uncond)
    return e[:1] if lone else e


def denoise(  # noqa: PLR0913
    unet: Any,
    scheduler: Any,
    attention: Pass,
    states: MutableMapping[int, State],
    conditioning: Mapping[int, Conditioning],
    *,
    guidance: Guidance,
    grounding_fraction: float,
    generator: torch.Generator | None = None,
    background: SharedBackground | None = None,
    first_step: int = 0,
    on_chunk: OnChunk | None = None,
    on_step: Callable[[int, Tensor], None] | None = None,
) -> None:
    """Denoise all frames together, one step after the other: steps outside, chunks inside.

    Args:
        unet: inside :func:`~flowzero.renderer.attention.frame_attention`.
        scheduler: its timesteps are set; it is changed.
        attention: what that context yielded; holds the captions.
        states: of each chunk by its number, latents scaled to the scheduler's initial noise; what comes out is in there again.
        conditioning: of each chunk.
        guidance: scale and stretch of classifier-free guidance.
        grounding_fraction: the first part of the steps, in which gated self-attention takes part.
        generator: for samplers that add noise; they draw it frame by frame, so that chunks change nothing.
        background: gives frames the first frame's prediction where they show the same background.
        first_step: where to go on after a stop; the states are then those that were saved.
        on_chunk: called after each pass with the step's index and the frames done.
        on_step: called after each step with its index and timestep.
    """
    timesteps = scheduler.timesteps
    grounded_steps = int(grounding_fraction * len(timesteps))
    accepts_generator = "generator" in inspect.signature(scheduler.step).parameters
    for i in range(first_step, len(timesteps)):
        t, done = timesteps[i], 0
        for k in range(len(states)):
            latents, remembered = states[k]
            restore_scheduler(scheduler, remembered)
            attention.first, attention.more = done, k + 1 < len(states)
            e = predict(
                unet,
                attention,
                scheduler.scale_model_input(latents, t),
                t,
                conditioning[k],
                guidance=guidance.scale if guidance.at(i, len(timesteps)) else None,
                grounded=i < grounded_steps,
            )
            if background is not None:
                e = background.share(e, done)
            extra = {"generator": [generator] * len(latents)} if accepts_generator and generator is not None else {}
            latents = scheduler.step(e, t, latents, **extra).prev_sample
            states[k] = State(latents, scheduler_state(scheduler))
            done += len(latents)
            if on_chunk is not None:
                on_chunk(i, done)
        if on_step is not None:
            on_step(i, t)


def latents_of(states: Mapping[int, State]) -> Tensor:
    """Those of all chunks, [F, C, h, w]."""
    return torch.cat([states[k].latents for k in range(len(states))])


def put_latents(states: MutableMapping[int, State], latents: Tensor | None) -> None:
    """Put other latents [F, C, h, w] in the place of all chunks', if there are any."""
    if latents is None:
        return
    done = 0
    for k in range(len(states)):
        old = states[k]
        states[k] = old._replace(latents=latents[done : done + len(old.latents)])
        done += len(old.latents)
