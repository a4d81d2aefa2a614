"""Exported weights as the beginning of a run: what `export` has put together, taken apart again."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from training.renderer.config import Config
from training.renderer.train import WEIGHTS, Report, Run


def unpack(config: Config, folder: Path, weights: Path, report: Report, device: str = "cpu") -> None:
    """Write `painter.pt` and `state.pt` where the run in `folder` has none, from the exported weights in `weights`."""
    painter = folder / "painter.pt"
    if not painter.exists():
        folder.mkdir(parents=True, exist_ok=True)
        parts = {
            "painter": load_file(weights / "layout_painter" / WEIGHTS),
            "autoencoder": load_file(weights / "vae" / WEIGHTS),
        }
        torch.save(parts, painter)
        report(f"took painter and latents from {weights}")
    run = Run.open(config, folder, report, weights, device)
    if not run.state_file.exists():
        run.save()
