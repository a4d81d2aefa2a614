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
from training.renderer.feed import Feed, MadeUp
from training.renderer.language import Batch, Language
from training.renderer.model import Denoiser, build_autoencoder, build_painter, build_scheduler
from training.renderer.recorded import Gradients, recording
from training.renderer.scenes import SceneSampler
from training.renderer.train import WEIGHTS, Stop, load_latents, progress

KEEP = 0.998
STEPS = 8
"""Of the sampler that draws latents again."""
FIRST = 1
"""The earliest of them that it begins with: at the very first, a picture's light is open, and the decoder would guess."""


def train_decoder(  # noqa: PLR0913, PLR0915
    config: Config,
    folder: Path,
    language: Language,
    report: Callable[[str], None],
    weights: Path | None = None,
    *,
    workers: int | None = None,
    seconds: float = math.inf,
) -> bool:
    """Train until the configured number of samples, for so many seconds, or until an interrupt; saves in each case.

    It starts from nothing, or from the decoder among the exported weights in the folder `weights`. Returns whether it came to
    its end without an interrupt.
    """
    d, stop = config.decoder, Stop()
    torch.manual_seed(config.training.seed)
    autoencoder, mean = build_autoencoder(config), build_autoencoder(config)
    if weights is not None:
        autoencoder.load_state_dict(load_file(weights / "vae" / WEIGHTS))
    parts = torch.load(folder / "painter.pt", weights_only=True)
    load_latents(autoencoder, parts)
    autoencoder.to(language.device)
    mean.to(language.device)
    painter = build_painter(config)
    painter.load_state_dict(parts["painter"])
    language.paint(painter.to(language.device), config)
    feed = Feed(config, language, _Scenes(config), config.picture.size * d.upscale)
    redraw = Redraw(config, folder, language.device) if d.redrawn and (folder / "state.pt").exists() else None
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
        state = {"autoencoder": autoencoder.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "samples": samples}, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    def loss_of(latents: Tensor, pictures: Tensor) -> Tensor:
        device = latents.device.type
        with torch.autocast(device, torch.bfloat16, enabled=config.training.half, cache_enabled=device == "cpu"):
            drawn = autoencoder.decode(latents).sample
        return sharp_l1(drawn.float(), pictures)

    gradients = Gradients(learned, recorded=config.training.recorded)
    losses: list[Tensor] = []
    began = shown = saved = time.monotonic()
    for pictures, batch in feed(range(samples, d.samples, d.batch), workers):
        rng = np.random.default_rng((config.training.seed, 2, samples))
        done = progress(samples, d.samples, (time.monotonic() - began) / seconds)
        for group in optimizer.param_groups:
            rate = d.learning_rate * (0.5 * (1 + math.cos(math.pi * done)) * 0.97 + 0.03)
            group["lr"] = rate * min(1, (samples / d.batch + 1) / 100)
        latents = autoencoder.encode(pictures)
        if redraw is not None and rng.uniform() < d.redrawn:
            latents = redraw(latents, batch, int(rng.integers(FIRST, STEPS)))
        else:
            latents = latents + d.noise * torch.rand(d.batch, 1, 1, 1, device=latents.device) * torch.randn_like(latents)
        losses.append(gradients(loss_of, (latents, pictures)))
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(KEEP, (samples / d.batch + 1) / (samples / d.batch + 10))
            torch._foreach_lerp_(averaged, learned, 1 - keep)
        samples += d.batch
        now = time.monotonic()
        if now - shown > 30:
            report(f"{samples} samples  loss {float(torch.stack(losses).mean()):.4f}")
            losses, shown = [], now
        if now - saved > 180:
            save()
            saved = now
        if stop.asked or now - began > seconds:
            break
    save()
    report(f"saved at {samples} samples")
    return not stop.asked


class _Scenes:
    """The scenes of the batch that starts at a given sample; everything is told of them."""

    def __init__(self, config: Config) -> None:
        t = config.training
        self.seed, self.batch = t.seed, config.decoder.batch
        self.sampler = SceneSampler(config.picture.size * config.decoder.upscale, t.seed, t.nouns)

    def __call__(self, start: int) -> MadeUp:
        self.sampler.rng = np.random.default_rng((self.seed, 1, start))
        return MadeUp([self.sampler.sample() for _ in range(self.batch)], [""] * self.batch)


class Redraw:
    """Draws latents again with a run's U-Net, so that they carry the faults of drawn ones and still show the same picture."""

    def __init__(self, config: Config, folder: Path, device: torch.device) -> None:
        self.denoiser = Denoiser(config)
        self.denoiser.load_state_dict(torch.load(folder / "state.pt", weights_only=True, map_location="cpu")["mean"])
        self.denoiser.requires_grad_(False).train(False).to(device)
        self.scheduler = build_scheduler()
        self.scheduler.set_timesteps(STEPS)
        self.half = config.training.half
        self.recorded = config.training.recorded
        self._predicted: Callable[..., Tensor] | None = None

    @torch.no_grad()
    def __call__(self, latents: Tensor, batch: Batch, first: int) -> Tensor:
        """Noise [B, C, h, w] latents to the level of step `first`, and denoise them from there."""
        steps = self.scheduler.timesteps[first:]
        drawn = self.scheduler.add_noise(latents, torch.randn_like(latents), steps[:1].expand(len(latents)))
        for t in steps:
            inputs = (drawn, t.expand(len(latents)).to(latents.device), *batch)
            if self._predicted is None:
                self._predicted = (recording(self._predict, inputs) if self.recorded else None) or self._predict
            drawn = self.scheduler.step(self._predicted(*inputs), t, drawn).prev_sample
        redrawn: Tensor = drawn
        return redrawn

    def _predict(self, drawn: Tensor, steps: Tensor, *batch: Tensor) -> Tensor:
        device = drawn.device.type
        with torch.autocast(device, torch.bfloat16, enabled=self.half, cache_enabled=device == "cpu"):
            predicted: Tensor = self.denoiser(drawn, steps, Batch(*batch))
        return predicted.float()


def sharp_l1(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of [B, 3, H, W] pixels, plus that of their differences along both axes."""
    error = drawn - wanted
    return error.abs().mean() + error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
