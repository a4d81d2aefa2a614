"""Teaches the layout painter what places look like: a regression from their names to their panoramas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from training.renderer.config import Config
from training.renderer.language import Language
from training.renderer.model import build_autoencoder, build_painter
from training.renderer.painter import regress
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
    phrases = language.vectors([place.name for place in known])
    side = painter.panorama(phrases[:1]).shape[-2]
    wanted = torch.stack([functional.avg_pool2d(panorama(place, 2 * side), 2) for place in known]).to(language.device)
    counting = _weights(wanted)
    report(f"{len(known)} places")
    order = np.random.default_rng(config.training.seed)

    def pick() -> Tensor:
        return torch.from_numpy(order.permutation(len(known))[: s.batch])

    def loss(chosen: Tensor) -> Tensor:
        return difference(painter.panorama(phrases[chosen]).float(), wanted[chosen], counting[chosen])

    regress(painter.scenery, s, pick, loss, language.device, report, recorded=config.training.recorded)
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
