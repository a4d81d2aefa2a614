"""Turns what is described into what the U-Net is trained on; the text encoder and the painter that it uses are frozen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from flowzero.renderer.embedded import PhraseEncoder
from flowzero.renderer.layout_painter import LayoutPainter, lit, look_at
from training.renderer.config import Config
from training.renderer.description import Description
from training.renderer.scenes import MAX_OBJECTS, all_looks, learned_places

MAX_GROUNDED = 30
"""Grounding tokens of every GLIGEN checkpoint; unused ones carry a learned null embedding and take part in attention."""
_AT_ONCE = 256
"""Phrases that are encoded, and looks that are painted, in one go."""


class Batch(NamedTuple):
    """What one step is trained on."""

    text: Tensor
    """[B, L, D] states of the captions' tokens."""
    boxes: Tensor
    """[B, 30, 4] in 0..1."""
    phrases: Tensor
    """[B, 30, D]."""
    masks: Tensor
    """[B, 30], 1 where there is a thing."""
    painted: Tensor
    """[B, C, h, w], the layout as the painter paints it."""


class Language:
    """The frozen text encoder, and what a painter makes of the phrases that scenes are described in.

    Args:
        folder: holds the tokenizer and the text encoder.
        device: where it encodes, and where batches are made.
    """

    def __init__(self, folder: Path, device: torch.device | str = "cpu") -> None:
        self.folder, self.device = folder, torch.device(device)
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder / "tokenizer")
        self.encoder: Any = PhraseEncoder.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        self.encoder.requires_grad_(False).train(False).to(self.device)

    @torch.no_grad()
    def vectors(self, texts: Sequence[str]) -> Tensor:
        """The vectors [N, D] of phrases."""
        found = []
        for start in range(0, len(texts), _AT_ONCE):
            some = list(texts[start : start + _AT_ONCE])
            tokens = self.tokenizer(some, padding="longest", return_tensors="pt").to(self.device)
            found.append(self.encoder(tokens.input_ids, tokens.attention_mask).pooler_output)
        return torch.cat(found)

    @torch.no_grad()
    def paint(self, painter: LayoutPainter, config: Config) -> None:
        """Keep what a trained painter makes of all looks and places, for `batch`."""
        self._painter, self._cells = painter, config.picture.size // config.picture.patch
        self._phrases = self.vectors([look.phrase for look in all_looks(config.training.nouns)])
        self._looks = torch.cat([painter.picture(some) for some in torch.split(self._phrases, _AT_ONCE)])
        self._panoramas = painter.panorama(self.vectors([place.name for place in learned_places()]))

    @torch.no_grad()
    def batch(self, said: Description) -> Batch:
        """Scenes of painted phrases as the U-Net sees them; what is not told is left out."""
        said = said.to(self.device)
        spare = MAX_GROUNDED - MAX_OBJECTS
        boxes, masks = nn.functional.pad(said.boxes, (0, 0, 0, spare)), nn.functional.pad(said.told, (0, spare))
        phrases = nn.functional.pad(self._phrases[said.looks], (0, 0, 0, spare))
        looks = lit(self._looks[said.looks], said.lights)
        painted = self._painter.place(looks, said.boxes, said.told, self._cells, self._cells, self.behind(said))
        return Batch(self._captions(said), boxes.clamp(0, 1), phrases, masks, painted)

    def behind(self, said: Description) -> Tensor:
        """What the painter paints of the places, [B, 3, H, W] in -1..1; grey where the layout does not tell of one."""
        side = self._cells * self._painter.patch
        return look_at(self._panoramas, said.places, said.views, side, side) * said.told_place[:, None, None, None]

    def _captions(self, said: Description) -> Tensor:
        """[B, L, D], L the tokenizer's maximum length; what pads them is zero."""
        states: Tensor = self.encoder(said.tokens, said.attended).last_hidden_state
        return nn.functional.pad(states, (0, 0, 0, self.tokenizer.model_max_length - states.shape[1]))
