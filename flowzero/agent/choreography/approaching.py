"""Ways that lead up to another thing, or away from it, so that one sees them do so."""

from __future__ import annotations

import math

from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.placing import beside, centre_of, within
from flowzero.agent.promises import Approach, At, Beside, Relation, Step
from flowzero.agent.rows import SIDES
from flowzero.dss import Box

_SEEN = 0.3
"""How far, in frame widths, who comes to a thing comes, so that one sees it come."""
_LEAST = 0.14
"""The same of who comes to one that goes on before it, and would set out far beyond the edge."""
_CLIMB = 0.25
"""How far one goes straight up or down to a thing at least."""
_FALL = 0.4
"""How far, in frame heights, one goes down or up to a thing after a way along."""
_DROP = 0.25
"""How far, in frame heights, one comes down onto a thing at least."""


def up_to(sketch: Sketch, step: Approach, along: tuple[float, float] | None, start: float, end: float) -> list[Point]:
    """A way that one sees lead up to another, from as far off as that takes, even from beyond the edge."""
    other, goal = sketch.box_of(step.other, start), sketch.box_of(step.other, end)
    if other is None or goal is None:
        return [(start, *sketch.here, sketch.scale)]
    x, y = sketch.x, sketch.at.y + sketch.nudge[1]
    runs = goal.cx - other.cx
    ux, uy = along or (math.copysign(1.0, runs) if abs(runs) > 0.1 else -float(clear_side(sketch, step.other, other)), 0.0)
    wide = 0.1 if sketch.together else 0.5  # several stop before it rather than beside it
    last = goal.cx - math.copysign(wide * goal.w + sketch.at.w / 2 + 0.01, ux) if ux else goal.cx, y
    held = abs(goal.cy - y) > (goal.h + sketch.at.h) / 2  # up on a table, or in somebody's hands
    if uy and (held or not sketch.at.grounded):
        last = last[0], goal.cy - math.copysign((goal.h + sketch.at.h) / 2 + 0.01, uy)
    last = sketch.inside(*last) if goal.inside() > 0 else last
    left = math.dist(last, (goal.cx, goal.cy))
    if not ux:
        low, high = 0.98 - sketch.at.h / 2, sketch.at.h / 2
        if uy < 0 and low - last[1] < _CLIMB and not held:  # no room below it: up, and then along to it
            side = clear_side(sketch, step.other, other)
            x, far = (goal.cx + side * ((goal.w + sketch.at.w) / 2 + off) for off in (0.01, 0.35))
            far = min(max(far, 0.05), 0.95)
            x = side * min(side * x, side * far - 0.22)
            level = max(min(last[1], low - 0.2), high)
            return [
                (start, far, low, sketch.scale), ((start + end) / 2, far, level, sketch.scale), (end, x, level, sketch.scale)
            ]  # fmt: skip
        begun = min(max(last[1] - uy * 0.45, high), low)
        ended = last[1] if uy * (last[1] - begun) >= _CLIMB else begun + uy * _CLIMB
        return [(start, last[0], begun, sketch.scale), (end, last[0], ended, sketch.scale)]
    nearest = ux * within(0.5 - ux * 0.36, sketch.at.w)
    far = min(ux * x, nearest, ux * last[0] - _SEEN, ux * other.cx - _off(left + _SEEN, y - other.cy))
    if abs(runs) > 0.1 and far < nearest - 0.2:  # after one that goes, no farther off than that takes
        far = min(nearest, ux * last[0] - _SEEN, ux * other.cx - _off(left + _LEAST, y - other.cy))
    first = ux * far, last[1] - (uy * 0.45 if uy and not sketch.at.grounded else 0.0)
    return [(start, *first, sketch.scale), (end, *last, sketch.scale)]


def _off(far: float, dy: float) -> float:
    """How far along who is so far off is, who is that much higher or lower."""
    return math.sqrt(max(far**2 - dy**2, 0.0))


def from_a_side(sketch: Sketch, begun: At, step: Approach, start: float, end: float) -> list[Point] | None:
    """A way from one side of the picture to another thing, with room to be seen; None if it begins outside or in the middle."""
    other = sketch.box_of(step.other, end)
    if other is None or begun.place.off or begun.place.x not in ("left", "right"):
        return None
    x, y = centre_of(begun.place, sketch.at, sketch.x, sketch.at.y)
    side = -1 if begun.place.x == "left" else 1
    if (x - other.cx) * side < 0:
        return None
    near = other.cx + side * ((other.w + sketch.at.w) / 2 + 0.01)
    if (x - near) * side < _SEEN:  # from farther off, and up to it rather than beside it
        x = side * max(side * x, min(side * near + _SEEN, side * x + 0.3 * sketch.at.w))
        near = other.cx + side * max(side * (x - other.cx) - _SEEN, 0.25 * (other.w + sketch.at.w))
    dy = sketch.nudge[1]
    level = sketch.at.y if sketch.at.grounded or abs(other.cy - y) < (other.h + sketch.at.h) / 2 else other.cy
    return [(start, x, y + dy, sketch.scale), (end, near, level + dy, sketch.scale)]


