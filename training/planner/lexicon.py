"""The words and templates of the training prompts, from the TOML files beside this module; each table has a held-out part."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flowzero.agent import lexicon as lex

FOLDER = Path(__file__).parent


class Words(NamedTuple):
    """What may be trained on, and what is kept for the test."""

    train: tuple[str, ...]
    held: tuple[str, ...]

    def pick(self, held: bool) -> tuple[str, ...]:
        return self.held if held and self.held else self.train


class Lexicon(NamedTuple):
    nouns: Mapping[str, Words]
    verbs: Mapping[str, Words]
    adjectives: Words
    colours: Words
    settings: Words
    """Each as `preposition=place`."""
    pace: Mapping[str, Words]
    """Adverbs for slow and fast, and under `any` such as say nothing of the speed."""
    templates: Mapping[str, Words]
    joins: Words
    orders: Words
    frames: Words
    places: Words
    """How a setting is told."""
    empty: Words
    """How a setting is told that has nothing in it."""
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    cameras: Mapping[str, tuple[str, ...]]


_NOT_EVENTS = {"phrases", "cameras", "joins", "orders", "frames", "settings", "empty"}


@lru_cache(maxsize=1)
def load() -> Lexicon:
    words, made = (tomllib.loads((FOLDER / name).read_text()) for name in ("words.toml", "templates.toml"))
    adjectives = _words(words["adjectives"])
    tables = {name: words[name] for name in ("places", "goals", "headings")} | made["phrases"]
    return Lexicon(
        nouns={name: _words(table) for name, table in words["nouns"].items()},
        verbs={name: _words(table) for name, table in words["verbs"].items()},
        adjectives=adjectives,
        colours=Words(*(tuple(word for word in part if word in lex.COLOURS) for part in adjectives)),
        settings=Words(*(_split(words["settings"][part].replace("\n", "|")) for part in ("train", "held"))),
        pace={
            name: Words(_split(words[table]["train"]), _split(words[table]["held"]))
            for name, table in {"slow": "slow", "fast": "fast", "any": "manner"}.items()
        },
        templates={name: _listed(table) for name, table in made.items() if name not in _NOT_EVENTS},
        joins=_listed(made["joins"]),
        orders=_listed(made["orders"]),
        frames=_listed(made["frames"]),
        places=_listed(made["settings"]),
        empty=_listed(made["empty"]),
        phrases={name: {key: _split(text) for key, text in table.items()} for name, table in tables.items()},
        cameras={key: _split(text) for key, text in made["cameras"].items()},
    )


def _words(table: Mapping[str, str]) -> Words:
    train, held = (tuple(dict.fromkeys(w.replace("-", " ") for w in table[part].split())) for part in ("train", "held"))
    return Words(train, held)


def _listed(table: Mapping[str, Any]) -> Words:
    return Words(tuple(table["train"]), tuple(table["held"]))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
