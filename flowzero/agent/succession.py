"""One after the other, however it is told: "no sooner ... than" and "not until ... does" become "after ..., ...".

The words keep their places in the text; only their order changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent.chunks import clause_at
from flowzero.agent.matching import Tokens, match
from flowzero.agent.moments import time
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, verb

_ENDS = frozenset([".", "!", "?", ";"])
_FIRST = "after|once|when|until|till|before"
_GONE = "gone|left|off|away|past|out"
_HELPS = "does|do|did|will|can|may|should"


def succeeding(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with what comes first told first, after the word "after"."""
    said = list(tokens)
    i = 0
    while i < len(said):
        for find in (_no_sooner, _only_after, _not_until, _not_before, _not_yet, _once, _before_that):
            if (found := find(said, i)) is not None:
                start, end, made = found
                said[start:end] = made
                break
        i += 1
    return tuple(said)


_Change = tuple[int, int, list[Token]]
"""Where a stretch begins and ends, and what takes its place."""


def _end(said: Tokens, i: int) -> int:
    """Where the sentence ends that i is in."""
    return next((k for k in range(i, len(said)) if said[k].low in _ENDS), len(said))


def _start(said: Tokens, i: int) -> int:
    return next((k + 1 for k in range(i - 1, -1, -1) if said[k].low in _ENDS), 0)


def _as(token: Token, word: str) -> Token:
    return Token(word, word, token.start, token.end)


def _told(lead: Token, first: Sequence[Token], mark: Token, then: Sequence[Token]) -> list[Token]:
    """As in "after the bus has left, a cat comes"."""
    plain = list(first[:-1] if first and first[-1].low == "," else first)
    return [_as(lead, "after"), *plain, _as(mark, ","), *then]


def _clause(said: Tokens, i: int) -> bool:
    """Whether somebody does something at i, which is no time of the video."""
    return clause_at(said, i) and time(said, i - 1) is None


def _apart(said: Tokens, start: int, end: int, made: list[Token]) -> _Change:
    """The change as a sentence of its own."""
    if start and said[start - 1].low in (",", "and", "but"):
        return start - 1, end, [_as(said[start - 1], "."), *made]
    return start, end, made


def _pointing(said: Tokens, then: int, first: int) -> bool:
    """Whether a pronoun would come to point to who is told of first: "it waits until the bus has left"."""
    one, two = noun_phrase(tuple(said), then), noun_phrase(tuple(said), first)
    return one is not None and two is not None and bool(one.pronoun) and not two.pronoun


def _no_sooner(said: Tokens, i: int) -> _Change | None:
    """As in "no sooner has the bus left than a cat comes"."""
    if not match(said, i, "no", "sooner", "has|have|had|is|are|does|do|did"):
        return None
    who, end = noun_phrase(tuple(said), i + 3), _end(said, i)
    than = next((k for k in range(i + 4, end) if said[k].low in ("than", "when")), None)
    if who is None or than is None or who.end >= than:
        return None
    first = [*said[i + 3 : who.end], said[i + 2], *said[who.end : than]]
    return i, end, _told(said[i], first, said[than], said[than + 1 : end])


def _only_after(said: Tokens, i: int) -> _Change | None:
    """As in "it is only after the bus has left that a cat comes"."""
    hit = match(said, i, "it", "is|'s|was", "only|not", _FIRST)
    if hit is None or not _clause(said, hit[0]):
        return None
    end = _end(said, i)
    that = next((k for k in range(hit[0] + 2, end) if said[k].low == "that" and clause_at(said, k + 1)), None)
    if that is None:
        return None
    return _apart(said, i, end, _told(said[i], said[hit[0] : that], said[that], said[that + 1 : end]))


def _not_until(said: Tokens, i: int) -> _Change | None:
    """As in "not until the bus has left does the cat come", "only when it is gone may the cat come"."""
    hit = match(said, i, "not|only", _FIRST)
    if hit is None or (i and said[i - 1].low not in _ENDS | {",", "and", "but"}) or not _clause(said, hit[0]):
        return None
    end = _end(said, i)
    for k in range(hit[0] + 2, end):
        who = noun_phrase(tuple(said), k + 1) if match(said, k, _HELPS) else None
        if who is not None and who.end < end and verb(said[who.end].low) is not None:
            then = [*said[k + 1 : who.end], said[k], *said[who.end : end]]
            return _apart(said, i, end, _told(said[i], said[hit[0] : k], said[k], then))
    return None


