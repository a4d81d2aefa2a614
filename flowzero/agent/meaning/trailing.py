"""Who comes behind another that goes somewhere, though no verb says so: "a duck walks left, her ducklings behind her"."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent.bonds import GOING
from flowzero.agent.cast_list import CastList
from flowzero.agent.nature import alive, is_mount
from flowzero.agent.promises import At, Follows, Go, Journey, Promise, Relation


def trailing(promises: Sequence[Promise], cast: CastList) -> list[Promise]:
    """The promises with who is behind one that goes to a side as following it, if nothing else is told of him."""
    return [_follows(promise, promises, cast) for promise in promises]


def _follows(promise: Promise, promises: Sequence[Promise], cast: CastList) -> Promise:
    if not (isinstance(promise, Relation) and promise.relation == "behind" and promise.window.whole):
        return promise
    kinds = {*GOING, "still", "position", "carrying"}
    told = any(p.kind in kinds and getattr(p, "thing", None) == promise.thing for p in promises)
    seated = any(isinstance(p, Relation) and p.thing == promise.thing and p != promise for p in promises)
    led = any(isinstance(p, Journey) and p.thing == promise.other and _aside(p) for p in promises)
    if told or seated or not led or cast[promise.thing].still or not _goes(cast[promise.thing].noun):
        return promise
    return Follows(thing=promise.thing, other=promise.other)


def _aside(journey: Journey) -> bool:
    """Whether it leads to a side of the picture."""
    return any(
        (isinstance(step, Go) and step.heading in ("left", "right"))
        or (isinstance(step, At) and step.place.x in ("left", "right") and not step.start)
        for step in journey.steps
    )


def _goes(noun: str) -> bool:
    """Whether it is somebody, or something made to go."""
    known = vocabulary.find(noun)
    return alive(noun) or is_mount(noun, "man") or (known is not None and known.group == "vehicle")
