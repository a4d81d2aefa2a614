"""A DSS as sampled tracks: where each object is in each frame, as plain floats.

Measuring and repairing read these numbers; they are what :meth:`flowzero.dss.DSS.frames` compiles to, without its values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flowzero.dss import DSS, BackgroundMotion, Object, heading

MAX_SAMPLES = 48
"""Longer videos are sampled this often, the first and the last frame included."""

Sample = tuple[float, float, float, float]


@dataclass(frozen=True)
class Track:
    """One object over the samples: boxes as (x, y, w, h), and whether it is there."""

    object: Object
    boxes: tuple[Sample, ...]
    there: tuple[bool, ...]

    @property
    def id(self) -> str:
        """The object's id."""
        return self.object.id

    @cached_property
    def cx(self) -> tuple[float, ...]:
        """Horizontal centres."""
        return tuple(x + w / 2 for x, _, w, _ in self.boxes)

    @cached_property
    def cy(self) -> tuple[float, ...]:
        """Vertical centres."""
        return tuple(y + h / 2 for _, y, _, h in self.boxes)

    @cached_property
    def seen(self) -> tuple[int, ...]:
        """Samples in which it is there and at least a fifth of it inside the picture."""
        return tuple(i for i, box in enumerate(self.boxes) if self.there[i] and inside(box) >= 0.2)

    @cached_property
    def present(self) -> tuple[int, ...]:
        """Samples in which it is there, in the picture or not."""
        return tuple(i for i, there in enumerate(self.there) if there)

    @cached_property
    def hull(self) -> Sample:
        """The box around all its boxes."""
        left, top = min(x for x, _, _, _ in self.boxes), min(y for _, y, _, _ in self.boxes)
        right, bottom = max(x + w for x, _, w, _ in self.boxes), max(y + h for _, y, _, h in self.boxes)
        return left, top, right - left, bottom - top

    @cached_property
    def extent(self) -> float:
        """How far its centre strays: the larger of its ranges in x and y while present."""
        at = self.present or range(len(self.boxes))
        xs, ys = [self.cx[i] for i in at], [self.cy[i] for i in at]
        return max(max(xs) - min(xs), max(ys) - min(ys))

    @cached_property
    def length(self) -> float:
        """How far its centre goes in all, in frame sizes, while present."""
        return sum(math.hypot(self.cx[b] - self.cx[a], self.cy[b] - self.cy[a]) for a, b in pairwise(self.present))

    @cached_property
    def size(self) -> float:
        """Mean of the square root of its area while present."""
        at = self.present or range(len(self.boxes))
        return sum(math.sqrt(self.boxes[i][2] * self.boxes[i][3]) for i in at) / len(at)


def inside(box: Sample) -> float:
    """The fraction of a box that lies within the frame."""
    x, y, w, h = box
    if x >= 0 and y >= 0 and x + w <= 1 and y + h <= 1:
        return 1.0
    across, down = min(x + w, 1.0) - max(x, 0.0), min(y + h, 1.0) - max(y, 0.0)
    return max(across, 0.0) * max(down, 0.0) / (w * h)


def shared(a: Sample, b: Sample) -> float:
    """The area that two boxes share."""
    ax, ay, aw, ah = a
    bx, by, bw, bh = b
    right, below = ax + aw, ay + ah
    other_right, other_below = bx + bw, by + bh
    across = (right if right < other_right else other_right) - (ax if ax > bx else bx)
    down = (below if below < other_below else other_below) - (ay if ay > by else by)
    return across * down if across > 0 and down > 0 else 0.0


def overlap(a: Sample, b: Sample) -> float:
    """Intersection over the smaller of the two areas."""
    both = shared(a, b)
    return both / min(a[2] * a[3], b[2] * b[3]) if both else 0.0


class Tracks:
    """All tracks of a DSS at common sample times."""

    def __init__(self, dss: DSS) -> None:
        self.dss = dss
        n = dss.frame_count
        self.n = min(n, MAX_SAMPLES)
        self.frame_count = n
        self.index = tuple(range(n)) if n <= MAX_SAMPLES else tuple(round(k * (n - 1) / (self.n - 1)) for k in range(self.n))
        self.times = tuple(i / (n - 1) if n > 1 else 0.0 for i in self.index)
        self.middles = tuple((i + 0.5) / n for i in self.index)
        self.by_id = {item.id: self._track(item) for item in dss.objects}

    def _track(self, item: Object) -> Track:
        return Track(item, tuple(item.values_along(self.times)), tuple(item.visible_at(t) for t in self.middles))

    def with_objects(self, dss: DSS) -> Tracks:
        """Tracks of a DSS that differs in some objects; equal objects are not sampled again."""
        if (dss.seconds, dss.fps) != (self.dss.seconds, self.dss.fps):
            return Tracks(dss)
        old = {id(track.object): track for track in self.by_id.values()}
        new = copy(self)
        new.dss = dss
        new.by_id = {item.id: old.get(id(item)) or new._track(item) for item in dss.objects}
        return new

    def with_tracks(self, tracks: Mapping[str, Track]) -> Tracks:
        """The same with some tracks replaced, for what only looks at samples."""
        new = copy(self)
        new.by_id = {**self.by_id, **tracks}
        return new

    def span(self, start: float, end: float) -> tuple[int, ...]:
        """Samples whose frames lie in [start, end) of the video; at least the nearest one."""
        found = tuple(k for k, t in enumerate(self.middles) if start <= t < end or (end >= 1 and t >= start))
        return found or (min(range(self.n), key=lambda k: abs(self.middles[k] - (start + end) / 2)),)

    def frames(self, samples: tuple[int, ...] | list[int]) -> tuple[int, ...]:
        """Frame indices of samples."""
        return tuple(self.index[k] for k in samples)

    def drift(self) -> tuple[tuple[float, float], ...]:
        """How far the background has shifted (x right, y down) at each sample, in frame widths."""
        n, dt = self.frame_count, self.dss.seconds / self.frame_count
        dx = dy = 0.0
        found: list[tuple[float, float]] = []
        wanted = set(self.index)
        for i in range(n):
            if i in wanted:
                found.append((dx, dy))
            segment = self._segment((i + 0.5) / n)
            ux, uy = heading(segment.direction, (i + 0.5) * dt)
            dx, dy = dx + ux * segment.speed * dt, dy + uy * segment.speed * dt
        return tuple(found)

    def magnified(self) -> tuple[float, ...]:
        """How many times as large a zoom shows the world at each sample as at first."""
        found = []
        for t in self.times:
            spans = zip(self.dss.background, (*(part.start for part in self.dss.background[1:]), 1.0), strict=True)
            zoomed = sum(part.zoom * max(0.0, min(t, end) - part.start) for part, end in spans)
            found.append(2.0 ** (zoomed * self.dss.seconds))
        return tuple(found)

    def _segment(self, t: float) -> BackgroundMotion:
        return next(segment for segment in reversed(self.dss.background) if segment.start <= t)
