"""Scores phrase-in-box: is what stands in a box what its phrase asks for, and does it fill its box?

Two judges name what stands in each box, neither of which ever saw a drawn frame. The matcher works by synthesis: every
candidate noun's sprite, in the phrase's colour and the place's light, facing either way, is laid over the mean colour that
surrounds the box, at a few shifts and scales; the candidate with the smallest error is the answer. The classifier is a small
network trained on composed crops (`python -m training.renderer classifier`). For both, the control compares the same answers
with the labels of other boxes, and the ceiling judges the compositor's pictures.

Box adherence is the intersection over union of the box with the box around what was drawn: the pixels that differ from the
same picture drawn from the same noise without that thing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

from flowzero.dss import Box
from flowzero.renderer.animatic.sprites import sprite
from flowzero.renderer.pipeline import FlowZeroPipeline
from flowzero.vocabulary import Facing, Noun
from training.renderer.classifier import crop, load_classifier
from training.renderer.config import Config
from training.renderer.draw import draw, load_pipeline
from training.renderer.scenes import Scene, SceneSampler, Thing

CROP = 28
"""Pixels of a crop's side."""
_SHIFTS = (-0.07, 0.0, 0.07)
_SCALES = (0.9, 1.0, 1.1)
_PLAIN = 0.12
"""A pixel whose colour differs by more of the full range is part of what was drawn."""
_SPECK = 0.01
"""Of the frame's side; what is smaller is nothing that was drawn."""
_GAP = 2
"""Pixels between parts of one thing."""
Array = NDArray[np.float32]


def score(  # noqa: PLR0913
    config: Config, run: Path, text: Path, report: Callable[[str], None], *, boxes: int, ways: int, out: Path | None
) -> None:
    """Draw scenes until there are so many boxes, score them, report, and write the result as JSON."""
    pipeline = load_pipeline(config, run, text)
    judge = Judge(run) if (run / "classifier.pt").exists() else None
    result = score_pipeline(pipeline, config, judge, boxes=boxes, ways=ways)
    for key, value in result.items():
        report(f"{key}: {value}")
    if out is not None:
        out.write_text(json.dumps(result, indent=2) + "\n")


