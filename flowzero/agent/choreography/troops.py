"""Several that move alike keep together: they go as one, each in a place of its own, all at one pace."""

from __future__ import annotations

from dataclasses import replace

from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.placing import Stance
from flowzero.agent.promises import Go, Journey, Stays, Trace
from flowzero.dss import Box, Keyframe

_APART = frozenset({"opposition", "meeting", "following", "passing", "carrying", "relation"})
"""Promises that give each of several a way of its own."""
_CLOSE = 0.95
"""How near, in widths, neighbours in a row come to each other."""


def troop(sketch: Sketch) -> Sketch | None:
    """The sketch of all of a thing's objects as one box, if they move alike; `together` is set."""
    mine = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    kinds = {promise.kind for promise in mine}
    if sketch.together or sketch.count == 1 or not kinds & {"journey", "moves"} or kinds & _APART:
        return None
    steps = [step for promise in mine if isinstance(promise, Journey) for step in promise.steps]
    if any(step.kind == "beside" and step.relation in ("on", "inside", "near") for step in steps):
        return None
    if any(isinstance(step, Trace) and step.pattern == "circle" for step in steps):
        return None
    small, places = _formation(sketch, _room(sketch))
    w, h = small.w + 2 * max(x for x, _ in places), small.h + 2 * max(y for _, y in places)
    at = Stance(w, h, small.y - (max(y for _, y in places) if small.grounded else 0.0), small.grounded)
    own = places[min(sketch.member, len(places) - 1)]
    return replace(sketch, at=at, x=sketch.x - own[0], member=0, together=True, points=[])


def member_of(sketch: Sketch, path: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
    """The path of one member, given the path of all as one box."""
    small, places = _formation(sketch, _room(sketch))
    dx, dy = places[min(sketch.member, len(places) - 1)]
    width = small.w + 2 * max(x for x, _ in places)
    found = []
    for key in path:
        scale = key.box.w / width
        w, h = small.w * scale, small.h * scale
        x, y = key.box.cx + dx * scale - w / 2, key.box.cy + dy * scale - h / 2
        found.append(Keyframe(t=key.t, box=Box(x=round(x, 4), y=round(y, 4), w=round(w, 4), h=round(h, 4))))
    return tuple(found)


def _room(sketch: Sketch) -> float:
    """How far the first of a row may be from the last: little where the way leads across, much where it leads up or down."""
    mine = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    steps = [step for promise in mine if isinstance(promise, Journey) for step in promise.steps]
    if any(isinstance(promise, Stays) and promise.place.x for promise in mine):
        return 0.3
    upright = [step for step in steps if isinstance(step, Go) and step.heading in ("up", "down", "towards", "away")]
    wavy = [step for step in steps if isinstance(step, Trace) and step.pattern != "side-to-side"]
    return 0.74 if steps and len(upright) + len(wavy) == len(steps) else 0.44


def _formation(sketch: Sketch, room: float) -> tuple[Stance, list[tuple[float, float]]]:
    """The stance of one, smaller where the row would be too long, and each one's place about the middle of them all."""
    at, n = sketch.at, sketch.count
    rows = 1 if n <= 4 or (room > 0.5 and n <= 6) else 2 if n <= 14 else 3
    while rows < n and _fitting(at.w, -(-n // rows), room) < 0.5:
        rows += 1
    columns = -(-n // rows)
    shrink = _fitting(at.w, columns, room)
    w, h = at.w * shrink, at.h * shrink
    step = min(1.15 * w, (room - w / 2) / max(1, columns - 1))
    y = at.y + (at.h - h) / 2 if at.grounded else at.y
    lift = 0.3 * h if at.grounded else 0.75 * h
    places = []
    for k in range(n):
        row, column = k % rows, k // rows
        many = -(-(n - row) // rows)
        aside = (row % 2 - 0.5) * 0.5 * step if rows > 1 and n % 2 == 0 else 0.0
        places.append(((column - (many - 1) / 2) * step + aside, ((rows - 1) / 2 - row) * lift))
    stagger = 0.0 if rows > 1 or at.grounded or room < 0.5 else 0.12 * h
    places = [(x, dy + (stagger if k % 2 else -stagger)) for k, (x, dy) in enumerate(places)]
    return Stance(w, h, y, at.grounded), places


def _fitting(w: float, columns: int, room: float) -> float:
    """How much smaller, 1 at most, things of that width get for so many of them to stand in a row."""
    return min(1.0, room / (_CLOSE * (columns - 1) + 0.5) / w)
