"""Who goes along with whom, as promises have it: riders with mounts, crews with boats, what is held with who holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowzero.agent.promises import Approach, At, Carries, Follows, Journey, Passes, Promise, Reading, Relation, Still
from flowzero.agent.remembered import remembered

GOING = frozenset({"journey", "moves", "passing", "following", "meeting", "opposition"})
"""Kinds of promises that give a thing a way."""


def bears(promise: Promise) -> bool:
    """Whether the promise sets its thing on or into another, or into another's hands."""
    return isinstance(promise, Carries) or (isinstance(promise, Relation) and promise.relation in ("on", "inside"))


@remembered
def bearers(reading: Reading, thing: str) -> tuple[str, ...]:
    """What carries a thing, and what it is on or in: it goes along with these, unless it goes over them as over a bridge."""
    told = [promise for promise in reading.promises if bears(promise) and promise.thing == thing]  # type: ignore[union-attr]
    over = crossings(reading.promises) if told else []
    return tuple(promise.other for promise in told if promise not in over)  # type: ignore[union-attr]


def waits(reading: Reading, thing: str) -> bool:
    """Whether those who meet it come to it, as it keeps still, or is on or in another."""
    told = [p for p in reading.promises if isinstance(p, Relation | Still) and p.thing == thing]
    return any(isinstance(p, Still) or p.relation in ("on", "inside") for p in told)


@remembered
def crew(reading: Reading, thing: str) -> tuple[str, ...]:
    """A thing, all that it bears, and what those bear in turn."""
    found = [thing]
    for name in found:
        found += [other.id for other in reading.things if other.id not in found and name in bearers(reading, other.id)]
    return tuple(found)


@remembered
def led_by(reading: Reading, thing: str) -> tuple[str, ...]:
    """All that a thing goes along with or follows, and those in turn."""
    found = [thing]
    for name in found:
        leaders = [p.other for p in reading.promises if isinstance(p, Follows) and p.thing == name]
        found += [other for other in dict.fromkeys((*bearers(reading, name), *leaders)) if other not in found]
    return tuple(found[1:])


def goes(reading: Reading, thing: str) -> bool:
    """Whether a promise gives the thing a way of its own."""
    return any(promise.kind in GOING and getattr(promise, "thing", None) == thing for promise in reading.promises)


def crossings(promises: Iterable[Promise]) -> list[Relation]:
    """Of what goes over a bridge: that it is on it."""
    told = tuple(promises)
    passing = {(promise.thing, promise.other) for promise in told if isinstance(promise, Passes)}
    on = [promise for promise in told if isinstance(promise, Relation) and promise.relation == "on"]
    return [promise for promise in on if (promise.thing, promise.other) in passing]


@remembered
def comers(reading: Reading, thing: str) -> Mapping[str, str | None]:
    """Who comes to a thing at last, and from which side of the picture if that is said."""
    found: dict[str, str | None] = {}
    goal = Approach(other=thing)
    for promise in reading.promises:
        if isinstance(promise, Journey) and promise.steps[-1] == goal:
            first = promise.steps[0]
            found[promise.thing] = first.place.x if isinstance(first, At) and first.start and not first.place.off else None
    return found
