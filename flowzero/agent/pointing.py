"""What points back at things that were named: "all of them", "in front of that", "two stay, the third leaves"."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import Tokens, match, number
from flowzero.agent.phrase_ends import STOP
from flowzero.agent.tokens import verb

_NOT_PLACES = frozenset(["after", "before", "like", "than", "until", "till", "without", "with", "for", "about", "during"])
"""Prepositions after which "that" is a time, a way or anything else that was said."""


def points(tokens: Tokens, i: int) -> bool:
    """Whether "that" or "this" at i stands for a thing by itself, as in "in front of that, a vase"."""
    led = i > 0 and tokens[i - 1].low in lex.PREPOSITIONS - _NOT_PLACES
    then = tokens[i + 1].low if i + 1 < len(tokens) else "."
    return led and (not then[0].isalnum() or then in ("a", "an", "the", "and", "another") or number(then) is not None)


def all_of_them(tokens: Tokens, i: int) -> tuple[int, int | None] | None:
    """Where "all of them", "both of them" or "the three of them" ends that begins at i, and how many that is if it is told."""
    them = "them|these|those"
    if hit := match(tokens, i, "all|both|each", "of?", "#?", "of?", them):
        return hit[0], _many(hit[1][2])
    if tokens[i].low in ("all", "both") and i + 1 < len(tokens) and _acts(tokens, i + 1):
        return i + 1, None
    if hit := match(tokens, i, "the", "whole?", "#|pair|lot|bunch|trio", "of", them):
        return hit[0], _many(hit[1][2])
    return None


def of_them(tokens: Tokens, j: int) -> int:
    """Where "of them" ends, if it stands at j after a number; else j."""
    hit = match(tokens, j, "of", "them|these|those")
    return hit[0] if hit else j


def _acts(tokens: Tokens, j: int) -> bool:
    """Whether what all do stands at j, as in "all heading left" and "all fly up"."""
    low, found = tokens[j].low, verb(tokens[j].low)
    if found is None or vocabulary.is_thing(low) or found[1].kind == "act":
        return False
    then = tokens[j + 1].low if j + 1 < len(tokens) else "."
    return (low.endswith("ing") or low == found[0]) and _closed(then)


def _closed(then: str) -> bool:
    """Whether a word can follow a verb, rather than a noun's adjective."""
    others = STOP | lex.HEADINGS.keys() | lex.ADVERBS | lex.DETERMINERS
    return then in others or not then[0].isalnum() or then.endswith("ly")


def _many(word: str) -> int | None:
    return lex.GROUPS.get(word) or (int(value) if word and (value := number(word)) is not None else None)


def counted_act(tokens: Tokens, j: int, count: int | None) -> bool:
    """Whether the word after a number is what so many do, as in "two stay by the fence" and "one rolls off"."""
    low = tokens[j].low if j < len(tokens) else ""
    found = verb(low) if low else None
    if not count or found is None or vocabulary.is_thing(low) or english.mostly(low) == "n":
        return False
    agrees = low == found[0] if count > 1 else low.endswith("s")
    return agrees and _closed(tokens[j + 1].low if j + 1 < len(tokens) else ".")
