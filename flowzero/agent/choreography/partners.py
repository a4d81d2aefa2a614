"""Promises about two things that give one of them its whole path: behind, with, past, towards or against the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from flowzero import vocabulary
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.placing import beside, crowd_of, stance, within
from flowzero.agent.promises import Beside, Carries, Compared, Follows, Go, Journey, Meets, Opposed, Passes, Reading
from flowzero.dss import Box, Object

_ALOFT = frozenset(["umbrella", "balloon", "kite", "flag", "torch", "lantern", "sign", "parasol"])
"""What is held up rather than before one."""


def leads(sketch: Sketch) -> bool:
    """Whether another follows it."""
    return any(isinstance(promise, Follows) and promise.other == sketch.thing for promise in sketch.reading.promises)


def races(reading: Reading, thing: str) -> bool:
    """Whether it overtakes another, or is overtaken."""
    pairs = {frozenset((p.thing, p.other)) for p in reading.promises if isinstance(p, Compared) and p.aspect == "speed"}
    return any(
        isinstance(p, Passes) and thing in (p.thing, p.other) and frozenset((p.thing, p.other)) in pairs
        for p in reading.promises
    )


def _overtaken(sketch: Sketch) -> bool:
    """Whether another overtakes it, so that it leaves room before and behind it."""
    passers = [p for p in sketch.reading.promises if isinstance(p, Passes) and p.other == sketch.thing != p.thing]
    return bool(passers) and races(sketch.reading, sketch.thing)


def _apart(sketch: Sketch) -> float:
    """How far several that follow one go from each other: one behind another, closer where there are many."""
    return min(0.85 * sketch.at.w, 0.5 / max(1, sketch.count - 1))


def make_room(sketch: Sketch) -> None:
    """Let a leader start far enough from the edge for those who follow it; who is overtaken keeps to the middle."""
    if _overtaken(sketch):
        sketch.points = [(t, 0.5 + (x - 0.5) * 0.25, y, scale) for t, x, y, scale in sketch.points]
    ahead = _ahead(sketch)
    if not leads(sketch) and not ahead and not _tail(sketch.thing, sketch, ()):
        return
    start = sketch.points[0][1] if sketch.points else 0.0
    way = sketch.points[-1][1] - start if sketch.points else 0.0
    if abs(way) < 0.1:
        return
    tail = _tail(sketch.thing, sketch, ())
    last = 0.98 - sketch.at.w / 2 - ahead
    first = max(min(tail + sketch.at.w / 2 + 0.02, last - 0.2), last - abs(way))
    moved = []
    for t, x, y, scale in sketch.points:
        across = first + (last - first) * (x - start) / way
        moved.append((t, across if way > 0 else 1 - across, y, scale))
    sketch.points = moved


def _ahead(sketch: Sketch) -> float:
    """The length of what it pushes."""
    pushed = [p for p in sketch.reading.promises if isinstance(p, Carries) and p.other == sketch.thing and p.how == "pushed"]
    things = [sketch.reading.thing(promise.thing) for promise in pushed]
    return max((stance(thing, sketch.reading, crowd_of(sketch.reading)).w for thing in things), default=0.0)


def _tail(leader: str, sketch: Sketch, before: tuple[str, ...]) -> float:
    """The length of all who follow a thing, and of who follow those."""
    longest = 0.0
    for promise in sketch.reading.promises:
        if not isinstance(promise, Follows | Carries) or (isinstance(promise, Carries) and promise.how != "pulled"):
            continue
        if promise.other == leader and promise.thing not in (leader, *before):
            thing = sketch.reading.thing(promise.thing)
            at = stance(thing, sketch.reading, crowd_of(sketch.reading))
            own = at.w + 0.03 + (thing.count - 1) * min(0.85 * at.w, 0.5 / max(1, thing.count - 1))
            longest = max(longest, own + _tail(promise.thing, sketch, (leader, *before)))
    return longest


def _follow(sketch: Sketch, promise: Follows, start: float, end: float) -> list[Point] | None:
    """Behind the leader, or the last of them, the same way."""
    leaders = sketch.placed.get(promise.other, ())
    if not leaders:
        return None
    leader = leaders[0]
    first, last = leader.box_at(0), leader.box_at(1)
    dx, dy = last.cx - first.cx, last.cy - first.cy
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    leader = min(leaders, key=lambda item: ux * item.box_at(0).cx + uy * item.box_at(0).cy)
    first = leader.box_at(0)
    back = abs(ux) * (sketch.at.w + first.w) / 2 + abs(uy) * (sketch.at.h + first.h) / 2 + 0.03
    back += sketch.member * (abs(ux) * _apart(sketch) + abs(uy) * sketch.at.h)
    lift = sketch.at.y - (first.cy if abs(uy) < 0.5 else sketch.at.y) + 0.03 * (sketch.member % 2)
    least, most = 0.2 * sketch.at.w, 1 - 0.2 * sketch.at.w
    points = []
    for key in leader.path:
        x = key.box.cx - ux * back + sketch.nudge[0]
        if 0 <= key.box.cx <= 1 and not sketch.member:
            x = min(max(x, least), most)  # where the leader leaves no room, its follower begins half in the picture
        points.append((key.t, x, key.box.cy - uy * back + (lift if abs(uy) < 0.5 else 0), 1.0))
    return points


def _carry(sketch: Sketch, promise: Carries, start: float, end: float) -> list[Point] | None:
    """On the mount, in the hand, or before or behind who moves it, at every moment."""
    bearers = sketch.placed.get(promise.other, ())
    if not bearers:
        return None
    bearer = bearers[min(sketch.member, len(bearers) - 1)]
    side = _facing(bearer, sketch.reading.thing(promise.other).noun)
    own = sketch.member if len(bearers) == 1 else 0
    points: list[Point] = []
    for key in bearer.path:
        dx, dy = _hold(sketch, promise, key.box, side)
        points.append((key.t, key.box.cx + dx + side * own * 0.6 * sketch.at.w, key.box.cy + dy, 1.0))
    return points


def _hold(sketch: Sketch, promise: Carries, box: Box, side: int) -> tuple[float, float]:
    """Where it is from the bearer's centre."""
    at = sketch.at
    ahead = side * (box.w + at.w) / 2
    if promise.how == "ridden":
        return 0.0, max(-box.h / 2 - at.h / 2 + 0.45 * box.h, at.h / 2 - box.cy)
    if promise.how in ("pushed", "pulled"):
        on_ground = box.y + box.h - at.h / 2 - box.cy
        return (ahead + side * 0.01) * (1 if promise.how == "pushed" else -1), on_ground
    if sketch.reading.thing(sketch.thing).noun.split()[-1] in _ALOFT:
        return side * (0.1 * box.w + 0.02), max(-0.05 * box.h - at.h / 2, at.h / 2 - box.cy)
    return side * (0.3 * box.w + 0.2 * at.w), 0.08 * box.h


