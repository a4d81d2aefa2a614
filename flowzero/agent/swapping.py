"""Two things that swap places: "a cat on the left and a dog on the right swap places" says of each where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent.matching import Tokens, match
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Region, region
from flowzero.agent.tokens import Token

_SWAP = (
    "swap|swaps|swapping|exchange|exchanges|exchanging|trade|trades|trading|switch|switches|switching|change|changes|changing"
)
_PLACES = "places|sides|positions|spots|corners|seats"
_BEING = "is|are|sits|sit|stands|stand|waits|wait|stays|stay|lies|lie|rests|rest|starts|start|was|were|sitting|standing|waiting"
_LED = "and|then|later|afterwards|now|at|the|end|last|in|finally|,|.|;|:|-|while"
"""What may stand between where two things are and that they swap."""


class _Placed(NamedTuple):
    """Something with its place, as they stand in the text."""

    start: int
    thing: tuple[int, int]
    place: tuple[int, int]
    end: int


def swapped(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with each of two that swap places going from its own to the other's."""
    said = tuple(tokens)
    for i in range(len(said)):
        one = _placed(said, i)
        if one is None:
            continue
        joined = match(said, one.end, ",|.|;|and|while?", "and|while|then?")
        two = _placed(said, joined[0]) if joined is not None else None
        end = _swap(said, two.end) if two is not None else None
        if two is None or end is None:
            continue
        last = said[end - 1]
        made: list[Token] = []
        for who, there in ((one, two), (two, one)):
            made += [*said[slice(*who.thing)], _word("goes", last), _word("from", last), *said[slice(*who.place)]]
            made += [_word("to", last), *said[slice(*there.place)], _word("while", last)]
        return (*said[: one.start], *made[:-1], *said[end:])
    return said


def sided(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with "from the tree on the left to the tree on the right" as the left tree and the right one."""
    said = tuple(tokens)
    for i in range(len(said)):
        if said[i].low != "from" or (one := _on_a_side(said, i + 1)) is None:
            continue
        if one[1] >= len(said) or said[one[1]].low != "to" or (two := _on_a_side(said, one[1] + 1)) is None:
            continue
        return (*said[: i + 1], *one[0], said[one[1]], *two[0], *said[two[1] :])
    return said


def _on_a_side(said: Tokens, i: int) -> tuple[list[Token], int] | None:
    """A thing with its side before its noun, as "the left tree", and where "the tree on the left" ends that begins at i."""
    phrase = noun_phrase(tuple(said), i)
    if phrase is None or not phrase.noun or phrase.article not in ("a", "an", "the", "one"):
        return None
    hit = match(said, phrase.end, "on|at", "the", "left|right", "side?")
    if hit is None:
        return None
    return [_word("the", said[i]), said[phrase.end + 2], *said[i + 1 : phrase.end]], hit[0]


def _word(low: str, at: Token) -> Token:
    return Token(low, low, at.start, at.end)


def _placed(said: Tokens, i: int) -> _Placed | None:
    """A thing and the part of the picture that it is said to be in, if they begin at i."""
    phrase = noun_phrase(tuple(said), i)
    if phrase is None or not phrase.noun or phrase.pronoun:
        return None
    hit = match(said, phrase.end, _BEING + "?", "on|in|at")
    if hit is None:
        return None
    part = region(said, hit[0])
    if part is None or not isinstance(part[1], Region) or part[1].place.off or part[1].contrary:
        return None
    return _Placed(i, (phrase.start, phrase.end), (hit[0], part[0]), part[0])


def _swap(said: Tokens, i: int) -> int | None:
    """Where "swap places" ends that begins at i, after words that lead to it and a pronoun for both."""
    while i < len(said) and said[i].low in _LED.split("|"):
        i += 1
    if pronoun := match(said, i, "they|both|the", "two|both|pair?", "of?", "them?", "then|now?"):
        i = pronoun[0]
    hit = match(said, i, _SWAP, "their?", _PLACES)
    if hit is None and (alone := match(said, i, "swap|swaps|swapping")) and (alone[0] >= len(said) or not said[alone[0]].word):
        hit = alone
    return hit[0] if hit is not None else None
