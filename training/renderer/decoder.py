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
from training.renderer.model import Language, build_autoencoder
from training.renderer.scenes import SceneSampler
from training.renderer.train import Stop, load_latents

KEEP = 0.998


def train_decoder(config: Config, folder: Path, language: Language, report: Callable[[str], None]) -> None:  # noqa: PLR0915
    """Train until the configured number of samples, or until an interrupt; saves in both cases."""
    d, stop = config.decoder, Stop()
    torch.manual_seed(config.training.seed)
    autoencoder, mean = build_autoencoder(config), build_autoencoder(config)
    load_latents(autoencoder, torch.load(folder / "painter.pt", weights_only=True))
    autoencoder.to(language.device)
    mean.to(language.device)
    learned = [parameter for parameter in autoencoder.parameters() if parameter.requires_grad]
    averaged = [parameter for parameter in mean.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=d.learning_rate, betas=(0.9, 0.99), weight_decay=1e-3)
    file, samples = folder / "decoder.pt", 0
    if file.exists():
        state = torch.load(file, weights_only=True, map_location="cpu")
        autoencoder.load_state_dict(state["autoencoder"])
        mean.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        samples = int(state["samples"])
        report(f"resumed at {samples} samples")
    else:
        mean.load_state_dict(autoencoder.state_dict())

    def save() -> None:
        parts = {"autoencoder": autoencoder.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
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
        pictures = language.compose([sampler.sample() for _ in range(d.batch)]).to(language.device)
        with torch.no_grad():
            latents = autoencoder.encode(pictures)
            latents = latents + d.noise * torch.rand(d.batch, 1, 1, 1, device=latents.device) * torch.randn_like(latents)
        with torch.autocast(language.device.type, torch.bfloat16, enabled=config.training.half):
            drawn = autoencoder.decode(latents).sample
        loss = sharp_l1(drawn.float(), pictures)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(KEEP, (samples / d.batch + 1) / (samples / d.batch + 10))
            torch._foreach_lerp_(averaged, learned, 1 - keep)
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
