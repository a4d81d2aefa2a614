"""What can happen in a training prompt: for each kind of event its things, what an outline says of them, and its words.

An event knows no sentence: those are in `templates/`, under the event's name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from training.planner import pairs
from training.planner.lexicon import Lexicon, Part
from training.planner.pairs import JOINT, both, tied
from training.planner.pen import (
    ACROSS,
    ANY,
    HEADINGS,
    LIVING,
    MOVERS,
    OPPOSITE,
    SPOTS,
    STANDING,
    THINGS,
    Draw,
    Event,
    Line,
    Pen,
)  # fmt: skip

MOVING = frozenset({"cross", "heading", "rise", "fall", "leg", "back", "appear", "approach", "through", "enter", "exit"})
"""Kinds of events that can come one after another."""


def draw(kind: str, rng: random.Random, words: Lexicon, part: Part = "train", template: str | None = None) -> Event:
    """An event of that kind, told by the given template or any."""
    template = template or rng.choice(words.templates[kind].pick(part))
    pen = Pen(rng, words, template, part)
    pools, lines, slots = (DRAW.get(kind) or JOINT[kind])(pen)
    if "{pace}" in template:
        pace = rng.choices(("", "slow", "fast", "any"), (14, 2, 2, 2))[0]
        slots["pace"] = f" {rng.choice(words.pace[pace].pick(part))}" if pace else ""
        if pace in ("slow", "fast"):
            lines.setdefault("a", {})["pace"] = pace
    return Event(kind, template, pools, lines, slots)


def _enter(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", OPPOSITE[side]]}}, {"side": side}


def _enterstop(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", "at middle", "rest"]}}, {"side": side}


def _exit(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"out {side}"]}}, {"side": side}


def _toplace(pen: Pen) -> Any:
    spot = pen.one(SPOTS)
    slots = {"place": pen.said("places", spot), "goal": pen.said("goals", spot)}
    return {"a": ("flier", "swimmer", "round", "walker")}, {"a": {"do": [f"at {spot}"]}}, slots


def _alone(pool: Sequence[str], **line: Any) -> Draw:
    return lambda _: ({"a": pool}, {"a": dict(line)}, {})


def _cross(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"at {side}", f"at {OPPOSITE[side]}"]}}, {"side": side, "other": OPPOSITE[side]}


def _through(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", f"out {OPPOSITE[side]}"]}}, {"side": side, "other": OPPOSITE[side]}


def _heading(pen: Pen) -> Any:
    way = pen.one(HEADINGS)
    pool = ("flier", "flier", "swimmer") if way not in ACROSS else MOVERS
    slots = {"heading": pen.said("headings", way), "wrong": pen.said("headings", OPPOSITE[way])}
    return {"a": pool}, {"a": {"do": [way]}}, slots


def _bend(pen: Pen) -> Any:
    first = pen.one(HEADINGS)
    second = pen.one([way for way in HEADINGS if way != first])
    slots = {"heading": pen.said("headings", first), "heading2": pen.said("headings", second)}
    return {"a": ("flier", "flier", "swimmer")}, {"a": {"do": [first, second]}}, slots


def _halt(pen: Pen) -> Any:
    way = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [way, "rest"]}}, {"heading": pen.said("headings", way)}


def _tour(pen: Pen, *, length: int = 3) -> Any:
    spots = pen.rng.sample(tuple(dict.fromkeys(SPOTS)), length)
    slots: dict[str, str] = {}
    for k, spot in enumerate(spots, start=1):
        slots |= {f"place{k}": pen.said("places", spot), f"goal{k}": pen.said("goals", spot)}
    return {"a": ("flier", "swimmer", "round", "walker")}, {"a": {"do": [f"at {spot}" for spot in spots]}}, slots


def _back(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [side, f"at {OPPOSITE[side]}"]}}, {"side": side, "other": OPPOSITE[side]}


_STILL = (
    "REST", "still", "stand", "stay", "motionless", "fixed", "static", "parked", "not move", "immobile", "stationary",
    "rooted", "put ", "remain", "unmoving", "not budge", "[sit]", "[wait]", "[rest]", "at rest", "not a twitch",
    "frozen", "holds",
)  # fmt: skip
"""What says of a thing that it does not move."""


def _restat(pen: Pen) -> Any:
    spot = pen.one(SPOTS)
    still = {"do": ["rest"]} if pen.has(*_STILL) else {}
    pool = ("flier", "sky", "thing") if "top" in spot else THINGS
    return {"a": pool}, {"a": {"at": spot, **still}}, {"place": pen.said("places", spot)}


def _beside(pen: Pen) -> Any:
    tie = pen.key("relation")
    upper = {"above": ("flier", "sky", "round"), "on": ("thing", "walker")}.get(tie, THINGS)
    lower = STANDING if tie in ("on", "above") else THINGS
    pools = {"a": lower, "b": upper} if tie == "below" else {"a": upper, "b": lower}
    pools = {"a": STANDING, "b": ("big", "sky")} if tie == "below" else pools
    still = {"do": ["rest"]} if pen.has("[REST]") else {}
    return pools, {"a": {**still, "rel": tie, "of": "b"}}, {"relation": pen.said("relation", tie)}


def _inside(pen: Pen) -> Any:
    still = {"do": ["rest"]} if pen.has("[REST]") else {}
    return (
        {"a": ("thing", "round", "walker"), "b": ("thing", "big", "vehicle")},
        {"a": {**still, "rel": "inside", "of": "b"}},
        {},
    )


def _between(pen: Pen) -> Any:
    still = {"do": ["rest"]} if pen.has("[REST]") else {}
    return {"a": THINGS, "b": THINGS, "c": THINGS}, {"a": {**still, "rel": "between", "of": "b", "and": "c"}}, {}


def _chase(pen: Pen) -> Any:
    way = pen.one(ACROSS)
    moves = {"do": [way]} if pen.has("{heading}") else {}
    lines = {"a": {**moves, "rel": "follows", "of": "b"}, "b": dict(moves)}
    return {"a": LIVING, "b": LIVING}, lines, {"heading": pen.said("headings", way)}


def _ride(pen: Pen) -> Any:
    way = pen.one(ACROSS)
    lines = {"a": {"rel": "rides", "of": "b"}, "b": {"do": [way if pen.has("{heading}") else "go"]}}
    return {"a": ("walker",), "b": ("walker", "vehicle")}, lines, {"heading": pen.said("headings", way)}


def _change(pen: Pen) -> Any:
    if not pen.has("{after}"):
        colour = pen.one(pen.words.colours.pick(pen.part))
        return {"a": ("thing", "flier", "round", "vehicle")}, {"a": {"turns": f"={colour}"}}, {"colour": colour}
    return {"a": ("walker", "thing", "round")}, {"a": {"turns": "*"}}, {}


def _appear(pen: Pen) -> Any:
    key = pen.key("late")
    line: Line = {"seen": [int(value) for value in key.split("-")]}
    slots = {"late": pen.said("late", key)}
    if pen.has("{place}"):
        line["at"] = pen.one(ACROSS)
        slots["place"] = pen.said("places", line["at"])
    return {"a": ANY}, {"a": line}, slots


def _vanish(pen: Pen) -> Any:
    key = pen.key("early")
    still = {"do": ["rest"]} if pen.has("[REST]") else {}
    return {"a": ANY}, {"a": {**still, "seen": [int(value) for value in key.split("-")]}}, {"early": pen.said("early", key)}


def _compare(pen: Pen) -> Any:
    tie = pen.one(("bigger than", "smaller than"))
    slots = {"than": pen.said("than", tie), "more": pen.said("more", tie)}
    return {"a": THINGS, "b": THINGS}, {"a": {"rel": tie, "of": "b"}}, slots


def _race(pen: Pen) -> Any:
    tie, way = pen.one(("faster than", "slower than")), pen.one(ACROSS)
    moves = [way if pen.has("{heading}") else "go"]
    slots = {"than": pen.said("than", tie), "rate": pen.said("rate", tie), "heading": pen.said("headings", way)}
    return {"a": MOVERS, "b": MOVERS}, {"a": {"do": moves, "rel": tie, "of": "b"}, "b": {"do": moves}}, slots


def _apart(pen: Pen) -> Any:
    way = pen.one(HEADINGS[:8])
    pool, other = (MOVERS if way in ACROSS else ("flier",)), OPPOSITE[way]
    slots = {"heading": pen.said("headings", way), "opposite": pen.said("headings", other)}
    return {"a": pool, "b": pool}, {"a": {"do": [way]}, "b": {"do": [other]}}, slots


def _vertical(pen: Pen, first: str, last: str = "") -> Any:
    """In or out at the top or bottom: "in {edge}" and the like, with words for where that is."""
    edge = pen.one(("top", "bottom"))
    other = {"top": "bottom", "bottom": "top"}[edge]
    acts = [act.format(edge=edge, other=other) for act in (first, last) if act]
    slots = {"from": pen.said("edges", f"from {edge}"), "out": pen.said("edges", f"out {edge}")}
    slots |= {"away": pen.said("edges", f"out {other}"), "edge": edge, "far": other}
    return {"a": ("flier", "round", "thing", "sky", "swimmer")}, {"a": {"do": acts}}, slots


def _risestop(pen: Pen) -> Any:
    pools, lines, slots = _vertical(pen, "in {edge}")
    return pools, {"a": {"do": [*lines["a"]["do"], "at middle", "rest"]}}, slots


def _stopover(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    out = side if pen.has("{same}") else OPPOSITE[side]
    return (
        {"a": MOVERS},
        {"a": {"do": [f"in {side}", "at middle", "rest", f"out {out}"]}},
        {"side": side, "other": out, "same": side},
    )


def _pause(pen: Pen) -> Any:
    way = pen.one(HEADINGS[:8])
    then = OPPOSITE[way] if pen.has("{opposite}") else way
    pool = MOVERS if way in ACROSS else ("flier", "flier", "swimmer")
    slots = {"heading": pen.said("headings", way), "opposite": pen.said("headings", then)}
    return {"a": pool}, {"a": {"do": [way, "rest", then]}}, slots


def _return(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    acts = [f"at {side}", f"at {OPPOSITE[side]}", f"at {side}"]
    return {"a": MOVERS}, {"a": {"do": acts}}, {"side": side, "other": OPPOSITE[side]}


def _tofro(pen: Pen) -> Any:
    side = pen.one(ACROSS)
    return {"a": MOVERS}, {"a": {"do": [side, OPPOSITE[side], side]}}, {"side": side, "other": OPPOSITE[side]}


def _glimpse(pen: Pen) -> Any:
    key = pen.key("span")
    start, end = key.split("-")
    told = pen.said("span", key)
    if 0 < int(start) < int(end) < 10 and pen.rng.random() < 0.5:
        told = pen.one((f"from {start}0% to {end}0% of the clip", f"between {start}0% and {end}0%", f"{start}0%-{end}0%"))
    return {"a": ANY}, {"a": {"seen": [int(start), int(end)]}}, {"span": told}


def _by(pen: Pen) -> Any:
    """On the move, and where to another thing."""
    way, tie = pen.one(ACROSS), pen.one(("above", "above", "below", "behind", "in front of"))
    pools = {
        "above": (("flier", "sky"), ("big", "vehicle", "walker")),
        "below": (("walker", "vehicle"), ("flier", "sky", "big")),
    }
    upper, lower = pools.get(tie, (MOVERS, ("big", "vehicle", "walker")))
    slots = {"heading": pen.said("headings", way), "relation": pen.said("relation", tie)}
    return {"a": upper, "b": lower}, {"a": {"do": [way], "rel": tie, "of": "b"}}, slots


def _alongside(pen: Pen) -> Any:
    """Past another, told by the other's sides."""
    side = pen.one(ACROSS)
    pools = {"a": MOVERS, "b": ("big", "thing", "vehicle", "walker")}
    return pools, {"a": {"do": [OPPOSITE[side]], "rel": "past", "of": "b"}}, {"side": side, "other": OPPOSITE[side]}


