"""Builds the model's parts and turns scenes into what it is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from flowzero.renderer.embedded import LayoutPainter, PatchAutoencoder, PhraseEncoder
from training.renderer.config import Config
from training.renderer.scenes import Scene

MAX_GROUNDED = 30
"""Grounding tokens of every GLIGEN checkpoint; unused ones carry a learned null embedding and take part in attention."""
TEXT_DIM = 384


class Denoiser(nn.Module):
    """What is trained: the U-Net and the painter of its extra input channels."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.painter: Any = build_painter(config)
        channels = config.unet.block_out_channels
        down = ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in config.unet.attention]
        up = ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(config.unet.attention)]
        self.unet: Any = UNet2DConditionModel(  # type: ignore[no-untyped-call]
            sample_size=config.picture.size // config.picture.patch,
            in_channels=config.picture.latent_channels + self.painter.channels,
            out_channels=config.picture.latent_channels,
            block_out_channels=channels,
            down_block_types=tuple(down),
            up_block_types=tuple(up),
            layers_per_block=config.unet.layers_per_block,
            attention_head_dim=config.unet.heads,
            cross_attention_dim=TEXT_DIM,
            attention_type="gated",
        )
        for name, parameter in self.named_parameters():
            if "alpha_" in name:
                nn.init.ones_(parameter)

    def forward(self, noisy: Tensor, t: Tensor, batch: Batch) -> Tensor:
        _, _, height, width = noisy.shape
        painted = self.painter(batch.boxes, batch.phrases, batch.masks, height, width)
        gligen = {"boxes": batch.boxes.clamp(0, 1), "positive_embeddings": batch.phrases, "masks": batch.masks}
        predicted: Tensor = self.unet(
            torch.cat([noisy, painted], 1), t, encoder_hidden_states=batch.text, cross_attention_kwargs={"gligen": gligen}
        ).sample
        return predicted


@dataclass
class Batch:
    """What one step is trained on; boxes may leave the frame."""

    pictures: Tensor  # [B, 3, H, W] in -1..1
    text: Tensor  # [B, L, D]
    boxes: Tensor  # [B, 30, 4]
    phrases: Tensor  # [B, 30, D]
    masks: Tensor  # [B, 30]


class Language:
    """The frozen text encoder, with the vectors of phrases kept."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder / "tokenizer")
        self.encoder = PhraseEncoder.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        self.encoder.requires_grad_(False).train(False)
        self._phrases: dict[str, Tensor] = {}

    @torch.no_grad()
    def captions(self, texts: Sequence[str]) -> Tensor:
        """[B, L, D] token states, L the tokenizer's maximum length."""
        tokens = self.tokenizer(list(texts), padding="max_length", truncation=True, return_tensors="pt")
        states: Tensor = self.encoder(tokens.input_ids, tokens.attention_mask).last_hidden_state
        return states

    @torch.no_grad()
    def phrase(self, text: str) -> Tensor:
        """The vector [D] of a phrase."""
        if text not in self._phrases:
            tokens = self.tokenizer([text], return_tensors="pt")
            self._phrases[text] = self.encoder(tokens.input_ids, tokens.attention_mask).pooler_output[0]
        return self._phrases[text]

    def batch(self, scenes: Sequence[Scene], drop: Sequence[str] | None = None, *, captions: bool = True) -> Batch:
        """Scenes as tensors; `drop` says for each what to leave out: "", "caption" or "all"."""
        drop = drop or [""] * len(scenes)
        count = len(scenes)
        boxes, masks = torch.zeros(count, MAX_GROUNDED, 4), torch.zeros(count, MAX_GROUNDED)
        phrases = torch.zeros(count, MAX_GROUNDED, TEXT_DIM)
        for i, scene in enumerate(scenes):
            for k, thing in enumerate(scene.things if drop[i] != "all" else ()):
                b = thing.box
                boxes[i, k] = torch.tensor([b.x, b.y, b.x + b.w, b.y + b.h])
                phrases[i, k] = self.phrase(thing.phrase)
                masks[i, k] = 1
        pictures = torch.from_numpy(np.stack([scene.picture for scene in scenes])).permute(0, 3, 1, 2).float() / 127.5 - 1
        if not captions:
            return Batch(pictures, torch.zeros(count, 0, TEXT_DIM), boxes, phrases, masks)
        text = self.captions([scene.caption if not drop[i] else "" for i, scene in enumerate(scenes)])
        return Batch(pictures, text, boxes, phrases, masks)


def build_painter(config: Config) -> Any:
    p = config.painter
    return LayoutPainter(TEXT_DIM, config.picture.phrase_channels, p.texture_channels, p.width, p.depth)


def build_autoencoder(config: Config) -> PatchAutoencoder:
    decoder = config.decoder
    autoencoder: PatchAutoencoder = PatchAutoencoder(
        config.picture.patch, config.picture.latent_channels, decoder.widths, decoder.depth, decoder.upscale
    )
    return autoencoder


def build_scheduler() -> Any:
    """v-prediction, zero terminal SNR, trailing timesteps (Lin et al. 2023, arXiv 2305.08891)."""
    return DDIMScheduler(  # type: ignore[no-untyped-call]
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
    )


@torch.no_grad()
def fit_encoder(autoencoder: PatchAutoencoder, pictures: Tensor) -> float:
    """Set the encoder to the whitened principal components of picture patches; returns their share of the variance."""
    channels, _, patch, _ = autoencoder.encoder.weight.shape
    patches = torch.nn.functional.unfold(pictures, patch, stride=patch).transpose(1, 2).flatten(0, 1).double()
    mean = patches.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov((patches - mean).T))
    values, vectors = values.flip(0), vectors.flip(1)
    rows = (vectors[:, :channels] / values[:channels].sqrt()).T
    autoencoder.encoder.weight.copy_(rows.reshape(channels, 3, patch, patch))
    assert autoencoder.encoder.bias is not None
    autoencoder.encoder.bias.copy_(-(rows @ mean))
    return float(values[:channels].sum() / values.sum())


@torch.no_grad()
def fit_projection(painter: LayoutPainter, vectors: Tensor) -> None:
    """Set the painter's projection to the whitened principal components of phrase vectors [N, D].

    Phrases share most of their vector; what tells them apart must be as loud as everything else that the U-Net sees.
    """
    channels = painter.phrase_channels
    mean = vectors.double().mean(0)
    values, components = torch.linalg.eigh(torch.cov((vectors.double() - mean).T))
    rows = (components.flip(1)[:, :channels] / values.flip(0)[:channels].sqrt()).T
    painter.project.weight.copy_(rows)
    painter.project.bias.copy_(-(rows @ mean))


@torch.no_grad()
def linear_decode(autoencoder: PatchAutoencoder, latents: Tensor) -> Tensor:
    """Pictures from latents by the encoder's pseudo-inverse: a view of progress before there is a decoder."""
    patch, bias = autoencoder.encoder.weight.shape[-1], autoencoder.encoder.bias
    assert bias is not None
    rows = autoencoder.encoder.weight.flatten(1)
    flat = (latents - bias[:, None, None]).flatten(2)
    patches = torch.linalg.pinv(rows) @ flat
    size = (latents.shape[2] * patch, latents.shape[3] * patch)
    return torch.nn.functional.fold(patches, size, patch, stride=patch)
