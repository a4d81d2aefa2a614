"""Comparisons: "larger than", "as fast as", "at the same speed"."""

from __future__ import annotations

from typing import Literal

from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import Chunk, Comparison
from flowzero.agent.phrases import Tokens, match

_LARGER = {
    "larger": 1,
    "bigger": 1,
    "taller": 1,
    "wider": 1,
    "higher": 1,
    "smaller": -1,
    "shorter": -1,
    "tinier": -1,
    "littler": -1,
}

_FASTER = {"faster": 1, "quicker": 1, "slower": -1}


def comparison(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:  # noqa: PLR0911
    """How large or fast something is beside something else."""
    hit = match(tokens, i, "much|far|slightly|a|even|twice|two|three|many|noticeably?", "times|bit|lot|little?", "*")
    if hit is None:
        return None
    word, end = hit[1][2], hit[0]
    for table, aspect in ((_LARGER, "size"), (_FASTER, "speed")):
        if word in table:
            than = match(tokens, end, "in?", "size?", "than")
            follows = tokens[end].low if end < len(tokens) else "."
            if than is None and hit[1][0] == "a" and follows.isalpha() and follows not in lex.PREPOSITIONS | lex.CONJUNCTIONS:
                return None  # as in "a smaller dog"
            return Chunk("compare", i, than[0] if than else end, Comparison(aspect, table[word], than is None))  # type: ignore[arg-type]
    if more := match(tokens, i, "more|less", "quickly|slowly|rapidly|swiftly", "than?"):
        sign = (1 if more[1][1] != "slowly" else -1) * (1 if more[1][0] == "more" else -1)
        return Chunk("compare", i, more[0], Comparison("speed", 1 if sign > 0 else -1, not more[1][2]))
    if same := match(tokens, i, "twice|half|just|exactly?", "as", "big|large|tall|small|fast|quick|quickly|slow|slowly", "as"):
        aspect_: Literal["size", "speed"] = "size" if same[1][2] in ("big", "large", "tall", "small") else "speed"
        twice: Literal[1, 0, -1] = 1 if same[1][0] == "twice" else -1 if same[1][0] == "half" else 0
        return Chunk("compare", i, same[0], Comparison(aspect_, twice, False))
    if same := match(tokens, i, "at|of|with", "the", "same", "speed|pace|size", "as?"):
        return Chunk("compare", i, same[0], Comparison("size" if same[1][3] == "size" else "speed", 0, not same[1][4]))
    return None
