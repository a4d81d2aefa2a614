"""Steps of a journey, one after another: where something stands, and where each step leads it."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from flowzero.agent.choreography.following import leads
from flowzero.agent.choreography.shapes import shape
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.placing import beside, centre_of, within
from flowzero.agent.promises import Approach, At, Beside, Go, Journey, Moves, Promise, Relation, Stays, Step, Trace
from flowzero.dss import VECTORS, Box

_SEEN = 0.3
"""How far, in frame widths, who comes to a thing comes, so that one sees it come."""


def stand(sketch: Sketch, promises: list[Promise]) -> None:
    """The first point, when a place, a relation or a slot gives one."""
    x, y = sketch.x, sketch.at.y
    fixed = False
    for promise in promises:
        if isinstance(promise, Stays):
            x, y = centre_of(promise.place, sketch.at, x, y)
            fixed = True
    for promise in promises:
        if isinstance(promise, Relation):
            t = promise.window.within(sketch.seconds)[0]
            other = sketch.box_of(promise.other, t)
            if (other is None and promise.relation != "between") or (sketch.together and promise.relation == "near"):
                continue
            second = sketch.box_of(promise.second, t) if promise.second else None
            if promise.relation == "between" and second is None and len(sketch.placed.get(promise.other, ())) > 1:
                second = sketch.placed[promise.other][1].box_at(t)
            if other is not None:
                noun = sketch.reading.thing(promise.other).noun
                x, y = beside(promise.relation, sketch.at, other, x, y, second=second, noun=noun)
                if promise.relation in ("inside", "on", "near"):
                    x, y = _spot(sketch, promise, other, x, y)
                x, y = sketch.inside(x, y)
                fixed = True
    dx, dy = sketch.nudge
    sketch.x, home = x + dx, y + dy
    if fixed or not any(isinstance(promise, Journey | Moves) for promise in promises):
        sketch.points.append((0.0, within(sketch.x, sketch.at.w) if not fixed or dx else sketch.x, home, 1.0))


def _spot(sketch: Sketch, promise: Relation, other: Box, x: float, y: float) -> tuple[float, float]:
    """A place of its own for each of several in one container, or on one table."""
    place, n = _seat(sketch, promise)
    if n == 1:
        return x, y
    if promise.relation == "near":
        turn = math.pi * (1 - (place + 0.5) / n) if not sketch.at.grounded else math.pi * (place % 2)
        rx, ry = (other.w + sketch.at.w) / 2 + 0.02, (other.h + sketch.at.h) / 2
        out = rx * (1 + 0.5 * (place // 2 if sketch.at.grounded else 0))
        return other.cx + out * math.cos(turn), y if sketch.at.grounded else max(
            other.cy - ry * math.sin(turn), sketch.at.h / 2
        )
    columns = n if promise.relation == "on" else math.ceil(n**0.5)
    rows = math.ceil(n / columns)
    column, row = place % columns, place // columns
    dx = (column + 0.5) / columns - 0.5
    dy = (row + 0.5) / rows - 0.5 if promise.relation == "inside" else 0.0
    return x + dx * other.w * 0.9, y + dy * other.h * 0.9


def _seat(sketch: Sketch, promise: Relation) -> tuple[int, int]:
    """Which of how many that stand in this relation to one thing this is, in the order of the prompt."""
    place = total = 0
    for thing in dict.fromkeys(
        other.thing
        for other in sketch.reading.promises
        if isinstance(other, Relation) and (other.relation, other.other) == (promise.relation, promise.other)
    ):
        if thing == sketch.thing:
            place = total + sketch.member
        total += sketch.reading.thing(thing).count
    return place, total


def walk(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
    """Go from one thing to another, or wherever the steps lead."""
    start, end = span
    upright = [step.heading for step in journey.steps if isinstance(step, Go) and step.heading in ("up", "down")]
    if upright[:1] == ["up"] and not sketch.at.grounded and not sketch.points:
        sketch.at = replace(sketch.at, y=max(sketch.at.y, 0.9 - sketch.at.h))
    if (way := _from_one_to_another(sketch, journey.steps, start)) is not None:
        sketch.points = [(start, *way[0], sketch.scale), (end, *way[1], sketch.scale)]
        return
    match journey.steps:
        case (Beside(relation="above" | "below", start=False) as step, Go(heading="left" | "right")) if not sketch.points:
            sketch.points.append((start, *_origin(sketch, journey.steps, length, start), sketch.scale))
            _over(sketch, step, start, end)
        case (Go() as go, Approach(away=False) as goal) if go.heading in VECTORS and not sketch.points:
            sketch.points = _up_to(sketch, goal, VECTORS[go.heading], start, end)
        case (Approach(away=False) as goal,) if not sketch.points:
            sketch.points = _up_to(sketch, goal, None, start, end)
        case _:
            travel(sketch, journey, span, length)


def _up_to(sketch: Sketch, step: Approach, along: tuple[float, float] | None, start: float, end: float) -> list[Point]:
    """A way that one sees lead up to another, from as far off as that takes, even from beyond the edge."""
    other, goal = sketch.box_of(step.other, start), sketch.box_of(step.other, end)
    if other is None or goal is None:
        return [(start, *sketch.here, sketch.scale)]
    x, y = sketch.x, sketch.at.y + sketch.nudge[1]
    runs = goal.cx - other.cx
    ux, uy = along or (math.copysign(1.0, runs if abs(runs) > 0.1 else other.cx - 0.499), 0.0)
    wide = 0.1 if sketch.together else 0.5  # several stop before it rather than beside it
    last = goal.cx - math.copysign(wide * goal.w + sketch.at.w / 2 + 0.01, ux) if ux else goal.cx, y
    if uy and not sketch.at.grounded:
        last = last[0], goal.cy - math.copysign((goal.h + sketch.at.h) / 2 + 0.01, uy)
    last = sketch.inside(*last) if goal.inside() > 0 else last
    left = math.dist(last, (goal.cx, goal.cy))
    if not ux:
        return [(start, last[0], last[1] - uy * 0.45, sketch.scale), (end, *last, sketch.scale)]
    away = max(left + _SEEN, 0.0) ** 2 - (y - other.cy) ** 2
    far = min(ux * x, ux * within(0.5 - ux * 0.36, sketch.at.w), ux * last[0] - _SEEN, ux * other.cx - math.sqrt(max(away, 0)))
    first = ux * far, last[1] - (uy * 0.45 if uy and not sketch.at.grounded else 0.0)
    return [(start, *first, sketch.scale), (end, *last, sketch.scale)]


def travel(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
    """Walk the steps: one leg of time for each way between two points."""
    start, end = span
    steps = journey.steps
    first = steps[0]
    opens = not (isinstance(first, At | Beside) and first.start)
    legs = max(1, len(steps) - (0 if opens else 1))
    if len(steps) == 1 and not opens:
        legs = 1
    times = [start + (end - start) * k / legs for k in range(legs + 1)]
    queue = list(steps)
    here = bool(sketch.points)
    if opens:
        if not here:
            sketch.points.append((start, *_origin(sketch, steps, length, start), _first_scale(first)))
        elif sketch.points[-1][0] < start:
            sketch.points.append((start, *sketch.here, sketch.scale))
    else:
        point = _reach(sketch, queue.pop(0), times[0], length)
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
            comes = sketch.points and step.other
            sketch.points += shape(sketch, step, before + (t - before) / 4 if comes else before, t)
            continue
        if isinstance(step, Beside) and step.relation in ("on", "inside") and sketch.points:
            _hop(sketch, step, sketch.points[-1][0], t)
            continue
        if isinstance(step, Beside) and step.relation in ("above", "below") and k + 1 == len(queue):
            _over(sketch, step, sketch.points[-1][0], t)
            continue
        sketch.points.append((t, *_reach(sketch, step, t, length)))
    _go_evenly(sketch, {t for step, t in zip(queue, remaining, strict=False) if isinstance(step, Go)})


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


def _from_one_to_another(
    sketch: Sketch, steps: tuple[Step, ...], t: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The ends of a way that leads from one thing to another: before either, on the side that faces the other."""
    if len(steps) != 2 or not (isinstance(steps[0], Approach) and steps[0].away and isinstance(steps[1], Approach)):
        return None
    here, there = sketch.box_of(steps[0].other, t), sketch.box_of(steps[1].other, t)
    if here is None or there is None or steps[1].away:
        return None
    side = math.copysign(1.0, there.cx - here.cx)
    ys = (sketch.at.y, sketch.at.y) if sketch.at.grounded else (here.y + 0.2 * here.h, there.y + 0.2 * there.h)
    a, b = within(here.cx + side * 0.1 * here.w, sketch.at.w), within(there.cx - side * 0.1 * there.w, sketch.at.w)
    return (a, ys[0] + sketch.nudge[1]), (b, ys[1] + sketch.nudge[1])


