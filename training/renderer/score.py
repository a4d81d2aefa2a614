"""Scores phrase-in-box: is what stands in a box what its phrase asks for?

Analysis by synthesis, without any pretrained detector: every candidate noun's sprite, in the phrase's colour and facing either
way, is laid over the mean colour that surrounds the box, at a few shifts and scales; the candidate with the smallest error is
the answer. The control compares the same answers with the labels of other boxes; the ceiling scores the compositor's pictures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from flowzero.dss import Box
from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.vocabulary import Facing, Noun
from training.renderer.config import Config
from training.renderer.draw import draw, load_pipeline
from training.renderer.scenes import Scene, SceneSampler, Thing

CROP = 28
"""Pixels of a crop's side."""
_SHIFTS = (-0.07, 0.0, 0.07)
_SCALES = (0.9, 1.0, 1.1)
Array = NDArray[np.float32]


def score(  # noqa: PLR0913
    config: Config, run: Path, text: Path, report: Callable[[str], None], *, boxes: int, ways: int, out: Path | None
) -> None:
    """Draw scenes until there are so many boxes, score them, report, and write the result as JSON."""
    pipeline = load_pipeline(config, run, text)
    result = score_pipeline(pipeline, config, boxes=boxes, ways=ways)
    for key, value in result.items():
        report(f"{key}: {value}")
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n")


def score_pipeline(pipeline: FlowZeroPipeline, config: Config, *, boxes: int, ways: int) -> dict[str, float | int]:
    """Phrase-in-box over `boxes` boxes among `ways` nouns, its shuffled-label control and its ceiling."""
    size = config.picture.size * config.decoder.upscale
    sampler = SceneSampler(size, 8, seed=20_000)
    chosen = sampler.rng.permutation(len(sampler.nouns))[:ways]
    candidates = [sampler.nouns[k] for k in chosen]
    scenes: list[Scene] = []
    while sum(len(scene.things) for scene in scenes) < boxes:
        scenes.append(_scene(sampler, candidates))
    truth: list[Array] = [scene.picture.astype(np.float32) / np.float32(255) for scene in scenes]
    with torch.no_grad():
        latents = draw(pipeline, scenes, seed=1)
        drawn: list[Array] = [_picture(pipeline.vae.decode(z[None]).sample[0]) for z in latents]
    labels = [thing.noun.name for scene in scenes for thing in scene.things][:boxes]
    answers, ceiling = (
        [a for s, p in zip(scenes, pictures, strict=True) for a in _answers(s, p, candidates)][:boxes]
        for pictures in (drawn, truth)
    )
    shuffled = labels[1:] + labels[:1]
    return {
        "boxes": len(labels),
        "ways": ways,
        "phrase_in_box": _share(answers, labels),
        "shuffled_control": _share(answers, shuffled),
        "ceiling_on_composites": _share(ceiling, labels),
    }


def _scene(sampler: SceneSampler, candidates: Sequence[Noun]) -> Scene:
    """One to three things of the candidates, wholly visible."""
    setting = sampler.settings[sampler.rng.integers(len(sampler.settings))]
    things: list[Thing] = []
    for _ in range(int(sampler.rng.integers(1, 4))):
        thing = sampler.thing(candidates[int(sampler.rng.integers(len(candidates)))], height=(0.25, 0.55))
        if thing.box.inside() > 0.999 and not any(_touch(thing.box, other.box) for other in things):
            things.append(thing)
    return sampler.draw(setting, tuple(things))


def _answers(scene: Scene, picture: Array, candidates: Sequence[Noun]) -> list[str]:
    return [_answer(picture, thing, candidates) for thing in scene.things]


def _answer(picture: Array, thing: Thing, candidates: Sequence[Noun]) -> str:
    """The name of the candidate whose sprite explains the box best."""
    around = _surround(picture, thing.box)
    crops = np.stack([_crop(picture, _moved(thing.box, dx, dy, s)) for dx in _SHIFTS for dy in _SHIFTS for s in _SCALES])
    errors = []
    for noun in candidates:
        views: tuple[Facing, ...] = ("left", "right") if noun.facing else ("",)
        templates = [_template(noun, thing.colour, view) for view in views]
        errors.append(min(float(_errors(crops, t, around).min()) for t in templates))
    return candidates[int(np.argmin(errors))].name


def _errors(crops: Array, template: Array, around: Array) -> Array:
    """Mean squared error of each crop [N, S, S, 3] against a template [S, S, 4] over the surrounding colour."""
    alpha = template[..., 3:]
    synthesis = template[..., :3] * alpha + around * (1 - alpha)
    weight = 0.35 + 0.65 * alpha
    squared = (crops - synthesis) ** 2 * weight
    result: Array = squared.mean(axis=(1, 2, 3)) / weight.mean()
    return result


_templates: dict[tuple[str, str | None, Facing], Array] = {}


def _template(noun: Noun, colour: str | None, facing: Facing) -> Array:
    key = (noun.name, colour if noun.colourable else None, facing)
    if key not in _templates:
        image = sprite(noun, colour, facing).convert("RGBa").resize((CROP, CROP), Image.Resampling.BOX).convert("RGBA")
        _templates[key] = np.asarray(image, np.float32) / np.float32(255)
    return _templates[key]


def _crop(picture: Array, box: Box) -> Array:
    image = Image.fromarray((picture * 255).astype(np.uint8))
    h, w = picture.shape[:2]
    area = (max(box.x, 0) * w, max(box.y, 0) * h, min(box.x + box.w, 1) * w, min(box.y + box.h, 1) * h)
    return np.asarray(image.resize((CROP, CROP), Image.Resampling.BOX, box=area), np.float32) / np.float32(255)


def _surround(picture: Array, box: Box) -> Array:
    """The mean colour of a thin frame around the box."""
    h, w = picture.shape[:2]
    outer, inner = _moved(box, 0, 0, 1.25), box
    mask = np.zeros((h, w), bool)
    for b, value in ((outer, True), (inner, False)):
        mask[max(0, int(b.y * h)) : int((b.y + b.h) * h), max(0, int(b.x * w)) : int((b.x + b.w) * w)] = value
    mean: Array = picture[mask if mask.any() else ~mask].mean(axis=0)
    return mean


def _moved(box: Box, dx: float, dy: float, scale: float) -> Box:
    w, h = box.w * scale, box.h * scale
    return Box(x=box.cx - w / 2 + dx * box.w, y=box.cy - h / 2 + dy * box.h, w=w, h=h)


def _picture(tensor: torch.Tensor) -> Array:
    array: Array = (tensor.clamp(-1, 1) * 0.5 + 0.5).permute(1, 2, 0).numpy()
    return array


def _touch(a: Box, b: Box) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h


def _share(answers: Sequence[str], labels: Sequence[str]) -> float:
    return round(sum(a == b for a, b in zip(answers, labels, strict=True)) / len(labels), 4)
