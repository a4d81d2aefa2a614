"""The parts of the embedded model that diffusers does not have: latents, phrase encoder, layout painter, and its vocabulary.

The U-Net itself is a plain gated `UNet2DConditionModel`, and the pipeline is the one that renders SD-GLIGEN checkpoints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling


class Decoded(NamedTuple):
    """What a VAE's `decode` returns: pictures [B, 3, H, W] in -1..1."""

    sample: Tensor


class PatchAutoencoder(ModelMixin, ConfigMixin):
    """Latents by a fixed linear map of picture patches, pictures by a small convolutional decoder.

    `encode` shrinks a picture by `upscale`, projects each `patch` x `patch` patch on `latent_channels` principal components and
    scales them to unit variance, so a U-Net can be trained before any decoder is. `decode` is learned, and puts back the detail
    that the shrinking took.

    Args:
        patch: side of a patch in the shrunk picture.
        latent_channels: components kept of a patch.
        widths: the decoder's channels at each resolution, from the latents' to the picture's.
        depth: residual blocks at each resolution but the last.
        upscale: how much larger pictures are than what the latents describe.
        scaling_factor: as diffusers' pipelines expect it; the latents have unit variance already.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(  # noqa: PLR0913, PLR0917 (diffusers registers each argument)
        self,
        patch: int = 8,
        latent_channels: int = 16,
        widths: Sequence[int] = (96, 64, 48, 32, 16),
        depth: int = 2,
        upscale: int = 2,
        scaling_factor: float = 1.0,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.spatial_compression_ratio = patch * upscale
        self.shrink = nn.AvgPool2d(upscale)
        self.encoder = nn.Conv2d(3, latent_channels, patch, stride=patch)
        layers: list[nn.Module] = [nn.Conv2d(latent_channels, widths[0], 3, padding=1)]
        for width, finer in pairwise(widths):
            layers += [_Residual(width) for _ in range(depth)]
            layers += [nn.Conv2d(width, 4 * finer, 3, padding=1), nn.PixelShuffle(2)]
        self.decoder = nn.Sequential(*layers, _Residual(widths[-1]), nn.Conv2d(widths[-1], 3, 3, padding=1))

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures [B, 3, H, W] in -1..1 to latents [B, C, H/r, W/r] of about unit variance, r the compression ratio."""
        latents: Tensor = self.encoder(self.shrink(pictures))
        return latents

    def decode(self, latents: Tensor, **_: Any) -> Decoded:
        """Latents [B, C, h, w] to pictures [B, 3, h*r, w*r] in about -1..1."""
        return Decoded(self.decoder(latents))


