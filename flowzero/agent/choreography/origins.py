"""Where a way begins, and how large one is there, when nobody says from where."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent.choreography.approaching import clearance, up_to
from flowzero.agent.choreography.following import leads, rivals
from flowzero.agent.choreography.shapes import ring
from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.choreography.slopes import RISE
from flowzero.agent.choreography.ways import sideways
from flowzero.agent.nature import far_away
from flowzero.agent.placing import HORIZON, centre_of, within
from flowzero.agent.promises import Approach, At, Beside, Go, Rest, Step, Trace
from flowzero.dss import VECTORS


def origin(sketch: Sketch, steps: tuple[Step, ...], length: float, t: float) -> tuple[float, float]:  # noqa: PLR0911
    """Where a way starts that nobody gives a start: so that it, and the ways after it, fit the frame."""
    dx, dy = sketch.nudge
    x, y = sketch.x, sketch.at.y + dy
    step = steps[0]
    about = sketch.box_of(step.other, t) if isinstance(step, Trace) and step.pattern == "circle" and step.other else None
    if about is not None:
        rx, ry = ring(sketch, about)
        angle = math.tau * sketch.member / sketch.count if not sketch.together else 0.0
        angle += math.pi if steps[1:2] == (Go(heading="left"),) else 0.0  # with room ahead for what comes next
        return about.cx - rx * math.cos(angle), about.cy - ry * math.sin(angle)
    if isinstance(step, Beside):
        return _aside(sketch, step, t, sideways(steps[1:]))
    if isinstance(step, At):
        cx, cy = centre_of(step.place.model_copy(update={"off": False}), sketch.at, x, y)
        far_x = 0.5 if abs(cx - 0.5) > 0.1 else 0.2
        if len(steps) == 1:
            far_x = 1 - cx if step.place.x in ("left", "right") else (x if abs(x - cx) > 0.2 else 0.2)
        return within(far_x if step.place.x else x, sketch.at.w), within(
            1 - cy, sketch.at.h
        ) if step.place.y and not sketch.at.grounded else y
    if isinstance(step, Go) and step.heading in VECTORS:
        ux, uy = VECTORS[step.heading]
        ahead = 0.14 * ux if leads(sketch) else 0.0
        off = 0.36 if rivals(sketch.reading, sketch.thing) else length / 2 + 0.02  # rivals start on one line
        x = within(0.5 - ux * off + dx + ahead, sketch.at.w) if ux else within(x, sketch.at.w)
        if uy:
            y = within(0.5 - math.copysign(0.3, uy), sketch.at.h) + dy
            if ux and uy > 0 and sketch.at.grounded:
                y = max(y, sketch.at.y - RISE)
            if uy < 0 and sketch.at.grounded:
                y = sketch.at.y
            y = min(y, horizon(sketch) or y)
        return x, y
    if isinstance(step, Go):
        return 0.5 + dx, sketch.at.y - (0.04 if step.heading == "towards" else 0)
    if isinstance(step, Approach) and (other := sketch.box_of(step.other, t)) is not None:
        side = -1 if other.cx >= 0.5 else 1
        if step.away:
            return within(other.cx + side * clearance(sketch, other, side), sketch.at.w), y
        return within(0.5 + side * 0.36, sketch.at.w), y
    return x, y


def for_what_comes(sketch: Sketch, steps: Sequence[Step], begun: tuple[float, float]) -> tuple[float, float]:
    """Where a way begins that leads up to a thing at last, though no step before says from where: across from that thing.

    One that leads up and out of a thing begins there; others begin where they would.
    """
    out_of = next((step for step in steps if isinstance(step, Approach) and step.away), None)
    if out_of and steps[0] == Go(heading="up") and (box := sketch.box_of(out_of.other, 0.0)) is not None:
        return box.cx, begun[1]
    level = [
        step for step in steps[:-1] if not (isinstance(step, Rest) or (isinstance(step, Go) and step.heading in ("up", "down")))
    ]
    if len(steps) > 1 and isinstance(goal := steps[-1], Approach) and not goal.away and not level:
        return min(max(up_to(sketch, goal, None, 0.0, 1.0)[0][1], 0.02), 0.98), begun[1]
    return begun


def first_scale(step: Step) -> float:
    """How large one is where a way begins with such a step."""
    if isinstance(step, Go) and step.heading in ("towards", "away"):
        return 0.55 if step.heading == "towards" else 1.25
    return 1.0


def _aside(sketch: Sketch, step: Beside, t: float, onward: float) -> tuple[float, float]:
    """Where a way starts that leads to a place beside another: on the other side, or a way off on the ground.

    A way that goes `onward` past it comes from the opposite side.
    """
    other = sketch.box_of(step.other, t)
    y = sketch.at.y + sketch.nudge[1]
    if other is None:
        return sketch.x, y
    side = {"left": 1.0, "right": -1.0}.get(step.relation, -onward or (-1.0 if other.cx >= 0.45 else 1.0))
    return within(other.cx + side * max(0.34, (other.w + sketch.at.w) / 2 + 0.05), sketch.at.w), y


def horizon(sketch: Sketch) -> float | None:
    """How low what is in the sky behind all sinks, and from where it rises; None for the rest, and where there is no ground."""
    setting = vocabulary.find_setting(sketch.reading.setting) if sketch.reading.setting else None
    behind = far_away(sketch.reading.thing(sketch.thing).noun) and (setting is None or setting.ground)
    return HORIZON if behind and sketch.reading.view == "side" else None
