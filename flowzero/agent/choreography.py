"""Paths: from the steps of a thing's journeys to keyframes, given where everything planned so far is.

Nothing is measured here; :mod:`~flowzero.agent.repair` measures what comes out and tries other lanes when things collide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flowzero.agent.placing import Stance, beside, centre_of, crowd_of, stance, within
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Camera,
    Carries,
    Compared,
    Follows,
    Go,
    Grows,
    Journey,
    Meets,
    Moves,
    Opposed,
    Ordered,
    Passes,
    Promise,
    Reading,
    Relation,
    Rest,
    Seen,
    Stays,
    Step,
    Trace,
)
from flowzero.dss import VECTORS, Box, Keyframe, Object

Point = tuple[float, float, float, float]
"""Time, centre x, centre y, scale."""


@dataclass
class Sketch:
    """One object's path in the making. `x` is where it stands when nothing says where."""

    thing: str
    at: Stance
    reading: Reading
    placed: Mapping[str, tuple[Object, ...]]
    x: float
    seconds: float
    member: int = 0
    nudge: tuple[float, float] = (0.0, 0.0)
    points: list[Point] = field(default_factory=list)

    def box_of(self, other: str, t: float) -> Box | None:
        """Where another thing is at a time, if it is planned already."""
        objects = self.placed.get(other, ())
        return objects[0].box_at(t) if objects else None

    @property
    def here(self) -> tuple[float, float]:
        """Where the path has got to."""
        if self.points:
            return self.points[-1][1], self.points[-1][2]
        return self.x, self.at.y

    @property
    def scale(self) -> float:
        """The size it has got to."""
        return self.points[-1][3] if self.points else 1.0


def path_for(sketch: Sketch) -> tuple[Keyframe, ...]:
    """Keyframes that follow every promise of motion and place made of the sketch's thing."""
    promises = [promise for promise in sketch.reading.promises if getattr(promise, "thing", None) == sketch.thing]
    start, end = _busy(sketch, promises)
    promises += [
        promise
        for promise in sketch.reading.promises
        if isinstance(promise, Meets | Opposed) and promise.other == sketch.thing != promise.thing
    ]
    promises.sort(key=lambda promise: promise.kind == "passing")
    for promise in promises:
        if (handler := _WHOLE.get(promise.kind)) is not None:
            path = handler(sketch, promise, start, end)
            if path is not None:
                return _keyframes(sketch, path)
    journeys = sorted(
        (promise for promise in promises if isinstance(promise, Journey)),
        key=lambda journey: journey.window.within(sketch.seconds)[0],
    )
    journeys = [
        journey.model_copy(update={"steps": (_stroll(sketch), *journey.steps)}) if journey.steps == (Rest(),) else journey
        for journey in journeys
    ]
    leads = _leads(sketch)
    overlays = [step for journey in journeys for step in journey.steps if isinstance(step, Trace) and len(journey.steps) == 1]
    _stand(sketch, promises)
    travelled = False
    for journey in journeys:
        if len(journey.steps) == 1 and isinstance(journey.steps[0], Trace):
            continue
        span = (start, end) if journey.window.whole else journey.window.within(sketch.seconds)
        _walk(sketch, journey, span)
        travelled = True
    raced = any(
        isinstance(p, Compared) and p.aspect == "speed" and sketch.thing in (p.thing, p.other) for p in sketch.reading.promises
    )
    if not travelled and not overlays and (leads or raced or any(isinstance(promise, Moves) for promise in promises)):
        _travel(sketch, Journey(thing=sketch.thing, steps=(_stroll(sketch),)), (start, end), _length(sketch, None))
    for promise in promises:
        if isinstance(promise, Grows):
            _grow(sketch, promise)
    for step in overlays:
        _overlay(sketch, step, (start, end), travelled=travelled)
    if leads:
        _make_room(sketch)
    return _keyframes(sketch, sketch.points)


def _busy(sketch: Sketch, promises: list[Promise]) -> tuple[float, float]:
    """When it moves: while it is seen, and after what comes before it."""
    start, end = 0.0, 1.0
    for promise in promises:
        if isinstance(promise, Seen):
            first, last = promise.window.within(sketch.seconds)
            start, end = (first if promise.start else 0.0), (last if promise.end else 1.0)
    chain = [promise for promise in sketch.reading.promises if isinstance(promise, Ordered)]
    if any(sketch.thing in (promise.first, promise.second) for promise in chain):
        order = list(dict.fromkeys(item_id for promise in chain for item_id in (promise.first, promise.second)))
        k = order.index(sketch.thing)
        start, end = max(start, k / len(order)), min(end, (k + 1) / len(order))
    return (start, end) if end - start > 0.05 else (0.0, 1.0)


