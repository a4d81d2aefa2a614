"""Trains the decoder: from the latents of a picture back to the picture, sharp edges first.

The loss is the mean absolute error of the pixels and of their differences to the right and below. Latents that a U-Net draws
are never exact, so those that the decoder learns from carry a little noise, or, where the run has a U-Net, were drawn again by
it from half way down. Stops at any time and resumes from `decoder.pt`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.renderer.config import Config
from training.renderer.model import Batch, Denoiser, Language, build_autoencoder, build_scheduler
from training.renderer.scenes import SceneSampler
from training.renderer.train import WEIGHTS, Stop, load_latents

KEEP = 0.998
STEPS = 8
"""Of the sampler that draws latents again."""
FIRST = 1
"""The earliest of them that it begins with: at the very first, a picture's light is open, and the decoder would guess."""


def train_decoder(  # noqa: PLR0915
    config: Config, folder: Path, language: Language, report: Callable[[str], None], weights: Path | None = None
) -> None:
    """Train until the configured number of samples, or until an interrupt; saves in both cases.

    It starts from nothing, or from the decoder among the exported weights in the folder `weights`.
    """
    d, stop = config.decoder, Stop()
    torch.manual_seed(config.training.seed)
    autoencoder, mean = build_autoencoder(config), build_autoencoder(config)
    if weights is not None:
        autoencoder.load_state_dict(load_file(weights / "vae" / WEIGHTS))
    load_latents(autoencoder, torch.load(folder / "painter.pt", weights_only=True))
    autoencoder.to(language.device)
    mean.to(language.device)
    redraw = Redraw(config, folder, language) if d.redrawn and (folder / "state.pt").exists() else None
    report("learns from latents that the U-Net drew" if redraw else "learns from exact latents with a little noise")
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

    t = config.training
    sampler = SceneSampler(config.picture.size * d.upscale, t.seed, t.nouns)
    losses: list[float] = []
    shown = saved = time.monotonic()
    while samples < d.samples and not stop.asked:
        sampler.rng = np.random.default_rng((config.training.seed, 1, samples))
        rate = d.learning_rate * (0.5 * (1 + math.cos(math.pi * samples / d.samples)) * 0.97 + 0.03)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (samples + 1) / 400)
        scenes = [sampler.sample() for _ in range(d.batch)]
        if redraw is not None and sampler.rng.uniform() < d.redrawn:
            batch = language.batch(scenes)
            pictures = batch.pictures
            latents = redraw(autoencoder.encode(pictures), batch, int(sampler.rng.integers(FIRST, STEPS)))
        else:
            pictures = language.compose(scenes).to(language.device)
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


class Redraw:
    """Draws latents again with a run's U-Net, so that they carry the faults of drawn ones and still show the same picture."""

    def __init__(self, config: Config, folder: Path, language: Language) -> None:
        self.denoiser = Denoiser(config)
        self.denoiser.load_state_dict(torch.load(folder / "state.pt", weights_only=True, map_location="cpu")["mean"])
        self.denoiser.requires_grad_(False).train(False).to(language.device)
        language.paint(self.denoiser.painter, config)
        self.scheduler = build_scheduler()
        self.scheduler.set_timesteps(STEPS)
        self.half = config.training.half

    @torch.no_grad()
    def __call__(self, latents: Tensor, batch: Batch, first: int) -> Tensor:
        """Noise [B, C, h, w] latents to the level of step `first`, and denoise them from there."""
        steps = self.scheduler.timesteps[first:]
        drawn = self.scheduler.add_noise(latents, torch.randn_like(latents), steps[:1].expand(len(latents)))
        for t in steps:
            with torch.autocast(latents.device.type, torch.bfloat16, enabled=self.half):
                predicted = self.denoiser(drawn, t.expand(len(latents)).to(latents.device), batch)
            drawn = self.scheduler.step(predicted.float(), t, drawn).prev_sample
        redrawn: Tensor = drawn
        return redrawn


def sharp_l1(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of [B, 3, H, W] pixels, plus that of their differences along both axes."""
    error = drawn - wanted
    return error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
