"""Trains the decoder: from the latents of a picture back to the picture, sharp edges first.

The loss is the mean absolute error of the pixels and of their differences to the right and below; the latents carry a little
noise, since those that a U-Net draws are never exact. Stops at any time and resumes from `decoder.pt`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.renderer.config import Config
from training.renderer.model import build_autoencoder
from training.renderer.scenes import SceneSampler
from training.renderer.train import Stop, load_encoder

KEEP = 0.998


def train_decoder(config: Config, folder: Path, report: Callable[[str], None]) -> None:  # noqa: PLR0915
    """Train until the configured number of samples, or until an interrupt; saves in both cases."""
    d, stop = config.decoder, Stop()
    torch.manual_seed(config.training.seed)
    autoencoder, mean = build_autoencoder(config), build_autoencoder(config)
    load_encoder(autoencoder, torch.load(folder / "state.pt", weights_only=True))
    decoder, average = autoencoder.decoder, mean.decoder
    optimizer = torch.optim.AdamW(decoder.parameters(), lr=d.learning_rate, betas=(0.9, 0.99), weight_decay=1e-3)
    file, samples = folder / "decoder.pt", 0
    if file.exists():
        state = torch.load(file, weights_only=True)
        decoder.load_state_dict(state["decoder"])
        average.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        samples = int(state["samples"])
        report(f"resumed at {samples} samples")
    else:
        average.load_state_dict(decoder.state_dict())

    def save() -> None:
        parts = {"decoder": decoder.state_dict(), "mean": average.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**parts, "samples": samples}, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    sampler = SceneSampler(config.picture.size * d.upscale, max(config.training.backgrounds // 4, 1), config.training.seed)
    losses: list[float] = []
    shown = saved = time.monotonic()
    while samples < d.samples and not stop.asked:
        sampler.rng = np.random.default_rng((config.training.seed, 1, samples))
        rate = d.learning_rate * (0.5 * (1 + math.cos(math.pi * samples / d.samples)) * 0.97 + 0.03)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (samples + 1) / 400)
        pictures = (
            torch.from_numpy(np.stack([sampler.sample().picture for _ in range(d.batch)])).permute(0, 3, 1, 2) / 127.5 - 1
        )
        with torch.no_grad():
            latents = autoencoder.encode(pictures)
            latents = latents + d.noise * torch.rand(d.batch, 1, 1, 1) * torch.randn_like(latents)
        loss = sharp_l1(decoder(latents), pictures)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(KEEP, (samples / d.batch + 1) / (samples / d.batch + 10))
            torch._foreach_lerp_(list(average.parameters()), list(decoder.parameters()), 1 - keep)
        samples += d.batch
        losses.append(float(loss.detach()))
        now = time.monotonic()
        if now - shown > 30:
            report(f"{samples} samples  loss {sum(losses) / len(losses):.4f}")
            losses, shown = [], now
        if now - saved > 180:
            save()
            saved = now
    save()
    report(f"saved at {samples} samples")


def sharp_l1(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of [B, 3, H, W] pixels, plus that of their differences along both axes."""
    error = drawn - wanted
    return error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