def _leads(sketch: Sketch) -> bool:
    """Whether another follows it."""
    return any(isinstance(promise, Follows) and promise.other == sketch.thing for promise in sketch.reading.promises)


def _apart(at: Stance, n: int) -> float:
    """How far several that follow one go from each other: one behind another, closer where there are many."""
    return min(0.75 * at.w, 0.3 / max(1, n - 1))


def _make_room(sketch: Sketch) -> None:
    """Let a leader start far enough from the edge behind it that those who follow it are seen as well."""
    start = sketch.points[0][1] if sketch.points else 0.0
    way = sketch.points[-1][1] - start if sketch.points else 0.0
    if abs(way) < 0.1:
        return
    tail = 0.0
    for promise in sketch.reading.promises:
        if isinstance(promise, Follows) and promise.other == sketch.thing:
            thing = sketch.reading.thing(promise.thing)
            at = stance(thing, sketch.reading, crowd_of(sketch.reading))
            tail = max(tail, at.w + 0.03 + (thing.count - 1) * _apart(at, thing.count))
    last = 0.98 - sketch.at.w / 2
    first = max(min(tail + sketch.at.w / 2 + 0.02, last - 0.25), last - abs(way))
    moved = []
    for t, x, y, scale in sketch.points:
        across = first + (last - first) * (x - start) / way
        moved.append((t, across if way > 0 else 1 - across, y, scale))
    sketch.points = moved


def _stroll(sketch: Sketch) -> Step:
    """Where something goes that only moves: to the side that has more room."""
    return Go(heading="right" if sketch.x <= 0.55 or sketch.reading.thing(sketch.thing).count > 1 else "left")


def _length(sketch: Sketch, journey: Journey | None) -> float:
    """How far a leg goes, in frame widths."""
    length = 0.52
    if any(
        isinstance(promise, Camera) and promise.move == "follow" and promise.thing in (sketch.thing, None)
        for promise in sketch.reading.promises
    ):
        return 0.16
    if _leads(sketch):
        return 0.4
    manner = journey.manner if journey is not None else "any"
    if manner == "fast":
        length = 0.62
    if manner == "slow":
        length = 0.3
    for promise in sketch.reading.promises:
        if isinstance(promise, Compared) and promise.aspect == "speed" and sketch.thing in (promise.thing, promise.other):
            ours = promise.sign if sketch.thing == promise.thing else -promise.sign
            length = {1: 0.62, 0: 0.45, -1: 0.28}[ours]
    return length


def _stand(sketch: Sketch, promises: list[Promise]) -> None:
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
            if other is None and promise.relation not in ("between",):
                continue
            second = sketch.box_of(promise.second, t) if promise.second else None
            if promise.relation == "between" and second is None and len(sketch.placed.get(promise.other, ())) > 1:
                second = sketch.placed[promise.other][1].box_at(t)
            if other is not None:
                x, y = beside(promise.relation, sketch.at, other, x, y, second=second)
                if promise.relation in ("inside", "on", "near"):
                    x, y = _spot(sketch, promise, other, x, y)
                x, y = _inside_frame(sketch, x, y)
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


def _inside_frame(sketch: Sketch, x: float, y: float) -> tuple[float, float]:
    return within(x, sketch.at.w), within(y, sketch.at.h)


def _walk(sketch: Sketch, journey: Journey, span: tuple[float, float]) -> None:
    """Go from one thing to another, or wherever the steps lead."""
    start, end = span
    if (way := _from_one_to_another(sketch, journey.steps, start)) is not None:
        sketch.points = [(start, *way[0], sketch.scale), (end, *way[1], sketch.scale)]
    else:
        _travel(sketch, journey, span, _length(sketch, journey))


def _travel(sketch: Sketch, journey: Journey, span: tuple[float, float], length: float) -> None:
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
            sketch.points += _shape(sketch, step, before, t)
            continue
        if isinstance(step, Beside) and step.relation in ("on", "inside") and sketch.points:
            _hop(sketch, step, sketch.points[-1][0], t)
            continue
        if isinstance(step, Beside) and step.relation in ("above", "below") and k + 1 == len(queue):
            _over(sketch, step, sketch.points[-1][0], t)
            continue
        sketch.points.append((t, *_reach(sketch, step, t, length)))


