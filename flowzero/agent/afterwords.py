"""Looks told after a noun, between marks: "a bus, red, stops", "a parrot, gaudy and fat, flies off", "a knight (silver)"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_words import SHADES, UNSEEN
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import any_verb

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase

_OPENS = frozenset([",", "(", "–", "—"])
_CLOSES = frozenset([",", ")", ";", ":", ".", "!", "?", "–", "—", "\n"])
_JOINS = frozenset([",", "and", "&", "but"])
_DEGREES = frozenset(["very", "really", "quite", "rather", "slightly", "all", "completely", "entirely", "mostly", "somewhat"])
_NO_LOOKS = frozenset(
    [
        *UNSEEN,
        *lex.STILL_WORDS,
        *lex.HASTY,
        *lex.SLOW,
        *lex.STYLE,
        *lex.SIDED,
        *lex.HEADINGS,
        *lex.ADVERBS,
        *lex.FUNCTION,
        *lex.ORDINALS,
    ]
) | frozenset(
    [
        "visible",
        "present",
        "alone",
        "gone",
        "here",
        "there",
        "aloft",
        "aboard",
        "high",
        "low",
        "close",
        "still",
        "one",
        "another",
        "now",
    ]
)
_LONGEST = 3


def looks_after(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """Take in the adjectives that stand between marks after a noun; two colours of several are told one by one elsewhere."""
    words, at = _told(tokens, phrase.end) if _open(tokens, phrase) else ([], 0)
    at = _beyond(tokens, at, several=phrase.several) if words else at
    opened = tokens[phrase.end].low if words else ""
    closed = tokens[at].low if at < len(tokens) else "."
    if not words or len(words) > _LONGEST or closed not in _CLOSES or (opened == "(" and closed != ")"):
        return phrase
    colours = [word for word in words if word in lex.COLOURS]
    led = phrase.start > 0 and tokens[phrase.start - 1].low in lex.PREPOSITIONS
    ends = opened != "(" and closed not in (",", "–", "—")
    if (len(colours) > 1 and phrase.several and phrase.count != 2) or (led and ends):
        return phrase  # as in "a pup lies on a rock, fuzzy and white."
    end = at + (closed == ")" or (closed in (",", "–", "—") and _goes_on(tokens, at + 1)))
    return replace(phrase, end=end, adjectives=(*phrase.adjectives, *words))


def _open(tokens: Tokens, phrase: NounPhrase) -> bool:
    """Whether a mark comes after a thing, so that its looks may follow."""
    if phrase.end + 1 >= len(tokens) or tokens[phrase.end].low not in _OPENS or phrase.spread or phrase.pronoun:
        return False
    place = phrase.noun.rsplit(maxsplit=1)[-1] in lex.SETTINGS | lex.MEDIA or vocabulary.find_setting(phrase.noun)
    return not place


def _told(tokens: Tokens, j: int) -> tuple[list[str], int]:
    """The adjectives after the mark at j, and where they end; none if another word is among them."""
    words: list[str] = []
    at = j + 1
    while at < len(tokens) and len(words) <= _LONGEST:
        at += tokens[at].low in _DEGREES
        if not _looks(tokens, at):
            return [], at
        words.append(tokens[at].low)
        at += 1
        if words[-1] in SHADES and at < len(tokens) and tokens[at].low in lex.COLOURS:
            words.append(tokens[at].low)
            at += 1
        onward = at
        while onward < len(tokens) and tokens[onward].low in _JOINS and onward < at + 2:
            onward += 1
        if onward in (at, len(tokens)) or not _looks(tokens, onward + (tokens[onward].low in _DEGREES)):
            break
        at = onward
    return words, at


def _beyond(tokens: Tokens, at: int, *, several: bool) -> int:
    """Past what may come after the looks: "black ones", "red all of them", "white as paper"."""
    if several and (hit := match(tokens, at, "ones") or match(tokens, at, "all|both", "of", "them")):
        return hit[0]
    if not match(tokens, at, "as|like|with"):
        return at
    close = next((k for k in range(at + 2, min(at + 6, len(tokens))) if tokens[k].low in _CLOSES), at)
    return at if any(tokens[k].low in ("it", "they", "he", "she") for k in range(at, close)) else close


def _looks(tokens: Tokens, j: int) -> bool:
    """Whether the word at j says what something looks like, and names nothing."""
    if j >= len(tokens):
        return False
    low = tokens[j].low
    if low in SHADES and j + 1 < len(tokens) and tokens[j + 1].low in lex.COLOURS:
        return True  # as in "cherry red"
    if low in _NO_LOOKS or low in lex.NUMBERS or low.endswith(("ly", "ing")):
        return False
    kinds = english.kinds(low)
    return low in lex.ADJECTIVES or (bool(kinds) and kinds[0] == "a") or (low.endswith("less") and not kinds)


def _goes_on(tokens: Tokens, j: int) -> bool:
    """Whether the clause goes on with its verb after the closing mark."""
    if j >= len(tokens):
        return False
    low = tokens[j].low
    return low in lex.AUXILIARIES or (low.endswith("s") and any_verb(low) is not None)
