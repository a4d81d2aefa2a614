"""Boxes and times as models write them, turned into fractions of the frame and of the video.

Asked for per cent and x, y, width, height, models answer in pixels or fractions, with corners or centres, as lists or under
a dozen names, with nulls between. What was meant shows only over the whole reply, so units are found from all boxes together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from flowzero.dss import Box, Keyframe

CANVASES = (512, 1024, 2048, 4096)
"""Sides of the square pictures, in pixels, that models imagine when they answer in pixels."""

Form = Literal["size", "corners", "centre", "four"]
"""What the four numbers are called; `four` is a list that names none."""

_NESTED = ("box", "bbox", "bounding_box", "boundingbox", "rect", "rectangle", "position", "coordinates", "coords", "layout")
_NAMES: Mapping[Form, tuple[tuple[str, str, str, str], ...]] = {
    "size": (
        ("x", "y", "w", "h"),
        ("x", "y", "width", "height"),
        ("left", "top", "width", "height"),
        ("left", "top", "w", "h"),
    ),
    "corners": (
        ("x1", "y1", "x2", "y2"),
        ("x0", "y0", "x1", "y1"),
        ("xmin", "ymin", "xmax", "ymax"),
        ("x_min", "y_min", "x_max", "y_max"),
        ("left", "top", "right", "bottom"),
    ),
    "centre": (
        ("cx", "cy", "w", "h"),
        ("cx", "cy", "width", "height"),
        ("center_x", "center_y", "width", "height"),
        ("x_center", "y_center", "width", "height"),
    ),
}


class Raw(NamedTuple):
    """Four numbers of a box in the reply's own unit; nan where the model left one out."""

    a: float
    b: float
    c: float
    d: float
    form: Form

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """The four numbers."""
        return self.a, self.b, self.c, self.d


class Mark(NamedTuple):
    """A box at a time, both in the reply's own units; the time is None where the model left it out."""

    t: float | None
    raw: Raw


class Units(NamedTuple):
    """What the numbers of a reply mean: the picture's width and height in their unit, and whether w, h are really corners."""

    width: float
    height: float
    corners: bool


def number(value: Any) -> float:
    """The number that was meant, nan if none was: 12, "12", "12px", "50%" and null are all written."""
    if isinstance(value, bool) or value is None:
        return math.nan
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e9 else math.nan
    if isinstance(value, str) and (match := re.fullmatch(r"\s*([-+]?\d{0,9}\.?\d{1,9})\s*(?:px|%|s)?\s*", value)):
        return float(match[1])
    return math.nan


def raw_box(value: Any) -> Raw | None:
    """The box that a JSON value holds; None if it holds none at all."""
    if isinstance(value, list | tuple) and len(value) == 4 and not any(isinstance(part, list | dict) for part in value):
        return _raw(value, "four")
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(part, list | tuple) for part in value):
        flat = [*value[0], *value[1]]
        return _raw(flat, "corners") if len(flat) == 4 else None
    if not isinstance(value, dict):
        return None
    for name in _NESTED:
        if (inner := raw_box(value.get(name))) is not None:
            return inner
    for form, choices in _NAMES.items():
        for names in choices:
            if all(name in value for name in names):
                return _raw([value[name] for name in names], form)
    return None


def _raw(values: Sequence[Any], form: Form) -> Raw:
    a, b, c, d = map(number, values)
    return Raw(a, b, c, d, form)


def units_of(tracks: Sequence[Sequence[Mark]], canvas: tuple[float, float] | None) -> Units:
    """What the numbers mean, judged from all boxes of a reply; its own word on the canvas, in pixels, counts."""
    raws = [mark.raw for track in tracks for mark in track if _complete(mark.raw)]
    sized = [raw for raw in raws if raw.form in ("size", "four")]
    width, height = canvas if canvas and _largest(raws) > 2 else (_side(tracks, raws),) * 2
    corners = bool(sized) and all(raw.c > raw.a and raw.d > raw.b for raw in sized)
    if corners:
        sticking = any(raw.a + raw.c > 1.1 * width or raw.b + raw.d > 1.1 * height for raw in sized)
        # A box may grow as it moves: what is called width and height is that as long as it fits the picture.
        unnamed = all(raw.form == "four" for raw in sized)
        corners = sticking or (unnamed and any(_rigid_as_corners(track, width) for track in tracks))
    return Units(width, height, corners)


def keyframes(track: Sequence[Mark], units: Units, times: Sequence[float]) -> tuple[Keyframe, ...]:
    """The track in fractions, in order of time; a box without position is left out, and without size takes the one before.

    Of several boxes at one time the last counts. Positions and sizes are held within what a plan allows.
    """
    found: dict[float, Box] = {}
    size: tuple[float, float] | None = None
    for mark, t in sorted(zip(track, times, strict=True), key=lambda pair: pair[1]):
        x, y, w, h = _fractions(mark.raw, units)
        if not (math.isfinite(w) and math.isfinite(h)):
            w, h = size or (math.nan, math.nan)
        if all(map(math.isfinite, (x, y, w, h))):
            size = w, h
            found[round(t, 4)] = Box(x=_held(x, -4, 5), y=_held(y, -4, 5), w=_held(w, 0.01, 2), h=_held(h, 0.01, 2))
    return tuple(Keyframe(t=t, box=box) for t, box in found.items())


