"""What a text is cut into, as plain values; the cutting is in :mod:`~flowzero.agent.chunks`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from flowzero.agent import lexicon as lex


class Predicate(NamedTuple):
    """A verb group; `finite` unless it is a lone participle, which may belong to the noun just before."""

    lemma: str
    sense: lex.Verb
    finite: bool
    passive: bool = False
    negated: bool = False


class Comparison(NamedTuple):
    """As in "larger than", "as fast as": a noun phrase follows unless `alone`."""

    aspect: Literal["size", "speed"]
    sign: Literal[1, 0, -1]
    alone: bool


class Chunk(NamedTuple):
    """One chunk; `start` and `end` are token positions, `value` what was found."""

    kind: Literal[
        "np", "verb", "prep", "region", "side", "go", "trace", "off", "time", "seq", "manner", "compare", "adj",
        "and", "while", "who", "same", "comma", "stop", "there", "word", "skip",
    ]  # fmt: skip
    start: int
    end: int
    value: object = None


BE = lex.Verb("act")
