"""The training loop: stops at any time, resumes where it was.

`runs/<name>/state.pt` holds everything: weights, their running mean, the optimiser, how many samples were seen. A sample's
scene depends on the seed and its number alone, so a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import math
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from flowzero.renderer.attention import CrossFrameProcessor, Pass
from flowzero.renderer.embedded import PatchAutoencoder
from training.renderer.config import Config
from training.renderer.feed import Feed, MadeUp
from training.renderer.language import Batch, Language
from training.renderer.model import Denoiser, build_autoencoder, build_scheduler
from training.renderer.recorded import Gradients
from training.renderer.scenes import SceneSampler

Report = Callable[[str], None]
WEIGHTS = "diffusion_pytorch_model.safetensors"


@dataclass
class Run:
    """A training in progress."""

    config: Config
    folder: Path
    denoiser: Denoiser
    mean: Denoiser
    """Exponential running mean of the weights: what is scored and shipped."""
    autoencoder: PatchAutoencoder
    optimizer: torch.optim.Optimizer
    samples: int = 0

    @classmethod
    def open(
        cls, config: Config, folder: Path, report: Report, weights: Path | None = None, device: torch.device | str = "cpu"
    ) -> Run:
        """Resume from `folder`, or start there, with its painter; the U-Net from nothing, or from exported `weights`."""
        torch.manual_seed(config.training.seed)
        denoiser, mean = Denoiser(config).to(device), Denoiser(config).to(device)
        # A painter that changes under the U-Net that reads it keeps both from learning.
        denoiser.painter.requires_grad_(False)
        autoencoder = build_autoencoder(config).to(device)
        optimizer = torch.optim.AdamW(
            denoiser.unet.parameters(), lr=config.training.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )
        run = cls(config, folder, denoiser, mean, autoencoder, optimizer)
        if run.state_file.exists():
            state = torch.load(run.state_file, weights_only=True, map_location="cpu")
            denoiser.load_state_dict(state["denoiser"])
            mean.load_state_dict(state["mean"])
            load_latents(autoencoder, state)
            optimizer.load_state_dict(state["optimizer"])
            run.samples = int(state["samples"])
            report(f"resumed at {run.samples} samples")
            return run
        if weights is not None:
            denoiser.unet.load_state_dict(load_file(weights / "unet" / WEIGHTS))
        parts = torch.load(folder / "painter.pt", weights_only=True)
        denoiser.painter.load_state_dict(parts["painter"])
        load_latents(autoencoder, parts)
        mean.load_state_dict(denoiser.state_dict())
        parameters = sum(p.numel() for p in denoiser.parameters())
        report(f"started with {parameters / 1e6:.1f}M parameters")
        return run

    @property
    def state_file(self) -> Path:
        return self.folder / "state.pt"

    @cached_property
    def learned(self) -> list[nn.Parameter]:
        """What is trained."""
        return list(self.denoiser.unet.parameters())

    @cached_property
    def gradients(self) -> Gradients:
        """Of what is trained."""
        return Gradients(self.learned, recorded=self.config.training.recorded)

    def save(self) -> None:
        """Write the state to a side file first, so that a kill cannot spoil it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        side = self.state_file.with_suffix(".part")
        torch.save(
            {
                "denoiser": self.denoiser.state_dict(),
                "mean": self.mean.state_dict(),
                "autoencoder": self.autoencoder.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "samples": self.samples,
            },
            side,
        )
        side.replace(self.state_file)


def load_latents(autoencoder: PatchAutoencoder, state: dict[str, Any]) -> None:
    """Take the fixed map and its inverse, which the U-Net was trained with; the rest of the decoder is trained apart."""
    for part, name in ((autoencoder.encoder, "encoder."), (autoencoder.inverse, "inverse.")):
        part.load_state_dict({k.removeprefix(name): v for k, v in state["autoencoder"].items() if k.startswith(name)})


def progress(samples: int, total: int, spent: float) -> float:
    """How far a training has come, 0..1: by its samples, or by its time, of which `spent` is gone, if that ends first."""
    return min(max(samples / total, spent), 1.0)


def learning_rate(config: Config, samples: int, spent: float = 0.0) -> float:
    """Linear warm-up, constant, then a cosine over the last 40 %."""
    t = config.training
    if samples < t.warmup:
        return t.learning_rate * (samples + 1) / t.warmup
    late = (progress(samples, t.samples, spent) - 0.6) / 0.4
    return t.learning_rate * (0.5 * (1 + math.cos(math.pi * max(late, 0))) * 0.98 + 0.02)


