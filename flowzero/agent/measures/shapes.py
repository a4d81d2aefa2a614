"""How well a stretch of a track has the shape of a pattern: a circle, a figure eight, waves, leaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from flowzero.agent.bonds import bearers
from flowzero.agent.measures.scene import Scene, grade
from flowzero.agent.promises import Trace
from flowzero.agent.tracks import Track


def _middle(group: Sequence[Track], i: int) -> tuple[float, float]:
    """Where several tracks are at sample i, on average."""
    return sum(one.cx[i] for one in group) / len(group), sum(one.cy[i] for one in group) / len(group)


def traced(step: Trace, scene: Scene, track: Track, samples: list[int]) -> float:
    """How well a stretch has the shape of a pattern."""
    xs, ys = [track.cx[i] for i in samples], [track.cy[i] for i in samples]
    if step.pattern == "circle":
        others = [other for other in (scene.players(step.other) if step.other else []) if other.id != track.id]
        centre = (sum(xs) / len(xs), sum(ys) / len(ys))
        centres: list[Callable[[int], tuple[float, float]]] = [partial(_middle, some) for some in (others, others[:1]) if some]
        winding = max(_winding(track, samples, middle) for middle in centres or [lambda _: centre])
        return min(grade(winding, math.radians(250)), grade(min(max(xs) - min(xs), max(ys) - min(ys)), 0.08))
    if step.pattern == "eight":
        return _eight(xs, ys)
    if step.pattern == "wander":
        return grade(sum(math.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(zip(xs, ys, strict=True))), 0.1)
    need = {"up-down": 2, "side-to-side": 2, "bounce": 2, "zigzag": 3}[step.pattern]
    across, upright = runs(xs), runs(ys)
    for other in _bearers(scene, track):  # what sways or bounces on another does so as seen from that
        across = max(across, runs([track.cx[i] - other.cx[i] for i in samples]))
        upright = max(upright, runs([track.cy[i] - other.cy[i] for i in samples]))
    if step.pattern == "side-to-side":
        return grade(across, need)
    if step.pattern in ("up-down", "bounce"):
        return grade(upright, need)
    return grade(max(across, upright), need)


def _bearers(scene: Scene, track: Track) -> list[Track]:
    """What the object of a track is on, in or carried by."""
    things = (thing for thing, ids in scene.cast.items() if track.id in ids)
    return [other for thing in things for name in bearers(scene.reading, thing) for other in scene.players(name)[:1]]


def _eight(xs: list[float], ys: list[float]) -> float:
    """Whether a way comes back to where it began, crosses itself, and turns one way in one loop and back in the other."""
    turns = [0.0]
    steps = [(b - a, d - c) for (a, b), (c, d) in zip(pairwise(xs), pairwise(ys), strict=True)]
    moving = [step for step in steps if math.hypot(*step) > 1e-4]
    for (ax, ay), (bx, by) in pairwise(moving):
        turns.append(turns[-1] + math.atan2(ax * by - ay * bx, ax * bx + ay * by))
    swing = max(turns) - min(turns)
    wide = min(max(xs) - min(xs), 2 * (max(ys) - min(ys)))
    gap = math.hypot(xs[-1] - xs[0], ys[-1] - ys[0])
    closed = 1.0 if gap <= 0.12 else grade(0.12 / gap, 1.0)
    return min(grade(swing, math.radians(150)), grade(wide, 0.12), closed, 1.0 if _crosses(xs, ys) else 0.5)


def _crosses(xs: list[float], ys: list[float]) -> bool:
    """Whether a way comes to one place twice with more than a sixth of it between, going another way."""
    n = len(xs)
    apart = max(3, n // 6)
    legs = [(xs[k], ys[k], xs[k + 1], ys[k + 1]) for k in range(n - 1)]
    pairs = ((legs[i], legs[j]) for i in range(n - 1) for j in range(i + apart, n - 1) if (i, j) != (0, n - 2))
    return any(_meet(a, b) for a, b in pairs)


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two straight legs cross or touch."""

    def side(x: float, y: float, leg: tuple[float, ...]) -> float:
        return (leg[2] - leg[0]) * (y - leg[1]) - (leg[3] - leg[1]) * (x - leg[0])

    apart = side(a[0], a[1], b) * side(a[2], a[3], b), side(b[0], b[1], a) * side(b[2], b[3], a)
    return max(apart) <= 1e-6


def runs(values: list[float], least: float = 0.045) -> int:
    """How many stretches up or down by at least `least` the values go through."""
    count = direction = 0
    low = high = extreme = values[0]
    for value in values[1:]:
        low, high = min(low, value), max(high, value)
        if direction == 0:
            direction = 1 if value - low >= least else -1 if high - value >= least else 0
            count, extreme = abs(direction), value
        elif (value - extreme) * direction > 0:
            extreme = value
        elif (extreme - value) * direction >= least:
            count, direction, extreme = count + 1, -direction, value
    return count


def _winding(track: Track, samples: list[int], centre: object) -> float:
    """The angle that the track turns about a centre, in radians."""
    total = 0.0
    angles = []
    for i in samples:
        x, y = centre(i)  # type: ignore[operator]
        angles.append(math.atan2(track.cy[i] - y, track.cx[i] - x))
    for a, b in pairwise(angles):
        total += (b - a + math.pi) % (2 * math.pi) - math.pi
    return abs(total)