def _not_before(said: Tokens, i: int) -> _Change | None:
    """As in "a cat comes, but not before the bus has left" and "a cat comes only once the bus has left"."""
    start, end = _start(said, i), _end(said, i)
    hit = match(said, i, ",?", "but|though|although|and|yet?", "not", "before|until|till")
    hit = hit or match(said, i, ",?", "but|though|although|and|yet?", "only", "after|once|when")
    if hit is None or not clause_at(said, start) or not _clause(said, hit[0]):
        return None
    if any(token.low == "," for token in said[hit[0] : end]) or _pointing(said, start, hit[0]):
        return None
    return start, end, _told(said[i], said[hit[0] : end], said[hit[0] - 1], said[start:i])


def _not_yet(said: Tokens, i: int) -> _Change | None:
    """As in "a cat does not come until the bus has left"."""
    hit = match(said, i, "does|do|did|will|wo|may|can|must|should", "not|n't")
    only = match(said, i, "can|may|must|should|will", "only")
    hit = hit or only
    if hit is None or hit[0] >= len(said) or verb(said[hit[0]].low) is None:
        return None
    start, end = _start(said, i), _end(said, i)
    until = next(
        (k for k in range(hit[0], end) if said[k].low in (("when", "once", "after") if only else ("until", "till", "before"))),
        None,
    )
    whole = noun_phrase(tuple(said), start)
    if until is None or whole is None or whole.end != i or not _clause(said, until + 1):
        return None
    if any(token.low == "," for token in said[i:end]) or _pointing(said, start, until + 1):
        return None
    then = [*said[start:i], _as(said[i], "will"), *said[hit[0] : until]]
    return start, end, _told(said[start], said[until + 1 : end], said[until], then)


def _once(said: Tokens, i: int) -> _Change | None:
    """As in "when the bus has driven off, a cat comes" and "the moment it is gone, ..."."""
    hit = match(said, i, "when|once|after") or match(said, i, "the", "moment|instant|minute", "when|that?")
    who = noun_phrase(tuple(said), hit[0]) if hit is not None else None
    if hit is None or who is None:
        return None
    done = match(said, who.end, "has|have|had", "*") or match(said, who.end, "is|are|'s", _GONE)
    if done is None or (done[1][0] in ("has", "have", "had") and verb(done[1][1]) is None):
        return None
    if done[1][1] == "been":
        return None
    led = not i or said[i - 1].low in _ENDS | {",", "and", "but", "then", "—", "–"}
    made = [_as(said[i], "after"), *said[hit[0] : who.end], _as(said[who.end], "has")]
    made.append(_as(said[who.end + 1], "gone") if done[1][1] in ("off", "away", "past", "out") else said[who.end + 1])
    if not led:
        return _told_last(said, i, hit[0], made[1:], done[0])
    if clause_at(said, done[0]) and noun_phrase(tuple(said), done[0], bare=False) is not None:
        made.append(_as(said[done[0]], ","))  # as in "when it has gone a cat comes"
    return _apart(said, i, done[0], made)


def _before_that(said: Tokens, i: int) -> _Change | None:
    """As in "a cat comes. Before that, a bus leaves": two sentences that change places."""
    hit = match(said, i, "before|beforehand|previously", "that|this?", ",?")
    if hit is None or not i or said[i - 1].low not in _ENDS or (said[i].low == "before" and not hit[1][1]):
        return None
    start, end = _start(said, i - 1), _end(said, i)
    who = noun_phrase(tuple(said), hit[0])
    if who is None or who.pronoun or not clause_at(said, start) or hit[0] >= end:
        return None
    return start, end, [*said[hit[0] : end], said[i - 1], _as(said[i], "then"), *said[start : i - 1]]


def _told_last(said: Tokens, i: int, first: int, made: list[Token], rest: int) -> _Change | None:
    """As in "a cat comes when the bus has left": what comes first is told last."""
    end = _end(said, i)
    start = next((k + 1 for k in range(i - 1, -1, -1) if said[k].low in _ENDS | {","}), 0)
    if _pointing(said, start, first) or any(token.low == "," for token in said[rest:end]):
        return None
    who = noun_phrase(tuple(said), start)
    if who is None:
        return None
    which = 1 if match(said, who.end, "that|which|who") else 0  # as in "a crow that flies up when ..."
    does = verb(said[who.end + which].low)
    if does is None or does[0] == "be" or does[1].kind == "still":
        return None  # as in "a crow is on a fence when a dog has come"
    then = [*said[start : who.end], *said[who.end + which : i]]
    told = _told(said[i], [*made, *said[rest:end]], said[i], then)
    return _apart(said, start, end, told)