def train(  # noqa: PLR0913
    run: Run,
    language: Language,
    report: Report,
    *,
    save_every: float = 300.0,
    workers: int | None = None,
    seconds: float = math.inf,
) -> bool:
    """Train until the configured number of samples, for so many seconds, or until an interrupt; saves in each case.

    With no workers the scenes are made up in this process. Returns whether it came to its end without an interrupt.
    """
    stop = Stop()
    config, t = run.config, run.config.training
    language.paint(run.denoiser.painter, config)
    feed = Feed(config, language, _Scenes(config), config.picture.size)
    alphas = build_scheduler().alphas_cumprod.to(language.device)
    losses: list[Tensor] = []
    began = saved = shown = time.monotonic()
    seen_then = run.samples
    for pictures, batch in feed(range(run.samples, t.samples, t.batch), workers):
        rate = learning_rate(config, run.samples, (time.monotonic() - began) / seconds)
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        losses.append(_step(run, pictures, batch, alphas))
        run.samples += t.batch
        now = time.monotonic()
        if now - shown > 30:
            report(
                f"{run.samples} samples  loss {float(torch.stack(losses).mean()):.4f}  "
                f"{(run.samples - seen_then) / (now - shown):.1f} samples/s  lr {rate:.1e}"
            )
            losses, shown, seen_then = [], now, run.samples
        if now - saved > save_every:
            run.save()
            saved = now
        if stop.asked or now - began > seconds:
            break
    run.save()
    report(f"saved at {run.samples} samples")
    return not stop.asked


class _Scenes:
    """The scenes of the batch that starts at a given sample."""

    def __init__(self, config: Config) -> None:
        self.training = config.training
        self.sampler = SceneSampler(config.picture.size, config.training.seed, config.training.nouns)

    def __call__(self, start: int) -> MadeUp:
        t = self.training
        rng = self.sampler.rng = np.random.default_rng((t.seed, start))
        firsts = [self.sampler.sample() for _ in range(t.batch // 2)]
        scenes = [scene for first in firsts for scene in (first, self.sampler.again(first))]
        shares = [1 - t.drop_all - t.drop_caption, t.drop_all, t.drop_caption]
        dropped = rng.choice(["", "all", "caption"], size=len(firsts), p=shares).repeat(2)
        return MadeUp(scenes, [str(what) for what in dropped])


def _step(run: Run, pictures: Tensor, batch: Batch, alphas: Tensor) -> Tensor:
    """One update; v-prediction: the target is sqrt(a) noise - sqrt(1 - a) latents. Returns the loss."""
    t = run.config.training
    with torch.no_grad():
        latents = run.autoencoder.encoder(pictures)
    seed, device = t.seed + run.samples, latents.device
    generator = torch.Generator(device).manual_seed(seed)
    # Pairs of related pictures are as noisy as each other, as frames are, and every other pair under the same noise.
    steps = torch.randint(0, len(alphas), (len(latents) // 2,), generator=generator, device=device).repeat_interleave(2)
    noise = torch.randn(latents.shape, generator=generator, device=device)
    noise[3::4] = noise[2::4]
    a = alphas[steps].view(-1, 1, 1, 1)
    noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
    target = a.sqrt() * noise - (1 - a).sqrt() * latents
    pairs = len(latents) // 2 if random.Random(seed).random() < t.pairs else 0
    loss = run.gradients(partial(_loss, run, pairs), (noisy, steps, target, *batch), pairs)
    nn.utils.clip_grad_norm_(run.learned, 1.0)
    run.optimizer.step()
    keep = min(t.ema, (run.samples / t.batch + 1) / (run.samples / t.batch + 10))
    with torch.no_grad():
        torch._foreach_lerp_(list(run.mean.unet.parameters()), list(run.denoiser.unet.parameters()), 1 - keep)
    return loss


def _loss(run: Run, pairs: int, noisy: Tensor, steps: Tensor, target: Tensor, *batch: Tensor) -> Tensor:
    """Mean squared error of the velocity; the second of each of so many pairs looks at the first."""
    device = noisy.device.type
    with (
        torch.autocast(device, torch.bfloat16, enabled=run.config.training.half, cache_enabled=device == "cpu"),
        looking_at_the_first(run.denoiser.unet, pairs),
    ):
        predicted = run.denoiser(noisy, steps, Batch(*batch))
    return nn.functional.mse_loss(predicted.float(), target)


@contextmanager
def looking_at_the_first(unet: Any, pairs: int) -> Iterator[None]:
    """Cross-frame attention within each of so many pairs of a batch, by the processors that render; none for 0."""
    if not pairs:
        yield
        return
    plain = dict(unet.attn_processors)
    crossed = CrossFrameProcessor(Pass(branches=pairs), "first")
    unet.set_attn_processor({name: crossed if ".attn1." in name else old for name, old in plain.items()})
    try:
        yield
    finally:
        unet.set_attn_processor(plain)


class Stop:
    """Turns the first interrupt into a request to stop after the current batch."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
