"""Steps of a journey, one after another: where each leads."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from flowzero.agent.choreography.approaching import (
    alighting,
    along_and_to,
    away_from,
    clear_side,
    from_a_side,
    from_one_to_another,
    off_and_down,
    overhead,
    up_to,
)
from flowzero.agent.choreography.directions import gone
from flowzero.agent.choreography.origins import first_scale, for_what_comes, origin
from flowzero.agent.choreography.shapes import shape
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.nature import fixed, habit, takes_aboard
from flowzero.agent.placing import beside, centre_of, within
from flowzero.agent.promises import Approach, At, Beside, Go, Journey, Place, Rest, Seen, Step, Trace
from flowzero.dss import VECTORS, Box

_GONE = 0.1
"""How much farther from a thing, in frame sizes, who leaves it ends than it began."""
_HALTS = 0.7
"""The share of the time in which one gets to where it halts."""
_DROP = 0.08
"""How high a table is, at least, for one to see what comes off it fall."""
_TO_THE_EDGE = 0.5
"""The share of the time in which that gets to its edge."""


def walk(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
    """Go from one thing to another, or wherever the steps lead."""
    start, end = span
    upright = [step.heading for step in journey.steps if isinstance(step, Go) and step.heading in ("up", "down")]
    if upright[:1] == ["up"] and not sketch.at.grounded and not sketch.points:
        sketch.at = replace(sketch.at, y=max(sketch.at.y, 0.9 - sketch.at.h))
    journey = _across_behind(sketch, journey, start)
    if (way := from_one_to_another(sketch, journey.steps[:2], start)) is not None:
        onwards = journey.steps[2:]
        there = start + (end - start) / (1 + len(onwards))
        sketch.points = [(start, *way[0], sketch.scale), (there, *way[1], sketch.scale)]
        if onwards:
            travel(sketch, journey.model_copy(update={"steps": onwards}), (there, end), length)
        return
    if isinstance(journey.steps[0], Rest | Trace) and _leads_to_or_off(journey.steps[1:]) and not sketch.points:
        _first_there(sketch, journey, span, length)
        return
    halts = len(journey.steps) > 1 and journey.steps[-1] == Rest()
    led, there = (journey.steps[:-1], start + _HALTS * (end - start)) if halts else (journey.steps, end)
    if not sketch.points and (points := _in_one_go(sketch, led, start, there)) is not None:
        sketch.points = [*points, (end, *points[-1][1:])] if halts else points
        return
    match journey.steps:
        case (Beside(relation="above" | "below", start=False) as step, Go(heading="left" | "right")) if not sketch.points:
            sketch.points.append((start, *origin(sketch, journey.steps, length, start), sketch.scale))
            over(sketch, step, start, end)
        case (Go(heading="down"), Beside(relation="on", start=False) as perch, *then) | (
            Beside(relation="on", start=False) as perch,
            *then,
        ) if not sketch.points and habit(sketch.reading.thing(sketch.thing).noun) in ("flies", "floats"):
            down = start + (end - start) / (1 + len(then))
            sketch.points = alighting(sketch, perch, start, down)
            if then:
                travel(sketch, journey.model_copy(update={"steps": tuple(then)}), (down, end), length)
        case _:
            travel(sketch, journey, span, length)


def _in_one_go(sketch: Sketch, steps: tuple[Step, ...], start: float, end: float) -> list[Point] | None:
    """The whole way of one that goes up to another thing, or from it, as its steps lead; None if they lead elsewhere."""
    points: list[Point] | None = None
    match steps:
        case (Go(heading="left" | "right") as on, Go(heading="down" | "up") as last, Approach(away=False) as goal):
            points = along_and_to(sketch, goal, (VECTORS[on.heading][0], VECTORS[last.heading][1]), start, end)
        case (Go(heading="towards" | "away") as go, Approach(away=False) as goal):
            points = _in_depth_to(sketch, go, goal, start, end)
        case (Go() as go, Approach(away=False) as goal):
            points = up_to(sketch, goal, VECTORS[go.heading], start, end)
        case (Go(heading="down"), Approach(away=True) as left):
            points = off_and_down(sketch, left, None, start, end)
        case (Go(heading="down"), Go(heading="left" | "right") as on, Approach(away=True) as left):
            points = off_and_down(sketch, left, VECTORS[on.heading][0], start, end)
        case (Go(heading="left" | "right") as go, Approach(away=True) as left):
            points = away_from(sketch, left, VECTORS[go.heading][0], start, end)
        case (Approach(away=False) as goal,):
            points = up_to(sketch, goal, None, start, end)
        case (At(start=True) as begun, Approach(away=False) as goal):
            points = from_a_side(sketch, begun, goal, start, end)
    return points


def _in_depth_to(sketch: Sketch, go: Go, goal: Approach, start: float, end: float) -> list[Point]:
    """Away into the picture, or out of it, and up to another thing on the same way."""
    (_, x, _, _), *_ = up_to(sketch, goal, None, start, end)
    sketch.points = [(start, x, origin(sketch, (go,), 0.0, start)[1], first_scale(go))]
    _, y, scale = gone(sketch, go, 0.0)
    other = sketch.box_of(goal.other, end)
    if other is None:
        return [*sketch.points, (end, x, y, scale)]
    side = 1 if x >= other.cx else -1
    return [*sketch.points, (end, other.cx + side * ((other.w + sketch.at.w * scale) / 2 + 0.01), y, scale)]


def _leads_to_or_off(steps: tuple[Step, ...]) -> bool:
    """Whether steps lead up to another thing or away from it, on a way of one direction at most."""
    level = len(steps) == 1 or (len(steps) == 2 and isinstance(steps[0], Go) and steps[0].heading in ("left", "right"))
    return level and isinstance(steps[-1], Approach)


def _first_there(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
    """Wait, or hop about, where the way to another thing or away from it begins, then go it."""
    first, onwards = journey.steps[0], journey.model_copy(update={"steps": journey.steps[1:]})
    start, end = span
    sets_out = start + (end - start) / len(journey.steps)
    walk(sketch, onwards, (sets_out, end), length)
    (_, x, y, scale), *way = sketch.points
    here = min(max(x, 0.02), 0.98), y, scale  # where one sees it wait, if only half of it
    sketch.points, way = [(start, *here)], [(sets_out, *here), *way]
    if isinstance(first, Trace):
        sketch.points += [point for point in shape(sketch, first, start, sets_out) if start < point[0] < sets_out]
    sketch.points += way


def _across_behind(sketch: Sketch, journey: Journey, t: float) -> Journey:
    """From side to side behind or before a thing: straight on, at the height that this gives."""
    match journey.steps:
        case (At(start=True) as begun, Beside(relation="behind" | "front" as relation, other=name), At() as goal):
            other = sketch.box_of(name, t)
            if other is not None and begun.place.x and goal.place.x and not sketch.points:
                sketch.at = replace(sketch.at, y=beside(relation, sketch.at, other, sketch.x, sketch.at.y)[1])
                return journey.model_copy(update={"steps": (begun, goal)})
    return journey


def travel(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
    """Walk the steps: one leg of time for each way between two points."""
    start, end = span
    steps = _joined(journey.steps)
    first = steps[0]
    opens = not (isinstance(first, At | Beside) and first.start)
    times = _shares(steps if opens or len(steps) == 1 else steps[1:], span)
    queue = list(steps)
    here = bool(sketch.points)
    if opens:
        if not here:
            begun = for_what_comes(sketch, steps, origin(sketch, steps, length, start))
            sketch.points.append((start, *begun, first_scale(first)))
        elif sketch.points[-1][0] < start:
            sketch.points.append((start, *sketch.here, sketch.scale))
    else:
        point = reach(sketch, queue.pop(0), times[0], length)
        if sketch.points and sketch.points[-1][0] >= start:
            sketch.points.pop()
        elif sketch.points and start > 0:
            sketch.points[-1] = (sketch.points[-1][0], *point[:2], sketch.points[-1][3])
        sketch.points.append((start, *point))
        if not queue:
            return
        times = times[1:] if len(times) > 1 else [end]
    remaining = times[1:] if opens else times
    for k, (step, t) in enumerate(zip(queue, remaining, strict=False)):
        if isinstance(step, Trace):
            before = remaining[k - 1] if k else start
            comes = step.other and (k > 0 or here or not opens)
            sketch.points += shape(sketch, step, before + (t - before) / 4 if comes else before, t, joined=True)
            continue
        if isinstance(step, Beside) and step.relation in ("on", "inside") and sketch.points:
            hop(sketch, step, sketch.points[-1][0], t)
            continue
        if isinstance(step, Beside) and step.relation in ("above", "below") and k + 1 == len(queue):
            over(sketch, step, sketch.points[-1][0], t)
            continue
        spot = reach(sketch, step, t, length, 1 / _repeated(steps, step))
        spot = _landed(sketch, queue[:k], step, spot)
        sketch.points += _off_the_edge(sketch, steps[0], spot, t) if k == 0 and not opens else [(t, *spot)]
    _go_evenly(sketch, {t for step, t in zip(queue, remaining, strict=False) if isinstance(step, Go)})


def _shares(legs: tuple[Step, ...], span: tuple[float, float]) -> list[float]:
    """When each leg begins, and the last one ends: all take as long, but who rests and leaves the picture leaves in one."""
    start, end = span
    rests = Rest() in legs
    last = len(legs) - 1
    leads_out = rests and isinstance(legs[-1], At) and legs[-1].place.off and isinstance(legs[-2], Go)
    weights = [0.5 if leads_out and k >= last - 1 else 1.0 for k in range(len(legs))]
    done = [sum(weights[:k]) for k in range(len(legs) + 1)]
    return [start + (end - start) * share / done[-1] for share in done]


def _landed(sketch: Sketch, before: list[Step], step: Step, spot: tuple[float, float, float]) -> tuple[float, float, float]:
    """Where a step leads, on the ground again if the one before led over a thing and this one says no height."""
    leapt = before[-1:] and isinstance(before[-1], Beside) and before[-1].relation == "above"
    if leapt and sketch.at.grounded and isinstance(step, At) and step.place.y is None:
        return spot[0], sketch.at.y + sketch.nudge[1], spot[2]
    return spot


def _joined(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps without a direction that only says from where one comes to a thing, or that its way has anyway."""
    match steps:
        case (At(start=True) as begun, Go() as go, At(start=False) as goal) if _agrees(begun.place, goal.place, go):
            return (begun, goal)
        case (At(start=True) as begun, Go(heading="up" | "down"), At() as goal, *rest) if goal.place == Place(x="middle"):
            return (begun, At(place=Place(x="middle", y="middle")), *rest)
        case (Beside(relation="inside", start=True) as seat, Approach(away=True), Go(heading="up" | "towards") as go, *rest):
            return (seat, go, *rest)
        case (Approach(away=True) as left, Go(heading="towards") as go, *rest):
            return (Beside(relation="front", other=left.other, start=True), go, *rest)
    return (steps[0], *(step for step, then in pairwise((*steps[1:], None)) if step and not _implied(step, then)))


