"""Ways bent to fit: their ends moved, their detours kept; and the way of who comes behind another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from flowzero.agent.choreography.sketch import Point, Sketch
from flowzero.agent.promises import Go, Step
from flowzero.dss import VECTORS, Object

Spot = tuple[float, float]
"""Centre x and y, or the two ends of an axis."""


def refitted(points: list[Point], first: Spot, last: Spot) -> list[Point]:
    """The way with its ends there: each axis stretched, or shifted more and more where it went nowhere."""
    if len(points) < 2:
        return points
    (t0, x0, y0, _), (t1, x1, y1, _) = points[0], points[-1]
    found = []
    for t, x, y, scale in points:
        share = (t - t0) / (t1 - t0) if t1 > t0 else 1.0
        across = _moved(x, (x0, x1), (first[0], last[0]), share)
        found.append((t, across, _moved(y, (y0, y1), (first[1], last[1]), share), scale))
    return found


def _moved(value: float, old: Spot, new: Spot, share: float) -> float:
    """A value on an axis whose ends move, at a share of the time."""
    if abs(old[1] - old[0]) > 0.08:
        return new[0] + (new[1] - new[0]) * (value - old[0]) / (old[1] - old[0])
    return value + (new[0] - old[0]) * (1 - share) + (new[1] - old[1]) * share


def outside(sketch: Sketch, point: Point) -> bool:
    """Whether the box at a point lies out of the frame."""
    return sketch.at.box(point[1], point[2], point[3]).inside() <= 0.001


def straight(item: Object) -> bool:
    """Whether an object's path leads one way without detours."""
    spots = [(key.box.cx, key.box.cy) for key in item.path]
    return sum(math.dist(a, b) for a, b in pairwise(spots)) <= 1.02 * math.dist(spots[0], spots[-1]) + 1e-6


def trail(item: Object, back: float, times: Iterable[float]) -> list[tuple[float, float, float]]:
    """Time, x and y of who comes that far behind an object on its own path, and comes up to where it began first."""
    spots = [(key.box.cx, key.box.cy) for key in item.path]
    done = [0.0]
    for a, b in pairwise(spots):
        done.append(done[-1] + math.dist(a, b))
    ux, uy = setting_out(item)
    found = []
    for t in times:
        box = item.box_at(t)
        k = max(index for index, key in enumerate(item.path) if key.t <= t or index == 0)
        way = min(done[k] + math.dist(spots[k], (box.cx, box.cy)), done[-1]) - back
        if way <= 0:
            found.append((t, spots[0][0] + ux * way, spots[0][1] + uy * way))
            continue
        k = max(index for index in range(len(spots) - 1) if done[index] <= way)
        share = (way - done[k]) / ((done[k + 1] - done[k]) or 1.0)
        (ax, ay), (bx, by) = spots[k], spots[k + 1]
        found.append((t, ax + (bx - ax) * share, ay + (by - ay) * share))
    return found


def setting_out(item: Object) -> Spot:
    """The direction in which a path leads, or sets out if it comes back, as a unit vector; (0, 0) if it leads nowhere."""
    spots = [(key.box.cx, key.box.cy) for key in item.path]
    far = next((spot for spot in spots if math.dist(spots[0], spot) > 0.02), spots[0])
    far = spots[-1] if math.dist(spots[0], spots[-1]) > 0.15 else far
    length = math.dist(spots[0], far) or 1.0
    return (far[0] - spots[0][0]) / length, (far[1] - spots[0][1]) / length


def sideways(steps: tuple[Step, ...]) -> float:
    """Which way a way goes on sideways: -1 left, 1 right, 0 neither."""
    headings = (VECTORS[step.heading][0] for step in steps if isinstance(step, Go) and step.heading in VECTORS)
    return next((math.copysign(1.0, x) for x in headings if x), 0.0)
