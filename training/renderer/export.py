"""Puts a run's running mean into the package: half-precision safetensors and their checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from flowzero.renderer.embedded import PackedEmbedding, PhraseEncoder
from training.renderer.config import Config
from training.renderer.draw import load_pipeline


def export(config: Config, run: Path, target: Path, report: Callable[[str], None]) -> None:
    """Write unet, vae, layout_painter, scheduler and SHA256SUMS; tokenizer and text encoder are there already.

    Of the text encoder, the table of word vectors is packed if it is not yet.
    """
    pipeline = load_pipeline(config, run, target)
    pack_words(target / "text_encoder", report)
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


def pack_words(folder: Path, report: Callable[[str], None]) -> None:
    """Keep the word vectors of a text encoder as bytes with a scale a row: half of the model at half of its size."""
    encoder: Any = PhraseEncoder.from_pretrained(folder, dtype=torch.float16)
    if getattr(encoder.config, "packed_words", False):
        return
    table = encoder.bert.embeddings.word_embeddings.weight
    encoder.config.packed_words = True
    packed = PackedEmbedding(*table.shape)
    packed.pack(table)
    encoder.bert.embeddings.word_embeddings = packed
    packed.scale = packed.scale.half()
    encoder.save_pretrained(folder)
    report(f"packed {len(table)} word vectors")
