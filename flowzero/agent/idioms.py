"""Idioms: stretches of words that are said otherwise than the grammar reads them, put into words that it does read.

`idioms.txt` lists them and explains how a line is written. A rewritten token keeps the place in the text of what it stands
for, so that what is reported about it quotes the prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, any_verb, bases, inflected, verb

_POSSESSIVE = lex.POSSESSIVES | frozenset(["my", "your", "our"])
_STARTS = frozenset([".", "!", "?", ";", ":", "(", "-", "—", "–", ","])
_REACH = 24
"""How many words an idiom is long, at most, with all that its noun phrases hold."""
_PHRASES = frozenset(["N", "M", "O"])


class _Part(NamedTuple):
    """One place of a pattern."""

    kind: str
    """`word`, `verb`, `its`, `self`, `phrase`, `adjective`, `colour`, `comparative`, `adverbs`, a sentence's `start`, `end`."""
    choices: tuple[str, ...]
    optional: bool


class Idiom(NamedTuple):
    """What is said, and the words for it."""

    parts: tuple[_Part, ...]
    words: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    """Words without one of each of which it cannot be there."""


@dataclass
class _Found:
    """What the places of a pattern matched."""

    end: int
    verb: Token | None = None
    named: dict[str, list[Sequence[Token]]] = field(default_factory=dict)
    places: list[Sequence[Token]] = field(default_factory=list)


def plainly(tokens: Sequence[Token], table: str = "idioms") -> tuple[Token, ...]:
    """The tokens with every idiom of a table in plain words: `idioms` (prompts), `requests` (instructions), `paces` (both)."""
    said = tuple(tokens)
    ends: dict[int, int | None] = {}
    i = 0
    while i < len(said):
        for idiom in _fitting(said, i, table):
            found = _match(idiom.parts, said, i, ends)
            if found is not None:
                made = _made(idiom, found, said[i : found.end])
                said = (*said[:i], *made, *said[found.end :])
                ends.clear()
                i += bool(made)
                break
        else:
            i += 1
    return said


def _fitting(said: Sequence[Token], i: int, name: str) -> Iterator[Idiom]:
    """The idioms that may begin at a token, in the order of the file."""
    near = {token.low for token in said[i : i + _REACH]}
    for idiom in _begun_by(said[i].low, name):
        for words in idiom.needs:
            if near.isdisjoint(words):
                break
        else:
            yield idiom


@lru_cache(maxsize=4096)
def _begun_by(low: str, name: str) -> tuple[Idiom, ...]:
    """The idioms that may begin with a word, in the order of the file."""
    table = _table(name)
    keys = [low, *(f"@{base}" for base in _bases(low)), *(["its"] if low in _POSSESSIVE else []), "N"]
    listed = dict(entry for key in keys for entry in table.get(key, ()))
    return tuple(listed[number] for number in sorted(listed))