def _implied(step: Step, then: Step | None) -> bool:
    """Whether the way to what comes next has that direction anyway."""
    if isinstance(then, Beside):
        return step == Go(heading="down") and then.relation == "on" and not then.start
    level = isinstance(step, Go) and step.heading not in ("up", "down")
    return level and isinstance(then, Approach) and not then.away


def _agrees(begun: Place, goal: Place, go: Go) -> bool:
    """Whether a direction is that of the way from one part of the picture to another, as in "from the top down to the left"."""
    if go.heading not in VECTORS:
        return False
    ux, uy = VECTORS[go.heading]
    dx, dy = _RANK[goal.x] - _RANK[begun.x], _RANK[goal.y] - _RANK[begun.y]
    return (not ux or ux * dx > 0) and (not uy or uy * dy > 0) and bool(dx or dy)


_RANK = {None: 0, "left": -1, "right": 1, "top": -1, "bottom": 1, "middle": 0}


def _repeated(steps: tuple[Step, ...], step: Step) -> int:
    """How many legs one after another lead the same way with rests between them, so that they share the room there."""
    legs = [other for other in steps if not isinstance(other, At | Rest)]
    return min(len(legs), 3) if isinstance(step, Go) and all(other == step for other in legs) else 1


def _go_evenly(sketch: Sketch, times: set[float]) -> None:
    """Leave out the points at those times between two legs of one straight way, which would change pace there."""
    kept = sketch.points[:1]
    for point, after in pairwise(sketch.points[1:]):
        (_, x0, y0, _), (t, x, y, _), (_, x1, y1, _) = kept[-1], point, after
        before, then = (x - x0, y - y0), (x1 - x, y1 - y)
        along = math.hypot(*before) * math.hypot(*then)
        if t in times and along and (before[0] * then[0] + before[1] * then[1]) / along > 0.97:
            continue
        kept.append(point)
    sketch.points = [*kept, *sketch.points[-1:]] if len(sketch.points) > 1 else sketch.points