def score_pipeline(
    pipeline: FlowZeroPipeline, config: Config, judge: Judge | None, *, boxes: int, ways: int
) -> dict[str, float | int]:
    """Phrase-in-box over `boxes` boxes among `ways` nouns, or all for 0, by both judges; and box adherence."""
    size = config.picture.size * config.decoder.upscale
    sampler = SceneSampler(size, 20_000, config.training.nouns)
    chosen = sampler.rng.permutation(len(sampler.nouns))[: ways or None]
    candidates = [sampler.nouns[k] for k in chosen]
    scenes: list[Scene] = []
    while sum(len(scene.things) for scene in scenes) < boxes:
        scenes.append(_scene(sampler, candidates))
    truth = [_composed(scene) for scene in scenes]
    drawn = _draw(pipeline, scenes)
    labels = [thing.noun.name for scene in scenes for thing in scene.things][:boxes]
    result: dict[str, float | int] = {"boxes": len(labels), "ways": len(candidates)}

    def judged(name: str, answer: Callable[[Array, Scene, Thing], str]) -> None:
        answers, ceiling = (
            [answer(picture, scene, thing) for scene, picture in zip(scenes, pictures, strict=True) for thing in scene.things][
                :boxes
            ]
            for pictures in (drawn, truth)
        )
        result[f"phrase_in_box_{name}"] = _share(answers, labels)
        result[f"shuffled_control_{name}"] = _share(answers, labels[1:] + labels[:1])
        result[f"ceiling_{name}"] = _share(ceiling, labels)

    judged("matcher", lambda picture, scene, thing: _answer(picture, scene, thing, candidates))
    if judge is not None:
        judged("classifier", lambda picture, _, thing: judge(picture, thing))
        result["classifier_accuracy"] = judge.accuracy
    result["box_iou"], result["box_iou_ceiling"] = adherence(pipeline, sampler, candidates, max(boxes // 4, 1))
    return result


def adherence(pipeline: FlowZeroPipeline, sampler: SceneSampler, candidates: Sequence[Noun], count: int) -> tuple[float, float]:
    """The mean intersection over union of one thing's box with what was drawn for it; and that of composed pictures."""
    scenes: list[Scene] = []
    empty: list[Scene] = []
    while len(scenes) < count:
        scene = _scene(sampler, candidates)
        if scene.things:
            scenes.append(replace(scene, things=scene.things[:1]))
            empty.append(replace(scene, things=()))
    pairs = zip(_draw(pipeline, scenes), _draw(pipeline, empty), strict=True)
    composed = ((_composed(scene), _composed(bare)) for scene, bare in zip(scenes, empty, strict=True))
    drawn, ceiling = (
        [_agreement(_extent(a, b), scene.things[0].box) for (a, b), scene in zip(source, scenes, strict=True)]
        for source in (pairs, composed)
    )
    return round(float(np.mean(drawn)), 4), round(float(np.mean(ceiling)), 4)


def _extent(with_it: Array, without: Array) -> Box | None:
    """The box around the largest connected area where two pictures [H, W, 3] differ plainly; None if nowhere, or in specks."""
    differs = torch.from_numpy(np.abs(with_it - without).max(-1) > _PLAIN)[None].float()
    near = functional.max_pool2d(differs, 2 * _GAP + 1, stride=1, padding=_GAP)[0]
    height, width = near.shape
    # Each area ends up with the largest number of its pixels.
    names = torch.arange(1, height * width + 1, dtype=torch.float64).view(height, width) * near
    while True:
        spread = functional.max_pool2d(names[None], 3, stride=1, padding=1)[0] * near
        if torch.equal(spread, names):
            break
        names = spread
    areas, sizes = torch.unique(names[differs[0] > 0], return_counts=True)
    if not len(areas):
        return None
    y, x = torch.nonzero((names == areas[sizes.argmax()]) & (differs[0] > 0)).unbind(1)
    top, left, bottom, right = int(y.min()), int(x.min()), int(y.max()) + 1, int(x.max()) + 1
    if min((right - left) / width, (bottom - top) / height) < _SPECK:
        return None
    return Box(x=left / width, y=top / height, w=(right - left) / width, h=(bottom - top) / height)


def _agreement(a: Box | None, b: Box) -> float:
    """Intersection over union; none at all with nothing."""
    if a is None:
        return 0.0
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    shared = max(w, 0) * max(h, 0)
    return shared / (a.area + b.area - shared)


def _composed(scene: Scene) -> Array:
    """A scene's composed picture in 0..1."""
    result: Array = scene.picture.astype(np.float32) / np.float32(255)
    return result


class Judge:
    """The crop classifier as a judge of boxes."""

    def __init__(self, folder: Path) -> None:
        self.model, self.names, self.accuracy = load_classifier(folder)

    def __call__(self, picture: Array, thing: Thing) -> str:
        """The noun that it sees in the thing's box, or "" for none."""
        b = thing.box
        seen = crop(torch.from_numpy(picture).permute(2, 0, 1) * 2 - 1, (b.x, b.y, b.x + b.w, b.y + b.h))
        with torch.no_grad():
            return (*self.names, "")[int(self.model(seen[None]).argmax())]


def _draw(pipeline: FlowZeroPipeline, scenes: Sequence[Scene]) -> list[Array]:
    """The scenes as [H, W, 3] in 0..1; the same noise at the same place of the list."""
    with torch.no_grad():
        return [_picture(pipeline.vae.decode(z[None]).sample[0]) for z in draw(pipeline, scenes, seed=1)]


def _scene(sampler: SceneSampler, candidates: Sequence[Noun]) -> Scene:
    """One to three things of the candidates, wholly visible."""
    place = sampler.place()
    things: list[Thing] = []
    for _ in range(int(sampler.rng.integers(1, 4))):
        thing = sampler.thing(candidates[int(sampler.rng.integers(len(candidates)))], height=(0.25, 0.55))
        if thing.box.inside() > 0.999 and not any(_touch(thing.box, other.box) for other in things):
            things.append(thing)
    return sampler.draw(place, tuple(things))


def _answer(picture: Array, scene: Scene, thing: Thing, candidates: Sequence[Noun]) -> str:
    """The name of the candidate whose sprite explains the box best."""
    around = _surround(picture, thing.box)
    crops = np.stack([_crop(picture, _moved(thing.box, dx, dy, s)) for dx in _SHIFTS for dy in _SHIFTS for s in _SCALES])
    errors = []
    for noun in candidates:
        views: tuple[Facing, ...] = ("left", "right") if noun.facing else ("",)
        templates = [_template(noun, thing.colour, view, scene.place.light_on(noun)) for view in views]
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


_templates: dict[tuple[str, str | None, Facing, str], Array] = {}


def _template(noun: Noun, colour: str | None, facing: Facing, light: str) -> Array:
    key = (noun.name, colour if noun.colourable else None, facing, light)
    if key not in _templates:
        image = sprite(noun, colour, facing, light).convert("RGBa").resize((CROP, CROP), Image.Resampling.BOX).convert("RGBA")
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
