"""A journey just as its steps say, one after another from a given place: what is left when every usual way fails."""

from __future__ import annotations

from flowzero.agent.choreography.shapes import shape
from flowzero.agent.choreography.sketch import Sketch, keyframes
from flowzero.agent.choreography.walking import hop, over, reach
from flowzero.agent.promises import At, Beside, Go, Rest, Step, Trace
from flowzero.dss import VECTORS, Keyframe


def step_by_step(
    sketch: Sketch, steps: tuple[Step, ...], span: tuple[float, float], begun: tuple[float, float], length: float
) -> tuple[Keyframe, ...]:
    """Keyframes of the steps from `begun` on, each with the same share of the span, a direction `length` frame widths far."""
    start, end = span
    first = steps[0]
    told = isinstance(first, At | Beside) and first.start
    sketch.points = []
    sketch.points = [(start, *(reach(sketch, first, start, length) if told else (*begun, 1.0)))]
    onwards = steps[1:] if told else steps
    for k, step in enumerate(onwards, 1):
        _take(sketch, step, start + (end - start) * k / len(onwards), length)
    return keyframes(sketch, sketch.points)


def _take(sketch: Sketch, step: Step, t: float, length: float) -> None:
    """One step, until a time."""
    (x, y), before, scale = sketch.here, sketch.points[-1][0], sketch.scale
    if isinstance(step, Trace):
        comes = (t - before) / 4 if step.other else 0.0
        sketch.points += shape(sketch, step, before + comes, t, joined=True)
    elif isinstance(step, Rest):
        sketch.points.append((t, x, y, scale))
    elif isinstance(step, Beside) and step.relation in ("on", "inside"):
        hop(sketch, step, before, t)
    elif isinstance(step, Beside) and step.relation in ("above", "below"):
        over(sketch, step, before, t)
    elif isinstance(step, Go) and step.heading in VECTORS:
        ux, uy = VECTORS[step.heading]
        sketch.points.append((t, x + ux * length, y + uy * length, scale))
    else:
        sketch.points.append((t, *reach(sketch, step, t, length)))
