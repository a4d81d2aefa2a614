"""Second thoughts: "to the left... or no, to the right" is read as it was meant in the end."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match, number
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, verb

_MARKS: tuple[tuple[str, ...], ...] = (
    ("or|oh|and?", "no", ",|.|-|–|—?", "wait|sorry|rather|actually", ",|.|-|–|—|:?"),
    ("wait", ",?", "no", ",|.|-|–|—|:?"),
    ("sorry|oops|rather|correction", ",|:"),
    ("i", "mean", ",?"),
    ("scratch|forget|strike", "that", ",|.|:?"),
    ("or|oh|er|erm", "no", ",|-"),
    (".", "no", ","),
    (",|.|-|–|—", "hm|hmm|er|erm|um|uh|well|oh|wait?", ",|.?", "actually|rather", "no?", ",?"),
    ("or", "rather|better", ",?"),
    ("wait", ",|.?"),
    (",", "hm|hmm|er|um|uh|well?", ",?", "no", ",|:|-|–|—"),
)


def corrected(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens without what is taken back; where it is not plain what that is, they stay, and so does the mark."""
    said = list(tokens)
    i = 0
    while i < len(said):
        hit = next((found for slots in _MARKS if (found := match(said, i, *slots)) is not None), None)
        if hit is not None and (meant := _named_again(said, i, hit[0])) is not None:
            said = meant
            continue
        if hit is not None and (told := _told_again(said, i, hit[0])):
            del said[told : hit[0] + 1]
            continue
        first = _taken_back(said, i, hit[0]) if hit is not None else _put_right(said, i)
        hit = hit or (match(said, i, ",", "no", ",?") if first is not None else None)
        if hit is not None and first is not None:
            del said[first : hit[0]]
            i = first
        i += 1
    return tuple(said)


def _put_right(said: Sequence[Token], i: int) -> int | None:
    """As in "four, no five ducks" and "left, no right": the word before the comma, if the one after "no" is of its kind."""
    hit = match(said, i, ",", "no", ",?") if i else None
    if hit is None or hit[0] >= len(said):
        return None
    return i - 1 if any(_is(said[i - 1].low, kind) and _is(said[hit[0]].low, kind) for kind in _KINDS[1:]) else None


def _named_again(said: list[Token], i: int, then: int) -> list[Token] | None:
    """As in "two apples on a table, sorry, three apples" and "a blue car, or rather a green one"."""
    new = noun_phrase(tuple(said), then, short=True)
    if new is None or new.end == then or not (new.noun or new.pronoun == "one"):
        return None
    for k in range(i - 1, max(-1, i - 16), -1):
        old = noun_phrase(tuple(said), k, short=True)
        if said[k].low in ".!?;" or (old is not None and old.pronoun):
            return None
        if old is None or old.start == old.end or not old.noun or not (old.article or old.count) or old.end > i:
            continue
        if new.noun and new.noun != old.noun:
            continue
        head = said[old.end - 1] if new.pronoun == "one" else said[new.end - 1]
        end = new.end + 1 if new.end < len(said) and said[new.end].low == "," and said[i - 1].low != "," else new.end
        start = i - 1 if said[i - 1].low == "," else i
        return [*said[:k], *said[then : new.end - 1], head, *said[old.end : start], *said[end:]]
    return None


def _told_again(said: Sequence[Token], i: int, then: int) -> int:
    """As in "a fish swims left, scratch that, it swims right": where its predicate began, or 0."""
    if then + 1 >= len(said) or said[then].low not in ("it", "he", "she", "they") or verb(said[then + 1].low) is None:
        return 0
    start = next((k + 1 for k in range(i - 1, -1, -1) if said[k].low in ".!?;"), 0)
    subject = noun_phrase(tuple(said), start)
    return subject.end if subject is not None and subject.noun and start < i else 0


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


_KINDS = (lex.PREPOSITIONS, lex.DETERMINERS | lex.NUMBERS.keys(), lex.COLOURS, frozenset(lex.HEADINGS), frozenset(lex.UPRIGHT))


def _is(word: str, kind: frozenset[str]) -> bool:
    return word in kind or (kind is _KINDS[1] and number(word) is not None)
