"""Wishes about the picture as a whole: what the camera follows, and where it all happens."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.wishes.naming import Scene, Tokens, named
from flowzero.agent.wishes.wish import Found, Wish
from flowzero.agent.wishes.words import idle, praise

_STAYS = "stay|stays|stick|sticks|keep|keeps|go|goes|follow|follows|following|track|remain|fixed|on|focus|move|moves"


def filmed(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "keep the camera on the raft", "the camera should stick with it", "follow the yellow car"."""
    hit = (
        match(body, 0, "keep|hold|fix|leave|point", "the?", "camera|cam", "fixed|focused?", "on|with|at")
        or match(
            body, 0, "have|let|make|with|and?", "the?", "camera|cam", "should|must|could|can|to|needs|has?", "to?", "always?",
            _STAYS, "fixed|focused|going|up|down|along?", "with|on|to|at|after?",
        )
        or (match(body, 0, "follow|track", "along?") if scene.first else None)
        or match(body, 0, "camera|cam", "on")
    )  # fmt: skip
    who = named(scene, body, hit[0]) if hit is not None else None
    if who is None or who.fresh:
        return None
    rest = match(body, who.end, "with", "the|a|your?", "camera|cam") or match(body, who.end, "as", "it|they", "*")
    if not idle(body, rest[0] if rest else who.end):
        return None
    if (
        body[0].low in ("follow", "track")
        and scene.current
        and set(who.ids) == set(scene.current)
        and len(scene.dss.objects) > 1
        and not rest
        and who.article == "it"
    ):
        return None
    noun = scene.dss.object(who.ids[0]).phrase
    return [Wish(who.ids, command=f"let the camera follow the {_bare(noun)}", key="camera")]


def _bare(phrase: str) -> str:
    words = phrase.split()
    return " ".join(words[1:] if words[0].lower() in lex.DETERMINERS else words)


_TIMES = frozenset(["night", "sunset", "sunrise", "dusk", "dawn", "winter", "autumn", "summer", "spring"])
_AT = "at|in|on|over|under|by|inside|to"


def settled(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:  # noqa: PLR0911
    """As in "at night please", "autumn would be pretty", "it all happens at the beach", "in the mountains"."""
    if not free:
        return None
    led = (
        match(
            body, 0, "set|stage|put|place|move|have|let|make?", "it|this|everything|that|all?", "all|this|whole?",
            "thing|scene?",
            "happens|happen|happening|plays|play|takes|take|should|be|is|set|'s?", "place|be|happen|set?", _AT,
        )
        or match(body, 0, _AT) or match(body, 0, "make|it|weather?", "it|is|'s|should?", "be?")
    )  # fmt: skip
    if led is None:
        return None
    phrase = noun_phrase(body, led[0])
    if phrase is None or not phrase.noun or named(scene, body, led[0]) is not None:
        return None
    head = phrase.noun.split()[-1]
    placed = bool(led[1]) and led[1][-1] in _AT.split("|")
    timely = head in _TIMES
    known = head in lex.SETTINGS or vocabulary.find_setting(phrase.noun) is not None
    if not (timely or known) or (not placed and not timely and (not wished or head in lex.OBJECTS_TOO)) or phrase.count:
        return None
    end = phrase.end
    if not (idle(body, end) or praise(body, end) or _round_them(body, end)):
        return None
    words = [token.low for token in body[phrase.start : phrase.end]]
    if timely and len([word for word in words if word not in lex.DETERMINERS]) == 1:
        return [Wish((), command=f"make it {head}", key="setting")]
    if timely and not placed:
        return [Wish((), command=f"change the setting to {' '.join(words)}", key="setting")]
    return [Wish((), command=f"change the setting to {' '.join(words)}", key="setting")]


def _round_them(body: Tokens, i: int) -> bool:
    hit = match(body, i, "around|behind|as", "it|them|the|a", "all|place|setting|background|backdrop|scene?")
    return hit is not None and idle(body, hit[0])