def along_and_to(sketch: Sketch, step: Approach, ways: tuple[float, float], start: float, end: float) -> list[Point]:
    """A way to the left or right and then down or up to another thing, as in "rolls right and drops to the cat"."""
    other = sketch.box_of(step.other, end)
    if other is None:
        return [(start, *sketch.here, sketch.scale)]
    ux, uy = ways
    x = other.cx - ux * (0.25 * other.w + sketch.at.w / 2)
    y = sketch.at.y if sketch.at.grounded and uy > 0 else other.cy
    level = min(max(y - uy * _FALL, sketch.at.h / 2), sketch.at.y if sketch.at.grounded else 0.9)
    turn = x - ux * 0.06
    first = ux * min(ux * turn - _SEEN, ux * within(0.5 - ux * 0.36, sketch.at.w))
    return [(start, first, level, sketch.scale), ((start + end) / 2, turn, level, sketch.scale), (end, x, y, sketch.scale)]


def alighting(sketch: Sketch, step: Beside, start: float, end: float) -> list[Point]:
    """A way that leads down onto another, from above and a little aside, even from beyond the upper edge."""
    other = sketch.box_of(step.other, end)
    if other is None:
        return [(start, *sketch.here, sketch.scale)]
    x, y = beside("on", sketch.at, other, other.cx, sketch.at.y)
    dx, dy = sketch.nudge
    x, y = x + dx, y + dy
    return [(start, *overhead(sketch, x, y), sketch.scale), (end, x, y, sketch.scale)]


def overhead(sketch: Sketch, x: float, y: float) -> tuple[float, float]:
    """From where one comes down to a place: above it and a little aside, in the picture if there is room."""
    high = y - _DROP if y - _DROP < sketch.at.h / 2 else max(sketch.at.h / 2 + 0.02, y - 0.45)
    return within(x + (0.1 if x < 0.5 else -0.1), sketch.at.w), high


def away_from(sketch: Sketch, step: Approach, ux: float, start: float, end: float) -> list[Point]:
    """A way that leads from beside another off to one side."""
    other = sketch.box_of(step.other, start)
    if other is None:
        return [(start, *sketch.here, sketch.scale)]
    y = sketch.at.y + sketch.nudge[1]
    first = other.cx + ux * clearance(sketch, other, ux)
    last = within(first + ux * 0.5, sketch.at.w)
    last = last if ux * (last - first) >= _SEEN else first + ux * _SEEN
    return [(start, first, y, sketch.scale), (end, last, y, sketch.scale)]


def off_and_down(sketch: Sketch, step: Approach, on: float | None, start: float, end: float) -> list[Point] | None:
    """A way from the top of another down beside it, or before it if one goes on to a side, and on until it has got away."""
    other = sketch.box_of(step.other, start)
    if other is None:
        return None
    side = on or clear_side(sketch, step.other, other) * (-1.0 if sketch.member % 2 else 1.0)
    x, y = other.cx + side * 0.35 * other.w, max(other.y, sketch.at.h / 2)
    low = sketch.at.y if sketch.at.grounded else min(0.97 - sketch.at.h / 2, other.y + other.h)
    low = max(low, y + _CLIMB)
    beside_it = other.cx + side * (0.2 * other.w if on else (other.w + sketch.at.w) / 2)
    gone = other.cx + side * _off(math.dist((x, y), (other.cx, other.cy)) + _LEAST, low - other.cy)
    last = side * max(side * gone, side * beside_it + (_SEEN if on else 0.0))
    fallen = start + 0.6 * (end - start)
    return [(start, x, y, sketch.scale), (fallen, beside_it, low, sketch.scale), (end, last, low, sketch.scale)]


def from_one_to_another(
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


def clear_side(sketch: Sketch, other: str, box: Box) -> int:
    """The side of a thing on which nobody stands beside it, if half of it has room there, or else that with more room."""
    told = [p for p in sketch.reading.promises if isinstance(p, Relation) and p.other == other and p.relation in SIDES]
    mates = [mate for p in told if p.thing != sketch.thing and (mate := sketch.box_of(p.thing, 0.0)) is not None]
    taken = {1 if mate.cx > box.cx else -1 for mate in mates}
    roomy = -1 if box.cx >= 0.499 else 1
    rooms = {-1: box.x, 1: 1 - box.x - box.w}
    return -roomy if taken == {roomy} and 2 * rooms[-roomy] > sketch.at.w else roomy


def clearance(sketch: Sketch, other: Box, side: float) -> float:
    """How far from another's centre who leaves it sets out: clear of it if that leaves room to go, else before it."""
    both = other.w + sketch.at.w
    room = (1 - other.cx if side > 0 else other.cx) - sketch.at.w / 2 - 0.02
    return min(0.55 * both, max(0.28 * both, room - _SEEN))
