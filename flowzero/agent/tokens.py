"""Words of a text with their places, their base forms, and mild forgiveness for typing errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from flowzero import vocabulary
from flowzero.agent import lexicon as lex

_TOKEN = re.compile(
    r"\d+(?:\.\d+)?(?:%|(?:k|p|d)\b)?|[^\W\d_]\w*(?:['’](?!s\b)[^\W\d_]+)?(?:-\w+)*|['’]s\b|[^\w\s]|_+", re.UNICODE
)


class Token(NamedTuple):
    """One word or mark; `low` is what the grammar reads, `start` and `end` are its place in the text."""

    low: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> bool:
        """Whether this is a word and no number or mark."""
        return self.low[0].isalpha()


def tokenise(text: str) -> tuple[Token, ...]:
    """The words and marks of a text, in order; hyphens split what nobody knows as one word."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        low = match.group().lower().replace("’", "'")
        if "-" in low and len(low) > 1 and not known(low) and not any(character.isdigit() for character in low):
            at = match.start()
            for part in match.group().split("-"):
                tokens.append(Token(_mend(part.lower()), part, at, at + len(part)))
                at += len(part) + 1
            continue
        stem, mark, ending = low.partition("'")
        if mark and ending in _SHORT:
            at = match.start() + len(stem)
            tokens.append(Token(_mend(stem), match.group()[: len(stem)], match.start(), at))
            tokens.append(Token(_SHORT[ending], match.group()[len(stem) :], at, match.end()))
            continue
        tokens.append(Token(_mend(low), match.group(), match.start(), match.end()))
    return tuple(tokens)


_SHORT = {"ll": "will", "re": "are", "ve": "have"}
"""Auxiliaries that hang on the word before: "it'll land", "they're"."""


def known(word: str) -> bool:
    """Whether the lexicon or the vocabulary has this form of word."""
    return word in _forms() or any(base in lex.VERBS for base in bases(word)) or _noun(singular(word))


@lru_cache(maxsize=4096)
def _noun(word: str) -> bool:
    return vocabulary.find(word) is not None or vocabulary.find_setting(word) is not None


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset().union(
        lex.DETERMINERS, lex.POSSESSIVES, lex.NUMBERS, lex.GROUPS, lex.ADJECTIVES, lex.PRONOUNS, lex.RELATIVE, lex.AUXILIARIES,
        lex.PREPOSITIONS, lex.CONJUNCTIONS, lex.ADVERBS, lex.SEQUENCE, lex.MEDIA, lex.HEADINGS, lex.ACROSS, lex.UPRIGHT,
        lex.PARTS, lex.SETTINGS, lex.COMPARATIVES, lex.STYLE, lex.WEAR, lex.BODY, lex.IRREGULAR, lex.IRREGULAR_PLURALS,
        lex.UNCHANGING, lex.NOT_PLURAL,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _mendable() -> frozenset[str]:
    """Words whose misspelling would cost a promise: directions, colours, numbers, prepositions and verbs of motion."""
    verbs = {form for verb in lex.VERBS if lex.VERBS[verb].kind != "act" for form in _inflected(verb)}
    words = set(lex.HEADINGS) | set(lex.COLOURS) | set(lex.NUMBERS) | set(lex.PREPOSITIONS) | set(lex.ACROSS) | verbs
    return frozenset(word for word in words | {"video", "camera", "appears", "disappears", "then"} if len(word) >= 4)


_DOUBLE = re.compile(r"(.)\1")


def _single(word: str) -> str:
    return _DOUBLE.sub(r"\1", word)


@lru_cache(maxsize=1)
def _undoubled() -> Mapping[str, str]:
    """Longer words by their spelling without doubled letters: which letter is double is what people get wrong."""
    return {_single(word): word for word in _mendable() if len(word) > 6}


def _inflected(verb: str) -> tuple[str, ...]:
    """Its base, third person and present participle."""
    third = (
        verb[:-1] + "ies"
        if verb.endswith("y") and verb[-2] not in "aeiou"
        else verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s")
    )
    return verb, third, (verb[:-1] if verb.endswith("e") else verb) + "ing"


@lru_cache(maxsize=4096)
def _mend(word: str) -> str:
    """The word, or the one that it becomes when two letters change places, or one is left out or doubled by mistake."""
    if len(word) < 3 or not word.isascii() or not word.isalpha() or known(word):
        return word
    if len(word) == 3:
        return next((colour for colour in ("blue", "pink") if colour[:-1] == word), word)
    if len(word) > 6 and (doubled := _undoubled().get(_single(word))):
        return doubled
    swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1))
    undoubled = (word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1])
    missing = (word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in "abcdefghilmnoprstuvwy")
    for candidates in (swapped, undoubled, missing) if len(word) > 4 else (swapped,):
        for candidate in candidates:
            if candidate in _mendable():
                return candidate
    return word


@lru_cache(maxsize=8192)
def bases(word: str) -> tuple[str, ...]:
    """What verb a form may belong to, likeliest first: 'rolling' gives rolling, roll, rolle."""
    if word in lex.IRREGULAR:
        return (lex.IRREGULAR[word],)
    found = [word]
    if word.endswith("ies") and len(word) > 4:
        found.append(word[:-3] + "y")
    if word.endswith("ied") and len(word) > 4:
        found.append(word[:-3] + "y")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            found += [stem, stem + "e"]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
            if ending == "ing" and stem.endswith("y"):
                found.append(stem[:-1] + "ie")
    return tuple(found)


def verb(word: str) -> tuple[str, lex.Verb] | None:
    """The base form and sense of a verb's form, if the lexicon has it."""
    for base in bases(word):
        if base in lex.VERBS:
            return base, lex.VERBS[base]
    return None


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """One of what a noun's form names: 'boxes' gives box, 'sheep' gives sheep."""
    if word in lex.IRREGULAR_PLURALS:
        return lex.IRREGULAR_PLURALS[word]
    if not plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=8192)
def plural(word: str) -> bool:
    """Whether a noun's form names several."""
    if word in lex.IRREGULAR_PLURALS:
        return True
    if word in lex.UNCHANGING or word in lex.NOT_PLURAL or len(word) < 3:
        return False
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
