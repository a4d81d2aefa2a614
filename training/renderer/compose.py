"""Composes pictures of scenes: on the CPU by the compositor that also draws previews, on a GPU by tensors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.layout_painter import lit, look_at, resampling
from training.renderer.description import Description
from training.renderer.scenes import Look, Scene, all_looks, learned_places, panorama

SIDE = 128
"""Pixels of a sprite on the GPU, along each axis."""
_FEW = 500
"""So many pictures are sooner made here than by other processes."""


def picture(look: Look, side: int) -> Tensor:
    """A look as the painter should draw it, by day: [4, side, side], colour in -1..1 times cover, and cover in 0..1."""
    image = sprite(look.noun, look.colour, look.facing).convert("RGBa").resize((side, side), Image.Resampling.BICUBIC)
    values = np.asarray(image, np.float32) / np.float32(255)
    colour, cover = values[..., :3], values[..., 3:]
    return torch.from_numpy(np.concatenate([2 * colour - cover, cover], -1)).permute(2, 0, 1)


@cache
def pictures(limit: int, side: int) -> Tensor:
    """Pictures of all looks, or of those of so many nouns, [N, 4, side, side], in half precision; made on all processors."""
    looks = all_looks(limit)
    workers = (os.cpu_count() or 1) if len(looks) > _FEW else 0
    return torch.cat(list(DataLoader(_Pictures(looks, side), batch_size=32, num_workers=workers)))


class _Pictures(Dataset[Tensor]):
    def __init__(self, looks: Sequence[Look], side: int) -> None:
        self.looks, self.side = looks, side

    def __len__(self) -> int:
        return len(self.looks)

    def __getitem__(self, row: int) -> Tensor:
        return picture(self.looks[row], self.side).half()


def compose(scenes: Sequence[Scene]) -> Tensor:
    """Pictures [B, 3, size, size] in -1..1, by the compositor."""
    return torch.from_numpy(np.stack([scene.picture for scene in scenes])).permute(0, 3, 1, 2).float() / 127.5 - 1


class TensorCompositor:
    """The same pictures as `compose` but for how pixels are rounded, made where the training runs.

    Args:
        limit: how many nouns scenes may hold; 0 for all.
        size: pixels of a picture, along each axis.
        device: where the sprites are kept, in half precision: 128 KB each.
    """

    def __init__(self, limit: int, size: int, device: torch.device) -> None:
        self.size = size
        self.sprites = pictures(limit, SIDE).to(device)
        self.panoramas = torch.stack([panorama(place, 2 * size) for place in learned_places()]).to(device)

    def __call__(self, said: Description) -> Tensor:
        """Pictures [B, 3, size, size] in -1..1 of what stands described on the device."""
        fine = look_at(self.panoramas, said.places, said.views, 2 * self.size, 2 * self.size)
        canvas = functional.avg_pool2d(fine, 2).clamp(-1, 1)
        for k in range(said.boxes.shape[1]):
            left, top, right, bottom = said.boxes[:, k].unbind(1)
            sprites = lit(self.sprites[said.looks[:, k]].float(), said.lights[:, k])
            down, across = resampling(top, bottom, self.size, SIDE), resampling(left, right, self.size, SIDE)
            layer = down[:, None] @ sprites @ across[:, None].transpose(-1, -2) * said.there[:, k, None, None, None]
            canvas = layer[:, :3] + (1 - layer[:, 3:]) * canvas
        return ((canvas + 1) * said.light[:, :, None, None] - 1).clamp(-1, 1)
