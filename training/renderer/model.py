"""Builds the model's parts, and fits those that are not trained."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn

from flowzero.renderer.embedded import PatchAutoencoder
from flowzero.renderer.layout_painter import LayoutPainter
from training.renderer.config import Config
from training.renderer.language import Batch

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
        """The velocity [B, C, h, w] of noisy latents at timesteps [B]."""
        gligen = {"boxes": batch.boxes, "positive_embeddings": batch.phrases, "masks": batch.masks}
        predicted: Tensor = self.unet(
            torch.cat([noisy, batch.painted], 1), t, encoder_hidden_states=batch.text, cross_attention_kwargs={"gligen": gligen}
        ).sample
        return predicted


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
