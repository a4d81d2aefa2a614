"""Fixed phrases of time: "in the first half", "after two seconds", "halfway through", "at the end"."""

from __future__ import annotations

from typing import Literal, NamedTuple

from flowzero.agent.matching import Tokens, match, number
from flowzero.agent.promises import Window

_VIDEO = (
    "video|clip|animation|scene|film|shot|movie|sequence|footage|gif|time|duration|story|it|spot|ad|commercial|loop|reel|piece"
)


_END = 10_000.0
_UNITS = "seconds|second|sec|secs|s"


def length(tokens: Tokens, i: int) -> tuple[int, float] | None:
    """How long the video is said to be: "a 10 s clip", "duration: five seconds", "this four-second loop"."""
    told = (
        match(tokens, i, "a|this|the|one?", "#", "-?", _UNITS, "-?", "long?", _VIDEO.replace("time|", "").replace("it|", "")),
        match(tokens, i, "duration|length|runtime", ":|of|is|-|=?", "#", "-?", _UNITS),
        match(tokens, i, _VIDEO, "is|lasts|of|:", "#", "-?", _UNITS, "long?"),
    )
    for hit, at in zip(told, (1, 2, 2), strict=True):
        if hit is not None and (seconds := number(hit[1][at])):
            return hit[0], seconds
    return None


class Time(NamedTuple):
    """When: within the window, from its start on, until its end, at a moment (its start), or for as long as it lasts."""

    window: Window
    sense: Literal["span", "from", "until", "moment", "lasting"] = "span"
    """`lasting` says only how long, from when what happens before is over."""


def _of_video(tokens: Tokens, i: int) -> int:
    for slots in (("of", "the|this?", "whole|entire?", _VIDEO), ("of|in|into?", "the|this", _VIDEO), ("on|onwards|onward",)):
        if hit := match(tokens, i, *slots):
            return hit[0]
    return i


_LOT = {
    **dict.fromkeys(("half", "halves", "part", "portion"), 2),
    **dict.fromkeys(("third", "thirds", "section", "phase"), 3),
    **dict.fromkeys(("quarter", "quarters", "bit", "moment", "moments"), 4),
    "seconds": 4,
    "fifth": 5,
    "sixth": 6,
    "tenth": 10,
}


_ORDER = {
    "first": 0,
    "opening": 0,
    "former": 0,
    "early": 0,
    "initial": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
}


_LAST = ("last", "final", "latter", "closing", "later", "ending")


def time(tokens: Tokens, i: int) -> tuple[int, Time] | None:
    """When something happens."""
    for find in (_fraction, _percent, _waiting, _seconds, _ends, _halfway, _share, _throughout):
        if hit := find(tokens, i):
            return _of_video(tokens, hit[0]), hit[1]
    return None


def _fraction(tokens: Tokens, i: int) -> tuple[int, Time] | None:  # noqa: PLR0911
    hit = match(
        tokens, i, "only|just?", "in|during|for|within|throughout|over|on|until|till|after|from|by|come|through?",
        "only|just|about|around|roughly?", "the",
        "very?",
        "|".join((*_ORDER, *_LAST, "middle", "mid")), "#?", "|".join(_LOT),
    )  # fmt: skip
    if hit is None:
        return None
    end, words = hit
    order, many, lot = words[5], number(words[6]) or 1.0, words[7]
    n = _LOT[lot]
    if lot == "seconds" and (words[6] or order not in ("opening", "closing", "final", "last")):
        return None
    if order in ("middle", "mid"):
        span = (1 / 3, 2 / 3) if n <= 3 else (3 / 8, 5 / 8)
    elif order in _LAST:
        span = (1 - many / n, 1.0)
    else:
        k = _ORDER[order]
        if k >= n:
            return None
        span = (k / n, 1.0 if lot in ("part", "portion") and k else (k + many) / n)
    if words[1] in ("until", "till"):
        return end, Time(Window(start=0, end=span[0] or span[1]), "until")
    if words[1] == "after":
        return end, Time(Window(start=span[1] if span[1] < 1 else span[0], end=1), "from")
    if words[1] in ("from", "by", "come"):
        return end, Time(Window(start=span[0], end=1), "from")
    return end, Time(Window(start=span[0], end=span[1]))


def _percent(tokens: Tokens, i: int) -> tuple[int, Time] | None:
    """As in "at the 70% mark", "after 30 percent of the clip"."""
    if hit := match(tokens, i, "from|between?", "#", "%|percent?", "to|and|until|till|-|–", "#", "%|percent?"):
        start, end = ((number(hit[1][k]) or 0.0) / 100 for k in (1, 4))
        if 0 <= start < end <= 1 and (hit[1][4].endswith("%") or hit[1][5]):
            return hit[0], Time(Window(start=start, end=end))
    for slots in (("#",), ("#", "percent|%")):
        hit = match(tokens, i, "at|from|after|until|by|in", "about|around|roughly|the?", *slots, "mark|point?", "of|into?")
        if hit is None or not (len(slots) > 1 or hit[1][2].endswith("%")):
            continue
        part = min(max((number(hit[1][2]) or 0.0) / 100, 0.0), 1.0)
        of = match(tokens, hit[0], "the|this?", _VIDEO) if hit[1][-1] else None
        end = of[0] if of else hit[0]
        if hit[1][0] in ("until", "by"):
            return end, Time(Window(start=0, end=part), "until")
        return end, Time(Window(start=part, end=1), "moment" if hit[1][0] == "at" else "from")
    return None


