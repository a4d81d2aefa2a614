"""Puts a plan into the embedded model's own words, and says what it could not put.

The model was trained on a closed vocabulary. A noun or a setting outside it is drawn as the nearest known one by the text
encoder's cosine similarity, and a note names the substitution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from flowzero.dss import DSS, Frame, FrameObject
from flowzero.renderer.grounding import encode_phrases
from flowzero.renderer.looks import Look, caption, looks, phrase, place_named, place_unnamed
from flowzero.vocabulary import COLOURS, Noun, find_colour, nouns, settings


def resolve(dss: DSS, frames: Sequence[Frame], pipeline: Any) -> tuple[tuple[Frame, ...], tuple[str, ...]]:
    """The frames in the words of the embedded model, and a note for each substitution.

    Args:
        dss: the plan, for its setting.
        frames: compiled from it.
        pipeline: holds the text encoder and the tokenizer that measure nearness.
    """
    notes: dict[str, None] = {}
    nearest = _Nearest(partial(encode_phrases, pipeline.text_encoder, pipeline.tokenizer, device=pipeline.text_encoder.device))
    resolved = tuple(_frame(dss, frame, row, nearest, notes) for frame, row in zip(frames, looks(frames), strict=True))
    return resolved, tuple(notes)


def _frame(dss: DSS, frame: Frame, row: Mapping[str, Look], nearest: _Nearest, notes: dict[str, None]) -> Frame:
    objects, said = [], []
    for item in frame.objects:
        noun = _noun(item, row[item.id], nearest, notes)
        colour = find_colour(item.phrase)
        if colour and not noun.colourable:
            notes[f"{item.phrase!r} is drawn in its own colours: the embedded model paints no {colour} {noun.name}"] = None
            colour = None
        facing = row[item.id].facing
        objects.append(item.model_copy(update={"phrase": phrase(noun, colour, facing)}))
        said.append(phrase(noun, colour))
    place = _place(dss, frame, nearest, notes)
    return frame.model_copy(update={"objects": tuple(objects), "setting": place, "description": caption(said, place)})


def _noun(item: FrameObject, look: Look, nearest: _Nearest, notes: dict[str, None]) -> Noun:
    if look.noun is not None and look.noun.learned:
        if look.noun.name not in item.phrase.lower():
            notes[f"{item.phrase!r} is drawn as {look.noun.name!r}"] = None
        return look.noun
    name = nearest.noun(look.noun.name, look.noun.group) if look.noun else nearest.noun(_bare(item.phrase))
    noun = nouns()[name]
    notes[f"{item.phrase!r} is drawn as {noun.name!r}, the nearest thing that the embedded model knows"] = None
    return noun


def _place(dss: DSS, frame: Frame, nearest: _Nearest, notes: dict[str, None]) -> str:
    """The name of the known place of a frame."""
    named = place_named(dss, frame)
    if named is not None and named.setting.learned:
        return named.name
    unnamed = place_unnamed(dss)
    if unnamed is not None:
        place, why = unnamed
        notes[f"no setting is named: drawn {why}"] = None
        return place.name
    name = nearest.setting(dss.setting)
    notes[f"the setting {dss.setting!r} is drawn as {name}, the nearest one that the embedded model knows"] = None
    return name


def _bare(text: str) -> str:
    """A phrase without articles and colours."""
    words = [word for word in text.lower().split() if word not in ("a", "an", "the", "some", *COLOURS)]
    return " ".join(words) or text


class _Nearest:
    """The nearest known name by cosine similarity; the vectors of all names are computed when first needed."""

    def __init__(self, encode: Any) -> None:
        self._encode = encode
        self._tables: dict[str, tuple[list[str], torch.Tensor]] = {}
        self._found: dict[tuple[str, str], str] = {}

    def noun(self, text: str, group: str = "") -> str:
        """The nearest learned noun, within a group of the vocabulary where one is given."""
        known = {name: noun.synonyms for name, noun in nouns().items() if noun.learned and group in ("", noun.group)}
        return self._find(f"noun {group}", known, text)

    def setting(self, text: str) -> str:
        """The nearest learned setting."""
        known = {name: setting.synonyms for name, setting in settings().items() if setting.learned}
        return self._find("setting", known, text)

    def _find(self, kind: str, known: Mapping[str, tuple[str, ...]], text: str) -> str:
        if (kind, text) not in self._found:
            if kind not in self._tables:
                pairs = [(word, name) for name, synonyms in known.items() for word in (name, *synonyms)]
                self._tables[kind] = ([name for _, name in pairs], self._encode([word for word, _ in pairs]))
            names, vectors = self._tables[kind]
            similarity = functional.cosine_similarity(self._encode([text]), vectors)
            self._found[kind, text] = names[int(similarity.argmax())]
        return self._found[kind, text]
