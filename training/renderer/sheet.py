"""A picture of progress: drawn scenes above the compositor's truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from training.renderer.config import Config
from training.renderer.draw import draw, load_pipeline
from training.renderer.scenes import SceneSampler

ROWS, COLUMNS = 3, 8


def sheet(config: Config, run: Path, text: Path, out: Path) -> None:
    pipeline = load_pipeline(config, run, text)
    sampler = SceneSampler(config.picture.size * config.decoder.upscale, seed=99)
    scenes = [sampler.sample() for _ in range(ROWS * COLUMNS)]
    latents = draw(pipeline, scenes)
    with torch.no_grad():
        drawn = pipeline.vae.decode(latents).sample
    size, foot = drawn.shape[-1], 12
    canvas = Image.new("RGB", (COLUMNS * size, ROWS * (2 * size + foot)), (20, 20, 24))
    pen = ImageDraw.Draw(canvas)
    for k, scene in enumerate(scenes):
        x, y = k % COLUMNS * size, k // COLUMNS * (2 * size + foot)
        canvas.paste(Image.fromarray(_bytes(drawn[k])), (x, y))
        canvas.paste(Image.fromarray(scene.picture).resize((size, size)), (x, y + size))
        pen.text((x + 2, y + 2 * size), ", ".join(t.phrase.replace("facing ", "") for t in scene.things)[:22], (230, 230, 230))
    canvas.save(out)
    print(f"wrote {out}")


def _bytes(picture: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """[3, H, W] in -1..1 as [H, W, 3] bytes."""
    array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = (
        (picture.clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
    )
    return array