def _seconds(tokens: Tokens, i: int) -> tuple[int, Time] | None:  # noqa: PLR0911
    unit = "seconds|second|sec|secs|s"
    if hit := match(tokens, i, "only|just?", "in|during|for|within|over?", "only?", "the", "first|last|final", "#?", unit):
        many = number(hit[1][5]) or 1.0
        window = Window(start=0, end=many, unit="seconds")
        if hit[1][4] != "first":
            window = Window(start=-many, end=_END, unit="seconds")
        return hit[0], Time(window)
    if hit := match(tokens, i, "at|after|from|until|till", "t", "=", "#", unit + "?"):
        moment = number(hit[1][3]) or 0.0
        if hit[1][0] in ("until", "till"):
            return hit[0], Time(Window(start=0, end=moment, unit="seconds"), "until")
        return hit[0], Time(Window(start=moment, end=_END, unit="seconds"), "moment" if hit[1][0] == "at" else "from")
    if hit := match(tokens, i, "from|between", "second|seconds", "#", "to|and|until|till", "second|seconds?", "#"):
        return hit[0], Time(Window(start=number(hit[1][2]) or 0, end=number(hit[1][5]) or 0, unit="seconds"))
    if hit := match(tokens, i, "from|between", "second?", "#", unit + "?", "to|and|until", "second?", "#", unit):
        return hit[0], Time(Window(start=number(hit[1][2]) or 0, end=number(hit[1][6]) or 0, unit="seconds"))
    if hit := match(
        tokens, i, "after|at|from|until|by", "about|around|roughly|exactly?", "the?", "second?", "#", "-?", unit + "?", "-?",
        "mark|point?",
    ):  # fmt: skip
        words = hit[1]
        if not (words[3] or words[6]) or (words[2] and not words[8]):
            return None
        moment = number(words[4]) or 0.0
        if words[0] == "until":
            return hit[0], Time(Window(start=0, end=moment, unit="seconds"), "until")
        return hit[0], Time(Window(start=moment, end=_END, unit="seconds"), "moment" if words[0] in ("at", "by") else "from")
    if hit := match(tokens, i, "#", unit, "in|into", "the|this?", "#?", "second|seconds|sec|s?", _VIDEO + "?"):
        return hit[0], Time(Window(start=number(hit[1][0]) or 0, end=_END, unit="seconds"), "moment")
    return None


def _waiting(tokens: Tokens, i: int) -> tuple[int, Time] | None:
    """How long something lasts or is waited for: "for two seconds", "after a second", "after the first two seconds"."""
    if hit := match(tokens, i, "after", "only?", "the", "first", "#?", _UNITS):
        return hit[0], Time(Window(start=number(hit[1][4]) or 1.0, end=_END, unit="seconds"), "from")
    if hit := match(tokens, i, "for|after", "about|around|only?", "half", "a", "second"):
        lasts = hit[1][0] == "for"
        window = Window(start=0 if lasts else 0.5, end=0.5 if lasts else _END, unit="seconds")
        return hit[0], Time(window, "lasting" if lasts else "from")
    if hit := match(tokens, i, "for", "about|around|roughly|exactly?", "#|a", "full|whole|long?", _UNITS):
        return hit[0], Time(Window(start=0, end=number(hit[1][2]) or 1.0, unit="seconds"), "lasting")
    hit = match(tokens, i, "#", _UNITS)
    if hit is not None and (not i or tokens[i - 1].word) and (hit[0] >= len(tokens) or tokens[hit[0]].low in ",.;)"):
        return hit[0], Time(Window(start=0, end=number(hit[1][0]) or 1.0, unit="seconds"), "lasting")  # as in "hold 2s"
    hit = match(tokens, i, "after", "about|around|just|only?", "a", "full|whole?", "second")
    if hit is not None and (hit[0] >= len(tokens) or not tokens[hit[0]].word or tokens[hit[0]].low in _GO_ON):
        return hit[0], Time(Window(start=1.0, end=_END, unit="seconds"), "from")
    return None


_GO_ON = frozenset(
    ["the", "a", "an", "it", "they", "he", "she", "this", "that", "and", "or", "so", "has", "have", "of", "in", "into", "from"]
) | frozenset(["to", "is", "are", "then", "its"])
"""What "a second" is no noun's number before, as it is in "after a second dog"."""