def _first_scale(step: Step) -> float:
    if isinstance(step, Go) and step.heading in ("towards", "away"):
        return 0.55 if step.heading == "towards" else 1.25
    return 1.0


def _origin(sketch: Sketch, steps: tuple[Step, ...], length: float, t: float) -> tuple[float, float]:  # noqa: PLR0911
    """Where a way starts that nobody gives a start: so that it, and the ways after it, fit the frame."""
    dx, dy = sketch.nudge
    x, y = sketch.x, sketch.at.y + dy
    step = steps[0]
    if isinstance(step, Beside):
        return _aside(sketch, step, t, _sideways(steps[1:]))
    if isinstance(step, At):
        cx, cy = centre_of(step.place.model_copy(update={"off": False}), sketch.at, x, y)
        far_x = 0.5 if abs(cx - 0.5) > 0.1 else 0.2
        if len(steps) == 1:
            far_x = 1 - cx if step.place.x in ("left", "right") else (x if abs(x - cx) > 0.2 else 0.2)
        return within(far_x if step.place.x else x, sketch.at.w), within(
            1 - cy, sketch.at.h
        ) if step.place.y and not sketch.at.grounded else y
    if isinstance(step, Go) and step.heading in VECTORS:
        ux, uy = VECTORS[step.heading]
        ahead = 0.14 * ux if leads(sketch) else 0.0
        x = within(0.5 - ux * (length / 2 + 0.02) + dx + ahead, sketch.at.w) if ux else within(x, sketch.at.w)
        if uy:
            y = within(0.5 - math.copysign(0.3, uy), sketch.at.h) + dy
            if uy < 0 and sketch.at.grounded:
                y = sketch.at.y
        return x, y
    if isinstance(step, Go):
        return 0.5 + dx, sketch.at.y - (0.04 if step.heading == "towards" else 0)
    if isinstance(step, Approach) and (other := sketch.box_of(step.other, t)) is not None:
        side = -1 if other.cx >= 0.5 else 1
        if step.away:
            return within(other.cx + side * (other.w + sketch.at.w) * 0.55, sketch.at.w), y
        return within(0.5 + side * 0.36, sketch.at.w), y
    return x, y


