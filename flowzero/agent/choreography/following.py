"""Who comes behind another, and the room that who leads leaves for it."""

from __future__ import annotations

import math

from flowzero.agent.bonds import crew
from flowzero.agent.choreography.crossing import treads
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.choreography.ways import outside, refitted, setting_out, straight, trail
from flowzero.agent.placing import within
from flowzero.agent.promises import Approach, At, Carries, Compared, Follows, Journey, Passes, Reading
from flowzero.dss import Object

_GAP = 0.03
_SHORT = 0.28
"""How far one goes to a thing who has others behind, so that they are seen."""
_TURNS = tuple(k / 16 for k in range(17))
"""When the path of who follows a winding path is told."""


def leads(sketch: Sketch) -> bool:
    """Whether another follows it, or one that it carries."""
    follows = [promise for promise in sketch.reading.promises if isinstance(promise, Follows)]
    return bool(follows) and bool({promise.other for promise in follows} & set(crew(sketch.reading, sketch.thing)))


def races(reading: Reading, thing: str) -> bool:
    """Whether it overtakes another, or is overtaken."""
    pairs = {frozenset((p.thing, p.other)) for p in reading.promises if isinstance(p, Compared) and p.aspect == "speed"}
    return any(
        isinstance(p, Passes) and thing in (p.thing, p.other) and frozenset((p.thing, p.other)) in pairs
        for p in reading.promises
    )


def rivals(reading: Reading, thing: str) -> list[str]:
    """Those that it is faster or slower than on the same way, rather than on its heels or coming its way."""
    told = [
        p for p in reading.promises if p.kind in ("following", "opposition", "meeting", "carrying") or isinstance(p, Passes)
    ]
    apart = {frozenset((p.thing, p.other)) for p in told}
    pairs = [(p.thing, p.other) for p in reading.promises if isinstance(p, Compared) and p.aspect == "speed"]
    return [b if thing == a else a for a, b in pairs if thing in (a, b) and frozenset((a, b)) not in apart]


def make_room(sketch: Sketch) -> None:
    """Let a leader start far enough from the edge for those who follow it; who is overtaken keeps to the middle.

    Who leads others out of the picture goes on until they are out too.
    """
    if _overtaken(sketch):
        far = max((abs(x - 0.5) for _, x, _, _ in sketch.points), default=0.0)
        part = min(1.0, max(0.25, 0.08 / far)) if far else 1.0  # little, but enough to be seen
        sketch.points = [(t, 0.5 + (x - 0.5) * part, y, scale) for t, x, y, scale in sketch.points]
    ahead, tail = _ahead(sketch), _tail(sketch, leaving=False)
    if len(sketch.points) < 2 or not (ahead or tail):
        return
    (_, x0, y0, _), (_, x1, y1, _) = sketch.points[0], sketch.points[-1]
    if goal := _goal(sketch):
        begun = x1 - math.copysign(min(abs(x1 - x0), _SHORT), x1 - x0)
        sketch.points = (
            refitted(sketch.points, (begun, y0), (x1, y1)) if tail and goal == 1 and not sketch.together else sketch.points
        )
        return
    upright = abs(y1 - y0) > abs(x1 - x0)
    if max(abs(x1 - x0), abs(y1 - y0)) < 0.1 or (upright and sketch.at.grounded):
        return
    half = (sketch.at.h if upright else sketch.at.w) / 2
    start, end = (y0, y1) if upright else (x0, x1)
    forward = end > start
    start, end = (start, end) if forward else (1 - start, 1 - end)
    gone, comes = outside(sketch, sketch.points[-1]), outside(sketch, sketch.points[0])
    inside = 0.98 - half - ahead
    last = 1.01 + half + ahead + _tail(sketch, leaving=True) if gone else inside
    room = min(tail + half + 0.02, inside - 0.2)
    first = start if comes else room if gone else max(room, last - abs(end - start))
    ends = (first, last) if forward else (1 - first, 1 - last)
    fitted = [(x0, ends[0]), (x1, ends[1])] if upright else [(ends[0], y0), (ends[1], y1)]
    sketch.points = refitted(sketch.points, *fitted)


def _goal(sketch: Sketch) -> int:
    """In how many steps its way leads up to a thing, wherever that leaves those who follow; 0 if it does not end there."""
    ways = [p.steps for p in sketch.reading.promises if isinstance(p, Journey) and p.thing == sketch.thing]
    return max((len(steps) for steps in ways if isinstance(steps[-1], Approach) and not steps[-1].away), default=0)


