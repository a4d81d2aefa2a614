"""Small plans for tests of the critic and the fixer."""

from __future__ import annotations

from typing import Any

from flowzero.agent.constraints import broken, measure
from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from flowzero.dss import DSS, Box, Keyframe, Object, Scene, Span
from flowzero.plan import Finding


def thing(id: str, phrase: str, *points: tuple[float, float], w: float = 0.2, h: float = 0.2, **more: Any) -> Object:
    """An object whose centre goes through these points at an even pace."""
    times = [k / max(1, len(points) - 1) for k in range(len(points))]
    path = tuple(Keyframe(t=t, box=Box(x=x - w / 2, y=y - h / 2, w=w, h=h)) for t, (x, y) in zip(times, points, strict=True))
    return Object(id=id, phrase=phrase, path=path, **more)


def scaled(id: str, phrase: str, x: float, y: float, *sizes: float) -> Object:
    """An object that stays in place and takes these sizes at an even pace."""
    times = [k / (len(sizes) - 1) for k in range(len(sizes))]
    path = tuple(Keyframe(t=t, box=Box(x=x - s / 2, y=y - s / 2, w=s, h=s)) for t, s in zip(times, sizes, strict=True))
    return Object(id=id, phrase=phrase, path=path)


def plan(prompt: str, *objects: Object, **more: Any) -> DSS:
    """A plan of two seconds at eight frames a second, described by its prompt."""
    return DSS(**{"prompt": prompt, "scenes": (Scene(start=0, description=prompt),), "objects": objects, **more})


def seen(start: float, end: float) -> dict[str, Any]:
    """When an object is there."""
    return {"visible": (Span(start=start, end=end),)}


def faults(dss: DSS) -> dict[str, Finding]:
    """What the critic finds broken, by the check's name."""
    return {finding.constraint: finding for finding in measure(read(dss.prompt), dss) if broken(finding)}


def planned(prompt: str) -> DSS:
    """The built-in planner's plan of a prompt that it has read in full, of which nothing is broken."""
    reading = read(prompt)
    dss = draft(reading)
    assert not reading.unread
    assert not [finding.message for finding in measure(reading, dss) if broken(finding)]
    return dss


def named(dss: DSS, name: str) -> Object:
    return next(item for item in dss.objects if item.id == name)
