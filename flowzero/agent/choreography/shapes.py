"""Shapes of motion: circles, bounces, waves, and growing or shrinking on the way."""

from __future__ import annotations

import math

from flowzero.agent.choreography.sketch import Point, Sketch, keyframes
from flowzero.agent.placing import within
from flowzero.agent.promises import Grows, Journey, Opposed, Relation, Trace
from flowzero.dss import Box, Keyframe, Object


def shape(sketch: Sketch, step: Trace, start: float, end: float, *, joined: bool = False) -> list[Point]:
    """Points that trace a pattern from where the path has got to; a circle begins right there if it is `joined` to a way."""
    x, y = sketch.here
    scale = sketch.scale
    if step.pattern == "circle":
        return _circle(sketch, step, start, end, joined=joined)
    if step.pattern == "eight":
        return _eight(sketch, start, end)
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


def _eight(sketch: Sketch, start: float, end: float) -> list[Point]:
    """Once along a lemniscate of Gerono that lies on its side, from its middle; on the ground it is seen at a slant."""
    x, y = sketch.here
    rx, ry = 0.3, 0.22 if not sketch.at.grounded else 0.1
    rx, ry = min(rx, max(0.48 - sketch.at.w / 2, 0.12)), min(ry, max(0.48 - sketch.at.h / 2, 0.06))
    cx, cy = within(x, sketch.at.w + 2 * rx), within(y, sketch.at.h + 2 * ry)
    angles = [math.tau * k / _EIGHTHS for k in range(_EIGHTHS + 1)]
    return [
        (start + (end - start) * a / math.tau, cx + rx * math.sin(a), cy + ry * math.sin(2 * a), sketch.scale) for a in angles
    ]


_EIGHTHS = 16
"""Pieces of a figure eight."""


def ring(sketch: Sketch, other: Box) -> tuple[float, float]:
    """The radii of a circle around another thing, which is seen at a slant."""
    rx = max(other.w / 2 + sketch.at.w / 2 + 0.02, 0.2)
    low = 0.99 - sketch.at.h / 2 - other.cy  # no lower than the picture
    return min(rx, max(0.2, 0.5 - 0.25 * sketch.at.w)), max(min(other.h / 2 + 0.02, 0.25, low), 0.08)


def _circle(sketch: Sketch, step: Trace, start: float, end: float, *, joined: bool) -> list[Point]:
    """Once around another thing, wherever that goes, or around a point; several spread over the circle."""
    x, y = sketch.here
    holder = step.other or holder_of(sketch)
    other = sketch.group_of(holder, start) if holder else None
    several = sketch.count > 1 and not sketch.together
    if other is not None:
        cx, cy = other.cx, other.cy
        rx, ry = ring(sketch, other)
        if not step.other:  # within it
            rx, ry = max(0.4 * (other.w - sketch.at.w), 0.05), max(0.4 * (other.h - sketch.at.h), 0.05)
    else:
        cx, cy = within(0.5 if several else x, sketch.at.w + 0.44), within(min(y, 0.6), sketch.at.h + 0.4)
        rx, ry = 0.22, 0.2 if not sketch.at.grounded else 0.14
        cy = min(cy, 0.5) if not sketch.at.grounded else y - ry
    ahead = math.tau * sketch.member / sketch.count if several else 0.0
    if other is None and joined and sketch.points and not several:
        cx, cy, ahead = _from_here(sketch, rx, ry)
    elif sketch.points and step.other:
        u, v = (cx - x) / rx, (cy - y) / ry
        ahead = math.atan2(v, u) + (0.0 if abs(math.hypot(u, v) - 1) < 0.02 else ahead)  # who is on it already stays there
    n = 8 if other is None or len(sketch.placed[holder or ""][0].path) == 1 else 24
    turn = -math.tau if _the_other_way(sketch) else math.tau
    points = []
    for k in range(n + 1):
        t, angle = start + (end - start) * k / n, turn * k / n + ahead
        about = sketch.group_of(holder, t) if holder else None
        mx, my = (about.cx, about.cy) if about is not None else (cx, cy)
        points.append((t, mx - rx * math.cos(angle), my - ry * math.sin(angle), sketch.scale))
    return points


def _the_other_way(sketch: Sketch) -> bool:
    """Whether it turns the other way than another: the first of two that go opposite ways, or the first of a kind."""
    told = [p for p in sketch.reading.promises if isinstance(p, Opposed) and p.thing == sketch.thing]
    return any(p.other != sketch.thing or sketch.member == 0 for p in told)


