"""Builds the model's parts and turns scenes into what it is trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from flowzero.renderer.embedded import PatchAutoencoder, PhraseEncoder
from flowzero.renderer.layout_painter import LayoutPainter, lit, look_at
from training.renderer.compose import compose
from training.renderer.config import Config
from training.renderer.scenes import Scene, all_looks, learned_places

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
        count = batch.looks.shape[1]
        painted = self.painter.place(batch.looks, batch.boxes[:, :count], batch.masks[:, :count], height, width, batch.behind)
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
    looks: Tensor  # [B, K, 4, S, S] what the painter makes of the phrases in the place's light, K the most of a picture
    behind: Tensor  # [B, 3, H, W] what it makes of the place


class Language:
    """The frozen text encoder, with the vectors of phrases kept, and what a painter makes of them.

    Args:
        folder: holds the tokenizer and the text encoder.
        device: where it encodes, and where batches are made.
    """

    def __init__(self, folder: Path, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder / "tokenizer")
        self.encoder: Any = PhraseEncoder.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        self.encoder.requires_grad_(False).train(False).to(self.device)
        self.compose: Callable[[Sequence[Scene]], Tensor] = compose
        self._phrases: dict[str, Tensor] = {}
        self._looks: dict[str, Tensor] = {}
        self._panoramas = torch.empty(0)
        self._places: dict[str, int] = {}
        self._side = 0

    @torch.no_grad()
    def captions(self, texts: Sequence[str]) -> Tensor:
        """[B, L, D] token states, L the tokenizer's maximum length; what pads them is zero."""
        tokens = self.tokenizer(list(texts), padding="longest", truncation=True, return_tensors="pt").to(self.device)
        states: Tensor = self.encoder(tokens.input_ids, tokens.attention_mask).last_hidden_state
        return nn.functional.pad(states, (0, 0, 0, self.tokenizer.model_max_length - states.shape[1]))

    @torch.no_grad()
    def phrase(self, text: str) -> Tensor:
        """The vector [D] of a phrase."""
        if text not in self._phrases:
            tokens = self.tokenizer([text], return_tensors="pt").to(self.device)
            self._phrases[text] = self.encoder(tokens.input_ids, tokens.attention_mask).pooler_output[0]
        return self._phrases[text]

    @torch.no_grad()
    def paint(self, painter: LayoutPainter, config: Config) -> None:
        """Keep what a trained painter makes of all looks and places, which `batch` hands out."""
        self._side = config.picture.size
        texts = [look.phrase for look in all_looks(config.training.nouns)]
        names = [place.name for place in learned_places()]
        self._places = {name: row for row, name in enumerate(names)}
        self._panoramas = painter.panorama(torch.stack([self.phrase(name) for name in names]))
        for start in range(0, len(texts), 64):
            some = texts[start : start + 64]
            self._looks.update(zip(some, painter.picture(torch.stack([self.phrase(text) for text in some])), strict=True))

    def batch(self, scenes: Sequence[Scene], drop: Sequence[str] | None = None) -> Batch:
        """Scenes of painted phrases as tensors; `drop` says for each what to leave out: "", "caption" or "all"."""
        drop = drop or [""] * len(scenes)
        count = len(scenes)
        zeros = partial(torch.zeros, count, device=self.device)
        boxes, masks, phrases = zeros(MAX_GROUNDED, 4), zeros(MAX_GROUNDED), zeros(MAX_GROUNDED, TEXT_DIM)
        looks = zeros(max(len(scene.things) for scene in scenes), *next(iter(self._looks.values())).shape)
        for i, scene in enumerate(scenes):
            for k, thing in enumerate(scene.things if drop[i] != "all" else ()):
                b = thing.box
                boxes[i, k] = torch.tensor([b.x, b.y, b.x + b.w, b.y + b.h])
                phrases[i, k] = self.phrase(thing.phrase)
                looks[i, k] = lit(self._looks[thing.phrase], torch.tensor(scene.light_on(thing), device=self.device))
                masks[i, k] = 1
        which = torch.tensor([self._places[scene.place.name] for scene in scenes], device=self.device)
        views = torch.stack([scene.view for scene in scenes]).to(self.device)
        shown = torch.tensor([what != "all" for what in drop], device=self.device)
        behind = look_at(self._panoramas, which, views, self._side, self._side) * shown[:, None, None, None]
        text = self.captions([scene.caption if not drop[i] else "" for i, scene in enumerate(scenes)])
        return Batch(self.compose(scenes), text, boxes, phrases, masks, looks, behind)


def build_painter(config: Config) -> Any:
    p = config.picture
    return LayoutPainter(TEXT_DIM, p.phrase_channels, config.painter.widths, p.latent_channels, p.patch, config.scenery.widths)


def build_autoencoder(config: Config) -> PatchAutoencoder:
    decoder = config.decoder
    autoencoder: PatchAutoencoder = PatchAutoencoder(
        config.picture.patch, config.picture.latent_channels, decoder.width, decoder.depth, decoder.context, decoder.upscale
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
def fit_encoder(autoencoder: PatchAutoencoder, pictures: Tensor, whitening: float) -> float:
    """Set the encoder to the principal components of picture patches; returns the share of the variance that they keep.

    A component of standard deviation s becomes one of s ** (1 - whitening), times what makes the mean variance 1: the fine
    components, of which a U-Net draws few well, count for less than the coarse ones, yet for more than their share.
    """
    channels, _, patch, _ = autoencoder.encoder.weight.shape
    patches = torch.nn.functional.unfold(pictures, patch, stride=patch).transpose(1, 2).flatten(0, 1).double()
    mean = patches.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov((patches - mean).T))
    values, vectors = values.flip(0), vectors.flip(1)
    kept = values[:channels]
    scale = kept ** (-whitening / 2)
    scale = scale / (kept * scale**2).mean().sqrt()
    rows = vectors[:, :channels].T * scale[:, None]
    shape = (channels, 3, patch, patch)
    autoencoder.encoder.weight.copy_(rows.reshape(shape))
    autoencoder.inverse.weight.copy_((vectors[:, :channels].T / scale[:, None]).reshape(shape))
    assert autoencoder.encoder.bias is not None and autoencoder.inverse.bias is not None
    autoencoder.encoder.bias.copy_(-(rows @ mean))
    autoencoder.inverse.bias.copy_(mean.reshape(3, -1).mean(1))
    return float(kept.sum() / values.sum())


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
