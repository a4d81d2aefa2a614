"""Time since something else: "one second later" becomes a time of the video, counted on from the last that was told."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent.matching import Tokens, match, number
from flowzero.agent.moments import time
from flowzero.agent.tokens import Token

_UNITS = "seconds|second|secs|sec|s"


def counted_on(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with "two seconds later" as a time of the video, or as "then" where it is not known since when.

    The video's beginning is what is counted from until the first time is told.
    """
    said = list(tokens)
    now: float | None = 0.0
    i = 0
    while i < len(said):
        if (hit := _later(said, i)) is not None:
            end, passed = hit
            now = now + passed if now is not None else None
            first, last = said[i], said[end - 1]
            words = ("then",) if now is None else ("after", f"{now:g}", "seconds")
            said[i:end] = [Token(word, word, first.start, last.end) for word in words]
            i += len(words)
            continue
        found = time(said, i)
        if found is not None and found[1].sense in ("from", "moment"):
            now = found[1].window.start if found[1].window.unit == "seconds" and found[1].window.start >= 0 else None
            i = found[0]
            continue
        if said[i].low in _AFTERWARDS:
            now = None
        i += 1
    return tuple(said)


_AFTERWARDS = frozenset(["then", "next", "afterwards", "finally", "later", "once", "when", "until"])
"""Words after which it is not known how late it is."""


def _later(said: Tokens, i: int) -> tuple[int, float] | None:
    """Where "two seconds later" ends that begins at i, and how many seconds that is."""
    if hit := match(said, i, "half", "a", "second", "later|afterwards"):
        return hit[0], 0.5
    hit = match(said, i, "just|exactly|about|only?", "#|a|another", "full|whole|single?", _UNITS, "later|afterwards")
    hit = hit or match(said, i, "after", "another", "#?", _UNITS, "later?")
    if hit is None:
        return None
    many = next((value for word in hit[1] if (value := number(word)) is not None), 1.0)
    return hit[0], many