def _from_here(sketch: Sketch, rx: float, ry: float) -> tuple[float, float, float]:
    """The centre of a circle that leads through where the path has got to, and the angle there; it fits the frame best."""
    x, y = sketch.here

    def hanging_out(angle: float) -> float:
        cx, cy = x + rx * math.cos(angle), y + ry * math.sin(angle)
        return abs(within(cx, sketch.at.w + 2 * rx) - cx) + abs(within(cy, sketch.at.h + 2 * ry) - cy)

    angle = min((math.tau * k / 8 for k in range(8)), key=hanging_out)
    return x + rx * math.cos(angle), y + ry * math.sin(angle), angle


def holder_of(sketch: Sketch) -> str | None:
    """The thing that it is in, if it is in one."""
    told = (p for p in sketch.reading.promises if isinstance(p, Relation) and p.thing == sketch.thing)
    return next((p.other for p in told if p.relation == "inside" and p.other in sketch.placed), None)


def _kept_in(sketch: Sketch, points: list[Point]) -> list[Point]:
    """The points of one that moves about in something that stays where it is, within that if there is room."""
    holder = holder_of(sketch)
    if holder is None or len(sketch.placed[holder][0].path) > 1:
        return points
    around = sketch.placed[holder][0].path[0].box
    across, down = 0.5 * (around.w - sketch.at.w), 0.5 * (around.h - sketch.at.h)
    if min(across, down) < 0.03:
        return points
    return [
        (t, around.cx + min(max(x - around.cx, -across), across), around.cy + min(max(y - around.cy, -down), down), scale)
        for t, x, y, scale in points
    ]


def overlay(sketch: Sketch, step: Trace, span: tuple[float, float], *, travelled: bool) -> None:
    """Lay a pattern over the way there: bouncing while going right."""
    start, end = span
    if not sketch.points:
        x = 0.25 if step.pattern in ("zigzag",) else within(sketch.x, sketch.at.w)
        sketch.points.append((0.0, x + sketch.nudge[0], sketch.at.y + sketch.nudge[1], 1.0))
        if step.pattern in ("up-down", "zigzag") and not sketch.at.grounded:
            sketch.points[-1] = (0.0, sketch.points[-1][1], min(0.62, sketch.at.y + 0.2), 1.0)
    (_, x0, y0, _), (_, x1, y1, _) = sketch.points[0], sketch.points[-1]
    upright = travelled and step.pattern in ("zigzag", "side-to-side") and abs(y1 - y0) > abs(x1 - x0)
    swings = step.pattern in ("circle", "eight", "side-to-side", "wander") and not upright
    if not travelled or swings:
        if sketch.points[-1][0] < start:
            sketch.points.append((start, *sketch.points[-1][1:]))
        traced = _kept_in(sketch, shape(sketch, step, start, end))
        if step.pattern in ("circle", "eight"):
            sketch.points.clear()
        sketch.points += [point for point in traced if not sketch.points or point[0] > sketch.points[-1][0]]
        return
    base = _way(keyframes(sketch, sketch.points))
    height = {"bounce": 0.22, "up-down": 0.2, "zigzag": 0.2, "side-to-side": 0.2}[step.pattern]
    cycles = {"bounce": 3, "up-down": 2, "zigzag": 3, "side-to-side": 3}[step.pattern]
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


def _way(path: tuple[Keyframe, ...]) -> Object:
    """A path to be looked up; unlike an object of a plan it may lie outside the frame, until another promise moves it."""
    return Object.model_construct(id="way", phrase="way", path=path)


def laid_over(sketch: Sketch, base: tuple[Keyframe, ...], step: Trace) -> tuple[Keyframe, ...]:
    """A way that is there already, with a pattern laid over it."""
    sketch.points = [(key.t, key.box.cx, key.box.cy, 1.0) for key in base]
    overlay(sketch, step, (base[0].t, base[-1].t), travelled=True)
    return keyframes(sketch, sketch.points)


_SWAY = 0.06
"""How far, in frame sizes, what another carries sways or bounces."""


def swaying(sketch: Sketch) -> Trace | None:
    """The pattern of a thing that does nothing but sway or bounce, wherever it is carried."""
    ways = [
        journey.steps for journey in sketch.reading.promises if isinstance(journey, Journey) and journey.thing == sketch.thing
    ]
    if len(ways) != 1 or len(ways[0]) != 1:
        return None
    (step,) = ways[0]
    return step if isinstance(step, Trace) and step.pattern in ("side-to-side", "up-down", "bounce") else None