def reach(sketch: Sketch, step: Step, t: float, length: float, part: float = 1.0) -> tuple[float, float, float]:  # noqa: PLR0911
    """Where a step leads to by time t: centre and scale. It goes a part of its usual way."""
    x, y = sketch.here
    scale = sketch.scale
    if isinstance(step, At):
        fx, fy = sketch.x, sketch.at.y + sketch.nudge[1]
        keeps_x, keeps_y = (x, y) if sketch.points else (fx, fy)
        cx, cy = centre_of(step.place, sketch.at, keeps_x, keeps_y)
        return cx + sketch.nudge[0] * (0 if step.place.off else 1), cy + (sketch.nudge[1] if step.place.y else 0), scale
    if isinstance(step, Go):
        return gone(sketch, step, length * part, part)
    if isinstance(step, Beside):
        other = sketch.box_of(step.other, t)
        if other is None:
            return x, y, scale
        if step.start and step.relation == "near" and not sketch.points:
            return (*_off_top(sketch, other), scale)
        if step.relation == "behind" and _out_of_sight(sketch, step) and sketch.at.h <= other.h and sketch.at.w <= other.w:
            return (*sketch.inside(other.cx, other.y + other.h - sketch.at.h / 2 - 0.02), scale)
        cx, cy = beside(step.relation, sketch.at, other, x, sketch.at.y if step.relation in ("left", "right", "near") else y)
        if step.start and step.relation in ("on", "inside") and sketch.count > 1 and not sketch.together:
            broad = max(0.9 * other.w, 1.08 * sketch.count * sketch.at.w) if step.relation == "on" else 0.9 * other.w
            cx += ((sketch.member + 0.5) / sketch.count - 0.5) * broad
        return (*sketch.inside(cx, cy), scale)
    if isinstance(step, Approach):
        other = sketch.box_of(step.other, t)
        if other is None:
            return x, y, scale
        side = 1 if x >= other.cx else -1
        if step.away:
            return (*_leaving(sketch, step, side), scale)
        wide = 0.1 if sketch.together else 0.5  # several stop before it rather than beside it
        near = other.cx + side * (wide * other.w + sketch.at.w / 2 + 0.01)
        if abs(y - other.cy) > (other.h + sketch.at.h) / 2 or not 0 <= y <= 1:  # who is above comes down to it
            y = sketch.at.y if sketch.at.grounded else sketch.inside(near, other.cy)[1]
        return (within(near, sketch.at.w) if 0 <= other.cx <= 1 else near), y, scale
    return x, y, scale