def _ends(tokens: Tokens, i: int) -> tuple[int, Time] | None:  # noqa: PLR0911
    hit = match(
        tokens, i, "only?", "at|in|from|by|towards|toward|near|until|till|after|around|during|right",
        "only|at|about|around|roughly?", "the",
        "very?",
        "beginning|start|outset|end|ending|close|finish|conclusion|middle|midpoint|half",
        "point?",
    )  # fmt: skip
    if hit is None:
        return None
    end, words = hit
    prep, name = words[1], words[5]
    after = tokens[end].low if end < len(tokens) else ""
    if after == "of" and _of_video(tokens, end) == end:
        return None
    if name == "midpoint":
        return None
    if name in ("middle", "half"):
        if _of_video(tokens, end) == end and prep not in ("until", "till", "after"):
            return None
        if prep in ("until", "till"):
            return end, Time(Window(start=0, end=0.5), "until")
        on = prep in ("from", "after") or match(tokens, _of_video(tokens, end), "on|onwards|onward")
        return end, Time(Window(start=0.5, end=1), "from") if on else Time(Window(start=1 / 3, end=2 / 3), "moment")
    if name in ("beginning", "start", "outset"):
        return end, Time(Window(start=0, end=1), "from") if prep == "from" else Time(Window(start=0, end=0.3), "moment")
    if prep in ("until", "till"):
        return end, Time(Window(start=0, end=1), "until")
    return end, Time(Window(start=0.7, end=1), "moment")


def _halfway(tokens: Tokens, i: int) -> tuple[int, Time] | None:  # noqa: PLR0911
    hit = match(tokens, i, "exactly|only?", _AT, "exactly|about|around|roughly?", "the?", _HALF, "point|mark|stage|time?")
    if hit and (
        hit[1][4] in ("midpoint", "mid-point", "half-time", "halftime", "mid-clip", "mid-video", "mid-film") or hit[1][5]
    ):
        return hit[0], _from(0.5, hit[1][1])
    if hit := match(tokens, i, "until|till|from|after|since", "halfway|midway", "through|into|in?", "the|this?", _VIDEO + "?"):
        return hit[0], _from(0.5, hit[1][0])
    if hit := match(tokens, i, "at|by|until|from", "mid", _VIDEO + "|song|scene|game|race|flight|story"):
        return hit[0], _from(0.5, hit[1][0])
    if hit := match(tokens, i, "half", "the|a", _VIDEO, "later|in"):
        return hit[0], Time(Window(start=0.5, end=1), "moment")
    hit = match(tokens, i, "about|around|exactly?", "halfway|midway|partway", "through|into|in?", "the|this?", _VIDEO + "?")
    hit = hit or match(tokens, i, "half", "way", "through|into|in?", "the|this?", _VIDEO + "?")
    if hit is None:
        return None
    if not hit[1][2] and not hit[1][-1] and match(tokens, hit[0], "across|up|down|to|along|over|between|behind|around"):
        return None
    return hit[0], Time(Window(start=0.5, end=1), "moment")


_AT = "at|by|until|till|from|after|past|around|since|come"
_HALF = "half|halfway|midway|midpoint|mid-point|half-way|mid|middle|half-time|halftime|mid-clip|mid-video|mid-film"


def _from(share: float, prep: str) -> Time:
    """From, until or at a moment, which is a share of the video."""
    if prep in ("until", "till"):
        return Time(Window(start=0, end=share), "until")
    return Time(Window(start=share, end=1), "from" if prep in ("from", "after", "past", "since") else "moment")


_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_ON = "on|onwards|onward"


def _share(tokens: Tokens, i: int) -> tuple[int, Time] | None:
    """As in "two thirds of the way through", "after three quarters", "a quarter in" and "till two thirds into the clip"."""
    said = match(tokens, i, "only|just?", f"{_AT}|about|some?", "about|around|roughly|some|nearly?", "#|a")
    name = tokens[said[0]].low.removesuffix("s") if said is not None and said[0] < len(tokens) else ""
    if said is None or name not in _PARTS:
        return None
    part = (number(said[1][3]) or 1.0) / _PARTS[name]
    if not 0 < part < 1:
        return None
    end, several, prep = said[0] + 1, tokens[said[0]].low.endswith("s"), said[1][1]
    for way in (
        ("of", "the|its", "way|time", "through|into|in|along?", "the|this?", _VIDEO + "?"),
        ("of", "the|this", _VIDEO, "through|in|gone|over|have|has?", "passed?"),
        ("through|into|in", "the|this|it", _VIDEO + "?"),
        ("have|has|is|are", "passed|elapsed|over|gone|done", "by?"),
    ):
        if hit := match(tokens, end, *way):
            return hit[0], _from(part, prep or "at")
    if hit := match(tokens, end, "through|in|into?", _ON + "?"):
        closed = hit[0] == len(tokens) or not tokens[hit[0]].word
        led = prep in ("at", "by", "until", "till", "from", "after", "past") or hit[1][0]
        if led and (closed or (several and hit[1][0] and not prep)):
            return hit[0], _from(part, prep or "at")
    return None


def _throughout(tokens: Tokens, i: int) -> tuple[int, Time] | None:
    hit = (
        match(tokens, i, "throughout|during|for|over", "the", "whole|entire|full?", _VIDEO)
        or match(tokens, i, "throughout|always")
        or match(tokens, i, "the", "whole|entire", "time|video|clip|scene")
        or match(tokens, i, "all", "the", "time|while")
        or match(tokens, i, "the", "entire|whole", "duration")
    )
    return (hit[0], Time(Window())) if hit else None