def _sideways(steps: tuple[Step, ...]) -> float:
    """Which way a way goes on sideways: -1 left, 1 right, 0 neither."""
    headings = (VECTORS[step.heading][0] for step in steps if isinstance(step, Go) and step.heading in VECTORS)
    return next((math.copysign(1.0, x) for x in headings if x), 0.0)


def _aside(sketch: Sketch, step: Beside, t: float, onward: float) -> tuple[float, float]:
    """Where a way starts that leads to a place beside another: on the other side, or a way off on the ground.

    A way that goes `onward` past it comes from the opposite side.
    """
    other = sketch.box_of(step.other, t)
    y = sketch.at.y + sketch.nudge[1]
    if other is None:
        return sketch.x, y
    side = {"left": 1.0, "right": -1.0}.get(step.relation, -onward or (-1.0 if other.cx >= 0.45 else 1.0))
    return within(other.cx + side * max(0.34, (other.w + sketch.at.w) / 2 + 0.05), sketch.at.w), y


def _reach(sketch: Sketch, step: Step, t: float, length: float) -> tuple[float, float, float]:  # noqa: PLR0911
    """Where a step leads to by time t: centre and scale."""
    x, y = sketch.here
    scale = sketch.scale
    if isinstance(step, At):
        fx, fy = sketch.x, sketch.at.y + sketch.nudge[1]
        keeps_x, keeps_y = (x, y) if sketch.points else (fx, fy)
        cx, cy = centre_of(step.place, sketch.at, keeps_x, keeps_y)
        return cx + sketch.nudge[0] * (0 if step.place.off else 1), cy + (sketch.nudge[1] if step.place.y else 0), scale
    if isinstance(step, Go):
        return _gone(sketch, step, length)
    if isinstance(step, Beside):
        other = sketch.box_of(step.other, t)
        if other is None:
            return x, y, scale
        if step.start and step.relation == "near" and not sketch.points:
            return (*_off_top(sketch, other), scale)
        cx, cy = beside(step.relation, sketch.at, other, x, sketch.at.y if step.relation in ("left", "right", "near") else y)
        return (*sketch.inside(cx, cy), scale)
    if isinstance(step, Approach):
        other = sketch.box_of(step.other, t)
        if other is None:
            return x, y, scale
        side = 1 if x >= other.cx else -1
        if step.away:
            before = sketch.box_of(step.other, sketch.points[-1][0] if sketch.points else 0.0)
            side = side if before is None else 1 if x >= before.cx else -1
            far = within(x + side * 0.35, sketch.at.w)
            return (far if abs(far - x) > 0.15 else x + side * 0.35), y, scale
        wide = 0.1 if sketch.together else 0.5  # several stop before it rather than beside it
        near = other.cx + side * (wide * other.w + sketch.at.w / 2 + 0.01)
        return (within(near, sketch.at.w) if 0 <= other.cx <= 1 else near), y, scale
    return x, y, scale


