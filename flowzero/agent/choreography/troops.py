"""Several that move alike keep together: they go as one, each in a place of its own, all at one pace.

A troop may be several of one kind ("three dogs"), or things that are told the same ("a cat and a dog run to the right").
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.placing import Stance, crowd_of, stance
from flowzero.agent.promises import Camera, Compared, Go, Journey, Moves, Promise, Reading, Relation, Stays, Trace
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


def company(reading: Reading, thing: str) -> tuple[str, ...]:
    """The things that move just as this one, in the order of the prompt, itself among them; none if it does not move."""
    own = _way(reading, thing)
    if own is None:
        return ()
    return tuple(other.id for other in reading.things if other.id == thing or _way(reading, other.id) == own)


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
    if any(promise.kind == "passing" for promise in mine):
        return 0.5
    upright = [step for step in steps if isinstance(step, Go) and step.heading in ("up", "down", "towards", "away")]
    wavy = [step for step in steps if isinstance(step, Trace) and step.pattern != "side-to-side"]
    if steps and len(upright) + len(wavy) == len(steps):
        return 0.8
    if any(step.kind == "approach" for step in steps):
        return 0.42
    return 0.5 if any(step.kind == "at" for step in steps) else 0.64


def _formation(sketch: Sketch, mates: tuple[str, ...]) -> _Formation:
    """How all of them stand: smaller where the row would be too long, in more rows where they would get too small."""
    reading, at, room = sketch.reading, sketch.at, _room(sketch)
    crowd = crowd_of(reading)
    n = _size(reading, mates)
    before = _size(reading, mates[: mates.index(sketch.thing)])
    wide = max([at.w, *(stance(reading.thing(name), reading, crowd).w for name in mates if name != sketch.thing)])
    rows = 1 if n <= 4 or (room > 0.7 and n <= 6) else 2 if n <= 14 else 3
    while -(-n // rows) > 2 and _fitting(wide, _columns(n, rows), room) < 0.45:
        rows += 1
    columns = _columns(n, rows)
    shrink = _fitting(wide, columns, room)
    small = Stance(at.w * shrink, at.h * shrink, at.y + at.h * (1 - shrink) / 2 if at.grounded else at.y, at.grounded)
    step = min((1.7 if room > 0.7 else 1.15) * shrink * wide, (room - shrink * wide) / max(1.0, columns - 1))
    lift = (0.3 if at.grounded else 0.75) * small.h
    stagger = 0.0 if rows > 1 or at.grounded or room < 0.5 else 0.12 * small.h
    places = []
    for k in range(n):
        row, column = k % rows, k // rows
        many = -(-(n - row) // rows)
        aside = (row % 2 - 0.5) * 0.5 * step if rows > 1 and n % rows == 0 else 0.0
        places.append(((column - (many - 1) / 2) * step + aside, ((rows - 1) / 2 - row) * lift + (-1) ** (k + 1) * stagger))
    low = max(y for _, y in places)
    w, h = shrink * wide + 2 * max(abs(x) for x, _ in places), small.h + 2 * low
    return _Formation(small, places[min(before + sketch.member, n - 1)], w, h, low)


def _columns(n: int, rows: int) -> float:
    """How many stand beside each other; half a place more where the rows are set off against each other."""
    return -(-n // rows) + (0.5 if rows > 1 and n % rows == 0 else 0.0)


def _fitting(w: float, columns: float, room: float) -> float:
    """How much smaller, 1 at most, things of that width get for so many of them to stand in a row."""
    return min(1.0, room / (_CLOSE * (columns - 1) + 1) / w)
