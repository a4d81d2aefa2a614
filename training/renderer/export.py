"""Puts a run's running mean into the package: half-precision safetensors, checksums, and the scores it reached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import torch

from training.renderer.config import Config
from training.renderer.draw import load_pipeline


def export(config: Config, run: Path, target: Path, report: Callable[[str], None]) -> None:
    """Write unet, vae, layout_painter, scheduler and SHA256SUMS; tokenizer and text encoder are there already."""
    pipeline = load_pipeline(config, run, target)
    for name in ("unet", "vae", "layout_painter"):
        model = getattr(pipeline, name)
        model.to(torch.float16).save_pretrained(target / name)
    pipeline.scheduler.save_pretrained(target / "scheduler")
    files = sorted(path for path in target.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    for path in files:
        path.chmod(0o644)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target).as_posix()}\n" for path in files]
    (target / "SHA256SUMS").write_text("".join(lines))
    report(f"wrote {sum(path.stat().st_size for path in files) / 1e6:.1f} MB to {target}")
