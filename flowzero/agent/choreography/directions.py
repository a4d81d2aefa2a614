"""Where a direction leads: as far as there is room, up a thing as far as it reaches, down to the ground or the horizon."""

from __future__ import annotations

import math

from flowzero.agent.choreography.departing import fallen, outward
from flowzero.agent.choreography.origins import horizon
from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.choreography.slopes import RISE
from flowzero.agent.placing import within
from flowzero.agent.promises import Beside, Go, Journey, Relation
from flowzero.dss import VECTORS


def gone(sketch: Sketch, step: Go, length: float, part: float = 1.0) -> tuple[float, float, float]:
    """Where a direction leads from where the way has got to: centre and scale. It goes a part of its usual way."""
    x, y = sketch.here
    if step.heading == "towards":
        full = min(1.5, 0.85 / sketch.at.h)
        low = min(y + 0.1, 0.95 - sketch.at.h * full / 2) if sketch.at.grounded else y
        return outward(sketch, x), low, full
    if step.heading == "away":
        return x, (y - 0.12 if sketch.at.grounded else y), sketch.scale * 0.42
    ux, uy = VECTORS[step.heading]
    cx, cy = x + ux * length, y + math.copysign(0.5 if part < 1 else 0.45, uy) * part * (1 if uy else 0)
    if ux and uy < 0 and sketch.at.grounded:
        cy = y - RISE * part
    slopes = sketch.reading.thing(sketch.thing).medium == "ground" and not _climbs(sketch) and not _falls_off(sketch)
    if not ux and sketch.at.grounded and slopes:
        cx = x + (0.24 if x <= 0.5 else -0.24)  # a slope leads aside as it leads up or down
    cx, cy = within(cx, sketch.at.w), within(cy, sketch.at.h)
    if ux and sketch.count > 1 and not sketch.together:  # each of several to a place of its own before the edge
        ahead = (sketch.count - 1 - sketch.member if ux > 0 else sketch.member) * 0.7 * sketch.at.w
        far = within(cx + math.copysign(2.0, ux), sketch.at.w) - math.copysign(ahead, ux)
        cx = min(cx, far) if ux > 0 else max(cx, far)
    top = _top(sketch)
    cy = max(cy, top) if uy < 0 and top is not None else cy
    if uy > 0 and sketch.at.grounded:
        cy = min(cy, sketch.at.y)
    if uy > 0 and (floor := _floor(sketch)) is not None:
        cy = max(min(cy, floor), y + 0.15)
    if ux and abs(cx - x) < min(0.2, 0.8 * length):
        cx = x + math.copysign(0.3, ux)
    if uy and abs(cy - y) < 0.15:
        cy = y + math.copysign(0.15 if (sketch.at.grounded and uy > 0) or part < 1 else 0.25, uy)
    if uy > 0 and not ux and _falls_off(sketch):
        cx = within(fallen(sketch, x, y, cy), sketch.at.w)
    return cx, cy, sketch.scale


def _falls_off(sketch: Sketch) -> bool:
    """Whether its way begins up on another thing, from which it falls."""
    ways = [j.steps[0] for j in sketch.reading.promises if isinstance(j, Journey) and j.thing == sketch.thing]
    return any(isinstance(step, Beside) and step.start for step in ways)


def _floor(sketch: Sketch) -> float | None:
    """How low it comes down: to the horizon, or on to what it is above."""
    told = (p for p in sketch.reading.promises if isinstance(p, Relation) and p.thing == sketch.thing)
    below = next((sketch.box_of(p.other, 1.0) for p in told if p.relation == "above"), None)
    return below.y - sketch.at.h / 2 - 0.02 if below is not None else horizon(sketch)


def _climbs(sketch: Sketch) -> str | None:
    """The thing that it goes up or down, if it does."""
    near = (p for p in sketch.reading.promises if isinstance(p, Relation) and p.thing == sketch.thing)
    return next((p.other for p in near if p.relation == "near"), None)


def _top(sketch: Sketch) -> float | None:
    """How high what it climbs reaches, if that is some way up."""
    other = _climbs(sketch)
    box = sketch.box_of(other, 0.0) if other else None
    return box.y if box is not None and sketch.here[1] - box.y > 0.16 else None