def _leaving(sketch: Sketch, step: Approach, side: int) -> tuple[float, float]:
    """Where one gets to who goes away from a thing: to that side, or out of it to the side with more room."""
    x, y = sketch.here
    y = max(y, sketch.at.y) if sketch.at.grounded else y  # who comes off a table lands
    before = sketch.box_of(step.other, sketch.points[-1][0] if sketch.points else 0.0)
    side = side if before is None else 1 if x >= before.cx else -1
    told = [p for p in sketch.reading.promises if isinstance(p, Journey) and p.thing == sketch.thing]
    sinks = any(Go(heading="down") in journey.steps for journey in told)
    far = within(x + side * 0.35, sketch.at.w)
    far = far if abs(far - x) > 0.15 else x + side * 0.35
    if before is not None and abs(x - before.cx) < 0.05:
        side = clear_side(sketch, step.other, before)
        far = within(x + side * (before.w / 2 + 0.02 if sinks else (before.w + sketch.at.w) / 2 + 0.06), sketch.at.w)
    if before is not None and not sinks and y > sketch.here[1]:  # so far that one sees it get farther away
        least = (math.dist(sketch.here, (before.cx, before.cy)) + _GONE) ** 2 - (y - before.cy) ** 2
        far = side * max(side * far, side * before.cx + math.sqrt(max(least, 0.0)))
    return far, y


