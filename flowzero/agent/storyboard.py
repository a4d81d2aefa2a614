"""How a text is laid out: labels, titles and orders, as in "Shot 2:", "an oil painting:" and "left to right:"."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import Token, verb

_LABELS = (
    frozenset(
        [
            "action",
            "object",
            "item",
            "element",
            "character",
            "actor",
            "subject",
            "subjects",
            "motion",
            "movement",
            "style",
            "scene",
            "setting",
            "background",
            "location",
            "shot",
        ]
    )
    | frozenset(["prompt", "pov", "frame", "camera", "mood", "lighting", "story", "time", "beat", "panel", "title", "clip"])
    | frozenset(["object", "item", "element", "character", "actor", "path", "position"])
)
_HELD = frozenset(["static", "still", "fixed", "stationary", "locked", "steady", "handheld", "shaky"])


_HOW = "slow|fast|wide|close|medium|long|opening|final|main?"


def unlabelled(tokens: Tokens) -> Tokens:
    """The tokens without the labels of a storyboard, as in "Shot 2: a fox stops. Camera: static."."""
    kept: list[Token] = []
    tokens = [token for token in tokens if token.low not in ("please", "pls", "plz")]
    i = 0
    while i < len(tokens):
        opens = not kept or kept[-1].low in (".", ";", "!", "?", ")", "-", "•", "|", ",")
        hit = match(tokens, i, _HOW, "|".join(_LABELS), "#|a|b|c|d?", ":|-|–|—") if opens else None
        if hit is None or not (tokens[hit[0] - 1].low == ":" or hit[1][2]):
            titled = _title(tokens, i) if opens and not (kept and kept[-1].low == ",") else i
            kept += [] if titled > i else [tokens[i]]
            i = max(titled, i + 1)
        else:
            follows = tokens[hit[0]].low if hit[0] < len(tokens) else ""
            if hit[1][1] == "camera":
                kept += [tokens[hit[0] - 2], *([tokens[hit[0] - 1]._replace(low="is")] if follows in _HELD else [])]
            i = hit[0]
    return tuple(kept)


_TITLES = lex.MEDIA | _LABELS | lex.TITLES


def _title(tokens: Sequence[Token], i: int) -> int:
    """Where the text goes on after "an oil painting come to life:" at i; i if none stands there."""
    words = [token.low for token in tokens[i : i + 9]]
    if ":" not in words or "camera" in words:
        return i
    title = words[: words.index(":")]
    if not title or {",", ".", "!", "?", ";"} & set(title) or title[0] in lex.NUMBERS or title[0].isdigit():
        return i
    head = title[-1]
    if "'s" in title and head in ("path", "position", "route", "way"):
        return i  # as in "the ball's path: from left to right"
    about = head in _TITLES or any(word in _TITLES for word in title if not vocabulary.is_thing(word))
    said = any(word.endswith("s") and verb(word) is not None and word not in _TITLES for word in title[1:])
    bare = not any(vocabulary.is_thing(word) or vocabulary.find_setting(word) or word in lex.SETTINGS for word in title)
    named = (head in _TITLES or (about and bare) or (english.as_noun(head) == "nx" and bare)) and not said
    alone = len(title) == 1 and bare and verb(head) is None and english.as_noun(head) != "np"
    return i + len(title) + 1 if named or alone else i


def arrangement(tokens: Tokens) -> tuple[int, str]:
    """After "left to right:", which says how what follows stands: the position and the side that comes first."""
    hit = match(tokens, 0, "from?", "left|right", "to", "left|right", ":")
    return (hit[0], hit[1][1]) if hit and hit[1][1] != hit[1][3] else (0, "")
