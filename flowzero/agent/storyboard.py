"""How a text is laid out: labels, titles and orders, as in "Shot 2:", "an oil painting:" and "left to right:"."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.chunks import clause_at
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Tokens, heading, match, region
from flowzero.agent.tokens import Token, plural, singular, verb

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
    | frozenset(["object", "item", "element", "character", "actor", "path", "position", "prop", "entity", "cast", "event"])
    | frozenset(["objects", "items", "elements", "characters", "actors", "props", "entities", "events", "actions", "place"])
    | frozenset(["environment", "description", "task", "foreground", "name", "scenery", "background"])
)
_NUMBERED = frozenset(["scene", "shot", "frame", "beat", "panel", "clip", "key", "keyframe", "step", "phase", "part", "act"])
"""What a text is told in, one after another, where a number comes with it."""
_PLACES = frozenset(["setting", "location", "background", "place", "environment", "scenery"])
_TIMES = (
    ("start|beginning|opening|first|initial", "first"),
    ("middle|mid|midpoint|next|then", "then"),
    ("end|ending|closing|last|final|finish", "finally"),
)
"""Labels of a moment, and the word for it."""
_HELD = frozenset(["static", "still", "fixed", "stationary", "locked", "steady", "handheld", "shaky"])


_FILMED = frozenset(["static", "fixed", "locked", "handheld", "shaky", "tracking"])
"""What a title says of the camera, as in "Static shot:"."""
_HOW = "slow|fast|wide|close|medium|long|main?"


def unlabelled(tokens: Tokens) -> Tokens:
    """The tokens without the labels of a storyboard, as in "Shot 2: a fox stops. Camera: static."."""
    kept: list[Token] = []
    tokens = [token for token in tokens if token.low not in ("please", "pls", "plz")]
    i = 0
    while i < len(tokens):
        opens = not kept or kept[-1].low in (".", ";", "!", "?", ")", "-", "•", "|", ",")
        moment = _moment(tokens, i) if opens else None
        if moment is not None:
            i, word = moment
            kept.append(tokens[i - 1]._replace(low=word))
            continue
        hit = match(tokens, i, _HOW, "|".join(_LABELS | _NUMBERED), "#|a|b|c|d?", ":|-|–|—") if opens else None
        if hit is None or not (tokens[hit[0] - 1].low == ":" or hit[1][2]):
            titled = _title(tokens, i) if opens and not (kept and kept[-1].low == ",") else i
            kept += [] if titled > i else [tokens[i]]
            i = max(titled, i + 1)
        else:
            follows = tokens[hit[0]].low if hit[0] < len(tokens) else ""
            if hit[1][1] == "camera":
                kept += [tokens[hit[0] - 2], *([tokens[hit[0] - 1]._replace(low="is")] if follows in _HELD else [])]
            i = hit[0]
            if word := _lead(tokens, i, hit[1][1], hit[1][2]):
                kept.append(tokens[i - 1]._replace(low=word))
    return tuple(kept)


def _moment(tokens: Sequence[Token], i: int) -> tuple[int, str] | None:
    """After "start:" or "closing frame:" before what is there then: the position, and the word for it."""
    for words, word in _TIMES:
        hit = match(tokens, i, words, "|".join((*_NUMBERED, "image", "state?")), ":|-|–|—")
        if hit is not None and (hit[1][1] or hit[1][2] == ":") and _names(tokens, hit[0]):
            return hit[0], word
    return None


def _names(tokens: Sequence[Token], i: int) -> bool:
    """Whether something is named at i, rather than a place or a way."""
    return region(tokens, i) is None and heading(tokens, i) is None and noun_phrase(tuple(tokens), i) is not None


def _lead(tokens: Sequence[Token], i: int, label: str, which: str) -> str:
    """The word for a label before what stands at i: "in" before a place, "then" after the first of several parts."""
    if label in _PLACES:
        place = noun_phrase(tuple(tokens), i) if i < len(tokens) else None
        ends = place is not None and (place.end >= len(tokens) or not tokens[place.end].word)
        return "in" if ends and place is not None and bool(place.noun) and not _moves(tokens, i, place.end) else ""
    later = label in _NUMBERED and which not in ("", "a", "1", "one")
    return "then" if later and i < len(tokens) and tokens[i].word else ""


def _moves(tokens: Sequence[Token], i: int, end: int) -> bool:
    return any(verb(token.low) is not None and token.low not in lex.SETTINGS for token in tokens[i:end])


_TITLES = lex.MEDIA | _LABELS | lex.TITLES


def _title(tokens: Sequence[Token], i: int) -> int:
    """Where the text goes on after "an oil painting come to life:" at i; i if none stands there."""
    words = [token.low for token in tokens[i : i + 9]]
    if ":" not in words or "camera" in words:
        return i
    title = words[: words.index(":")]
    if _FILMED & set(title):
        return i
    if not title or {",", ".", "!", "?", ";"} & set(title) or title[0] in lex.NUMBERS or title[0].isdigit():
        return i
    head = title[-1]
    if head in lex.ACROSS:
        return i  # as in "left: a stuffed owl"
    if "'s" in title and head in ("path", "position", "route", "way"):
        return i  # as in "the ball's path: from left to right"
    about = head in _TITLES or any(word in _TITLES for word in title if not vocabulary.is_thing(word))
    said = any(word.endswith("s") and verb(word) is not None and word not in _TITLES for word in title[1:])
    bare = not any(vocabulary.is_thing(word) or vocabulary.find_setting(word) or word in lex.SETTINGS for word in title)
    named = (head in _TITLES or (about and bare) or (english.as_noun(head) == "nx" and bare)) and not said
    alone = len(title) == 1 and bare and verb(head) is None and english.as_noun(head) != "np"
    event = title[0] in ("the", "my", "our") and not (vocabulary.is_thing(head) or said) and head not in lex.SETTINGS
    event = event and clause_at(tuple(tokens), i + len(title) + 1)  # as in "The penguin parade: ten penguins walk"
    sums_up = _sums_up(tuple(tokens), title, i + len(title) + 1)  # as in "Old friends: a man and a woman meet"
    return i + len(title) + 1 if named or alone or event or sums_up else i


def _sums_up(tokens: Tokens, title: Sequence[str], i: int) -> bool:
    """Whether a few words before a colon are no thing of their own, as new things of other kinds are told after it."""
    head = title[-1]
    tells = lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.DETERMINERS | lex.NUMBERS.keys()
    plain = len(title) <= 3 and tells.isdisjoint(title)
    if not plain or title[0].endswith("ing") or vocabulary.find_setting(head) or head in lex.SETTINGS or title[-1] == "vs":
        return False
    if not plural(head) and (vocabulary.is_thing(head) or english.as_noun(head) in ("nt", "np", "")):
        return False
    new = noun_phrase(tokens, i) if match(tokens, i, "a|an|two|three|four|five") else None
    told = new.noun.split()[-1] if new is not None and new.noun else ""
    return bool(told) and told not in (head, singular(head)) and told not in lex.BODY | lex.PARTS


def arrangement(tokens: Tokens) -> tuple[int, str]:
    """After "left to right:", which says how what follows stands: the position and the side that comes first."""
    hit = match(tokens, 0, "from?", "left|right", "to", "left|right", ":")
    return (hit[0], hit[1][1]) if hit and hit[1][1] != hit[1][3] else (0, "")