def swayed(path: tuple[Keyframe, ...], step: Trace) -> tuple[Keyframe, ...]:
    """The way of one that is carried, as it sways from side to side, goes up and down or bounces on what carries it, twice."""
    base, keys = _way(path), []
    for k in range(17):
        box, phase = base.box_at(k / 16), math.sin(math.tau * k / 8)
        dx, dy = (phase, 0.0) if step.pattern == "side-to-side" else (0.0, -abs(phase) if step.pattern == "bounce" else phase)
        keys.append(Keyframe(t=k / 16, box=Box(x=box.x + dx * _SWAY, y=box.y + dy * _SWAY, w=box.w, h=box.h)))
    return tuple(keys)


def changing_pace(path: tuple[Keyframe, ...], sign: int) -> tuple[Keyframe, ...]:
    """The same way, each part of it in less time than the one before (sign 1), or in more (-1); where it rests, it rests."""
    moving = [k for k in range(len(path) - 1) if path[k].box != path[k + 1].box]
    if not moving:
        return path
    first, last = moving[0], moving[-1] + 1
    start, end = path[first].t, path[last].t
    base = _way(path)
    shares = {(key.t - start) / (end - start) for key in path[first : last + 1]} | {_eased(k / 4, sign) for k in range(5)}
    length = end - start
    keys = [
        Keyframe(t=round(start + length * _time_for(share, sign), 4), box=base.box_at(start + length * share))
        for share in sorted(shares)
    ]
    apart = [key for key, after in zip(keys, [*keys[1:], None], strict=True) if after is None or after.t - key.t > 0.01]
    return (*path[:first], *apart, *path[last + 1 :])


def _eased(share: float, sign: int) -> float:
    """How much of the way is covered after a share of the time."""
    return share * share if sign > 0 else 1 - (1 - share) ** 2


def _time_for(share: float, sign: int) -> float:
    """After how much of the time a share of the way is covered."""
    return math.sqrt(share) if sign > 0 else 1 - math.sqrt(1 - share)


def swelling(item: Object, promise: Grows, seconds: float, *, stands: bool) -> tuple[Keyframe, ...]:
    """The way of an object, on which it grows or shrinks from what it is: about its feet if it stands, else its centre."""
    start, end = promise.window.within(seconds)
    tall = max(key.box.h for key in item.path)
    factor = min(_SWOLLEN, max(0.95 / tall, 1.0)) if promise.sign > 0 else 1 / _SWOLLEN
    first = factor / _SWOLLEN if promise.sign > 0 else 1.0  # what fills the frame already begins smaller
    keys: list[Keyframe] = []
    for t in sorted({start, end, *(key.t for key in item.path)}):
        box = item.box_at(t)
        scale = first + (factor - first) * min(max((t - start) / (end - start), 0.0), 1.0)
        if scale == 1:
            keys.append(Keyframe(t=t, box=box))
            continue
        w, h = box.w * scale, box.h * scale
        cx, cy = box.cx, box.y + box.h - h / 2 if stands else box.cy
        if box.inside() > 0.99:  # what was all to be seen stays so
            cx, cy = within(cx, w), within(cy, h)
        keys.append(Keyframe(t=t, box=Box(x=cx - w / 2, y=cy - h / 2, w=w, h=h)))
    return tuple(keys)


_SWOLLEN = 1.8
"""How much larger what grows becomes, in height."""


def grow(sketch: Sketch, promise: Grows, turn: tuple[float, float]) -> None:
    """Let the size change along the way there is, in the thing's turn if the prompt does not say when."""
    start, end = turn if promise.window.whole else promise.window.within(sketch.seconds)
    if not sketch.points:
        sketch.points.append((0.0, sketch.x, sketch.at.y, 1.0))
    small, large = 0.6, min(1.35, 0.9 / sketch.at.h)
    first, last = (small, large) if promise.sign > 0 else (large, small)
    base = _way(keyframes(sketch, sketch.points))
    times = sorted({start, end, *(point[0] for point in sketch.points)})
    points: list[Point] = []
    for t in times:
        share = min(max((t - start) / (end - start), 0.0), 1.0)
        scale = first + (last - first) * share
        box = base.box_at(t)
        cy = box.y + box.h - sketch.at.h * scale / 2 if sketch.at.grounded else box.cy
        cx = within(box.cx, sketch.at.w * max(small, large)) if len(base.path) == 1 else box.cx
        points.append((t, cx, cy, scale))
    sketch.points = points
