"""Teaches the layout painter what things look like, before the U-Net learns to draw with it.

The first painted channels are to be the latents of the picture inside the boxes: a regression on a network of a phrase and a
position, which learns in minutes what the noise of diffusion training would take hours to teach.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.renderer.config import Config
from training.renderer.model import Batch, Language, build_autoencoder, build_painter, fit_encoder, fit_projection
from training.renderer.scenes import SceneSampler, all_phrases


def train_painter(config: Config, folder: Path, language: Language, report: Callable[[str], None]) -> None:
    """Fit latents and projection, then train the painter; writes `painter.pt` with both."""
    torch.manual_seed(config.training.seed)
    p, file = config.painter, folder / "painter.pt"
    sampler = SceneSampler(config.picture.size, config.training.backgrounds, config.training.seed)
    autoencoder, painter = build_autoencoder(config), build_painter(config)
    pictures = torch.from_numpy(np.stack([sampler.sample().picture for _ in range(config.training.fit)]))
    share = fit_encoder(autoencoder, pictures.permute(0, 3, 1, 2).float() / 127.5 - 1)
    report(f"latents keep {share:.2%} of the pictures' variance")
    fit_projection(painter, torch.stack([language.phrase(text) for text in all_phrases()]))
    learned = [parameter for parameter in painter.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=p.learning_rate, weight_decay=1e-4)
    losses: list[float] = []
    shown = time.monotonic()
    for samples in range(0, p.samples, p.batch):
        sampler.rng = np.random.default_rng((config.training.seed, 2, samples))
        for group in optimizer.param_groups:
            group["lr"] = p.learning_rate * (0.5 * (1 + math.cos(math.pi * samples / p.samples)) * 0.99 + 0.01)
        batch = language.batch([sampler.sample() for _ in range(p.batch)], captions=False)
        with torch.no_grad():
            latents = autoencoder.encoder(batch.pictures)
        loss = painter_loss(painter, batch, latents)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if time.monotonic() - shown > 20:
            report(f"{samples + p.batch} samples  unexplained {sum(losses) / len(losses):.3f}")
            losses, shown = [], time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"painter": painter.state_dict(), "encoder": autoencoder.encoder.state_dict()}, file)
    report(f"saved {file}")


def painter_loss(painter: Any, batch: Batch, latents: Tensor) -> Tensor:
    """The share of the latents' energy inside the boxes that the painted ones leave unexplained."""
    _, channels, height, width = latents.shape
    painted = painter(batch.boxes, batch.phrases, batch.masks, height, width)
    mask = painted[:, painter.texture_channels, None].detach()
    error = (painted[:, :channels] - latents) ** 2 * mask
    unexplained: Tensor = error.sum() / (latents**2 * mask).sum().clamp(min=1e-6)
    return unexplained
