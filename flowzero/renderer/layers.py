"""One background: frames whose noise is the same are the same in what is denoised, too (ours, not the paper's).

Layered noise gives each thing noise of its own, and the background one noise for all frames. So a place that no thing is near,
before a camera at rest, starts from the same latents in every frame. What the U-Net predicts there still differs a little, as
it sees the things elsewhere. Here every frame gets the first one's prediction there, and in each step the same: so what a
sampler remembers of a place is the same as well, and the latents stay equal to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from flowzero.dss import Frame
from flowzero.renderer.grounding import paints_places
from flowzero.renderer.noise import NoiseMode

_NEAR = 1 / 16
"""How far around its box a thing's own is, for its shadow's and its light's sake, in parts of the frame's shorter side."""
_NOISE = 1.0
"""Latent pixels around its box that the noise of a thing reaches, at least which are its own."""


class SharedBackground:
    """Puts the first frame's prediction in the place of the others', where they show the same background.

    A later frame's boxes change that frame alone; those of the first frame change all, as with cross-frame attention.
    """

    def __init__(self, frames: Sequence[Frame], *, captions: bool) -> None:
        """Share the background of a video.

        Args:
            frames: all of them.
            captions: whether it is drawn from descriptions, which have to be the same then; from the setting's name otherwise.
        """
        self._frames, self._captions = frames, captions
        self._first: Tensor | None = None

    def share(self, prediction: Tensor, first: int) -> Tensor:
        """What the sampler gets for a chunk of frames, [f, C, h, w].

        Args:
            prediction: [f, C, h, w], the U-Net's in one step, with guidance. The first frame's is kept for the later chunks.
            first: index of the chunk's first frame; in each step the chunk that holds frame 0 has to come first.
        """
        if first == 0:
            self._first = prediction[0].clone()
        if self._first is None:
            raise RuntimeError("a chunk of frames was run before the chunk that holds the first frame")
        weights = torch.stack([self.weight(first + k, *prediction.shape[-2:]) for k in range(len(prediction))])
        # lerp is exact at both ends: at 0 the frame's own, at 1 the first frame's.
        return torch.lerp(prediction, self._first, weights[:, None].to(prediction)) if weights.any() else prediction

    def weight(self, index: int, height: int, width: int) -> Tensor:
        """How much each latent pixel of a frame is the first frame's background, 0..1: [height, width].

        0 near the boxes of either frame, so that nothing is cut off and no thing stays behind; from there it rises smoothly.
        """
        first, frame = self._frames[0], self._frames[index]
        if not self._same(first, frame):
            return torch.zeros(height, width)
        boxes = [item.box for item in (*first.objects, *frame.objects)]
        if not boxes:
            return torch.ones(height, width)
        size = torch.tensor([width, height, width, height])
        left, top, right, bottom = (torch.tensor([[b.x, b.y, b.x + b.w, b.y + b.h] for b in boxes]) * size).T[..., None, None]
        x, y = torch.arange(width) + 0.5, torch.arange(height)[:, None] + 0.5
        away = torch.maximum(torch.maximum(left - x, x - right), torch.maximum(top - y, y - bottom)).amin(0)
        near = max(_NEAR * min(height, width), _NOISE)
        ramp = ((away - near) / near).clamp(0, 1)
        return ramp * ramp * (3 - 2 * ramp)

    def _same(self, first: Frame, frame: Frame) -> bool:
        """Whether two frames look at the same part of the same background."""
        seen, now = (f.background.model_dump(include={"dx", "dy", "scale", "angle"}) for f in (first, frame))
        told = not self._captions or frame.description == first.description
        return told and frame.setting == first.setting and seen == now


def shared_background(
    frames: Sequence[Frame], mode: NoiseMode, latents: Tensor | None, layout_painter: Any
) -> SharedBackground | None:
    """What the frames of a video share; nothing where their noise is not layered, or each one's is the caller's.

    Args:
        frames: all of them.
        mode: of their noise.
        latents: the caller's noise, [1, C, h, w] the base or [F, C, h, w] every frame's own.
        layout_painter: of the model, if it has one; one that paints places does so by the setting's name.
    """
    layered = mode == "layered" and (latents is None or len(latents) == 1)
    return SharedBackground(frames, captions=not paints_places(layout_painter)) if layered and len(frames) > 1 else None