def time_scale(tracks: Sequence[Sequence[Mark]], starts: Iterable[float], seconds: float) -> float:
    """What the reply's times run up to: 100 (per cent), 1 (fractions), its seconds, or its last frame's number."""
    paths = [[mark.t for mark in track if mark.t is not None] for track in tracks]
    times = [t for path in paths for t in path] + [t for t in starts if math.isfinite(t)]
    last = max(times, default=100.0)
    whole = all(t == int(t) for t in times)
    if last <= 1:
        return 1.0
    if not whole and last <= seconds * 1.01 + 1e-9:
        return seconds
    counted = any(len(path) >= 3 and all(b - a == 1 for a, b in pairwise(sorted(path))) for path in paths)
    if whole and counted and last < 100:
        return last
    return 100.0 if last <= 100 else last


def simplified(path: Sequence[Keyframe], most: int = 64, tolerance: float = 0.002) -> tuple[Keyframe, ...]:
    """The same movement with fewer keyframes: what lies on the line between its neighbours, within the tolerance, goes."""
    if len(path) <= 2:
        return tuple(path)
    kept = {0, len(path) - 1}
    stretches = [(0, len(path) - 1)]
    while stretches:
        first, last = stretches.pop()
        worst, at = max(((_off(path, first, k, last), k) for k in range(first + 1, last)), default=(0.0, first))
        if worst > tolerance:
            kept.add(at)
            stretches += [(first, at), (at, last)]
    if len(kept) > most:
        return simplified(path, most, 2 * tolerance)
    return tuple(path[k] for k in sorted(kept))


def _off(path: Sequence[Keyframe], first: int, k: int, last: int) -> float:
    """How far keyframe k is from the straight line between two others."""
    a, b, c = path[first], path[k], path[last]
    u = (b.t - a.t) / (c.t - a.t)
    return max(abs(_side_of(a, n) + (_side_of(c, n) - _side_of(a, n)) * u - _side_of(b, n)) for n in ("x", "y", "w", "h"))


def _side_of(key: Keyframe, name: str) -> float:
    side: float = getattr(key.box, name)
    return side


def _complete(raw: Raw) -> bool:
    return all(map(math.isfinite, raw.sides))


def _largest(raws: Sequence[Raw]) -> float:
    return max((abs(part) for raw in raws for part in raw.sides), default=100.0)


def _side(tracks: Sequence[Sequence[Mark]], raws: Sequence[Raw]) -> float:
    """The picture's side: 1 for fractions, 100 for per cent, or the smallest usual canvas in pixels.

    Numbers up to 200 may be per cent that leave the picture, or pixels; in per cent every track is in the picture at some time.
    """
    largest = _largest(raws)
    fractional = any(part != int(part) for raw in raws for part in raw.sides)
    if largest <= 1 or (fractional and largest <= 3):
        return 1.0
    seen = (any(max(_centre(mark.raw)) <= 100 for mark in track if _complete(mark.raw)) for track in tracks if track)
    if largest <= 200 and all(seen):
        return 100.0
    return float(next((side for side in CANVASES if _holds(side, raws)), CANVASES[-1]))


def _holds(side: float, raws: Sequence[Raw]) -> bool:
    """Whether a canvas of that side holds most of the boxes' centres, and no box begins far outside of it."""
    held = sum(max(_centre(raw)) <= side for raw in raws)
    return 2 * held >= len(raws) and all(max(raw.a, raw.b) <= 1.1 * side for raw in raws)


def _centre(raw: Raw) -> tuple[float, float]:
    """The middle of a box, whose c, d are taken for what they are called."""
    if raw.form in ("size", "four"):
        return raw.a + raw.c / 2, raw.b + raw.d / 2
    return (raw.a, raw.b) if raw.form == "centre" else ((raw.a + raw.c) / 2, (raw.b + raw.d) / 2)


def _rigid_as_corners(track: Sequence[Mark], width: float) -> bool:
    """Whether a moving track keeps its size if c, d are corners, and grows just as it moves if they are sizes."""
    raws = [mark.raw for mark in track if _complete(mark.raw)]
    for axis in (0, 1):
        moved = max((raw.sides[axis] for raw in raws), default=0.0) - min((raw.sides[axis] for raw in raws), default=0.0)
        sizes = [raw.sides[axis + 2] - raw.sides[axis] for raw in raws]
        if moved > 0.1 * width and max(sizes) - min(sizes) < 0.1 * moved:
            return True
    return False


def _fractions(raw: Raw, units: Units) -> tuple[float, float, float, float]:
    a, c = raw.a / units.width, raw.c / units.width
    b, d = raw.b / units.height, raw.d / units.height
    if raw.form == "corners" or (raw.form in ("size", "four") and units.corners):
        return min(a, c), min(b, d), abs(c - a), abs(d - b)
    if raw.form == "centre":
        return a - c / 2, b - d / 2, c, d
    return a, b, c, d


def _held(value: float, low: float, high: float) -> float:
    return round(min(max(value, low), high), 6)
