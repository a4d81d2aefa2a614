"""The words and templates of the training prompts, from TOML files beside this module; a part of each is held out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from flowzero.agent import lexicon as lex

FOLDER = Path(__file__).parent


Part = Literal["train", "held", "plain"]


class Words(NamedTuple):
    """What may be trained on, and what is kept for the test."""

    train: tuple[str, ...]
    held: tuple[str, ...]
    plain: tuple[str, ...] = ()
    """Those of `train` that say it without ado; all of them if this is empty."""

    def pick(self, part: Part) -> tuple[str, ...]:
        """The words of that part, those to train on where it has none."""
        return {"train": (), "held": self.held, "plain": self.plain}[part] or self.train


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
    thens: Words
    """How a thing's next act is told, `{verb}` without its subject."""
    alsos: Words
    """How more is told of a thing."""
    frames: Words
    places: Words
    """How a setting is told."""
    stills: Words
    """How it is told that nothing moves."""
    tails: Mapping[str, tuple[str, ...]]
    """What can follow a noun of a kind and belongs to it."""
    empty: Words
    """How a setting is told that has nothing in it."""
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    cameras: Mapping[str, tuple[str, ...]]


_TOLD = ("stills", "joins", "orders", "thens", "alsos", "frames", "settings", "empty")
"""Tables of sentences that are no events."""
_PHRASES = ("phrases", "cameras", "places", "goals", "headings", "edges", "tails")
_DRAWN = 10
"""One in so many templates of the tables without a part of their own is held out."""


@lru_cache(maxsize=1)
def load() -> Lexicon:
    """All words and templates."""
    words = tomllib.loads((FOLDER / "words.toml").read_text())
    files = [tomllib.loads(path.read_text()) for path in sorted((FOLDER / "templates").glob("*.toml"))]
    adjectives = _words(words["adjectives"])
    said = {name: words[name] for name in _PHRASES if name in words}
    phrases: dict[str, dict[str, tuple[str, ...]]] = {}
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for file in (said, *files):
        for name, table in file.items():
            if name in _PHRASES:
                for kind, entries in table.items() if name == "phrases" else ((name, table),):
                    known = phrases.setdefault(kind, {})
                    for key, text in entries.items():
                        known[key] = tuple(dict.fromkeys((*known.get(key, ()), *_split(text))))
            else:
                tables.setdefault(name, []).append(table)
    told = {name: _listed(found) for name, found in tables.items()}
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
        templates={name: found for name, found in told.items() if name not in _TOLD},
        joins=told["joins"],
        orders=told["orders"],
        thens=told["thens"],
        alsos=told["alsos"],
        frames=told["frames"],
        places=told["settings"],
        stills=told["stills"],
        tails=phrases["tails"],
        empty=told["empty"],
        phrases={name: table for name, table in phrases.items() if name not in ("cameras", "tails")},
        cameras=phrases["cameras"],
    )


def drawn_out(template: str) -> bool:
    """Whether a template is one of the tenth that is held out, drawn once and for all by its hash."""
    return hashlib.sha256(template.encode()).digest()[0] % _DRAWN == 0


def _words(table: Mapping[str, str]) -> Words:
    train, held = (tuple(dict.fromkeys(w.replace("-", " ") for w in table[part].split())) for part in ("train", "held"))
    return Words(train, held)


def _listed(tables: Sequence[Mapping[str, Any]]) -> Words:
    """The parts of several tables together; a template that one of them holds out is trained on by none."""
    held = [template for table in tables for template in table.get("held", ())]
    free = [template for table in tables for template in table.get("templates", ())]
    train = [template for table in tables for template in table.get("train", ())]
    held += [template for template in free if drawn_out(template) and template not in set(train)]
    train += [template for template in free if not drawn_out(template)]
    plain = tuple(template for table in tables for template in (table.get("plain", ()) or table.get("train", ())))
    # What comes twice in a table counts twice.
    return Words(tuple(template for template in train if template not in set(held)), tuple(dict.fromkeys(held)), plain)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
