"""Second thoughts: "to the left... or no, to the right" is read as it was meant in the end."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match, number
from flowzero.agent.tokens import Token

_MARKS: tuple[tuple[str, ...], ...] = (
    ("or|oh|and?", "no", ",|.|-|–|—?", "wait|sorry|rather|actually", ",|.|-|–|—|:?"),
    ("wait", ",?", "no", ",|.|-|–|—|:?"),
    ("sorry|oops|rather|correction", ",|:"),
    ("i", "mean", ",?"),
    ("scratch|forget|strike", "that", ",|.|:?"),
    ("or|oh|er|erm", "no", ",|-"),
    (".", "no", ","),
    (",", "hm|hmm|er|um|uh|well?", ",?", "no", ",|:|-|–|—"),
)


def corrected(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens without what is taken back; where it is not plain what that is, they stay, and so does the mark."""
    said = list(tokens)
    i = 0
    while i < len(said):
        hit = next((found for slots in _MARKS if (found := match(said, i, *slots)) is not None), None)
        first = _taken_back(said, i, hit[0]) if hit is not None else None
        if hit is not None and first is not None:
            del said[first : hit[0]]
            i = first
        i += 1
    return tuple(said)


def _taken_back(said: Sequence[Token], i: int, then: int) -> int | None:
    """Where that begins which the words from `then` on stand for: the last that begins as they do."""
    if then >= len(said):
        return None
    alike = next((kind for kind in _KINDS if _is(said[then].low, kind)), None)
    if alike is None:
        return None
    for k in range(i - 1, max(-1, i - 16), -1):
        if said[k].low in "!?;" or (said[k].low == "." and k and said[k - 1].low != "." and k < i - 3):
            return None
        if _is(said[k].low, alike):
            return k
    return None


_KINDS = (lex.PREPOSITIONS, lex.DETERMINERS | lex.NUMBERS.keys(), lex.COLOURS, frozenset(lex.HEADINGS))


def _is(word: str, kind: frozenset[str]) -> bool:
    return word in kind or (kind is _KINDS[1] and number(word) is not None)
