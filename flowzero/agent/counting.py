"""How many there are: numbers before a noun, and after it, as in "koi x5", "the hens, nine of them", "(one red, one blue)"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowzero.agent import lexicon as lex
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import verb

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase

_BETWEEN = frozenset([",", "and", "&", "one", "a", "the", "other", "another"])
_COLOURED = frozenset(["coloured", "colored", "colorful", "colourful", "multicolored", "multicoloured"])


def number_of(tokens: Tokens, i: int) -> int | None:
    """The whole number at i, if one stands there and counts things."""
    if i >= len(tokens):
        return None
    low = tokens[i].low
    if low in lex.NUMBERS:
        return lex.NUMBERS[low]
    follows = tokens[i + 1].low if i + 1 < len(tokens) else ""
    if (
        low.isdigit()
        and low.isascii()
        and follows not in ("seconds", "second", "fps", "frames", "s", "sec", "k", "d", ":", "%", "-")
    ):
        return min(int(low[:4]), 1000)
    return None


def told_after(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """Take in a number that comes after: "the hens, nine of them, run", "snowflakes, three, fall"."""
    j = phrase.end
    led = phrase.start and tokens[phrase.start - 1].low in lex.PREPOSITIONS and not phrase.several
    if phrase.count is not None or phrase.article in ("a", "an", "another") or led:  # "onto the ferry, two of them"
        return phrase
    if (many := times(tokens, j)) is not None:
        return replace(phrase, end=many[0], count=many[1], several=many[1] != 1)
    if not match(tokens, j, ",|("):
        return phrase
    if (group := _of_them(tokens, j + 1)) is not None:
        return replace(phrase, end=group[0], count=group[1] or 4, exact=group[1] > 0, several=True)
    j += match(tokens, j + 1, "all") is not None
    dozen = match(tokens, j + 1, "a", "dozen")
    n = 12 if dozen else number_of(tokens, j + 1)
    j += bool(dozen)
    hit = match(tokens, j + 2, "of", "them", ",|)?") or match(tokens, j + 2, ",|)|/")
    ended = hit is not None or j + 2 == len(tokens)
    if n is None or n < 2 or not ended:
        return phrase
    return replace(phrase, end=hit[0] if hit else j + 2, count=n, several=True)


def _of_them(tokens: Tokens, j: int) -> tuple[int, int] | None:
    """As in "toucans, a pair of them, sit there": where that ends, and how many, 0 if that is open."""
    if hit := match(tokens, j, "a", "pair|couple|trio|dozen", "of", "them", ",|)?"):
        return hit[0], lex.GROUPS[hit[1][1]]
    hit = match(tokens, j, "lots|plenty|dozens|hundreds|loads", "of", "them", ",|)?")
    return (hit[0], 0) if hit else None


def times(tokens: Tokens, j: int) -> tuple[int, int] | None:
    """A number as in "koi x5" and "koi (x 5)": where it ends, and how many that is."""
    opened = match(tokens, j, "(?")
    at = opened[0] if opened else j
    word = tokens[at].low if at < len(tokens) else ""
    if word[:1] in ("x", "×") and word[1:].isdigit():
        end, n = at + 1, int(word[1:])
    elif word in ("x", "×") and (many := number_of(tokens, at + 1)) is not None:
        end, n = at + 2, many
    else:
        return None
    closed = match(tokens, end, ")") if opened and opened[1][0] else None
    return (closed[0] if closed else end), min(n, 1000)


def listed(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """Take in the colours that are told one by one: "four balloons - red, blue, green and yellow", "(one red, one blue)"."""
    j = phrase.end
    # In "kites over hills, one red, one blue" it is not the hills that are red and blue.
    place = phrase.count is None and bool(lex.SETTINGS.intersection(phrase.noun.split()[-1:]))
    if not phrase.several or place or phrase.spread or j >= len(tokens) or tokens[j].low not in ("-", "–", "—", "(", ":", ","):
        return phrase
    closing = {"(": ")", ":": "", ",": ""}.get(tokens[j].low, tokens[j].low)
    colours: list[str] = []
    j += 1
    last = j
    while j < len(tokens) and tokens[j].low in lex.COLOURS | _BETWEEN and len(colours) != phrase.count:
        colours += [tokens[j].low] * (tokens[j].low in lex.COLOURS)
        j += 1
        last = j if tokens[j - 1].low in lex.COLOURS or tokens[j - 1].low == "one" else last
    j = last
    ended = j >= len(tokens) or not tokens[j].word or tokens[j].low in lex.AUXILIARIES or verb(tokens[j].low) is not None
    if len(colours) < 2 or not ended or phrase.count not in (None, len(colours)):
        return phrase
    j += bool(closing) and j < len(tokens) and tokens[j].low == closing
    plain = tuple(word for word in phrase.adjectives if word not in _COLOURED)
    return replace(phrase, end=j, spread=tuple(colours), adjectives=plain, count=len(colours))
