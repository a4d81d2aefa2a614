"""Who goes along with whom, as promises have it: riders with mounts, crews with boats, what is held with who holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Carries,
    Follows,
    Go,
    Journey,
    Passes,
    Place,
    Promise,
    Reading,
    Relation,
    Rest,
    Step,
    Still,
)
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


def put_down(promises: Iterable[Promise], thing: str) -> Beside | None:
    """Where what is carried is put at last, as in "picks up a box and puts it on a shelf"."""
    ways = [p.steps for p in promises if isinstance(p, Journey) and p.thing == thing]
    last = ways[0][-1] if len(ways) == 1 else None
    return last if isinstance(last, Beside) and last.relation in ("on", "inside") and not last.start else None


@remembered
def errands(reading: Reading) -> tuple[tuple[str, str, str], ...]:
    """Each who goes to one thing and from there to another, with the one and the other."""
    found: list[tuple[str, str, str]] = []
    for way in (p for p in reading.promises if isinstance(p, Journey)):
        goals = [step.other for step in way.steps if isinstance(step, Approach) and not step.away]
        if len(goals) == 2 and len(way.steps) == 2 and goals[0] != goals[1]:
            found.append((way.thing, goals[0], goals[1]))
    return tuple(found)


def coming_to(steps: Sequence[Step], goal: Approach) -> tuple[Step, ...]:
    """The steps with that to what is taken along before those that lead on with it; one comes down to it first, or in."""
    others = [step for step in steps if step != goal]
    onwards = [k for k, step in enumerate(others) if isinstance(step, Go) or (isinstance(step, At) and not step.start)]
    if not onwards or others == [Go(heading="down")]:
        return (*others, goal)
    k = onwards[-1]
    while k and k - 1 in onwards and isinstance(others[k], At) and isinstance(others[k - 1], Go):
        k -= 1  # the way out of the picture is one
    return (*others[:k], goal, *others[k:])


def brought(promises: Sequence[Promise]) -> list[Promise]:
    """The promises with the ways of those who put what they carry somewhere: they go there with it."""
    made = list(promises)
    for tie in promises:
        goal = put_down(promises, tie.thing) if isinstance(tie, Carries) and tie.how in ("held", "taken") else None
        if goal is None or not isinstance(tie, Carries) or goal.other == tie.other:
            continue
        there = Approach(other=goal.other)
        k = next((k for k, p in enumerate(made) if isinstance(p, Journey) and p.thing == tie.other), None)
        way = made[k] if k is not None else None
        if k is None or not isinstance(way, Journey):
            made.append(Journey(thing=tie.other, steps=(there,)))
        elif not any(getattr(step, "other", None) == goal.other for step in way.steps):
            made[k] = way.model_copy(update={"steps": (*way.steps, there)})
    return made


def not_from_oneself(promise: Promise, promises: Sequence[Promise]) -> Promise | None:
    """A journey without ways to and from what one carries, or rides on, all the time; None if nothing is left of it.

    To what it takes along it comes first, as in "dives at a trout and lifts it"; and who is off with that leaves the picture.
    """
    if not isinstance(promise, Journey):
        return promise
    tied = [p for p in promises if isinstance(p, Carries) and promise.thing in (p.thing, p.other)]
    held = {name for p in tied for name in (p.thing, p.other)}
    taken = {name for p in tied if p.how == "taken" for name in (p.thing, p.other)}
    steps = tuple(s for s in promise.steps if not (isinstance(s, Approach) and s.other in (held if s.away else held - taken)))
    if len(steps) == len(promise.steps):
        return promise
    last = promise.steps[-1]
    if isinstance(last, Approach) and last.away and any(p.how == "taken" and p.thing == last.other for p in tied):
        steps = (*steps, At(place=Place(x="left", off=True), loose=True))
    return promise.model_copy(update={"steps": steps}) if any(not isinstance(step, Rest) for step in steps) else None


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
