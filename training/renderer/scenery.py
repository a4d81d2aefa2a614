"""Teaches the layout painter what places look like: a regression from their names to their panoramas."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from training.renderer.config import Config
from training.renderer.model import Language, build_autoencoder, build_painter
from training.renderer.painter import FINE
from training.renderer.scenes import learned_places, panorama
from training.renderer.train import WEIGHTS

DETAIL = 12.0
"""How much more a pixel counts for each unit by which it stands out; else stars and flowers are too few to be learned."""
_AROUND = 15


def train_scenery(
    config: Config, folder: Path, language: Language, report: Callable[[str], None], weights: Path | None = None
) -> None:
    """Go on from `painter.pt`, or from exported weights in the folder `weights`; writes `painter.pt` with the places."""
    torch.manual_seed(config.training.seed)
    s, file = config.scenery, folder / "painter.pt"
    painter, autoencoder = build_painter(config), build_autoencoder(config)
    if weights is not None and not file.exists():
        painter.load_state_dict(load_file(weights / "layout_painter" / WEIGHTS), strict=False)
        autoencoder.load_state_dict(load_file(weights / "vae" / WEIGHTS))
    else:
        parts = torch.load(file, weights_only=True)
        painter.load_state_dict(parts["painter"])
        autoencoder.load_state_dict(parts["autoencoder"])
    painter.to(language.device)
    known = learned_places()
    phrases = torch.stack([language.phrase(place.name) for place in known])
    side = painter.panorama(phrases[:1]).shape[-2]
    wanted = torch.stack([functional.avg_pool2d(panorama(place, 2 * side), 2) for place in known]).to(language.device)
    counting = _weights(wanted)
    report(f"{len(known)} places")
    generator = painter.scenery.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(generator.parameters(), lr=s.learning_rate, betas=(0.9, 0.98), weight_decay=1e-4)
    order = np.random.default_rng(config.training.seed)
    losses: list[float] = []
    shown = time.monotonic()
    for samples in range(0, s.samples, s.batch):
        for group in optimizer.param_groups:
            warm = min(1.0, (samples + s.batch) / (100 * s.batch))
            group["lr"] = s.learning_rate * warm * (0.5 * (1 + math.cos(math.pi * samples / s.samples)) * 0.995 + 0.005)
        chosen = torch.from_numpy(order.permutation(len(known))[: s.batch])
        with torch.autocast(language.device.type, torch.bfloat16, enabled=samples < FINE * s.samples):
            drawn = painter.panorama(phrases[chosen])
        loss = difference(drawn.float(), wanted[chosen], counting[chosen])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(generator.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if time.monotonic() - shown > 20:
            report(f"{samples + s.batch} samples  difference {sum(losses) / len(losses):.4f}")
            losses, shown = [], time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"painter": painter.cpu().state_dict(), "autoencoder": autoencoder.state_dict()}, file)
    report(f"saved {file}")


def _weights(wanted: Tensor) -> Tensor:
    """How much each pixel of panoramas [N, 3, H, W] counts, [N, 1, H, W], 1 on average."""
    around = functional.avg_pool2d(wanted, _AROUND, 1, _AROUND // 2, count_include_pad=False)
    weights = 1 + DETAIL * (wanted - around).abs().mean(1, keepdim=True)
    return weights / weights.mean(dim=(2, 3), keepdim=True)


def difference(drawn: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    """Mean absolute error of panoramas [B, 3, H, W], weighted, and of their edges."""
    error = (drawn - wanted) * weights
    edges: Tensor = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + edges
