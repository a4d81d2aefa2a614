"""The modified U-Net's attention: cross-frame self-attention, and text whose keys and values are kept.

A pass of the U-Net holds one chunk of frames in each branch of guidance, branch-major: [uncond f..., cond f...]. Its state
stands in a :class:`Pass` that every processor shares and the sampling loop fills in. :func:`frame_attention` installs the
processors by name and puts back what was there, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from flowzero.renderer.grounding import ObjectTokens

AttentionMode = Literal["first", "first_prev", "none"]
ATTENTION_MODES: tuple[AttentionMode, ...] = ("first", "first_prev", "none")


@dataclass
class Pass:
    """What the processors need to know of the current pass."""

    branches: int = 1
    """How many branches of guidance the batch holds: 1 or 2."""
    first: int = 0
    """Index of the chunk's first frame."""
    more: bool = False
    """Whether later chunks of this step follow, which need this chunk's keys and values."""
    single: bool = True
    """Whether the video is one frame, which nothing else has to agree with."""
    twins: bool = False
    """Whether both branches come in alike, and so differ only from the first layer on that hears of text or objects."""
    lone: bool = False
    """Whether this pass is one frame and its double, which is made for rounding alone and looked at by nobody."""
    captions: Tensor = field(default_factory=lambda: torch.empty(0))
    """[U, T, D]: every caption there is, the unconditional one first; constant over a video."""
    caption_of: Tensor = field(default_factory=lambda: torch.empty(0))
    """[B]: the caption of each row of the batch."""


