"""What goes up or down a hill goes along its slope: sideways as well, and not up into the sky."""

from __future__ import annotations

import re
from typing import cast

from flowzero.agent import lexicon as lex
from flowzero.agent.nature import habit
from flowzero.agent.promises import Go, Heading, Journey, Reading, Step
from flowzero.agent.tokens import singular

RISE = 0.3
"""How far the feet of what goes along a slope rise or sink, in frame heights."""


def on_slopes(reading: Reading) -> Reading:
    """The reading with the ways up and down a hill made slanting, where it all happens on one."""
    last = reading.setting.split()[-1].lower() if reading.setting else ""
    if reading.view == "top" or not {last, singular(last)} & lex.SLOPES or not _trodden(reading.prompt, last):
        return reading
    fliers = {thing.id for thing in reading.things if thing.medium == "air" or habit(thing.noun) == "flies"}
    promises = (
        promise.model_copy(update={"steps": _slanting(promise.steps)})
        if isinstance(promise, Journey) and promise.thing not in fliers
        else promise
        for promise in reading.promises
    )
    return reading.model_copy(update={"promises": tuple(promises)})


def _trodden(prompt: str, slope: str) -> bool:
    """Whether somebody goes up or down it, as in "drives up a steep hill"; apples fall and balloons rise there as anywhere."""
    way = r"(?:up|down|climb\w*|ascend\w*|descend\w*)(?: (?!over|above|from|behind|past|on|in)\w+){0,3}"
    return re.search(rf"\b{way} {re.escape(slope)}\b", prompt, re.IGNORECASE) is not None


def _slanting(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """As in "down the hill to the left": both at once; and a slope that leads up or down leads to the right."""
    found: list[Step] = []
    for step in steps:
        last = found[-1] if found else None
        way, before = _heading(step), _heading(last)
        if isinstance(last, Go) and {way, before} in ({u, s} for u in ("up", "down") for s in ("left", "right")):
            found[-1] = Go(heading=_joint(way, before))
        else:
            found.append(step)
    return tuple(
        Go(heading=_joint(str(_heading(step)), "right")) if _heading(step) in ("up", "down") else step for step in found
    )


def _heading(step: Step | None) -> str:
    return step.heading if isinstance(step, Go) else ""


def _joint(one: str, two: str) -> Heading:
    upright, side = (one, two) if one in ("up", "down") else (two, one)
    return cast("Heading", f"{upright}-{side}")
