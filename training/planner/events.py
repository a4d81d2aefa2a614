"""What can happen in a training prompt: for each kind of event its things, what an outline says of them, and its words.

An event knows no sentence: those are in `templates/`, under the event's name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from training.planner.lexicon import Lexicon, Part

Line = dict[str, Any]
"""What an outline says of one thing, beside its phrase and number."""


class Event(NamedTuple):
    """One drawn event."""

    kind: str
    template: str
    pools: Mapping[str, Sequence[str]]
    """For each thing of the template, the kinds of nouns that may play it."""
    lines: dict[str, Line]
    slots: dict[str, str]


MOVERS = ("walker", "walker", "flier", "swimmer", "vehicle", "round")
LIVING = ("walker", "walker", "flier")
THINGS = ("thing", "thing", "big", "round", "vehicle", "walker")
STANDING = ("thing", "big")
ANY = ("walker", "flier", "swimmer", "vehicle", "round", "thing", "big")

_HEADINGS = ("left", "right", "left", "right", "left", "right", "up", "down", "up left", "up right", "down left", "down right")
_SPOTS = ("left", "right", "middle", "top left", "top right", "bottom left", "bottom right", "left", "right", "top", "bottom")
_ACROSS = ("left", "right")
_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"} | {
    "up left": "down right", "up right": "down left", "down left": "up right", "down right": "up left",
}  # fmt: skip
MOVING = frozenset({"cross", "heading", "rise", "fall", "leg", "back", "appear", "approach", "through", "enter", "exit"})
"""Kinds of events that can come one after another."""

Draw = Callable[["Pen"], tuple[dict[str, Sequence[str]], dict[str, Line], dict[str, str]]]


class Pen:
    """What drawing an event needs: randomness, words, and the template that was chosen."""

    def __init__(self, rng: random.Random, words: Lexicon, template: str, part: Part) -> None:
        self.rng, self.words, self.template, self.part = rng, words, template, part

    def one(self, values: Sequence[str]) -> str:
        return self.rng.choice(values)

    def said(self, table: str, key: str) -> str:
        """Words for a value, such as "on the left side" for the place "left"."""
        return self.one(self.words.phrases[table][key])

    def key(self, table: str) -> str:
        return self.one(list(self.words.phrases[table]))

    def has(self, *parts: str) -> bool:
        return any(part in self.template for part in parts)


def draw(kind: str, rng: random.Random, words: Lexicon, part: Part = "train", template: str | None = None) -> Event:
    """An event of that kind, told by the given template or any."""
    template = template or rng.choice(words.templates[kind].pick(part))
    pen = Pen(rng, words, template, part)
    pools, lines, slots = DRAW[kind](pen)
    if "{pace}" in template:
        pace = rng.choices(("", "slow", "fast", "any"), (14, 2, 2, 2))[0]
        slots["pace"] = f" {rng.choice(words.pace[pace].pick(part))}" if pace else ""
        if pace in ("slow", "fast"):
            lines.setdefault("a", {})["pace"] = pace
    return Event(kind, template, pools, lines, slots)


def _enter(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", _OPPOSITE[side]]}}, {"side": side}


def _enterstop(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", "at middle", "rest"]}}, {"side": side}


def _exit(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"out {side}"]}}, {"side": side}


def _toplace(pen: Pen) -> Any:
    spot = pen.one(_SPOTS)
    slots = {"place": pen.said("places", spot), "goal": pen.said("goals", spot)}
    return {"a": ("flier", "swimmer", "round", "walker")}, {"a": {"do": [f"at {spot}"]}}, slots


def _alone(pool: Sequence[str], **line: Any) -> Draw:
    return lambda _: ({"a": pool}, {"a": dict(line)}, {})


def _cross(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"at {side}", f"at {_OPPOSITE[side]}"]}}, {"side": side, "other": _OPPOSITE[side]}


def _through(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [f"in {side}", f"out {_OPPOSITE[side]}"]}}, {"side": side, "other": _OPPOSITE[side]}


def _heading(pen: Pen) -> Any:
    way = pen.one(_HEADINGS)
    pool = ("flier", "flier", "swimmer") if way not in _ACROSS else MOVERS
    return {"a": pool}, {"a": {"do": [way]}}, {"heading": pen.said("headings", way)}


def _bend(pen: Pen) -> Any:
    first = pen.one(_HEADINGS)
    second = pen.one([way for way in _HEADINGS if way != first])
    slots = {"heading": pen.said("headings", first), "heading2": pen.said("headings", second)}
    return {"a": ("flier", "flier", "swimmer")}, {"a": {"do": [first, second]}}, slots


def _halt(pen: Pen) -> Any:
    way = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [way, "rest"]}}, {"heading": pen.said("headings", way)}


def _tour(pen: Pen, *, length: int = 3) -> Any:
    spots = pen.rng.sample(tuple(dict.fromkeys(_SPOTS)), length)
    slots: dict[str, str] = {}
    for k, spot in enumerate(spots, start=1):
        slots |= {f"place{k}": pen.said("places", spot), f"goal{k}": pen.said("goals", spot)}
    return {"a": ("flier", "swimmer", "round", "walker")}, {"a": {"do": [f"at {spot}" for spot in spots]}}, slots


def _back(pen: Pen) -> Any:
    side = pen.one(_ACROSS)
    return {"a": MOVERS}, {"a": {"do": [side, f"at {_OPPOSITE[side]}"]}}, {"side": side, "other": _OPPOSITE[side]}


_STILL = (
    "REST", "still", "stand", "stay", "motionless", "fixed", "static", "parked", "not move", "immobile", "stationary",
    "rooted", "put ", "remain", "unmoving", "not budge", "[sit]", "[wait]", "[rest]", "at rest", "not a twitch",
    "frozen", "holds",
)  # fmt: skip
"""What says of a thing that it does not move."""


def _restat(pen: Pen) -> Any:
    spot = pen.one(_SPOTS)
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


def _tied(tie: str, a: Sequence[str], b: Sequence[str]) -> Draw:
    return lambda _: ({"a": a, "b": b}, {"a": {"rel": tie, "of": "b"}}, {})


def _chase(pen: Pen) -> Any:
    way = pen.one(_ACROSS)
    moves = {"do": [way]} if pen.has("{heading}") else {}
    lines = {"a": {**moves, "rel": "follows", "of": "b"}, "b": dict(moves)}
    return {"a": LIVING, "b": LIVING}, lines, {"heading": pen.said("headings", way)}


def _ride(pen: Pen) -> Any:
    way = pen.one(_ACROSS)
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
        line["at"] = pen.one(_ACROSS)
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
    tie, way = pen.one(("faster than", "slower than")), pen.one(_ACROSS)
    moves = [way if pen.has("{heading}") else "go"]
    slots = {"than": pen.said("than", tie), "rate": pen.said("rate", tie), "heading": pen.said("headings", way)}
    return {"a": MOVERS, "b": MOVERS}, {"a": {"do": moves, "rel": tie, "of": "b"}, "b": {"do": moves}}, slots


def _both(pen: Pen) -> Any:
    way = pen.one(_HEADINGS[:8])
    pool = MOVERS if way in _ACROSS else ("flier",)
    return {"a": pool, "b": pool}, {"a": {"do": [way]}, "b": {"do": [way]}}, {"heading": pen.said("headings", way)}


def _apart(pen: Pen) -> Any:
    way = pen.one(_HEADINGS[:8])
    pool, other = (MOVERS if way in _ACROSS else ("flier",)), _OPPOSITE[way]
    slots = {"heading": pen.said("headings", way), "opposite": pen.said("headings", other)}
    return {"a": pool, "b": pool}, {"a": {"do": [way]}, "b": {"do": [other]}}, slots


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
    "orbit": _tied("around", ("flier", "walker"), ("big", "thing", "sky")),
    "zigzag": _alone(MOVERS, do=["zigzag"]),
    "wander": _alone(("walker", "flier", "swimmer"), do=["wander"]),
    "sway": _alone(("flier", "thing", "walker"), do=["side to side"]),
    "updown": _alone(("flier", "round", "swimmer"), do=["up and down"]),
    "rest": _alone(THINGS, do=["rest"]),
    "just": _alone(ANY),
    "restat": _restat,
    "beside": _beside,
    "between": _between,
    "approach": _tied("to", ("walker", "vehicle", "flier"), ("big", "thing", "walker")),
    "flee": _tied("from", ("walker", "vehicle", "flier"), ("big", "thing", "walker")),
    "chase": _chase,
    "pass": _tied("past", MOVERS, ("big", "thing", "vehicle")),
    "meet": _tied("meets", MOVERS, MOVERS),
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
    "both": _both,
    "apart": _apart,
}
ALONE = ("stopmid",)
"""Kinds that only go on with what a thing did before."""
COMMON = (
    "cross", "heading", "heading", "rise", "fall", "moves", "just", "just", "rest", "rest", "restat", "restat",
    "beside", "beside", "tour", "leg", "appear", "enter", "exit", "bend", "halt", "approach", "chase", "change",
    "orbit",
)  # fmt: skip
"""Drawn more often than the others."""
MORE = (
    "rest", "rest", "heading", "heading", "rise", "fall", "halt", "exit", "exit", "stopmid", "stopmid", "bounce",
    "restat", "restat", "beside", "beside", "approach", "flee", "pass", "orbit", "change", "change", "size", "shrink",
    "appear", "vanish", "compare", "toplace", "chase", "circle", "zigzag", "cross", "back", "race", "moves", "inside",
    "ride", "between", "updown", "sway",
)  # fmt: skip
"""What can be said of a thing that is there already."""
THENS = frozenset({"rest", "heading", "rise", "fall", "halt", "exit", "stopmid", "bounce", "circle", "back", "toplace", "bend"})
"""What a thing can do after something else."""
