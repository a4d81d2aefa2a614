"""What another carries, and who rides on or in it: wherever that one goes, it goes along."""

from __future__ import annotations

from itertools import pairwise

from flowzero import vocabulary
from flowzero.agent.bonds import bears, goes, put_down
from flowzero.agent.choreography.shapes import swaying
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.placing import beside, gap
from flowzero.agent.promises import Carries, Relation
from flowzero.dss import Box, Object

_ALOFT = frozenset(["umbrella", "balloon", "kite", "flag", "torch", "lantern", "sign", "parasol"])
"""What is held up rather than before one."""
_LOOKS = 32
"""How often in a video it is asked who is how near to what it takes along."""
_AT_IT = 0.06
"""How near one is that is at a thing, in frame sizes."""
_PULLED = 0.2
"""The share of the video in which one takes into one's hands what one takes along."""
_PUT = 0.8
"""The share of the video after which what is brought is put down."""


def carry(sketch: Sketch, promise: Carries, start: float, end: float) -> list[Point] | None:
    """On the mount, in the hand, or before or behind who moves it, at every moment."""
    bearers = sketch.placed.get(promise.other, ())
    if not bearers:
        return None
    bearer = bearers[min(sketch.member, len(bearers) - 1)]
    if promise.how == "taken":
        return _put_down(sketch, _taken(sketch, promise, bearer))
    side = _facing(bearer, sketch.reading.thing(promise.other).noun)
    own = sketch.member if len(bearers) == 1 else 0
    first = bearer.path[0].box
    dx, dy = _hold(sketch, promise, first, side)
    dx += side * own * 0.6 * sketch.at.w
    points: list[Point] = []
    for key in bearer.path:
        scale = key.box.w / first.w
        points.append((key.t, key.box.cx + dx * scale, key.box.cy + dy * scale, scale))
    return _put_down(sketch, points)


def _put_down(sketch: Sketch, points: list[Point] | None) -> list[Point] | None:
    """The way of what is carried, which ends on or in the thing that it is put on or in."""
    goal = put_down(sketch.reading.promises, sketch.thing)
    other = sketch.box_of(goal.other, 1.0) if goal is not None else None
    if goal is None or other is None or not points or len(points) < 2:
        return points
    noun = sketch.reading.thing(goal.other).noun
    x, y = beside(goal.relation, sketch.at, other, points[-1][1], sketch.at.y, noun=noun)
    low, high = other.x + sketch.at.w / 2, other.x + other.w - sketch.at.w / 2
    x = min(max(points[-1][1], low), high) if low < high else x  # at the end of it where one stands
    before = [point for point in points if point[0] < _PUT]
    (_, x0, y0, scale) = points[-1]
    return [*before, (_PUT, x0, y0, scale), (1.0, x, y, scale)]


def _taken(sketch: Sketch, promise: Carries, bearer: Object) -> list[Point] | None:
    """Where it lies until who takes it is at it and goes on, then along with that one; None before it lies anywhere."""
    if sketch.lies is None:
        return None
    box = sketch.lies[-1].box
    taken = max(_leaves_it(box, bearer), sketch.lies[-1].t)
    points: list[Point] = [(key.t, key.box.cx, key.box.cy, 1.0) for key in sketch.lies] + [(taken, box.cx, box.cy, 1.0)]
    there = bearer.box_at(taken)
    dx, dy = box.cx - there.cx, box.cy - there.cy
    onwards = bearer.path[-1].box.cx - there.cx
    side = (1 if onwards > 0 else -1) if abs(onwards) > _AT_IT else _facing(bearer, sketch.reading.thing(promise.other).noun)
    hx, hy = _hold(sketch, promise, there, side)
    curved = [k / _LOOKS for k in range(_LOOKS + 1)] if bearer.motion == "smooth" else []
    for t in sorted({*(key.t for key in bearer.path), *curved, min(taken + _PULLED, 1.0), 1.0}):
        if t > taken:
            now, part = bearer.box_at(t), min(1.0, (t - taken) / _PULLED)
            scale = now.w / there.w
            x, y = now.cx + (dx + part * (hx - dx)) * scale, now.cy + (dy + part * (hy - dy)) * scale
            points.append((t, x, y, scale))
    return points


def _leaves_it(box: Box, bearer: Object) -> float:
    """When who comes to what lies there goes on: at the turn of its way that is at it, or else where it is nearest."""
    keys = bearer.path
    for key, then in pairwise((*keys, keys[-1])):
        if key.t and gap(key.box, box) <= _AT_IT and (then is keys[-1] or then.box != key.box):
            return key.t
    times = [k / _LOOKS for k in range(_LOOKS + 1)]
    return min(times, key=lambda t: gap(bearer.box_at(t), box))


def go_along(sketch: Sketch) -> bool:
    """Let what stands on or in a thing go where that goes, unless it has a way of its own; whether it does."""
    for promise in sketch.reading.promises:
        if not (bears(promise) and isinstance(promise, Relation) and promise.thing == sketch.thing):
            continue
        bearers = sketch.placed.get(promise.other, ())
        if not bearers or len(bearers[0].path) < 2 or not sketch.points:
            continue
        if goes(sketch.reading, sketch.thing) and swaying(sketch) is None:
            continue
        then = bearers[0].box_at(promise.window.within(sketch.seconds)[0])
        _, x, y, _ = sketch.points[-1]
        sketch.points = []
        for key in bearers[0].path:
            scale = key.box.w / then.w
            sketch.points.append((key.t, key.box.cx + (x - then.cx) * scale, key.box.cy + (y - then.cy) * scale, scale))
        return True
    return False


def _hold(sketch: Sketch, promise: Carries, box: Box, side: int) -> tuple[float, float]:
    """Where it is from the bearer's centre."""
    at = sketch.at
    ahead = side * (box.w + at.w) / 2
    top = at.h / 2 - box.cy if box.inside() > 0 else -1.0  # no higher than the picture's upper edge
    if promise.how == "ridden":
        return 0.0, max(-box.h / 2 - at.h / 2 + 0.45 * box.h, top)
    if promise.how in ("pushed", "pulled"):
        on_ground = box.y + box.h - at.h / 2 - box.cy
        return (ahead + side * 0.01) * (1 if promise.how == "pushed" else -1), on_ground
    if sketch.reading.thing(sketch.thing).noun.split()[-1] in _ALOFT:
        return side * (0.1 * box.w + 0.02), max(-0.05 * box.h - at.h / 2, top)
    return side * (0.3 * box.w + 0.2 * at.w), 0.08 * box.h


def _facing(item: Object, noun: str) -> int:
    """1 when it goes, or looks, to the right, -1 to the left."""
    dx = item.path[-1].box.cx - item.path[0].box.cx
    if abs(dx) > 0.02:
        return 1 if dx > 0 else -1
    known = vocabulary.find(noun)
    return -1 if known is not None and known.facing == "left" else 1
