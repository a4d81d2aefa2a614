"""Where ways lead that begin at another thing, so that one sees them get away from it."""

from __future__ import annotations

import math

from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.placing import within
from flowzero.agent.promises import Approach, Beside, Go, Journey
from flowzero.dss import Box

_AWAY = 0.1
"""How much farther from what it comes off a thing gets, in frame sizes, in the second half of its way."""
_ASIDE = tuple(0.04 * k for k in range(9))
"""How far aside it may go as it falls."""
_OUT = 0.22
"""How far aside goes who comes out of a thing and towards the viewer."""


def left(sketch: Sketch) -> Box | None:
    """What the thing's way begins at or leads away from, where that is when it sets out."""
    for journey in sketch.reading.promises:
        if isinstance(journey, Journey) and journey.thing == sketch.thing:
            first = journey.steps[0]
            begun = (isinstance(first, Beside) and first.start) or (isinstance(first, Approach) and first.away)
            if begun and isinstance(first, Beside | Approach):
                return sketch.box_of(first.other, sketch.points[-1][0] if sketch.points else 0.0)
    return None


def fallen(sketch: Sketch, x: float, y: float, low: float) -> float:
    """Where across the picture lands what falls off a thing from (x, y): straight down if it goes on then, or gets away so."""
    other = left(sketch)
    ways = [p for p in sketch.reading.promises if isinstance(p, Journey) and p.thing == sketch.thing]
    if (
        other is None or any(way.steps[-1] != Go(heading="down") for way in ways) or abs(y - other.cy) < other.h / 4
    ):  # as out of a basket, in which it was
        return x
    side = math.copysign(1.0, x - other.cx) if abs(x - other.cx) > 1e-3 else 1.0 if other.cx <= 0.5 else -1.0
    for aside in _ASIDE:
        far = x + side * aside
        before = math.hypot((x + far) / 2 - other.cx, (y + low) / 2 - other.cy)
        if math.hypot(far - other.cx, low - other.cy) >= before + _AWAY:
            return far
    return x + side * _ASIDE[-1]


def outward(sketch: Sketch, x: float) -> float:
    """Where across the picture gets who comes out of a thing and towards the viewer: beside it."""
    other = left(sketch)
    if other is None:
        return x
    aside = x - other.cx if abs(x - other.cx) > 0.03 else 0.5 - other.cx
    return within(x + math.copysign(_OUT, aside if abs(aside) > 1e-3 else 1.0), sketch.at.w)
