"""What two things do that are alike, or that are there already: pairs, twins, and what "they" do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.planner.pen import ACROSS, ANY, HEADINGS, MOVERS, OPPOSITE, THINGS, Draw, Line, Pen


def tied(tie: str, a: Sequence[str], b: Sequence[str]) -> Draw:
    """One has to do with the other."""
    return lambda _: ({"a": a, "b": b}, {"a": {"rel": tie, "of": "b"}}, {})


def both(pen: Pen) -> Any:
    way = pen.one(HEADINGS[:8])
    pool = MOVERS if way in ACROSS else ("flier",)
    return {"a": pool, "b": pool}, {"a": {"do": [way]}, "b": {"do": [way]}}, {"heading": pen.said("headings", way)}


def paired(tie: str) -> Draw:
    return lambda _: ({"a": MOVERS}, {"a": {"rel": tie, "of": "a"}}, {})


def two_ways(pen: Pen) -> Any:
    way = pen.one(HEADINGS[:8])
    slots = {"heading": pen.said("headings", way), "opposite": pen.said("headings", OPPOSITE[way])}
    pool = MOVERS if way in ACROSS else ("flier",)
    return {"a": pool, "b": pool}, {"a": {"do": [way]}, "b": {"do": [OPPOSITE[way]]}}, slots


def one_stays(pen: Pen) -> Any:
    way = pen.one(ACROSS)
    slots = {"heading": pen.said("headings", way)}
    return {"a": MOVERS, "b": MOVERS}, {"a": {"do": [way]}, "b": {"do": ["rest"]}}, slots


def sides(pen: Pen) -> Any:
    facing = OPPOSITE | {"top": "bottom", "bottom": "top"}
    first = pen.one(("left", "right", "top", "bottom"))
    second = facing[first]
    pool = THINGS if first in ACROSS else ("flier", "sky")
    slots = {"place": pen.said("places", first), "place2": pen.said("places", second)}
    return {"a": pool, "b": pool}, {"a": {"at": first}, "b": {"at": second}}, slots


def colours(pen: Pen) -> Any:
    """Two that are alike but for their colours: "two kites, one red, one blue"."""
    one, two = pen.rng.sample(pen.words.colours.pick(pen.part), 2)
    way, side = pen.one(HEADINGS[:8]), pen.one(ACROSS)
    slots = {"ca": one, "cb": two, "heading": pen.said("headings", way), "opposite": pen.said("headings", OPPOSITE[way])}
    slots |= {"place": pen.said("places", side), "place2": pen.said("places", OPPOSITE[side])}
    lines: dict[str, Line] = {"a": {}, "b": {}}
    pool: Sequence[str] = MOVERS if way in ACROSS else ("flier",)
    if pen.has("{heading}"):
        lines["a"]["do"] = [way]
        if pen.has("both", "{opposite}"):
            lines["b"]["do"] = [way if pen.has("both") else OPPOSITE[way]]
        if pen.has("stay", "still"):
            lines["b"]["do"] = ["rest"]
    elif pen.has("{place}"):
        pool, lines = THINGS, {"a": {"at": side}, "b": {"at": OPPOSITE[side]}}
    elif pen.has("{than}"):
        tie = pen.one(("bigger than", "smaller than"))
        slots["than"], lines["a"] = pen.said("than", tie), {"rel": tie, "of": "b"}
    return {"a": pool, "b": pool}, lines, slots


def swap(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    other = OPPOSITE[side]
    lines = {"a": {"do": [f"at {side}", f"at {other}"]}, "b": {"do": [f"at {other}", f"at {side}"]}}
    return {"a": MOVERS, "b": MOVERS}, lines, {"side": side, "other": other}


def _both_of(**line: Any) -> Draw:
    return lambda _: ({"a": ANY, "b": ANY}, {"a": dict(line), "b": dict(line)}, {})


JOINT: Mapping[str, Draw] = {
    "they both": both,
    "they meet": tied("meets", MOVERS, MOVERS),
    "they part": tied("parts from", MOVERS, MOVERS),
    "they rest": _both_of(do=["rest"]),
    "they swap": swap,
}
"""What two things that are there do together, told of "they"."""