def follow(sketch: Sketch, promise: Follows, start: float, end: float) -> list[Point] | None:
    """Behind the leader, or the last of them, on the same path."""
    leaders = sketch.placed.get(promise.other, ())
    if not leaders:
        return None
    ux, uy = setting_out(leaders[0])
    leader = min(leaders, key=lambda item: ux * item.box_at(0).cx + uy * item.box_at(0).cy)
    first = leader.box_at(0)
    if not (ux or uy) or not 0.8 < leader.path[-1].box.w / first.w < 1.25:
        return _beside(sketch, leader)
    back = _clear((ux, uy), (sketch.at.w + first.w) / 2, (sketch.at.h + first.h) / 2) + _GAP
    back += sketch.member * _clear((ux, uy), _apart(sketch.at.w, sketch.count), sketch.at.h)
    level = abs(uy) < 0.5
    foot = first.y + first.h - sketch.at.h / 2 if treads(sketch.reading, promise.other) else sketch.at.y
    lift = (foot - first.cy + sketch.nudge[1] + 0.03 * (sketch.member % 2)) if level else 0.0
    held = sketch.at.grounded and foot == sketch.at.y and not sketch.stance_of(promise.other).grounded
    least, most = 0.2 * sketch.at.w, 1 - 0.2 * sketch.at.w
    times = {key.t for key in leader.path} | (set() if straight(leader) else set(_TURNS))
    points = []
    for t, x, y in trail(leader, back, sorted(times)):
        squeezed = 0 <= leader.box_at(t).cx <= 1 and not sketch.member
        here = min(max(x, least), most) if squeezed else x  # where there is no room, it begins half in the picture
        points.append((t, here + sketch.nudge[0], sketch.at.y if held else y + lift, 1.0))
    return points


def _clear(way: tuple[float, float], w: float, h: float) -> float:
    """How far along a way two come clear of each other that are so wide and so high."""
    return min(size / abs(part) for part, size in zip(way, (w, h), strict=True) if part)


def _beside(sketch: Sketch, leader: Object) -> list[Point]:
    """Beside a leader that comes nearer or goes away along the line of sight, and a little behind it."""
    first, last = leader.box_at(0), leader.path[-1].box
    side = -1 if first.cx >= 0.5 else 1
    behind = 0.03 if last.w < first.w else -0.03  # nearer to the viewer than who goes away
    points = []
    for key in leader.path:
        scale = key.box.w / first.w
        aside = side * ((key.box.w + sketch.at.w * scale) / 2 + _GAP) * (1 + sketch.member)
        y = key.box.y + key.box.h + behind * scale - sketch.at.h * scale / 2
        points.append((key.t, within(key.box.cx + aside, sketch.at.w * scale), y, scale))
    return points


def _overtaken(sketch: Sketch) -> bool:
    """Whether another overtakes it, so that it leaves room before and behind it."""
    passers = [p for p in sketch.reading.promises if isinstance(p, Passes) and p.other == sketch.thing != p.thing]
    return bool(passers) and races(sketch.reading, sketch.thing)


def _apart(w: float, count: int) -> float:
    """How far several that follow one go from each other: one behind another, closer where there are many."""
    return min(0.85 * w, 0.5 / max(1, count - 1))


def _ahead(sketch: Sketch) -> float:
    """The length of what it pushes."""
    pushed = [p for p in sketch.reading.promises if isinstance(p, Carries) and p.other == sketch.thing and p.how == "pushed"]
    return max((sketch.stance_of(promise.thing).w for promise in pushed), default=0.0)


def _tail(sketch: Sketch, *, leaving: bool) -> float:
    """The length of all who follow a thing or what it bears, and of who follow those; with `leaving`, if they leave too."""
    return _tail_of(sketch.thing, sketch, (), leaving=leaving)


def _tail_of(leader: str, sketch: Sketch, before: tuple[str, ...], *, leaving: bool) -> float:
    reading, longest = sketch.reading, 0.0
    names = [name for name in crew(reading, leader) if name not in before]
    for promise in reading.promises:
        if not isinstance(promise, Follows | Carries) or (isinstance(promise, Carries) and promise.how != "pulled"):
            continue
        if promise.other not in names or promise.thing in (*names, *before):
            continue
        thing = reading.thing(promise.thing)
        if leaving and not (isinstance(promise, Carries) or _leaves(reading, thing.id)):
            continue
        w = sketch.stance_of(thing.id).w
        own = w + _GAP + (thing.count - 1) * _apart(w, thing.count)
        longest = max(longest, own + _tail_of(thing.id, sketch, (*before, *names), leaving=leaving))
    return longest


def _leaves(reading: Reading, thing: str) -> bool:
    """Whether its way is told to end beyond an edge of the picture."""
    ways = [promise.steps[-1] for promise in reading.promises if isinstance(promise, Journey) and promise.thing == thing]
    return any(isinstance(step, At) and step.place.off and not step.start for step in ways)
