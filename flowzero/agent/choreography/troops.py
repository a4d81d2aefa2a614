"""Several that move alike keep together: they go as one, each in a place of its own, all at one pace.

A troop may be several of one kind ("three dogs"), or things that are told the same ("a cat and a dog run to the right").
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.placing import YOUNG, Stance
from flowzero.agent.promises import Camera, Compared, Go, Journey, Moves, Promise, Reading, Relation, Stays, Trace
from flowzero.agent.remembered import remembered
from flowzero.dss import Box, Keyframe

_APART = frozenset({"opposition", "meeting", "following", "carrying", "relation"})
"""Promises that give each of several a way of its own."""
_CLOSE = 0.95
"""How near, in widths, neighbours in a row come to each other."""


class _Formation(NamedTuple):
    """How a troop stands: one member's stance, its place about the middle of them all, and the size of all together."""

    small: Stance
    place: tuple[float, float]
    w: float
    h: float
    low: float
    """How far below the middle the lowest of them stands."""


@remembered
def company(reading: Reading, thing: str) -> tuple[str, ...]:
    """The things that move just as this one, in the order of the prompt, itself among them; none if it does not move."""
    own = _way(reading, thing)
    if own is None:
        return ()
    return tuple(other.id for other in reading.things if other.id == thing or _way(reading, other.id) == own)


@remembered
def _way(reading: Reading, thing: str) -> frozenset[str] | None:
    """What is told of a thing's motion, without its name; None if that is nothing, or has to do with another thing."""
    mine: list[Promise] = []
    for promise in reading.promises:
        near = isinstance(promise, Relation) and promise.relation == "near" and thing in (promise.thing, promise.other)
        if near and isinstance(promise, Relation) and _goes(reading, promise.thing) == _goes(reading, promise.other):
            continue  # side by side, as in "walks with his dog"
        names = {getattr(promise, name, None) for name in ("other", "second", "first")}
        if thing in names or (getattr(promise, "thing", None) == thing and promise.kind in _APART):
            return None
        if getattr(promise, "thing", None) == thing and not isinstance(promise, Camera | Compared):
            mine.append(promise)
    steps = [step for promise in mine if isinstance(promise, Journey) for step in promise.steps]
    if any(step.kind == "beside" and step.relation in ("on", "inside", "near") for step in steps):
        return None
    if any(isinstance(step, Trace) and step.pattern == "circle" for step in steps):
        return None
    told = [promise for promise in mine if promise.kind in ("journey", "moves", "passing", "position", "appearance")]
    if not any(promise.kind in ("journey", "moves", "passing") for promise in told):
        return None
    return frozenset(promise.model_dump_json(exclude={"thing"}) for promise in told)


def _goes(reading: Reading, thing: str) -> frozenset[str]:
    """What is told of where a thing goes, without its name."""
    told = [p for p in reading.promises if isinstance(p, Journey | Moves) and p.thing == thing]
    return frozenset(promise.model_dump_json(exclude={"thing"}) for promise in told)


def troop(sketch: Sketch) -> Sketch | None:
    """The sketch of all who move alike as one box; `together` is set. None for who moves alone."""
    mates = company(sketch.reading, sketch.thing)
    if sketch.together or not mates or _size(sketch.reading, mates) == 1:
        return None
    form = _formation(sketch, mates)
    at = Stance(form.w, form.h, form.small.y - (form.low if form.small.grounded else 0.0), form.small.grounded)
    return replace(sketch, at=at, x=sketch.x - form.place[0], member=0, together=True, points=[])


