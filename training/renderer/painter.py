"""Teaches the layout painter what things look like, before the U-Net learns to draw with it.

A regression from phrases to the pictures that they stand for: what the noise of diffusion training would take days to teach,
it learns in a quarter of an hour.
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

from training.renderer.compose import compose, picture
from training.renderer.config import Config
from training.renderer.model import Language, build_autoencoder, build_painter, fit_encoder, fit_projection
from training.renderer.scenes import SceneSampler, all_looks

FINE = 0.85
"""The share of the samples after which the arithmetic goes from half to full precision."""


def train_painter(config: Config, folder: Path, language: Language, report: Callable[[str], None]) -> None:
    """Fit latents and projection, then train the painter; writes `painter.pt` with both."""
    torch.manual_seed(config.training.seed)
    p, file = config.painter, folder / "painter.pt"
    sampler = SceneSampler(config.picture.size, config.training.backgrounds, config.training.seed, config.training.nouns)
    autoencoder, painter = build_autoencoder(config), build_painter(config)
    pictures = compose([sampler.sample() for _ in range(config.training.fit)])
    share = fit_encoder(autoencoder, pictures, config.picture.whitening)
    report(f"latents keep {share:.2%} of the pictures' variance")
    looks = all_looks(config.training.nouns)
    phrases = torch.stack([language.phrase(look.phrase) for look in looks])
    fit_projection(painter, phrases.cpu())
    with torch.no_grad():
        painter.encoder.weight.copy_(autoencoder.encoder.weight)
    painter.to(language.device)
    side = painter.picture(phrases[:1]).shape[-1]
    wanted = torch.stack([picture(look, side) for look in looks]).to(language.device)
    report(f"{len(looks)} looks")
    generator = painter.generator.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(generator.parameters(), lr=p.learning_rate, betas=(0.9, 0.98), weight_decay=1e-4)
    order = np.random.default_rng(config.training.seed)
    losses: list[float] = []
    shown = time.monotonic()
    for samples in range(0, p.samples, p.batch):
        for group in optimizer.param_groups:
            warm = min(1.0, (samples + p.batch) / (100 * p.batch))
            group["lr"] = p.learning_rate * warm * (0.5 * (1 + math.cos(math.pi * samples / p.samples)) * 0.995 + 0.005)
        chosen = torch.from_numpy(order.choice(len(looks), p.batch, replace=False))
        with torch.autocast(language.device.type, torch.bfloat16, enabled=samples < FINE * p.samples):
            drawn = painter.picture(phrases[chosen])
        loss = difference(drawn.float(), wanted[chosen])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(generator.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if time.monotonic() - shown > 20:
            report(f"{samples + p.batch} samples  difference {sum(losses) / len(losses):.4f}")
            losses, shown = [], time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"painter": painter.cpu().state_dict(), "autoencoder": autoencoder.state_dict()}, file)
    report(f"saved {file}")


def difference(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of pictures [B, 4, S, S], and of their edges."""
    error = drawn - wanted
    edges: Any = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + edges  # type: ignore[no-any-return]
