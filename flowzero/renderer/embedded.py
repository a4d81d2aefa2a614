"""Two parts of the embedded model that diffusers does not have: latents and phrase encoder; the third is the layout painter.

The U-Net itself is a plain gated `UNet2DConditionModel`, and the pipeline is the one that renders SD-GLIGEN checkpoints.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from diffusers import ModelMixin
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.utils.accelerate_utils import apply_forward_hook
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling


class Decoded(NamedTuple):
    """What a VAE's `decode` returns: pictures [B, 3, H, W] in -1..1."""

    sample: Tensor


class PatchAutoencoder(ModelMixin, ConfigMixin):
    """Latents by a fixed linear map of picture patches, pictures by its inverse and a small network that sharpens.

    `encode` shrinks a picture by `upscale`, projects each `patch` x `patch` patch on `latent_channels` principal components and
    scales them, so a U-Net can be trained before any decoder is. `decode` puts the patches together again and learns what
    is missing: the seams between them, the components that were left out, and the detail that the shrinking took.

    Args:
        patch: side of a patch in the shrunk picture, even.
        latent_channels: components kept of a patch.
        width: channels of the sharpening network, at half the resolution of the shrunk picture.
        depth: its residual blocks.
        context: channels of the part that looks at the latents around.
        upscale: how much larger pictures are than what the latents describe.
        scaling_factor: as diffusers' pipelines expect it; the latents are scaled already.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(  # noqa: PLR0913, PLR0917 (diffusers registers each argument)
        self,
        patch: int = 8,
        latent_channels: int = 48,
        width: int = 48,
        depth: int = 4,
        context: int = 96,
        upscale: int = 2,
        scaling_factor: float = 1.0,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.upscale = upscale
        self.spatial_compression_ratio = patch * upscale
        self.shrink = nn.AvgPool2d(upscale)
        self.encoder = nn.Conv2d(3, latent_channels, patch, stride=patch)
        self.inverse = nn.ConvTranspose2d(latent_channels, 3, patch, stride=patch)
        self.encoder.requires_grad_(False)
        self.inverse.requires_grad_(False)
        self.surroundings = nn.Sequential(
            nn.Conv2d(latent_channels, context, 3, padding=1),
            _Residual(context),
            _Residual(context),
            nn.Conv2d(context, width * (patch // 2) ** 2, 1),
            nn.PixelShuffle(patch // 2),
        )
        self.enter = nn.Conv2d(12, width, 3, padding=1)
        self.sharpen = nn.Sequential(*(_Residual(width) for _ in range(depth)))
        self.leave = nn.Conv2d(width, 3 * (2 * upscale) ** 2, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures [B, 3, H, W] in -1..1 to latents [B, C, H/r, W/r], r the compression ratio."""
        latents: Tensor = self.encoder(self.shrink(pictures))
        return latents

    @apply_forward_hook  # type: ignore[untyped-decorator]  # offloading moves a part to the GPU when it is called
    def decode(self, latents: Tensor, **_: Any) -> Decoded:
        """Latents [B, C, h, w] to pictures [B, 3, h*r, w*r] in about -1..1."""
        rough = self.inverse(latents)
        features = self.enter(functional.pixel_unshuffle(rough, 2)) + self.surroundings(latents)
        detail = functional.pixel_shuffle(self.leave(functional.silu(self.sharpen(features))), 2 * self.upscale)
        enlarged = functional.interpolate(rough, scale_factor=self.upscale, mode="bilinear") if self.upscale > 1 else rough
        return Decoded(enlarged + detail)


class _Residual(nn.Module):
    """Two convolutions around an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(functional.silu(self.first(functional.silu(x))))  # type: ignore[no-any-return]


class PackedEmbedding(nn.Module):
    """A table of vectors [N, D] kept as bytes with a scale for each row, at a quarter of the size of float32.

    A value is off by at most 1/254 of the largest one of its row.
    """

    weight: Tensor
    scale: Tensor

    def __init__(self, count: int, width: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(count, width, dtype=torch.int8))
        self.register_buffer("scale", torch.ones(count, 1))

    def forward(self, rows: Tensor) -> Tensor:
        """The vectors [..., D] of row numbers [...]."""
        scale = self.scale[rows]
        return self.weight[rows].to(scale.dtype) * scale

    @torch.no_grad()
    def pack(self, table: Tensor) -> None:
        """Keep a table [N, D]."""
        scale = table.float().abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.scale.copy_(scale)
        self.weight.copy_((table.float() / scale).round())


class PhraseEncoder(PreTrainedModel):  # type: ignore[no-untyped-call]
    """MiniLM (all-MiniLM-L6-v2) with the outputs a CLIP text encoder has.

    `last_hidden_state` [B, L, D] has its padding zeroed; `pooler_output` [B, D] is the mean over the real tokens, normalised
    and scaled to a length that a U-Net's embedding layers like. With `packed_words` in its config, the table of word vectors,
    which is half of the model, is kept as bytes.
    """

    config_class = BertConfig
    SCALE = 8.0

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        if getattr(config, "packed_words", False):
            packed: Any = PackedEmbedding(config.vocab_size, config.hidden_size)
            self.bert.embeddings.word_embeddings = packed
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
