"""The training loop: stops at any time, resumes where it was.

`runs/<name>/state.pt` holds everything: weights, their running mean, the optimiser, how many samples were seen. A sample's
scene depends on the seed and its number alone, so a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from flowzero.renderer.attention import CrossFrameProcessor, Pass
from flowzero.renderer.embedded import PatchAutoencoder
from training.renderer.compose import TensorCompositor
from training.renderer.config import Config
from training.renderer.model import Batch, Denoiser, Language, build_autoencoder, build_scheduler
from training.renderer.scenes import SceneSampler, all_looks

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


def learning_rate(config: Config, samples: int) -> float:
    """Linear warm-up, constant, then a cosine over the last 40 %."""
    t = config.training
    if samples < t.warmup:
        return t.learning_rate * (samples + 1) / t.warmup
    late = (samples / t.samples - 0.6) / 0.4
    return t.learning_rate * (0.5 * (1 + math.cos(math.pi * min(max(late, 0), 1))) * 0.98 + 0.02)


def train(run: Run, language: Language, report: Report, *, save_every: float = 300.0, workers: int = 1) -> None:
    """Train until the configured number of samples, or until an interrupt; saves in both cases.

    With no workers, and on a GPU, the scenes are drawn in this process.
    """
    stop = Stop()
    config, t = run.config, run.config.training
    language.paint(run.denoiser.painter, config)
    if language.device.type != "cpu":
        language.compose, workers = TensorCompositor(all_looks(t.nouns), language.device), 0
    batches = DataLoader(
        _Batches(config, language),
        sampler=range(run.samples, t.samples, t.batch),
        batch_size=None,
        num_workers=workers,
        worker_init_fn=_leave_stopping_to_the_training,
        prefetch_factor=4 if workers else None,
    )
    alphas = build_scheduler().alphas_cumprod
    losses: list[float] = []
    saved = shown = time.monotonic()
    seen_then = run.samples
    for batch in batches:
        for group in run.optimizer.param_groups:
            group["lr"] = learning_rate(config, run.samples)
        losses.append(_step(run, batch, alphas))
        run.samples += t.batch
        now = time.monotonic()
        if now - shown > 30:
            report(
                f"{run.samples} samples  loss {sum(losses) / len(losses):.4f}  "
                f"{(run.samples - seen_then) / (now - shown):.1f} samples/s  lr {learning_rate(config, run.samples):.1e}"
            )
            losses, shown, seen_then = [], now, run.samples
        if now - saved > save_every:
            run.save()
            saved = now
        if stop.asked:
            break
    run.save()
    report(f"saved at {run.samples} samples")


def _leave_stopping_to_the_training(_: int) -> None:
    """A forked worker inherits the request to stop; it must outlive Ctrl-C, and end when the training ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


class _Batches(Dataset[Batch]):
    """The batch that starts at a given sample; drawn by a process beside the training."""

    def __init__(self, config: Config, language: Language) -> None:
        t = config.training
        self.training, self.language = t, language
        self.sampler = SceneSampler(config.picture.size, t.seed, t.nouns)

    def __getitem__(self, start: int) -> Batch:
        t = self.training
        rng = self.sampler.rng = np.random.default_rng((t.seed, start))
        firsts = [self.sampler.sample() for _ in range(t.batch // 2)]
        scenes = [scene for first in firsts for scene in (first, self.sampler.again(first))]
        shares = [1 - t.drop_all - t.drop_caption, t.drop_all, t.drop_caption]
        dropped = rng.choice(["", "all", "caption"], size=len(firsts), p=shares).repeat(2)
        return self.language.batch(scenes, [str(what) for what in dropped])


def _step(run: Run, batch: Batch, alphas: Tensor) -> float:
    """One batch; v-prediction: the target is sqrt(a) noise - sqrt(1 - a) latents."""
    t = run.config.training
    generator = torch.Generator().manual_seed(t.seed + run.samples)
    with torch.no_grad():
        latents = run.autoencoder.encoder(batch.pictures)
    # Pairs of related pictures are as noisy as each other, as frames are, and every other pair under the same noise.
    steps = torch.randint(0, len(alphas), (len(latents) // 2,), generator=generator).repeat_interleave(2)
    noise = torch.randn(latents.shape, generator=generator).to(latents)
    noise[3::4] = noise[2::4]
    paired = bool(torch.rand((), generator=generator) < t.pairs)
    a = alphas[steps].view(-1, 1, 1, 1).to(latents)
    noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
    target = a.sqrt() * noise - (1 - a).sqrt() * latents
    with (
        torch.autocast(latents.device.type, torch.bfloat16, enabled=t.half),
        looking_at_the_first(run.denoiser.unet, len(latents) // 2 if paired else 0),
    ):
        predicted = run.denoiser(noisy, steps.to(latents.device), batch)
    loss = nn.functional.mse_loss(predicted.float(), target)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.denoiser.parameters(), 1.0)
    run.optimizer.step()
    keep = min(t.ema, (run.samples / t.batch + 1) / (run.samples / t.batch + 10))
    with torch.no_grad():
        torch._foreach_lerp_(list(run.mean.unet.parameters()), list(run.denoiser.unet.parameters()), 1 - keep)
    return float(loss.detach())


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