def _facing(item: Object, noun: str) -> int:
    """1 when it goes, or looks, to the right, -1 to the left."""
    dx = item.path[-1].box.cx - item.path[0].box.cx
    if abs(dx) > 0.02:
        return 1 if dx > 0 else -1
    known = vocabulary.find(noun)
    return -1 if known is not None and known.facing == "left" else 1


def _pass(sketch: Sketch, promise: Passes, start: float, end: float) -> list[Point] | None:
    """From one side of the other to its opposite side, over or under it when the prompt says so; several one by one."""
    journeys = [j for j in sketch.reading.promises if isinstance(j, Journey) and j.thing == sketch.thing]
    others = sketch.placed.get(promise.other, ())
    if any(len(journey.steps) > 1 for journey in journeys) or not others:
        return None
    other = others[-1] if promise.thing == promise.other else others[0]
    steps = [step for journey in journeys for step in journey.steps]
    heading = next((step.heading for step in steps if isinstance(step, Go)), "")
    over = next((step for step in steps if isinstance(step, Beside) and step.other == promise.other), None)
    first, last = other.box_at(start), other.box_at(end)
    if heading in ("up", "down") and over is None:
        return _fall_past(sketch, first, start, end, down=heading == "down")
    moves = last.cx - first.cx
    sign = -1 if "left" in heading or (not heading and moves < -0.05) else 1
    reach = max(0.36, (first.w + sketch.at.w) / 2 + 0.05)
    y = sketch.at.y + sketch.nudge[1]
    if over is None and sketch.at.grounded:
        y = min(y + 0.06, 0.97 - sketch.at.h / 2)
    spread = min(0.7 * sketch.at.w, 0.36 / max(1, sketch.count - 1)) * sign
    late = (sketch.count - 1) / 2 - sketch.member
    a, b = first.cx - sign * reach + late * spread, last.cx + sign * reach + late * spread
    if sketch.count == 1:
        a, b = _clear(sketch, a, first, -sign), _clear(sketch, b, last, sign)
    points = [(start, a, y, 1.0), (end, b, y, 1.0)]
    if over is not None:
        top = beside(over.relation, sketch.at, first, first.cx, y)[1]
        share = min(max((first.cx - a) / (b - a), 0.1), 0.9)
        points.insert(1, (start + share * (end - start), first.cx, within(top, sketch.at.h), 1.0))
    return points


