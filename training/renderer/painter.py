"""Teaches the layout painter what things look like, before the U-Net learns to draw with it.

A regression from phrases to the pictures that they stand for: what the noise of diffusion training would take days to teach,
it learns in a quarter of an hour.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from training.renderer.compose import TensorCompositor, compose, pictures
from training.renderer.config import Config, Regression
from training.renderer.description import Describer, Description
from training.renderer.language import Language
from training.renderer.model import build_autoencoder, build_painter, fit_encoder, fit_projection
from training.renderer.recorded import Gradients
from training.renderer.scenes import Look, Scene, SceneSampler, all_looks
from training.renderer.train import WEIGHTS

FINE = 0.85
"""The share of the samples after which the arithmetic goes from half to full precision."""


COVER = 0.1
"""How much it counts, beside the picture, what of a thing is left out."""


WEIGHED, HARD = 600, 1.5
"""After how many batches the looks are weighed anew, and how much more a look is shown whose error is larger: a power of it."""
_AT_ONCE = 256
"""Looks that are painted at once for that."""


COLOURED = 0.7
"""The share of the samples that name a colour; the rest show things in their own."""


def train_painter(
    config: Config, folder: Path, language: Language, report: Callable[[str], None], weights: Path | None = None
) -> None:
    """Fit latents and projection, or take them and the painter from exported weights; then train it; writes `painter.pt`."""
    torch.manual_seed(config.training.seed)
    p, file = config.painter, folder / "painter.pt"
    autoencoder, painter = build_autoencoder(config), build_painter(config)
    looks = all_looks(config.training.nouns)
    phrases = language.vectors([look.phrase for look in looks])
    if weights is None:
        _fit(config, autoencoder, painter, phrases, language, report)
    else:
        autoencoder.load_state_dict(load_file(weights / "vae" / WEIGHTS))
        painter.load_state_dict(load_file(weights / "layout_painter" / WEIGHTS), strict=False)  # of before it painted places
    painter.to(language.device)
    side = painter.picture(phrases[:1]).shape[-1]
    wanted = pictures(config.training.nouns, side).to(language.device)
    odds = Odds(looks)
    report(f"{len(looks)} looks")
    order = np.random.default_rng(config.training.seed)

    def errors() -> NDArray[np.float64]:
        parts = zip(torch.split(phrases, _AT_ONCE), torch.split(wanted, _AT_ONCE), strict=True)
        with torch.no_grad():
            found = [(painter.picture(some) - pictures.float()).abs().mean((1, 2, 3)) for some, pictures in parts]
        each: NDArray[np.float64] = torch.cat(found).double().cpu().numpy()
        return each

    def pick() -> Tensor:
        return torch.from_numpy(order.choice(len(looks), p.batch, p=odds.now(errors)))

    def loss(chosen: Tensor) -> Tensor:
        drawn, covers = painter.generator.drawn(painter.project(phrases[chosen]))
        return difference(drawn.float(), wanted[chosen].float()) + COVER * lost(covers.float(), wanted[chosen].float())

    regress(painter.generator, p, pick, loss, language.device, report, recorded=config.training.recorded)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"painter": painter.cpu().state_dict(), "autoencoder": autoencoder.state_dict()}, file)
    report(f"saved {file}")


def regress(  # noqa: PLR0913, PLR0917
    generator: nn.Module,
    settings: Regression,
    pick: Callable[[], Tensor],
    loss_of: Callable[[Tensor], Tensor],
    device: torch.device,
    report: Callable[[str], None],
    *,
    recorded: bool,
) -> None:
    """Train a generator by regression: a warm-up of a hundred batches, then a cosine; full precision towards the end.

    Args:
        generator: what is trained.
        settings: samples, batch and learning rate.
        pick: the rows of the next batch.
        loss_of: the loss of a batch's rows.
        device: where it is.
        report: told the mean loss now and then.
        recorded: whether a GPU replays recordings of the passes.
    """
    generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parameters = list(generator.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=settings.learning_rate, betas=(0.9, 0.98), weight_decay=1e-4)
    gradients = Gradients(parameters, recorded=recorded)

    def loss_in(half: bool, chosen: Tensor) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=half, cache_enabled=device.type == "cpu"):
            return loss_of(chosen)

    losses: list[Tensor] = []
    shown = time.monotonic()
    for samples in range(0, settings.samples, settings.batch):
        for group in optimizer.param_groups:
            warm = min(1.0, (samples + settings.batch) / (100 * settings.batch))
            late = 0.5 * (1 + math.cos(math.pi * samples / settings.samples))
            group["lr"] = settings.learning_rate * warm * (late * 0.995 + 0.005)
        half = samples < FINE * settings.samples
        losses.append(gradients(partial(loss_in, half), [pick().to(device)], half))
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if time.monotonic() - shown > 20:
            report(f"{samples + settings.batch} samples  difference {float(torch.stack(losses).mean()):.4f}")
            losses, shown = [], time.monotonic()


def _fit(  # noqa: PLR0913, PLR0917
    config: Config, autoencoder: Any, painter: Any, phrases: Tensor, language: Language, report: Callable[[str], None]
) -> None:
    """Latents from composed pictures, the projection from the phrases."""
    t = config.training
    sampler = SceneSampler(config.picture.size, t.seed, t.nouns)
    scenes = [sampler.sample() for _ in range(t.fit)]
    share = fit_encoder(autoencoder, _composed(config, scenes, language), config.picture.whitening)
    report(f"latents keep {share:.2%} of the pictures' variance")
    fit_projection(painter, phrases.cpu())
    with torch.no_grad():
        painter.encoder.weight.copy_(autoencoder.encoder.weight)


def _composed(config: Config, scenes: Sequence[Scene], language: Language) -> Tensor:
    """Pictures [N, 3, H, W] on the CPU, composed where the training runs."""
    if language.device.type == "cpu":
        return compose(scenes)
    compositor = TensorCompositor(config.training.nouns, config.picture.size, language.device)
    described = Describer(language.folder, config.training.nouns)(scenes).to(language.device)
    parts = zip(*(torch.split(tensor, 128) for tensor in described), strict=True)
    return torch.cat([compositor(Description(*part)).cpu() for part in parts])


class Odds:
    """How often each look is shown: a thing in its own colours far more often, and the more often the worse it is painted."""

    def __init__(self, looks: Sequence[Look]) -> None:
        coloured = np.array([look.colour is not None for look in looks])
        shares = np.where(coloured, COLOURED / max(coloured.sum(), 1), (1 - COLOURED) / (~coloured).sum())
        self._own: NDArray[np.float64] = np.asarray(shares / shares.sum())
        self._now, self._asked = self._own, 0

    def now(self, errors: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
        """For the next batch, [N]; `errors` tells how far each look is from what it should be, and is asked now and then."""
        self._asked += 1
        if self._asked % WEIGHED == 0:
            found = errors()
            odds = self._own * np.maximum(found / np.median(found), 0.1) ** HARD
            self._now = np.asarray(odds / odds.sum())
        return self._now


def difference(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of pictures [B, 4, S, S], and of their edges."""
    error = drawn - wanted
    edges: Any = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + edges  # type: ignore[no-any-return]


def lost(covers: Tensor, wanted: Tensor) -> Tensor:
    """Cross entropy of covers [B, 1, S, S], as logits, with those of pictures [B, 4, S, S].

    A part of a thing that is left out for sure gets no gradient from the picture, as no colour of it shows; from this it does.
    """
    return functional.binary_cross_entropy_with_logits(covers, wanted[:, 3:])
