"""Scenes as tensors: what a process that makes them up hands to the one that trains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from training.renderer.scenes import MAX_OBJECTS, Scene, all_looks, learned_places


class Description(NamedTuple):
    """B scenes of at most K things; what an unused place holds means nothing."""

    tokens: Tensor
    """[B, L] of the captions."""
    attended: Tensor
    """[B, L], 1 where a token is no padding."""
    looks: Tensor
    """[B, K], each thing's row among all looks."""
    boxes: Tensor
    """[B, K, 4] as left, top, right, bottom in fractions of the frame, which they may leave; farthest first."""
    there: Tensor
    """[B, K], 1 where there is a thing."""
    told: Tensor
    """[B, K], 1 where the layout tells of it."""
    lights: Tensor
    """[B, K, 3]: what the place's light leaves of each thing's red, green and blue."""
    places: Tensor
    """[B], each place's row among those that are learned."""
    views: Tensor
    """[B, 2, 3]: maps a point of the picture to one of the place's panorama; both in frame heights."""
    told_place: Tensor
    """[B], 1 where the layout tells of the place."""
    light: Tensor
    """[B, 3]: what everything is lit by."""

    def to(self, device: torch.device) -> Description:
        """On a device; from pinned memory without waiting."""
        return Description(*(tensor.to(device, non_blocking=True) for tensor in self))


class Describer:
    """Describes scenes of the first `nouns` nouns, or of all; with the tokenizer in the folder `text`."""

    def __init__(self, text: Path, nouns: int) -> None:
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(text / "tokenizer")
        self._looks = {look.phrase: row for row, look in enumerate(all_looks(nouns))}
        self._places = {place.name: row for row, place in enumerate(learned_places())}

    def __call__(self, scenes: Sequence[Scene], drop: Sequence[str] | None = None) -> Description:
        """Scenes as tensors; `drop` says for each what to leave untold: "", "caption" or "all"."""
        drop = drop or [""] * len(scenes)
        size = (len(scenes), MAX_OBJECTS)
        looks, there = torch.zeros(size, dtype=torch.long), torch.zeros(size)
        boxes, lights = torch.zeros(*size, 4), torch.ones(*size, 3)
        for i, scene in enumerate(scenes):
            for k, thing in enumerate(scene.things):
                b = thing.box
                looks[i, k] = self._looks[thing.phrase]
                boxes[i, k] = torch.tensor([b.x, b.y, b.x + b.w, b.y + b.h])
                lights[i, k] = torch.tensor(scene.light_on(thing))
                there[i, k] = 1
        told = torch.tensor([float(what != "all") for what in drop])
        captions = ["" if what else scene.caption for scene, what in zip(scenes, drop, strict=True)]
        tokens = self.tokenizer(captions, padding="longest", truncation=True, return_tensors="pt")
        return Description(
            tokens.input_ids,
            tokens.attention_mask,
            looks,
            boxes,
            there,
            there * told[:, None],
            lights,
            torch.tensor([self._places[scene.place.name] for scene in scenes]),
            torch.stack([scene.view for scene in scenes]),
            told,
            torch.tensor([scene.light for scene in scenes]),
        )