def _off_the_edge(sketch: Sketch, begun: Step, spot: tuple[float, float, float], t: float) -> list[Point]:
    """The way of one that comes off a table: along it to its edge, and down to the ground."""
    other = sketch.box_of(begun.other, t) if isinstance(begun, Beside) and begun.relation == "on" and begun.start else None
    start, x, y, scale = sketch.points[-1]
    ground = sketch.at.y + sketch.nudge[1]
    if other is None or not sketch.at.grounded or ground - y < _DROP or spot[1] < y - 0.02:
        return [(t, *spot)]
    way = -1 if spot[0] < x else 1
    edge = min(way * spot[0], max(way * x, way * other.cx + other.w / 2)) * way
    return [(start + _TO_THE_EDGE * (t - start), edge, y, scale), (t, spot[0], max(spot[1], ground), spot[2])]


def _out_of_sight(sketch: Sketch, step: Beside) -> bool:
    """Whether what it is behind hides it: it comes from there, goes back there, or is seen no more."""
    told = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    begun = [promise.steps[0] for promise in told if isinstance(promise, Journey)]
    gone = any(isinstance(promise, Seen) and promise.end for promise in told)
    return gone or any(isinstance(first, Beside) and first.start and first.other == step.other for first in begun)


def _off_top(sketch: Sketch, other: Box) -> tuple[float, float]:
    """Where what falls from a thing begins: high up at it, and to the side, so that it can fall past it."""
    n = sketch.reading.thing(sketch.thing).count
    aside = (sketch.member + 0.5) / n - 0.5 if n > 1 else 0.3 if other.cx <= 0.5 else -0.3
    top = other.y + 0.15 * other.h if other.h > 1.3 * sketch.at.h else other.y - 0.3 * sketch.at.h
    return sketch.inside(other.cx + aside * max(other.w, 0.9 * n * sketch.at.w), top)


def hop(sketch: Sketch, step: Beside, start: float, end: float) -> None:
    """Onto or into a thing, from above; one walks into a house or a taxi, and what flies comes down onto it."""
    x, y, scale = reach(sketch, step, end, 0.0)
    x0, y0 = sketch.here
    noun, own = (sketch.reading.thing(name).noun for name in (step.other, sketch.thing))
    walks = step.relation == "inside" and sketch.at.grounded and (fixed(noun) or takes_aboard(noun, own))
    if step.relation == "on" and habit(own) == "flies":
        sketch.points.append((start + 0.6 * (end - start), *overhead(sketch, x, y), scale))
    elif not walks and (abs(x - x0) > 0.05 or abs(y - y0) > 0.05):
        sketch.points.append((start + 0.6 * (end - start), (x0 + 2 * x) / 3, max(min(y, y0) - 0.1, sketch.at.h / 2), scale))
    sketch.points.append((end, x, y, scale))


def over(sketch: Sketch, step: Beside, start: float, end: float) -> None:
    """Over (or under) a thing, from this side to its other side."""
    middle = (start + end) / 2
    other = sketch.box_of(step.other, middle)
    if other is None:
        return
    x, y = sketch.here
    side = -1 if x <= other.cx else 1
    top = beside(step.relation, sketch.at, other, x, y)
    far = within(other.cx - side * max(abs(x - other.cx), other.w / 2 + sketch.at.w / 2 + 0.04), sketch.at.w)
    sketch.points.append((middle, top[0], within(top[1], sketch.at.h), sketch.scale))
    sketch.points.append((end, far, y, sketch.scale))