def _heads(x: Tensor, attn: nn.Module) -> Tensor:
    """[B, N, C] to [B, heads, N, C / heads]."""
    batch, tokens, channels = x.shape
    heads = int(attn.heads)  # type: ignore[arg-type]
    return x.view(batch, tokens, heads, channels // heads).transpose(1, 2)


def attend(attn: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """softmax(QKᵀ/√d)V over all heads, each of [B, tokens, C], before the output projection."""
    mixed = scaled_dot_product_attention(_heads(query, attn), _heads(key, attn), _heads(value, attn))
    return mixed.transpose(1, 2).reshape(query.shape)


def _project_out(attn: Any, x: Tensor) -> Tensor:
    out: Tensor = attn.to_out[1](attn.to_out[0](x))
    return out


class CrossFrameProcessor:
    """Self-attention in which every frame looks at the first frame, and with `first_prev` also at the one before it.

    Keys and values of the first frame are computed once a step; queries of all frames that share them are folded into one
    call, [branches, frames · N, C] against [branches, N, C].
    """

    def __init__(self, state: Pass, mode: AttentionMode) -> None:
        self._state = state
        self._previous = mode == "first_prev"
        self._anchor: tuple[Tensor, Tensor] | None = None
        self._last: tuple[Tensor, Tensor] | None = None

    def __call__(self, attn: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Attend; `hidden_states` is [branches · frames, N, C]."""
        branches, (rows, tokens, _) = self._state.branches, hidden_states.shape
        x = hidden_states.view(branches, rows // branches, tokens, -1)  # branch frame token channel
        query = attn.to_q(hidden_states).view(branches, rows // branches, tokens, -1)
        mixed = self._first_and_previous(attn, x, query) if self._previous else self._first(attn, x, query)
        return _project_out(attn, mixed.reshape(rows, tokens, -1))

    def _first(self, attn: Any, x: Tensor, query: Tensor) -> Tensor:
        anchor = (attn.to_k(x[:, 0]), attn.to_v(x[:, 0])) if self._state.first == 0 else self._kept(self._anchor)
        self._anchor = anchor if self._state.more else None
        return _fold(attn, query, *anchor)

    def _first_and_previous(self, attn: Any, x: Tensor, query: Tensor) -> Tensor:
        """Frames 0 and 1 see the first frame alone: for them it is also the previous one."""
        flat = x.flatten(0, 1)
        key, value = (project(flat).view(*x.shape[:3], -1) for project in (attn.to_k, attn.to_v))
        if self._state.first == 0:
            anchor = last = key[:, 0], value[:, 0]
            alone = min(2, x.shape[1])
        else:
            anchor, last = self._kept(self._anchor), self._kept(self._last)
            alone = 1 if self._state.first == 1 else 0
        parts = [_fold(attn, query[:, :alone], *anchor)] if alone else []
        if alone < x.shape[1]:
            both = [
                torch.cat([first.unsqueeze(1).expand_as(previous), previous], dim=2).flatten(0, 1)
                for first, previous in (
                    (anchor[0], torch.cat([last[0].unsqueeze(1), key[:, :-1]], dim=1)[:, alone:]),
                    (anchor[1], torch.cat([last[1].unsqueeze(1), value[:, :-1]], dim=1)[:, alone:]),
                )
            ]
            rest = query[:, alone:]
            parts.append(attend(attn, rest.flatten(0, 1), *both).view(rest.shape))
        # Clones, so that what is kept for the next chunk does not hold this one's whole tensors.
        self._anchor = (anchor[0].clone(), anchor[1].clone()) if self._state.more else None
        end = 0 if self._state.lone else -1
        self._last = (key[:, end].clone(), value[:, end].clone()) if self._state.more else None
        return torch.cat(parts, dim=1)

    @staticmethod
    def _kept(kept: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        if kept is None:
            raise RuntimeError("a chunk of frames was run before the chunk that holds the first frame")
        return kept


def _fold(attn: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """All frames' queries [branch, frame, N, C] against keys and values [branch, N, C] that they share."""
    return attend(attn, query.flatten(1, 2), key, value).view(query.shape)


class TextProcessor:
    """Cross-attention to captions whose keys and values are computed once a video, in the first step."""

    def __init__(self, state: Pass) -> None:
        self._state = state
        self._kept: tuple[Tensor, Tensor] | None = None

    def __call__(self, attn: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Attend; `hidden_states` is [rows, N, C], and each row has the caption that the pass names."""
        if self._kept is None:
            self._kept = attn.to_k(self._state.captions), attn.to_v(self._state.captions)
        key, value = (kept.index_select(0, self._state.caption_of) for kept in self._kept)
        return _project_out(attn, attend(attn, attn.to_q(hidden_states), key, value))


class ReadyTokens(nn.Module):
    """Stands in for the U-Net's position_net and hands on object tokens that were computed before the loop."""

    def forward(self, objs: ObjectTokens) -> Tensor:
        """[rows, objects, D]."""
        return objs.spread()


_TIME_ROWS = 4
"""Libraries multiply fewer rows than that in kernels of another rounding."""


def _one_time_for_all(unet: Any) -> list[Any]:
    """Have a timestep's embedding computed on a fixed number of rows; returns the hooks that do it, to be removed.

    All rows of a pass have the same timestep. How a product of a few rows is rounded depends on their number, and so would a
    frame on its chunk's. What comes out is one row, which counts for every row of the batch.
    """
    projections = [module for name, module in unet.named_modules() if name.endswith("time_emb_proj")]
    return [
        unet.time_embedding.register_forward_pre_hook(lambda _, args: (args[0][:1].expand(_TIME_ROWS, -1), *args[1:])),
        *(module.register_forward_hook(lambda _, args, output: output[:1]) for module in projections),
    ]


@contextmanager
def frame_attention(unet: Any, *, mode: AttentionMode, caches: bool = True, frames: int = 1) -> Iterator[Pass]:
    """Give a gated U-Net cross-frame attention, and take it away again.

    Args:
        unet: a UNet2DConditionModel with attention_type "gated"; its processors and position_net are restored on leaving.
        mode: what attn1 looks at: `first` frame, `first_prev`, or `none` for each frame alone.
        caches: keep text keys and values over the steps. The output is the same without.
        frames: of the whole video.

    Yields:
        The state that the processors read, for the sampling loop to fill in before each pass.
    """
    state = Pass(single=frames == 1)
    saved, position_net = dict(unet.attn_processors), unet.position_net
    hooks: list[Any] = []
    chosen = dict(saved)
    for name in saved:
        if name.endswith("attn1.processor") and mode != "none":
            chosen[name] = CrossFrameProcessor(state, mode)
        elif name.endswith("attn2.processor") and caches:
            chosen[name] = TextProcessor(state)
    try:
        unet.set_attn_processor(chosen)
        unet.position_net = ReadyTokens()
        if not state.single:
            hooks = _one_time_for_all(unet)
        yield state
    finally:
        for hook in hooks:
            hook.remove()
        unet.position_net = position_net
        unet.set_attn_processor(saved)