def _off_top(sketch: Sketch, other: Box) -> tuple[float, float]:
    """Where what falls from a thing begins: high up at it, and to the side, so that it can fall past it."""
    n = sketch.reading.thing(sketch.thing).count
    aside = (sketch.member + 0.5) / n - 0.5 if n > 1 else 0.3 if other.cx <= 0.5 else -0.3
    top = other.y + 0.15 * other.h if other.h > 1.3 * sketch.at.h else other.y - 0.3 * sketch.at.h
    return sketch.inside(other.cx + aside * max(other.w, 0.9 * n * sketch.at.w), top)


def _gone(sketch: Sketch, step: Go, length: float) -> tuple[float, float, float]:
    x, y = sketch.here
    if step.heading == "towards":
        full = min(1.5, 0.85 / sketch.at.h)
        return x, (min(y + 0.1, 0.95 - sketch.at.h * full / 2) if sketch.at.grounded else y), full
    if step.heading == "away":
        return x, (y - 0.12 if sketch.at.grounded else y), sketch.scale * 0.42
    ux, uy = VECTORS[step.heading]
    cx, cy = x + ux * length, y + math.copysign(0.45, uy) * (1 if uy else 0)
    if not ux and sketch.at.grounded and sketch.reading.thing(sketch.thing).medium == "ground" and not _climbs(sketch):
        cx = x + (0.24 if x <= 0.5 else -0.24)  # a slope leads aside as it leads up or down
    cx, cy = within(cx, sketch.at.w), within(cy, sketch.at.h)
    top = _top(sketch)
    cy = max(cy, top) if uy < 0 and top is not None else cy
    if uy > 0 and sketch.at.grounded:
        cy = min(cy, sketch.at.y)
    if ux and abs(cx - x) < min(0.2, 0.8 * length):
        cx = x + math.copysign(0.3, ux)
    if uy and abs(cy - y) < 0.15:
        cy = y + math.copysign(0.15 if sketch.at.grounded and uy > 0 else 0.25, uy)
    return cx, cy, sketch.scale


def _climbs(sketch: Sketch) -> str | None:
    """The thing that it goes up or down, if it does."""
    near = (p for p in sketch.reading.promises if isinstance(p, Relation) and p.thing == sketch.thing)
    return next((p.other for p in near if p.relation == "near"), None)


def _top(sketch: Sketch) -> float | None:
    """How high what it climbs reaches, if that is some way up."""
    other = _climbs(sketch)
    box = sketch.box_of(other, 0.0) if other else None
    return box.y if box is not None and sketch.here[1] - box.y > 0.16 else None


def _hop(sketch: Sketch, step: Beside, start: float, end: float) -> None:
    """Onto or into a thing, from above."""
    x, y, scale = _reach(sketch, step, end, 0.0)
    x0, y0 = sketch.here
    if abs(x - x0) > 0.05 or abs(y - y0) > 0.05:
        sketch.points.append((start + 0.6 * (end - start), (x0 + 2 * x) / 3, max(min(y, y0) - 0.1, sketch.at.h / 2), scale))
    sketch.points.append((end, x, y, scale))


def _over(sketch: Sketch, step: Beside, start: float, end: float) -> None:
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
