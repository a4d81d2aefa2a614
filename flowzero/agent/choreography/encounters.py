"""Promises about two that come by each other: passing, meeting, parting, going opposite ways.

Who has no way of its own gets a whole one; who has keeps it, bent so that the encounter comes about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent.bonds import waits
from flowzero.agent.choreography.crossing import over_bridge, steps_of, treads
from flowzero.agent.choreography.following import races
from flowzero.agent.choreography.shapes import overlay
from flowzero.agent.choreography.sketch import Point, Sketch, keyframes
from flowzero.agent.choreography.ways import outside, refitted
from flowzero.agent.placing import beside, crowd_of, gap, stance, within
from flowzero.agent.promises import (
    At,
    Beside,
    Go,
    Meets,
    Moves,
    Opposed,
    Passes,
    Promise,
    Reading,
    Relation,
    Rest,
    Stays,
    Trace,
)
from flowzero.dss import Box, Object

_HIGH = ("on", "inside", "above")
"""Where one is that stands on no ground."""
_SHARE = tuple(k / 12 for k in range(13))
"""When two ways are compared."""


def go_past(sketch: Sketch, promise: Passes, start: float, end: float) -> list[Point] | None:
    """From one side of the other to its opposite side, over or under it when the prompt says so; several one by one.

    Who hops past another that moves hops all along that way.
    """
    others = sketch.placed.get(promise.other, ())
    moved = bool(others) and len(others[0].path) > 1
    traced = (step for step in steps_of(sketch, sketch.thing) if isinstance(step, Trace) and moved)
    hops = next((step for step in traced if step.pattern in ("bounce", "zigzag")), None)
    if sketch.thing == promise.thing and treads(sketch.reading, promise.thing, promise.other):
        return over_bridge(sketch, promise, start, end)
    points = _past(sketch, promise, hops, start, end)
    if points is not None and hops is not None:
        sketch.points = points
        overlay(sketch, hops, (start, end), travelled=True)
        points = sketch.points
    return points


def _past(sketch: Sketch, promise: Passes, hops: Trace | None, start: float, end: float) -> list[Point] | None:
    """The way past the other, without the hops on it."""
    others = sketch.placed.get(promise.other, ())
    steps = steps_of(sketch, sketch.thing)
    over = next((step for step in steps if isinstance(step, Beside) and step.other == promise.other), None)
    rests = sketch.count > 1 and steps == [Rest()]
    plain = rests or all(
        step in (over, hops) or (isinstance(step, Go) and step.heading in ("left", "right", "up", "down")) for step in steps
    )
    if len(steps) > 1 or not plain:
        return None
    if _mutual(sketch, promise):
        return _by_turns(sketch, promise, start, end)
    if not others or sketch.thing != promise.thing:
        return None
    other = others[-1] if promise.thing == promise.other else others[0]
    heading = next((step.heading for step in steps if isinstance(step, Go)), "")
    first, last = other.box_at(start), other.box_at(end)
    if heading in ("up", "down") and over is None:
        return _fall_past(sketch, first, start, end, down=heading == "down")
    moves = last.cx - first.cx
    sign = -1 if "left" in heading or (not heading and moves < -0.05) else 1
    reach = max(0.36, (first.w + sketch.at.w) / 2 + 0.05)
    y = sketch.at.y + sketch.nudge[1]
    told = [p for p in sketch.reading.promises if isinstance(p, Relation) and p.thing == sketch.thing]
    behind = any(relation.relation == "behind" for relation in told)
    if over is None and (behind or dwarfs(sketch.reading, promise)):  # farther off, so that it does not hide the other
        y = max(min(y, first.y + first.h - 0.06 - sketch.at.h / 2), sketch.at.h / 2 + 0.02)
    elif over is None:  # nearer than the other, so that both can be told apart
        y = min(y + (0.06 if sketch.at.grounded else min(0.1, 0.4 * sketch.at.h)), 0.97 - sketch.at.h / 2)
    count = 1 if sketch.together else sketch.count
    spread = min(1.08 * sketch.at.w, 0.36 / max(1, count - 1)) * sign
    late = (count - 1) / 2 - sketch.member if count > 1 else 0.0
    a, b = first.cx - sign * reach + late * spread, last.cx + sign * reach + late * spread
    if count == 1:
        a, b = _clear(sketch, a, first, -sign), _clear(sketch, b, last, sign)
    if rests:
        b = within(0.5 + sign, sketch.at.w) - sketch.member * spread
        return [(start, a, y, 1.0), ((start + end) / 2, b, y, 1.0), (end, b, y, 1.0)]
    points = [(start, a, y, 1.0), (end, b, y, 1.0)]
    if over is not None:
        top = beside(over.relation, sketch.at, first, first.cx, y)[1]
        top = min(top, y) if over.relation == "above" else top
        share = min(max((first.cx - a) / (b - a), 0.1), 0.9)
        points.insert(1, (start + share * (end - start), first.cx, within(top, sketch.at.h), 1.0))
    return points


def dwarfs(reading: Reading, promise: Passes) -> bool:
    """Whether who goes by another on the ground is so much larger that it would hide it."""
    high = any(isinstance(p, Relation) and p.thing == promise.other and p.relation in _HIGH for p in reading.promises)
    if promise.thing == promise.other or reading.view == "top" or high:
        return False
    ours, theirs = (stance(reading.thing(name), reading, crowd_of(reading)) for name in (promise.thing, promise.other))
    return ours.grounded and theirs.grounded and ours.w * ours.h > 1.3 * theirs.w * theirs.h


def _mutual(sketch: Sketch, promise: Passes) -> bool:
    """Whether both go by each other, rather than one by another that stays, has a way of its own, or is overtaken."""
    pair = {promise.thing, promise.other}
    if len(pair) == 1:
        return True
    told = sketch.reading.promises
    moving = pair <= {p.thing for p in told if isinstance(p, Moves)}
    opposed = any(isinstance(p, Opposed) and {p.thing, p.other} == pair for p in told)
    aimless = not any(steps_of(sketch, name) for name in pair)
    return aimless and (moving or opposed) and not races(sketch.reading, promise.thing)


def _by_turns(sketch: Sketch, promise: Passes, start: float, end: float) -> list[Point]:
    """Each from its side to the other's, in a lane of its own: the first, and every other one, to the right."""
    order = [
        (name, k) for name in dict.fromkeys((promise.thing, promise.other)) for k in range(sketch.reading.thing(name).count)
    ]
    k = order.index((sketch.thing, sketch.member))
    side, lane = -1 if k % 2 == 0 else 1, k % 2
    y = sketch.at.y + sketch.nudge[1]
    y += lane * (min(0.05, 0.97 - sketch.at.h / 2 - y) if sketch.at.grounded else min(0.6 * sketch.at.h, 0.2))
    far = 0.34 - 0.12 * (k // 2)
    return [(start, within(0.5 + side * far, sketch.at.w), y, 1.0), (end, within(0.5 - side * far, sketch.at.w), y, 1.0)]


def _fall_past(sketch: Sketch, other: Box, start: float, end: float, *, down: bool) -> list[Point]:
    """From above another to below it, close beside it, or the other way up."""
    x = other.cx + (1 if other.cx <= 0.5 else -1) * (other.w + sketch.at.w) * 0.4
    high = min(other.cy - 0.2, max(other.y - 0.6 * sketch.at.h, sketch.at.h / 2 + 0.02))
    low = max(other.cy + 0.06, min(0.97 - sketch.at.h / 2, other.y + other.h + 0.6 * sketch.at.h))
    ends = (high, low) if down else (low, high)
    return [(start, x, ends[0], 1.0), (end, x, ends[1], 1.0)]


def _clear(sketch: Sketch, x: float, other: Box, side: int) -> float:
    """The place within the frame on one side of another; partly out of it where there is no room inside."""
    inside = within(x, sketch.at.w)
    least = (other.w + sketch.at.w) / 2 if sketch.together else 0.1  # all of them get past
    return inside if (inside - other.cx) * side > least else x


def meet(sketch: Sketch, promise: Meets, start: float, end: float) -> list[Point] | None:
    """From an edge to the middle, or back: the first of the two on the left, the second on the right.

    If the other has a way of its own, this one comes to where that ends, or from where it sets out.
    """
    steps = steps_of(sketch, sketch.thing)
    halts = steps == [Rest()] and not promise.apart
    if (steps and not halts) or waits(sketch.reading, sketch.thing):
        return None
    partner, other = _partner(sketch, promise), _other(sketch, promise)
    moved = partner is not None and len(partner.path) > 1 and steps_of(sketch, other) not in ([], [Rest()])
    if partner is not None and (moved or waits(sketch.reading, other)):
        return _towards(sketch, promise, partner, start, end)
    first = sketch.thing == promise.thing and sketch.member == 0
    side = _told_side(sketch, promise) or (-1 if first else 1)
    far, near = within(0.5 + side * 0.36, sketch.at.w), 0.5 + side * (sketch.at.w / 2 + 0.015)
    far = far if (far - near) * side > 0.15 else near + side * 0.2
    both = {
        p.apart
        for p in sketch.reading.promises
        if isinstance(p, Meets) and (p.thing, p.other) == (promise.thing, promise.other)
    }
    if len(both) == 2:
        y = sketch.at.y
        return [(start, far, y, 1.0), ((start + end) / 2, near, y, 1.0), (end, far, y, 1.0)]
    ends = (near, far) if promise.apart else (far, near)
    met = start + 0.75 * (end - start) if halts else end
    stays = [(end, ends[1], sketch.at.y, 1.0)] if halts else []
    return [(start, ends[0], sketch.at.y, 1.0), (met, ends[1], sketch.at.y, 1.0), *stays]


def _told_side(sketch: Sketch, promise: Meets) -> int:
    """-1 for who is said to be on the left, or whose partner is on the right; 0 if nothing is said of either."""
    if promise.apart or promise.thing == promise.other:
        return 0
    told = [p for p in sketch.reading.promises if isinstance(p, Stays)]
    places = {p.thing: {"left": -1, "right": 1}.get(p.place.x or "", 0) for p in told}
    return places.get(sketch.thing, 0) or -places.get(_other(sketch, promise), 0)


def _other(sketch: Sketch, promise: Meets) -> str:
    return promise.other if sketch.thing == promise.thing else promise.thing


def _partner(sketch: Sketch, promise: Meets) -> Object | None:
    """Whom it meets or leaves, if that one is planned already."""
    placed = [item for item in sketch.placed.get(_other(sketch, promise), ()) if item.path]
    return placed[0] if placed else None


def _towards(sketch: Sketch, promise: Meets, partner: Object, start: float, end: float) -> list[Point]:
    """A way that meets a given one: from the far side to where that ends, or away from where that sets out."""
    met = end
    if not promise.apart:  # who leaves the picture is met before
        met = next((t for t in reversed([start + k * (end - start) for k in _SHARE]) if partner.box_at(t).inside() > 0.7), end)
    here = partner.box_at(start if promise.apart else met)
    there = partner.box_at(end if promise.apart else start)
    side = 1 if here.cx >= there.cx else -1
    if abs(here.cx - there.cx) < 0.05:
        side = -1 if here.cx >= 0.5 else 1
    near, y = _next_to(sketch, here, side)
    known = vocabulary.find(sketch.reading.thing(sketch.thing).noun)
    if known is not None and known.moves == "still":
        return [(start, near, y, 1.0)]
    far = within(near + side * 0.4, sketch.at.w)
    far = far if abs(far - near) > 0.12 else near + side * 0.3
    ends = (near, far) if promise.apart else (far, near)
    stays = [(end, near, y, 1.0)] if met < end else []
    return [(start, ends[0], y, 1.0), (met, ends[1], y, 1.0), *stays]


def _next_to(sketch: Sketch, other: Box, side: float) -> tuple[float, float]:
    """The place that touches another on one side, as high as it where the ground does not hold it."""
    return other.cx + side * ((other.w + sketch.at.w) / 2 + 0.015), sketch.at.y if sketch.at.grounded else other.cy


def oppose(sketch: Sketch, promise: Opposed, start: float, end: float) -> list[Point] | None:
    """The first of the two to the right, the second to the left, in lanes of their own."""
    if steps_of(sketch, sketch.thing):
        return None
    first = sketch.thing == promise.thing and sketch.member == 0
    side = -1 if first else 1
    y = sketch.at.y + sketch.nudge[1]
    return [(start, within(0.5 + side * 0.32, sketch.at.w), y, 1.0), (end, within(0.5 - side * 0.32, sketch.at.w), y, 1.0)]


def bend(sketch: Sketch, promises: Sequence[Promise]) -> None:
    """Bend a way that the thing has of its own, so that it passes, meets or leaves whom it shall."""
    for promise in promises:
        if len(sketch.points) < 2:
            return
        if isinstance(promise, Passes):
            _bend_past(sketch, promise)
        elif isinstance(promise, Meets) and promise.apart:
            _bend_apart(sketch, promise)
        elif isinstance(promise, Meets):
            _bend_together(sketch, promise)


def _bend_past(sketch: Sketch, promise: Passes) -> None:
    """Lengthen the way so that it begins on one side of the other and ends on the opposite one."""
    others = sketch.placed.get(promise.other, ()) if sketch.thing == promise.thing else ()
    if not others:
        return
    (t0, x0, y0, _), (t1, x1, y1, _) = sketch.points[0], sketch.points[-1]
    first, last = others[-1].box_at(t0), others[-1].box_at(t1)
    upright = abs(y1 - y0) > abs(x1 - x0) and not sketch.at.grounded
    if upright:
        reach, start, end, before, after = (first.h + sketch.at.h) / 2, y0, y1, first.cy, last.cy
    else:
        reach, start, end, before, after = (first.w + sketch.at.w) / 2, x0, x1, first.cx, last.cx
    reach = 0.1 if treads(sketch.reading, promise.thing, promise.other) else max(0.12, reach + 0.03)
    sign = 1 if end >= start else -1
    start, end = (min(start, before - reach), max(end, after + reach)) if sign > 0 else (
        max(start, before + reach), min(end, after - reach)
    )  # fmt: skip
    ends = [(x0, start), (x1, end)] if upright else [(start, y0), (end, y1)]
    sketch.points = refitted(sketch.points, *ends)


def _bend_apart(sketch: Sketch, promise: Meets) -> None:
    """Let the way begin beside the other, or in the middle if that one is not there yet."""
    first = steps_of(sketch, sketch.thing)[:1]
    if not first or (isinstance(first[0], At | Beside) and first[0].start):
        return
    (t0, x0, y0, _), (_, x1, y1, s1) = sketch.points[0], sketch.points[-1]
    partner = _partner(sketch, promise)
    side = (1 if x1 > x0 else -1) if abs(x1 - x0) > 0.05 else -1 if sketch.thing == promise.thing and not sketch.member else 1
    if partner is not None:
        x, y = sketch.inside(*_next_to(sketch, partner.box_at(t0), side))
    else:
        x, y = 0.5 + side * (sketch.at.w / 2 + 0.015), y0 if sketch.at.grounded else 0.5
    end = x1 + x - x0, y1 + y - y0
    if outside(sketch, sketch.points[-1]):
        end = x1, y1
    else:
        end = (
            _far_enough(x, within(end[0], sketch.at.w * s1), x1 - x0),
            _far_enough(y, within(end[1], sketch.at.h * s1), y1 - y0),
        )
    sketch.points = refitted(sketch.points, (x, y), end)


def _far_enough(start: float, end: float, way: float) -> float:
    """The end of a way that one sees lead where it led before, out of the picture if there is no room in it."""
    least = min(abs(way), 0.22)
    return end if (end - start) * way >= least * abs(way) else start + math.copysign(least, way)


def _bend_together(sketch: Sketch, promise: Meets) -> None:
    """Let the way end beside the other's end; if that one is not there yet, beside the middle rather than in it."""
    (_, x0, y0, _), (t1, x1, y1, s1) = sketch.points[0], sketch.points[-1]
    if outside(sketch, sketch.points[-1]):
        return
    partner = _partner(sketch, promise)
    if partner is None:
        side = 1 if x0 > 0.5 else -1
        half = sketch.at.w * s1 / 2 + 0.015
        room = sketch.stance_of(_other(sketch, promise)).w + half
        end = 0.5 + side * half if abs(x1 - 0.5) < 0.2 else min(max(x1, room), 1 - room) if room < 0.5 else 0.5 + side * half
        sketch.points = refitted(sketch.points, (x0, y0), (end, y1))
        return
    if _come_close(sketch, partner):
        return
    other = partner.box_at(t1)
    side = 1 if x0 >= other.cx else -1
    x, y = _next_to(sketch, other, side)
    dx, dy = x1 - x0, y1 - y0
    start = [x0, y0]
    for axis, (old, goal) in enumerate(((dx, x), (dy, y))):
        least = min(abs(old), 0.2)  # so far that one sees which way it goes
        if abs(old) > 0.08 and (goal - start[axis]) * old < least * abs(old):
            start[axis] = goal - (old if (goal - start[axis]) * old < 0.08 * abs(old) else math.copysign(least, old))
    if sketch.at.box(*start).inside() > 0.5 or outside(sketch, sketch.points[0]):
        sketch.points = refitted(sketch.points, (start[0], start[1]), (x, y))


def _come_close(sketch: Sketch, partner: Object) -> bool:
    """Whether the way as it is comes up to the other's, from farther off, and does not end on top of it."""
    own = Object(id="own", phrase="own", path=keyframes(sketch, sketch.points))
    gaps = [gap(own.box_at(t), partner.box_at(t)) for t in _SHARE]
    return min(gaps) <= 0.1 and gaps[0] - min(gaps) >= 0.1 and (gaps[-1] > 0 or gaps[-2] > 0)
