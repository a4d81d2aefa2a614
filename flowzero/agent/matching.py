"""Slots: the smallest tool of the grammar, which matches a few words at a position of a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flowzero.agent import lexicon as lex
from flowzero.agent.tokens import Token

Tokens = Sequence[Token]


def match(tokens: Tokens, i: int, *slots: str) -> tuple[int, list[str]] | None:
    """The position after the slots and the words in them; a slot is `a|b`, `a|b?` when optional, `#` a number, `*` any word."""
    found: list[str] = []
    end = len(tokens)
    for choices, optional, any_word, any_number in _parted(slots):
        word = tokens[i].low if i < end else ""
        if word in choices or (any_word and word) or (any_number and number(word) is not None):
            found.append(word)
            i += 1
        elif optional:
            found.append("")
        else:
            return None
    return i, found


@cache
def _parted(slots: tuple[str, ...]) -> tuple[tuple[frozenset[str], bool, bool, bool], ...]:
    """Of each slot its words, and whether it may be missing, takes any word, takes a number."""
    parted = []
    for slot in slots:
        choices = frozenset(slot.removesuffix("?").split("|"))
        parted.append((choices, slot.endswith("?"), "*" in choices, "#" in choices))
    return tuple(parted)


def number(word: str) -> float | None:
    """The value of a number in digits or words."""
    if word in lex.NUMBERS:
        return float(lex.NUMBERS[word])
    try:
        return float(word.rstrip("%"))
    except ValueError:
        return None
