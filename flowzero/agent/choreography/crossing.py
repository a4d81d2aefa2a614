"""Over a bridge, on it: from one of its ends to the other, and on the ground before and behind it."""

from __future__ import annotations

from flowzero.agent.bonds import crossings
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.placing import beside, centre_of
from flowzero.agent.promises import At, Go, Journey, Passes, Reading, Step

_CLIMB = 0.06
"""Frame widths before a bridge in which one gets up to its height."""

_ROW = 0.2
"""Frame widths from the middle of a row to its head, at most, so that one sees each of it go over."""


def steps_of(sketch: Sketch, thing: str) -> list[Step]:
    """The steps of a thing's journeys."""
    return [step for j in sketch.reading.promises if isinstance(j, Journey) and j.thing == thing for step in j.steps]


def treads(reading: Reading, thing: str, other: str | None = None) -> bool:
    """Whether a thing goes over a bridge, or over that other thing, on it."""
    return any(on.thing == thing and other in (None, on.other) for on in crossings(reading.promises))


def over_bridge(sketch: Sketch, promise: Passes, start: float, end: float) -> list[Point] | None:
    """The way over it, of several one behind another; None where more is told of the way than from which side to which."""
    steps = steps_of(sketch, sketch.thing)
    ways = [step for step in steps if isinstance(step, Go) and step.heading in ("left", "right")]
    sides = [step for step in steps if isinstance(step, At) and step.place.x in ("left", "right") and step.place.y is None]
    bridge = sketch.box_of(promise.other, start)
    if bridge is None or len(ways) + len(sides) < len(steps) or len(sides) > 2:
        return None
    begun = next((step.place for step in sides if step.start), None)
    goal = next((step.place for step in sides if not step.start), None)
    left = goal.x == "left" if goal else begun.x == "right" if begun else any(step.heading == "left" for step in ways)
    sign = -1 if left else 1
    rank, many = _in_row(sketch, promise.other)
    broad = 0.0 if sketch.together else min(0.4 * sketch.at.w * (many - 1), _ROW)
    half = max(bridge.w / 2 - sketch.at.w / 4, broad + 0.06)
    row = sign * broad * (1 - 2 * rank / (many - 1)) if broad else 0.0
    y = beside("on", sketch.at, bridge, sketch.x, sketch.at.y)[1]
    ends = [bridge.cx - sign * half + row, bridge.cx + sign * half + row]
    for k, place in enumerate((begun, goal)):
        ends[k] = centre_of(place, sketch.at, ends[k], y)[0] if place is not None and place.off else ends[k]
    return _up_and_down(sketch, (bridge.x, bridge.x + bridge.w), y, ends, (start, end))


def _in_row(sketch: Sketch, bridge: str) -> tuple[int, int]:
    """The place among all who go over it, the first at the head, and how many these are."""
    row = [
        (name, k)
        for name in dict.fromkeys(on.thing for on in crossings(sketch.reading.promises) if on.other == bridge)
        for k in range(sketch.reading.thing(name).count)
    ]
    return row.index((sketch.thing, sketch.member)), len(row)


def _up_and_down(
    sketch: Sketch, bridge: tuple[float, float], y: float, ends: list[float], span: tuple[float, float]
) -> list[Point]:
    """At the bridge's height on it, and on the ground where the way begins before it or leads on beyond it."""
    (a, b), (start, end) = ends, span
    low = max(sketch.at.y, y) if sketch.at.grounded else y
    first, last = bridge if b > a else bridge[::-1]
    sign = 1 if b > a else -1
    turns = [(first - sign * _CLIMB, low), (first, y), (last, y), (last + sign * _CLIMB, low)]
    inner = [(x, height) for x, height in turns if 0 < (x - a) * sign < (b - a) * sign]

    def height_at(x: float) -> float:
        return y if (x - first) * sign >= -1e-6 and (last - x) * sign >= -1e-6 else low

    way = [(a, height_at(a)), *inner, (b, height_at(b))]
    return [(start + (end - start) * (x - a) / (b - a), x, height, 1.0) for x, height in way]
