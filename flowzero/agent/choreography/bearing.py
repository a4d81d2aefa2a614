"""What another carries, and who rides on or in it: wherever that one goes, it goes along."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent.bonds import bears, goes
from flowzero.agent.choreography.shapes import swaying
from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.promises import Carries, Relation
from flowzero.dss import Box, Object

_ALOFT = frozenset(["umbrella", "balloon", "kite", "flag", "torch", "lantern", "sign", "parasol"])
"""What is held up rather than before one."""


def carry(sketch: Sketch, promise: Carries, start: float, end: float) -> list[Point] | None:
    """On the mount, in the hand, or before or behind who moves it, at every moment."""
    bearers = sketch.placed.get(promise.other, ())
    if not bearers:
        return None
    bearer = bearers[min(sketch.member, len(bearers) - 1)]
    side = _facing(bearer, sketch.reading.thing(promise.other).noun)
    own = sketch.member if len(bearers) == 1 else 0
    first = bearer.path[0].box
    dx, dy = _hold(sketch, promise, first, side)
    dx += side * own * 0.6 * sketch.at.w
    points: list[Point] = []
    for key in bearer.path:
        scale = key.box.w / first.w
        points.append((key.t, key.box.cx + dx * scale, key.box.cy + dy * scale, scale))
    return points


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