@cache
def _table(name: str) -> dict[str, list[tuple[int, Idiom]]]:
    """The idioms by what they begin with, each with its place in the file."""
    table: dict[str, list[tuple[int, Idiom]]] = {}
    lines = (files("flowzero.agent") / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(line for line in lines if "->" in line and not line.startswith("#")):
        said, _, words = line.partition("->")
        parts = tuple(_part(part) for part in said.split())
        needs = tuple(frozenset(part.choices) for part in parts if part.kind == "word" and not part.optional)
        idiom = Idiom(parts, tuple(words.split()), needs)
        for key in dict.fromkeys(key for part in _first(parts) for key in _keys(part)):
            table.setdefault(key, []).append((number, idiom))
    return table


def _first(parts: Sequence[_Part]) -> list[_Part]:
    """The parts that an idiom may begin with: those that may be missing, and the first that may not."""
    led = parts[1:] if parts[0].kind == "start" else parts
    needed = next((k for k, part in enumerate(led) if not part.optional), len(led) - 1)
    return list(led[: needed + 1])


def _keys(part: _Part) -> list[str]:
    """What the idioms are listed under that begin with a part."""
    marks = {"verb": [f"@{choice}" for choice in part.choices], "word": list(part.choices)}
    led = part.kind == "phrase" or part.choices == ("*",)
    return ["N"] if led else marks.get(part.kind, ["its"])


def _part(text: str) -> _Part:
    plain = text.removesuffix("?")
    kinds = {
        "its": "its",
        "self": "self",
        "ADJ": "adjective",
        "COL": "colour",
        "CMP": "comparative",
        "~": "adverbs",
        "^": "start",
        "$": "end",
    }
    if plain in _PHRASES:
        return _Part("phrase", (plain,), text.endswith("?"))
    if plain.startswith("@"):
        return _Part("verb", tuple(choice.removeprefix("@") for choice in plain.split("|")), text.endswith("?"))
    return _Part(kinds.get(plain, "word"), tuple(plain.split("|")), text.endswith("?"))


def _match(parts: Sequence[_Part], said: tuple[Token, ...], i: int, ends: dict[int, int | None]) -> _Found | None:
    """What the places of a pattern match from i on; `ends` holds where the noun phrases end that were read already."""
    found = _Found(i)
    for part in parts:
        end = _phrase_end(said, found.end, ends) if part.kind == "phrase" else _end(part, said, found.end)
        if end is None and not part.optional:
            return None
        end = found.end if end is None else end
        stretch = said[found.end : end]
        found.places.append(stretch)
        if part.kind == "verb" and found.verb is None and stretch:
            found.verb = stretch[0]
        if part.kind in ("phrase", "adjective", "colour", "comparative", "adverbs"):
            found.named.setdefault(part.choices[0], []).append(stretch)
        found.end = end
    return found


_AUXILIARY = {
    "is": "be",
    "are": "be",
    "was": "be",
    "were": "be",
    "be": "be",
    "being": "be",
    "'s": "be",
    "has": "have",
    "have": "have",
}


@lru_cache(maxsize=4096)
def _bases(low: str) -> tuple[str, ...]:
    """What verb a form may belong to; "bees" is no form of be."""
    return (_AUXILIARY[low],) if low in _AUXILIARY else tuple(base for base in bases(low) if base not in ("be", "ha"))


def _end(part: _Part, said: Sequence[Token], i: int) -> int | None:
    """Where a part of the pattern ends that begins at i, if it does."""
    if part.kind == "verb" and 0 < i < len(said) and said[i - 1].low in ("a", "an") and said[i].low in part.choices:
        return None  # as in "a fly circles": nobody flies
    if part.kind == "start":
        return i if i == 0 or said[i - 1].low in _STARTS else None
    if part.kind == "end":
        return i if i == len(said) or said[i].low in _STARTS else None
    if part.kind == "adverbs":
        while i < len(said) and said[i].low.endswith("ly") and said[i].low not in ("fly", "butterfly"):
            i += 1
        return i
    if i >= len(said):
        return None
    low = said[i].low
    fits = {
        "word": low in part.choices,
        "verb": bool({low, *_bases(low)} & set(part.choices)) or (part.choices == ("*",) and verb(low) is not None),
        "its": low in _POSSESSIVE,
        "self": low in lex.SELVES,
        "adjective": low in lex.ADJECTIVES,
        "colour": low in lex.COLOURS,
        "comparative": low in lex.COMPARATIVES,
    }[part.kind]
    return i + 1 if fits else None


def _phrase_end(said: tuple[Token, ...], i: int, ends: dict[int, int | None]) -> int | None:
    """Where the noun phrase at i ends, if one begins there."""
    if i not in ends:
        phrase = noun_phrase(said, i) if i < len(said) else None
        named = phrase is not None and phrase.pronoun not in ("each other", "itself", "themselves")
        ends[i] = phrase.end if phrase is not None and named else None
    return ends[i]


def _made(idiom: Idiom, found: _Found, old: Sequence[Token]) -> list[Token]:
    """The plain words, with the places of what they stand for."""
    made: list[Token] = []
    taken = {name: iter(stretches) for name, stretches in found.named.items()}
    for word in idiom.words:
        if word in taken:
            made += next(taken[word], ())
        elif word.startswith("\\"):
            made += found.places[int(word[1:]) - 1]
        else:
            low = inflected(word[1:], _ending(found.verb)) if word.startswith("@") else word
            made.append(Token(low, low, old[0].start, old[-1].end))
    return made


def _ending(form: Token | None) -> str:
    """How a verb's form ends: `s`, `ing` or nothing; the past is told as the present."""
    low = form.low if form is not None else ""
    if low.endswith("ing"):
        return "ing"
    plain = low in ("are", "were", "be", "have", "do") or (any_verb(low) or ("",))[0] == low
    return "" if plain else "s"