def _nested(pen: Pen) -> Any:
    spot, tie = pen.one(ACROSS), pen.one(("near", "near", "in front of", "behind", "on", "below"))
    slots = {"place": pen.said("places", spot), "relation": pen.said("relation", tie)}
    still = {"do": ["rest"]} if pen.has("[REST]") else {}
    return {"a": ("thing", "walker"), "b": ("big", "thing")}, {"a": {**still, "at": spot, "rel": tie, "of": "b"}}, slots


def _from_behind(_: Pen) -> Any:
    return {"a": ("sky", "flier", "round"), "b": ("big",)}, {"a": {"do": ["up"], "rel": "behind", "of": "b"}}, {}


DRAW: Mapping[str, Draw] = {
    "cross": _cross,
    "through": _through,
    "enter": _enter,
    "enterstop": _enterstop,
    "exit": _exit,
    "stopmid": _alone(MOVERS, do=["at middle", "rest"]),
    "toplace": _toplace,
    "inside": _inside,
    "heading": _heading,
    "rise": _alone(("flier", "flier", "round", "sky"), do=["up"]),
    "fall": _alone(("flier", "thing", "round", "sky"), do=["down"]),
    "bend": _bend,
    "halt": _halt,
    "moves": _alone(MOVERS, do=["go"]),
    "tour": _tour,
    "leg": lambda pen: _tour(pen, length=2),
    "back": _back,
    "bounce": _alone(("round", "round", "walker"), do=["bounce"]),
    "circle": _alone(("flier", "swimmer", "walker", "vehicle"), do=["circle"]),
    "orbit": tied("around", ("flier", "walker"), ("big", "thing", "sky")),
    "zigzag": _alone(MOVERS, do=["zigzag"]),
    "wander": _alone(("walker", "flier", "swimmer"), do=["wander"]),
    "sway": _alone(("flier", "thing", "walker"), do=["side to side"]),
    "updown": _alone(("flier", "round", "swimmer"), do=["up and down"]),
    "rest": _alone(THINGS, do=["rest"]),
    "just": _alone(ANY),
    "restat": _restat,
    "beside": _beside,
    "between": _between,
    "approach": tied("to", ("walker", "vehicle", "flier"), ("big", "thing", "walker")),
    "flee": tied("from", ("walker", "vehicle", "flier"), ("big", "thing", "walker")),
    "chase": _chase,
    "pass": tied("past", MOVERS, ("big", "thing", "vehicle")),
    "meet": tied("meets", MOVERS, MOVERS),
    "ride": _ride,
    "change": _change,
    "size": _alone(ANY, size="grows"),
    "shrink": _alone(ANY, size="shrinks"),
    "near": _alone(MOVERS, do=["near"]),
    "far": _alone(MOVERS, do=["far"]),
    "appear": _appear,
    "vanish": _vanish,
    "compare": _compare,
    "race": _race,
    "both": both,
    "apart": _apart,
    "comein": lambda pen: _vertical(pen, "in {edge}"),
    "goout": lambda pen: _vertical(pen, "out {edge}"),
    "updown through": lambda pen: _vertical(pen, "in {edge}", "out {other}"),
    "topdown": lambda pen: _vertical(pen, "at {edge}", "at {other}"),
    "risestop": _risestop,
    "stopover": _stopover,
    "pause": _pause,
    "return": _return,
    "tofro": _tofro,
    "glimpse": _glimpse,
    "pair meets": pairs.paired("meets"),
    "pair parts": pairs.paired("parts from"),
    "pair opposite": pairs.paired("opposite"),
    "part": tied("parts from", MOVERS, MOVERS),
    "opposite": tied("opposite", MOVERS, MOVERS),
    "twin ways": pairs.two_ways,
    "twin stays": pairs.one_stays,
    "twin sides": pairs.sides,
    "twin colours": pairs.colours,
    "swap": pairs.swap,
    "moving by": _by,
    "alongside": _alongside,
    "nested": _nested,
    "rise behind": _from_behind,
}
ALONE = ("stopmid",)
"""Kinds that only go on with what a thing did before."""
COMMON = (
    "cross", "heading", "heading", "rise", "fall", "moves", "just", "just", "rest", "rest", "restat", "restat",
    "beside", "beside", "tour", "leg", "appear", "enter", "exit", "bend", "halt", "approach", "chase", "change",
    "orbit", "comein", "goout", "topdown", "stopover",
)  # fmt: skip
"""Drawn more often than the others."""
MORE = (
    "rest", "rest", "heading", "heading", "rise", "fall", "halt", "exit", "exit", "stopmid", "stopmid", "bounce",
    "restat", "restat", "beside", "beside", "approach", "flee", "pass", "orbit", "change", "change", "size", "shrink",
    "appear", "vanish", "compare", "toplace", "chase", "circle", "zigzag", "cross", "back", "race", "moves", "inside",
    "ride", "between", "updown", "sway", "goout",
)  # fmt: skip
"""What can be said of a thing that is there already."""
THENS = frozenset(
    {"rest", "heading", "rise", "fall", "halt", "exit", "stopmid", "bounce", "circle", "back", "toplace", "bend", "goout"}
)
"""What a thing can do after something else."""
