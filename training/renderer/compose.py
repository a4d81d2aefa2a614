"""Composes pictures of scenes: on the CPU by the compositor that also draws previews, on a GPU by tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.layout_painter import lit, resampling
from training.renderer.scenes import Look, Scene

SIDE = 128
"""Pixels of a sprite on the GPU, along each axis."""


def picture(look: Look, side: int) -> Tensor:
    """A look as the painter should draw it, by day: [4, side, side], colour in -1..1 times cover, and cover in 0..1."""
    image = sprite(look.noun, look.colour, look.facing).convert("RGBa").resize((side, side), Image.Resampling.BICUBIC)
    values = np.asarray(image, np.float32) / np.float32(255)
    colour, cover = values[..., :3], values[..., 3:]
    return torch.from_numpy(np.concatenate([2 * colour - cover, cover], -1)).permute(2, 0, 1)


def compose(scenes: Sequence[Scene]) -> Tensor:
    """Pictures [B, 3, size, size] in -1..1, by the compositor."""
    return torch.from_numpy(np.stack([scene.picture for scene in scenes])).permute(0, 3, 1, 2).float() / 127.5 - 1


class TensorCompositor:
    """The same pictures as `compose` but for how pixels are rounded, made where the training runs.

    Args:
        looks: every look that scenes may hold.
        device: where the sprites are kept, in half precision: 128 KB each.
    """

    def __init__(self, looks: Sequence[Look], device: torch.device) -> None:
        self.device = device
        self.rows = {look.phrase: k for k, look in enumerate(looks)}
        self.sprites = torch.stack([picture(look, SIDE).half() for look in looks]).to(device)

    def __call__(self, scenes: Sequence[Scene]) -> Tensor:
        """Pictures [B, 3, size, size] in -1..1."""
        behind = torch.from_numpy(np.stack([scene.background for scene in scenes])).to(self.device)
        canvas = behind.permute(0, 3, 1, 2) * 2 - 1
        size = canvas.shape[-1]
        for k in range(max(len(scene.things) for scene in scenes)):
            holding = [i for i, scene in enumerate(scenes) if len(scene.things) > k]
            things = [scenes[i].things[k] for i in holding]
            boxes = torch.tensor([[t.box.x, t.box.y, t.box.x + t.box.w, t.box.y + t.box.h] for t in things], device=self.device)
            left, top, right, bottom = boxes.unbind(1)
            lights = torch.tensor([scenes[i].light_on(t) for i, t in zip(holding, things, strict=True)], device=self.device)
            pictures = lit(self.sprites[[self.rows[t.phrase] for t in things]].float(), lights)
            down, across = resampling(top, bottom, size, SIDE), resampling(left, right, size, SIDE)
            layer = down[:, None] @ pictures @ across[:, None].transpose(-1, -2)
            canvas[holding] = layer[:, :3] + (1 - layer[:, 3:]) * canvas[holding]
        light = torch.tensor([scene.light for scene in scenes], device=self.device)
        return ((canvas + 1) * light[:, :, None, None] - 1).clamp(-1, 1)