def _fall_past(sketch: Sketch, other: Box, start: float, end: float, *, down: bool) -> list[Point]:
    """From above another to below it, close beside it, or the other way up."""
    x = other.cx + (1 if other.cx <= 0.5 else -1) * (other.w + sketch.at.w) * 0.4
    high = min(other.cy - 0.2, max(other.y - sketch.at.h / 2, sketch.at.h / 2 + 0.02))
    low = max(other.cy + 0.06, min(0.97 - sketch.at.h / 2, other.y + other.h))
    ends = (high, low) if down else (low, high)
    return [(start, x, ends[0], 1.0), (end, x, ends[1], 1.0)]


def _clear(sketch: Sketch, x: float, other: Box, side: int) -> float:
    """The place within the frame on one side of another; partly out of it where there is no room inside."""
    inside = within(x, sketch.at.w)
    return inside if (inside - other.cx) * side > 0.1 else x


def _meet(sketch: Sketch, promise: Meets, start: float, end: float) -> list[Point]:
    """From an edge to the middle, or back: the first of the two on the left, the second on the right."""
    first = sketch.thing == promise.thing and sketch.member == 0
    side = -1 if first else 1
    far, near = within(0.5 + side * 0.36, sketch.at.w), 0.5 + side * (sketch.at.w / 2 + 0.015)
    both = {
        p.apart
        for p in sketch.reading.promises
        if isinstance(p, Meets) and (p.thing, p.other) == (promise.thing, promise.other)
    }
    if len(both) == 2:
        y = sketch.at.y
        return [(start, far, y, 1.0), ((start + end) / 2, near, y, 1.0), (end, far, y, 1.0)]
    ends = (near, far) if promise.apart else (far, near)
    return [(start, ends[0], sketch.at.y, 1.0), (end, ends[1], sketch.at.y, 1.0)]


def _oppose(sketch: Sketch, promise: Opposed, start: float, end: float) -> list[Point] | None:
    """The first of the two to the right, the second to the left, in lanes of their own."""
    own = any(isinstance(other, Journey) and other.thing == sketch.thing for other in sketch.reading.promises)
    if own:
        return None
    first = sketch.thing == promise.thing and sketch.member == 0
    side = -1 if first else 1
    y = sketch.at.y + sketch.nudge[1]
    return [(start, within(0.5 + side * 0.32, sketch.at.w), y, 1.0), (end, within(0.5 - side * 0.32, sketch.at.w), y, 1.0)]


WHOLE: Mapping[str, Callable[..., list[Point] | None]] = {
    "following": _follow,
    "carrying": _carry,
    "opposition": _oppose,
    "passing": _pass,
    "meeting": _meet,
}
"""Promises that give a whole path, by kind; None where another promise does."""