class _Residual(nn.Module):
    """Two convolutions around an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(functional.silu(self.first(functional.silu(x))))  # type: ignore[no-any-return]


class PhraseEncoder(PreTrainedModel):  # type: ignore[no-untyped-call]
    """MiniLM (all-MiniLM-L6-v2) with the outputs a CLIP text encoder has.

    `last_hidden_state` [B, L, D] has its padding zeroed; `pooler_output` [B, D] is the mean over the real tokens, normalised
    and scaled to a length that a U-Net's embedding layers like.
    """

    config_class = BertConfig
    SCALE = 8.0

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> BaseModelOutputWithPooling:
        """Token ids [B, L] and their mask [B, L] to token states and one vector a text."""
        if attention_mask is None:
            attention_mask = (input_ids != self.config.pad_token_id).long()
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask[..., None].to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return BaseModelOutputWithPooling(
            last_hidden_state=states * mask, pooler_output=functional.normalize(mean, dim=-1) * self.SCALE
        )


class LayoutPainter(ModelMixin, ConfigMixin):
    """Paints the layout into extra input channels of the U-Net.

    Inside its box each object is painted by a small network of its phrase and of the position within the box, besides a
    mask, the box's size and the position itself; nearer objects paint over farther ones. Two channels hold the position in
    the frame, which no object changes.

    Args:
        phrase_dim: length of a phrase vector.
        phrase_channels: components of it that the network sees; a fixed projection, which makes what tells phrases apart
            as loud as everything else.
        texture_channels: channels that the network paints.
        width: of its hidden layers.
        depth: how many of them.
    """

    HARMONICS = (1, 2, 4)
    POSITION_CHANNELS = 4 + 4 * len(HARMONICS)

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        phrase_dim: int = 384,
        phrase_channels: int = 32,
        texture_channels: int = 32,
        width: int = 192,
        depth: int = 3,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.phrase_channels, self.texture_channels = phrase_channels, texture_channels
        self.project = nn.Linear(phrase_dim, phrase_channels)
        self.project.requires_grad_(False)
        self.place = nn.Linear(self.POSITION_CHANNELS, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.modulation = nn.Sequential(nn.Linear(phrase_channels, width), nn.SiLU(), nn.Linear(width, 2 * width * (depth + 1)))
        self.texture = nn.Linear(width, texture_channels)

    @property
    def channels(self) -> int:
        """How many channels it paints."""
        return self.texture_channels + 1 + self.POSITION_CHANNELS + 2

    def forward(self, boxes: Tensor, phrases: Tensor, masks: Tensor, height: int, width: int) -> Tensor:
        """The painted map.

        Args:
            boxes: [B, K, 4] as left, top, right, bottom in fractions of the frame, which they may leave; farthest first.
            phrases: [B, K, D] phrase vectors.
            masks: [B, K], 1 where there is an object; objects take the first places.
            height: rows of the map.
            width: columns of the map.

        Returns:
            [B, channels, height, width].
        """
        batch = len(masks)
        y = ((torch.arange(height, device=boxes.device, dtype=boxes.dtype) + 0.5) / height)[:, None].expand(height, width)
        x = ((torch.arange(width, device=boxes.device, dtype=boxes.dtype) + 0.5) / width)[None, :].expand(height, width)
        painted = boxes.new_zeros(batch, self.channels - 2, height, width)
        for k in range(int(masks.sum(1).max())):
            corners = left, top, right, bottom = boxes[:, k, :, None, None].unbind(1)
            # A box covers a cell by the share of the cell that lies within it, so that motion below one cell shows.
            cover = _overlap(x, left, right, 1 / width) * _overlap(y, top, bottom, 1 / height) * masks[:, k, None, None]
            place = self._place(x, y, corners)
            layer = torch.cat([self._texture(place, phrases[:, k]), torch.ones_like(place[..., :1]), place], -1)
            painted = painted + cover[:, None] * (layer.permute(0, 3, 1, 2) - painted)
        position = torch.stack([x * 2 - 1, y * 2 - 1])[None].expand(batch, -1, -1, -1)
        return torch.cat([painted, position], 1)

    def _place(self, x: Tensor, y: Tensor, corners: Sequence[Tensor]) -> Tensor:
        """Size of the box, position of each cell within it, and harmonics of that: [B, H, W, POSITION_CHANNELS]."""
        left, top, right, bottom = corners
        u, v = (x - left) / (right - left).clamp(min=1e-4), (y - top) / (bottom - top).clamp(min=1e-4)
        place = [(right - left).expand_as(u) * 2 - 1, (bottom - top).expand_as(v) * 2 - 1, u * 2 - 1, v * 2 - 1]
        for harmonic in self.HARMONICS:
            place += [f(math.pi * harmonic * w) for w in (u, v) for f in (torch.sin, torch.cos)]
        return torch.stack(place, -1).clamp(-1.5, 1.5)

    def _texture(self, place: Tensor, phrase: Tensor) -> Tensor:
        """What an object looks like at each cell, [B, H, W, texture_channels]; the phrase modulates every layer."""
        modulation = self.modulation(self.project(phrase))[:, None, None]
        scales, shifts = modulation.unflatten(-1, (2, len(self.layers) + 1, -1)).unbind(-3)
        hidden = functional.silu(self.place(place) * (1 + scales[..., 0, :]) + shifts[..., 0, :])
        for index, layer in enumerate(self.layers, start=1):
            hidden = hidden + functional.silu(layer(hidden) * (1 + scales[..., index, :]) + shifts[..., index, :])
        return self.texture(hidden)  # type: ignore[no-any-return]


def _overlap(centre: Tensor, low: Tensor, high: Tensor, cell: float) -> Tensor:
    """The share of each cell [centre - cell/2, centre + cell/2] that lies within [low, high], 0..1."""
    inside = torch.minimum(centre + cell / 2, high) - torch.maximum(centre - cell / 2, low)
    return (inside / cell).clamp(0, 1)
