"""Towns and countries that stand alone in front, as in "Tokyo, a robot walks by" and "London: two taxis": it happens there."""

from __future__ import annotations

import re

from flowzero import vocabulary
from flowzero.agent import english

_NAME = r"[A-Z][\w'’]+(?: [A-Z][\w'’]+){0,2}"
_IN_FRONT = re.compile(rf"(?:^|(?<=[.!?] ))({_NAME})(?:, ({_NAME}))?(?:\s*[,.:;–—]|\s-\s)+(?=\s*\w)")
_OF_TWO_WORDS = frozenset(
    [
        "abu dhabi", "buenos aires", "cape town", "hong kong", "kuala lumpur", "las vegas", "los angeles", "mexico city",
        "new delhi", "new orleans", "new york", "new zealand", "san diego", "san francisco", "south africa", "sri lanka",
    ]
)  # fmt: skip


def placed(text: str) -> str:
    """The text with such a name told as a place: "In Tokyo, a robot walks by"; of "Paris, France" the first."""
    return _IN_FRONT.sub(_told, text)


def _told(front: re.Match[str]) -> str:
    if not _is_place(front[1]):
        return front[0]
    return f"In {front[1]}," if front[2] is None or _is_place(front[2]) else f"In {front[0]}"


def _is_place(name: str) -> bool:
    """Whether it names a place on the map, and nothing that one would draw, such as a tower."""
    words = name.lower().replace("’", "'").split()
    on_the_map = " ".join(words) in _OF_TWO_WORDS or english.kinds("_".join(words)) == ("np",)
    return on_the_map and not vocabulary.is_thing(words[-1])
