"""Slots: the smallest tool of the grammar, which matches a few words at a position of a text."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent import lexicon as lex
from flowzero.agent.tokens import Token

Tokens = Sequence[Token]


def match(tokens: Tokens, i: int, *slots: str) -> tuple[int, list[str]] | None:
    """The position after the slots and the words in them; a slot is `a|b`, `a|b?` when optional, `#` a number, `*` any word."""
    found: list[str] = []
    for slot in slots:
        optional = slot.endswith("?")
        choices = slot.removesuffix("?").split("|")
        word = tokens[i].low if i < len(tokens) else ""
        if (word and "*" in choices) or word in choices or ("#" in choices and number(word) is not None):
            found.append(word)
            i += 1
        elif optional:
            found.append("")
        else:
            return None
    return i, found


def number(word: str) -> float | None:
    """The value of a number in digits or words."""
    if word in lex.NUMBERS:
        return float(lex.NUMBERS[word])
    try:
        return float(word.rstrip("%"))
    except ValueError:
        return None