def member_of(sketch: Sketch, path: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    """The path of one member, given the path of all as one box."""
    small, (dx, dy), width, _, _ = _formation(sketch, company(sketch.reading, sketch.thing))
    found = []
    for key in path:
        scale = key.box.w / width
        w, h = small.w * scale, small.h * scale
        x, y = key.box.cx + dx * scale - w / 2, key.box.cy + dy * scale - h / 2
        found.append(Keyframe(t=key.t, box=Box(x=round(x, 4), y=round(y, 4), w=round(w, 4), h=round(h, 4))))
    return tuple(found)


def _size(reading: Reading, mates: tuple[str, ...]) -> int:
    return sum(reading.thing(item_id).count for item_id in mates)


def _room(sketch: Sketch) -> float:
    """How broad they may be all together: little where the way leads across, much where it leads up or down."""
    mine = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    steps = [step for promise in mine if isinstance(promise, Journey) for step in promise.steps]
    if any(isinstance(promise, Stays) and promise.place.x for promise in mine):
        return 0.4
    if any(isinstance(promise, Moves) and promise.across for promise in mine):
        return 0.58
    if any(promise.kind == "passing" for promise in mine):
        return 0.5
    upright = [step for step in steps if isinstance(step, Go) and step.heading in ("up", "down", "towards", "away")]
    wavy = [step for step in steps if isinstance(step, Trace) and step.pattern != "side-to-side"]
    if steps and len(upright) + len(wavy) == len(steps):
        return 0.8
    if any(step.kind == "approach" for step in steps):
        return 0.5
    return 0.5 if any(step.kind == "at" for step in steps) else 0.64


def _formation(sketch: Sketch, mates: tuple[str, ...]) -> _Formation:
    """How all of them stand: smaller where the row would be too long, in more rows where they would get too small."""
    reading, room = sketch.reading, _room(sketch)
    n = _size(reading, mates)
    widths = [w for name in mates for w in [_width(sketch, name)] * reading.thing(name).count]
    family = len(mates) > 1 and any(reading.thing(name).noun.split()[-1] in YOUNG for name in mates)
    rows = 1 if n <= 4 or (room > 0.7 and n <= 6) or (family and n <= 8) else 2 if n <= 14 else 3
    while not family and -(-n // rows) > 2 and _fitting(max(widths), _columns(n, rows), room) < 0.45:
        rows += 1
    form = _row(sketch, widths, max(room, 0.7) if family else room) if rows == 1 else _rows(sketch, max(widths), n, rows, room)
    places, shrink = form
    if family and _heading(sketch) > 0:
        places = [(-x, y) for x, y in places]  # the first one leads
    at = sketch.at
    small = Stance(at.w * shrink, at.h * shrink, at.y + at.h * (1 - shrink) / 2 if at.grounded else at.y, at.grounded)
    before = _size(reading, mates[: mates.index(sketch.thing)])
    low = max(y for _, y in places)
    w = 2 * max(abs(x) + shrink * wide / 2 for (x, _), wide in zip(places, widths, strict=True))
    return _Formation(small, places[min(before + sketch.member, n - 1)], w, small.h + 2 * low, low)


def _width(sketch: Sketch, name: str) -> float:
    return sketch.at.w if name == sketch.thing else sketch.stance_of(name).w


def _heading(sketch: Sketch) -> int:
    """1 where the way leads to the right, -1 to the left."""
    mine = [p for p in sketch.reading.promises if isinstance(p, Journey) and p.thing == sketch.thing]
    ways = [step.heading if isinstance(step, Go) else "" for journey in mine for step in journey.steps]
    return -1 if any("left" in way for way in ways[:1]) else 1


_Places = tuple[list[tuple[float, float]], float]
"""Where each stands about the middle of all, and how much smaller all are."""


def _row(sketch: Sketch, widths: list[float], room: float) -> _Places:
    """One beside another, each as broad as it is, with some air between them where there is room."""
    steps = [_CLOSE * (a + b) / 2 for a, b in pairwise(widths)]
    ends = (widths[0] + widths[-1]) / 2
    shrink = min(1.0, room / (sum(steps) + ends))
    air = min((1.7 if room > 0.7 else 1.15) / _CLOSE, (room / shrink - ends) / (sum(steps) or 1.0))
    xs = [0.0]
    for step in steps:
        xs.append(xs[-1] + step * air * shrink)
    stagger = 0.0 if sketch.at.grounded or room < 0.5 else 0.12 * sketch.at.h * shrink
    middle = (xs[-1] + (widths[-1] - widths[0]) * shrink / 2) / 2
    return [(x - middle, (-1) ** (k + 1) * stagger) for k, x in enumerate(xs)], shrink


def _rows(sketch: Sketch, wide: float, n: int, rows: int, room: float) -> _Places:
    """In rows that are set off against each other, all as broad as the broadest."""
    columns = _columns(n, rows)
    shrink = _fitting(wide, columns, room)
    step = min((1.7 if room > 0.7 else 1.15) * shrink * wide, (room - shrink * wide) / max(1.0, columns - 1))
    lift = (0.3 if sketch.at.grounded else 0.75) * sketch.at.h * shrink
    places = []
    for k in range(n):
        row, column = k % rows, k // rows
        many = -(-(n - row) // rows)
        aside = (row % 2 - 0.5) * 0.5 * step if rows > 1 and n % rows == 0 else 0.0
        places.append(((column - (many - 1) / 2) * step + aside, ((rows - 1) / 2 - row) * lift))
    return places, shrink


def _columns(n: int, rows: int) -> float:
    """How many stand beside each other; half a place more where the rows are set off against each other."""
    return -(-n // rows) + (0.5 if rows > 1 and n % rows == 0 else 0.0)


def _fitting(w: float, columns: float, room: float) -> float:
    """How much smaller, 1 at most, things of that width get for so many of them to stand in a row."""
    return min(1.0, room / (_CLOSE * (columns - 1) + 1) / w)
