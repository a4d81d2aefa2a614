"""What drawing an event needs: randomness, words, a template, and what can be drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from training.planner.lexicon import Lexicon, Part

Line = dict[str, Any]
"""What an outline says of one thing, beside its phrase and number."""


class Event(NamedTuple):
    """One drawn event."""

    kind: str
    template: str
    pools: Mapping[str, Sequence[str]]
    """For each thing of the template, the kinds of nouns that may play it."""
    lines: dict[str, Line]
    slots: dict[str, str]


MOVERS = ("walker", "walker", "flier", "swimmer", "vehicle", "round")
LIVING = ("walker", "walker", "flier")
THINGS = ("thing", "thing", "big", "round", "vehicle", "walker")
STANDING = ("thing", "big")
ANY = ("walker", "flier", "swimmer", "vehicle", "round", "thing", "big")

HEADINGS = ("left", "right", "left", "right", "left", "right", "up", "down", "up left", "up right", "down left", "down right")
SPOTS = ("left", "right", "middle", "top left", "top right", "bottom left", "bottom right", "left", "right", "top", "bottom")
ACROSS = ("left", "right")
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"} | {
    "up left": "down right", "up right": "down left", "down left": "up right", "down right": "up left",
}  # fmt: skip

Draw = Callable[["Pen"], tuple[dict[str, Sequence[str]], dict[str, Line], dict[str, str]]]


class Pen:
    """What drawing an event needs: randomness, words, and the template that was chosen."""

    def __init__(self, rng: random.Random, words: Lexicon, template: str, part: Part) -> None:
        self.rng, self.words, self.template, self.part = rng, words, template, part

    def one(self, values: Sequence[str]) -> str:
        return self.rng.choice(values)

    def said(self, table: str, key: str) -> str:
        """Words for a value, such as "on the left side" for the place "left"."""
        return self.one(self.words.phrases[table][key])

    def key(self, table: str) -> str:
        return self.one(list(self.words.phrases[table]))

    def has(self, *parts: str) -> bool:
        return any(part in self.template for part in parts)