def _from_one_to_another(
    sketch: Sketch, steps: tuple[Step, ...], t: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The ends of a way that leads from one thing to another: before either, on the side that faces the other."""
    if len(steps) != 2 or not (isinstance(steps[0], Approach) and steps[0].away and isinstance(steps[1], Approach)):
        return None
    here, there = sketch.box_of(steps[0].other, t), sketch.box_of(steps[1].other, t)
    if here is None or there is None or steps[1].away:
        return None
    y, side = sketch.at.y + sketch.nudge[1], math.copysign(1.0, there.cx - here.cx)
    return (within(here.cx + side * 0.1 * here.w, sketch.at.w), y), (within(there.cx - side * 0.1 * there.w, sketch.at.w), y)


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
        return _aside(sketch, step, t)
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
        ahead = 0.14 * ux if _leads(sketch) else 0.0
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


def _aside(sketch: Sketch, step: Beside, t: float) -> tuple[float, float]:
    """Where a way starts that leads to a place beside another: on the other side, or a way off on the ground."""
    other = sketch.box_of(step.other, t)
    y = sketch.at.y + sketch.nudge[1]
    if other is None:
        return sketch.x, y
    side = {"left": 1, "right": -1}.get(step.relation, -1 if other.cx >= 0.45 else 1)
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
        return (*_inside_frame(sketch, cx, cy), scale)
    if isinstance(step, Approach):
        other = sketch.box_of(step.other, t)
        if other is None:
            return x, y, scale
        side = 1 if x >= other.cx else -1
        if step.away:
            return within(x + side * 0.35, sketch.at.w) if 0.15 < x < 0.85 else within(1 - x, sketch.at.w), y, scale
        return other.cx + side * (other.w / 2 + sketch.at.w / 2 + 0.01), y, scale
    return x, y, scale


def _off_top(sketch: Sketch, other: Box) -> tuple[float, float]:
    """Where what falls from a thing begins: high up at it, and to the side, so that it can fall past it."""
    n = sketch.reading.thing(sketch.thing).count
    aside = (sketch.member + 0.5) / n - 0.5 if n > 1 else 0.3 if other.cx <= 0.5 else -0.3
    top = other.y + 0.15 * other.h if other.h > 1.3 * sketch.at.h else other.y - 0.3 * sketch.at.h
    return _inside_frame(sketch, other.cx + aside * max(other.w, 0.9 * n * sketch.at.w), top)


def _gone(sketch: Sketch, step: Go, length: float) -> tuple[float, float, float]:
    x, y = sketch.here
    if step.heading == "towards":
        top = min(1.5, 0.85 / sketch.at.h)
        return x, (min(y + 0.1, 0.95 - sketch.at.h * top / 2) if sketch.at.grounded else y), top
    if step.heading == "away":
        return x, (y - 0.12 if sketch.at.grounded else y), sketch.scale * 0.42
    ux, uy = VECTORS[step.heading]
    cx, cy = x + ux * length, y + math.copysign(0.45, uy) * (1 if uy else 0)
    if not ux and sketch.at.grounded and sketch.reading.thing(sketch.thing).medium == "ground":
        cx = x + (0.24 if x <= 0.5 else -0.24)  # a slope leads aside as it leads up or down
    cx, cy = within(cx, sketch.at.w), within(cy, sketch.at.h)
    if uy > 0 and sketch.at.grounded:
        cy = min(cy, sketch.at.y)
    if ux and abs(cx - x) < 0.2:
        cx = x + math.copysign(0.3, ux)
    if uy and abs(cy - y) < 0.15:
        cy = y + math.copysign(0.15 if sketch.at.grounded and uy > 0 else 0.25, uy)
    return cx, cy, sketch.scale


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


def _shape(sketch: Sketch, step: Trace, start: float, end: float) -> list[Point]:
    """Points that trace a pattern from where the path has got to."""
    x, y = sketch.here
    scale = sketch.scale
    if step.pattern == "circle":
        return _circle(sketch, step, start, end)
    waves: dict[str, tuple[float, float, int]] = {
        "bounce": (0.0, -min(0.3, max(0.15, y - sketch.at.h / 2 - 0.05)), 3),
        "up-down": (0.0, -0.26, 2),
        "side-to-side": (0.34 if x < 0.5 else -0.34, 0.0, 2),
        "zigzag": (0.0, -0.22, 3),
        "wander": (0.3 if x < 0.5 else -0.3, -0.06, 1),
    }
    ax, ay, cycles = waves[step.pattern]
    points = []
    for k in range(1, 2 * cycles + 1):
        out = k % 2
        drift = 0.5 * k / (2 * cycles) if step.pattern == "zigzag" else 0.0
        points.append(
            (start + (end - start) * k / (2 * cycles), within(x + ax * out + drift, sketch.at.w), y + ay * out, scale)
        )
    return points


def _circle(sketch: Sketch, step: Trace, start: float, end: float) -> list[Point]:
    x, y = sketch.here
    other = sketch.box_of(step.other, start) if step.other else None
    if other is not None:
        cx, cy = other.cx, other.cy
        rx = max(other.w / 2 + sketch.at.w / 2 + 0.02, 0.2)
        ry = max(min(other.h / 2 + 0.02, 0.25), 0.1)
    else:
        cx, cy = within(x, sketch.at.w + 0.44), within(min(y, 0.6), sketch.at.h + 0.4)
        rx, ry = 0.22, 0.2 if not sketch.at.grounded else 0.14
        cy = min(cy, 0.5) if not sketch.at.grounded else y - ry
    return [
        (
            start + (end - start) * k / 8,
            cx - rx * math.cos(math.tau * k / 8),
            cy - ry * math.sin(math.tau * k / 8),
            sketch.scale,
        )
        for k in range(9)
    ]


def _overlay(sketch: Sketch, step: Trace, span: tuple[float, float], *, travelled: bool) -> None:
    """Lay a pattern over the way there: bouncing while going right."""
    start, end = span
    if not sketch.points:
        x = 0.25 if step.pattern in ("zigzag",) else within(sketch.x, sketch.at.w)
        sketch.points.append((0.0, x + sketch.nudge[0], sketch.at.y + sketch.nudge[1], 1.0))
        if step.pattern in ("up-down", "zigzag") and not sketch.at.grounded:
            sketch.points[-1] = (0.0, sketch.points[-1][1], min(0.62, sketch.at.y + 0.2), 1.0)
    if not travelled or step.pattern in ("circle", "side-to-side", "wander"):
        shape = _shape(sketch, step, start, end)
        if step.pattern == "circle":
            sketch.points.clear()
        sketch.points += [point for point in shape if not sketch.points or point[0] > sketch.points[-1][0]]
        return
    base = Object(id="base", phrase="base", path=_keyframes(sketch, sketch.points))
    first, last = base.box_at(start), base.box_at(end)
    upright = step.pattern == "zigzag" and abs(last.cy - first.cy) > abs(last.cx - first.cx)
    height = {"bounce": 0.22, "up-down": 0.2, "zigzag": 0.2}[step.pattern]
    cycles = {"bounce": 3, "up-down": 2, "zigzag": 3}[step.pattern]
    fine: list[Point] = []
    for k in range(2 * cycles + 1):
        t = start + (end - start) * k / (2 * cycles)
        box = base.box_at(t)
        if upright:
            aside = (0, 1, 0, -1)[k % 4] * 0.8 * height
            fine.append((t, within(box.cx + aside, sketch.at.w), box.cy, 1.0))
            continue
        fine.append((t, box.cx, max(box.cy - height * (k % 2), sketch.at.h / 2 + 0.01), 1.0))
    sketch.points = fine


def laid_over(sketch: Sketch, base: tuple[Keyframe, ...], step: Trace) -> tuple[Keyframe, ...]:
    """A way that is there already, with a pattern laid over it."""
    sketch.points = [(key.t, key.box.cx, key.box.cy, 1.0) for key in base]
    _overlay(sketch, step, (base[0].t, base[-1].t), travelled=True)
    return _keyframes(sketch, sketch.points)


def _grow(sketch: Sketch, promise: Grows) -> None:
    start, end = promise.window.within(sketch.seconds)
    if not sketch.points:
        sketch.points.append((0.0, sketch.x, sketch.at.y, 1.0))
    small, large = 0.6, min(1.35, 0.9 / sketch.at.h)
    first, last = (small, large) if promise.sign > 0 else (large, small)
    base = Object(id="base", phrase="base", path=_keyframes(sketch, sketch.points))
    times = sorted({start, end, *(point[0] for point in sketch.points)})
    points: list[Point] = []
    for t in times:
        share = min(max((t - start) / (end - start), 0.0), 1.0)
        scale = first + (last - first) * share
        box = base.box_at(t)
        cy = box.y + box.h - sketch.at.h * scale / 2 if sketch.at.grounded else box.cy
        points.append((t, box.cx, cy, scale))
    sketch.points = points


# -- promises that give a whole path ------------------------------------------------------------------------------------------


def _follow(sketch: Sketch, promise: Follows, start: float, end: float) -> list[Point] | None:
    """Behind the leader, the same way and a little later."""
    leaders = sketch.placed.get(promise.other, ())
    if not leaders:
        return None
    leader = leaders[0]
    first, last = leader.box_at(0), leader.box_at(1)
    dx, dy = last.cx - first.cx, last.cy - first.cy
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    back = abs(ux) * (sketch.at.w + first.w) / 2 + abs(uy) * (sketch.at.h + first.h) / 2 + 0.03
    apart = _apart(sketch.at, sketch.reading.thing(sketch.thing).count)
    back += sketch.member * (abs(ux) * apart + abs(uy) * sketch.at.h)
    lift = sketch.at.y - (first.cy if abs(uy) < 0.5 else sketch.at.y) + 0.03 * (sketch.member % 2)
    return [
        (key.t, key.box.cx - ux * back + sketch.nudge[0], key.box.cy - uy * back + (lift if abs(uy) < 0.5 else 0), 1.0)
        for key in leader.path
    ]


def _carry(sketch: Sketch, promise: Carries, start: float, end: float) -> list[Point] | None:
    """On the mount, or in the hand, at every moment."""
    mounts = sketch.placed.get(promise.other, ())
    if not mounts:
        return None
    mount = mounts[0]
    noun = sketch.reading.thing(promise.thing).noun
    points: list[Point] = []
    for key in mount.path:
        if sketch.at.h >= 0.8 * key.box.h or noun in ("man", "woman", "boy", "girl", "person", "child"):
            cy = max(key.box.y - sketch.at.h / 2 + 0.35 * key.box.h, sketch.at.h / 2)
            points.append((key.t, key.box.cx, cy, 1.0))
        else:
            points.append((key.t, key.box.cx + (key.box.w + sketch.at.w) * 0.42, key.box.cy, 1.0))
    return points


def _pass(sketch: Sketch, promise: Passes, start: float, end: float) -> list[Point] | None:
    """From one side of the other to its opposite side, over or under it when the prompt says so."""
    if any(
        isinstance(other, Journey) and other.thing == sketch.thing and len(other.steps) > 1 for other in sketch.reading.promises
    ):
        return None
    other = sketch.box_of(promise.other, 0.0)
    if other is None:
        return None
    heading = next(
        (
            step.heading
            for j in sketch.reading.promises
            if isinstance(j, Journey) and j.thing == sketch.thing
            for step in j.steps
            if isinstance(step, Go)
        ),
        "right",
    )
    over = next(
        (
            step
            for j in sketch.reading.promises
            if isinstance(j, Journey) and j.thing == sketch.thing
            for step in j.steps
            if isinstance(step, Beside) and step.other == promise.other
        ),
        None,
    )
    sign = -1 if "left" in heading else 1
    reach = max(0.36, (other.w + sketch.at.w) / 2 + 0.05)
    y = sketch.at.y + sketch.nudge[1]
    if over is None and sketch.at.grounded:
        y = min(y + 0.06, 0.97 - sketch.at.h / 2)
    a, b = other.cx - sign * reach, other.cx + sign * reach
    points = [(start, a, y, 1.0), (end, b, y, 1.0)]
    if over is not None:
        top = beside(over.relation, sketch.at, other, other.cx, y)[1]
        points.insert(1, ((start + end) / 2, other.cx, within(top, sketch.at.h), 1.0))
    return points


def _meet(sketch: Sketch, promise: Meets, start: float, end: float) -> list[Point]:
    """From an edge to the middle, or back: the first of the two on the left, the second on the right."""
    first = sketch.thing == promise.thing and sketch.member == 0
    side = -1 if first else 1
    far, near = within(0.5 + side * 0.36, sketch.at.w), 0.5 + side * (sketch.at.w / 2 + 0.015)
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


_WHOLE: Mapping[str, Callable[..., list[Point] | None]] = {
    "following": _follow,
    "carrying": _carry,
    "opposition": _oppose,
    "passing": _pass,
    "meeting": _meet,
}


def _keyframes(sketch: Sketch, points: list[Point]) -> tuple[Keyframe, ...]:
    """Points as keyframes: times rounded and increasing, standing still told once."""
    found: list[Keyframe] = []
    for t, cx, cy, scale in points or [(0.0, sketch.x, sketch.at.y, 1.0)]:
        key = Keyframe(t=min(max(round(t, 4), 0.0), 1.0), box=sketch.at.box(cx, cy, scale))
        if found and key.t <= found[-1].t:
            found[-1] = Keyframe(t=found[-1].t, box=key.box) if len(found) > 1 else found[-1]
            continue
        found.append(key)
    if all(key.box == found[0].box for key in found):
        return (found[0].model_copy(update={"t": 0.0}),)
    return tuple(found)
