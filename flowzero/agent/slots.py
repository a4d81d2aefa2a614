"""Where across the picture things stand when nothing says where: room for all, and for who comes to them or goes by."""

from __future__ import annotations

from flowzero.agent.bonds import comers, errands, goes
from flowzero.agent.choreography import crosses, sideways
from flowzero.agent.nature import usual_aspect, usual_height
from flowzero.agent.placing import pitch, rounded_up
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Carries,
    Follows,
    Go,
    Journey,
    Promise,
    Reading,
    Relation,
    Stays,
    Step,
    Thing,
)
from flowzero.agent.remembered import remembered
from flowzero.agent.rows import SIDES


@remembered
def slot(thing: Thing, member: int, reading: Reading) -> float:
    """Where it stands when nothing says where: things share the width in the order of the prompt."""
    if rounded_up(thing, reading):
        return round(0.5 + (member - (thing.count - 1) / 2) * pitch(thing.count), 3)
    if (side := wanted(thing, reading)) is not None:
        return side
    bound = {promise.thing for promise in reading.promises if isinstance(promise, Relation | Carries)}
    bound = (bound | {item_id for promise in reading.promises for item_id in _between(promise)}) - {thing.id}
    free = [(other.id, k) for other in reading.things if other.id not in bound for k in range(other.count)]
    index = free.index((thing.id, member)) if (thing.id, member) in free else 0
    n = len(free)
    return 0.5 if n == 1 else round(0.16 + 0.68 * index / (n - 1), 3) if n > 2 else (0.27, 0.73)[index]


@remembered
def wanted(thing: Thing, reading: Reading) -> float | None:
    """Where it needs to stand for what happens about it; None if that may be anywhere."""
    if any(thing.id in _gone_about(promise, reading) for promise in reading.promises):
        return 0.5
    if (x := _laden(thing, reading)) is not None:
        return x
    for _, first, last in errands(reading):  # with room between what one comes to and where one brings it
        if thing.id in (first, last) and thing.count == 1:
            return 0.18 if thing.id == first else 0.82
    return _goal_side(thing, reading) or _led_to(thing, reading) or _free_side(thing, reading) or _half_hidden(thing, reading)


def _laden(thing: Thing, reading: Reading) -> float | None:
    """Where something stands on which others are that have a place: there, or in the middle if they are on both sides."""
    on = {p.thing for p in reading.promises if isinstance(p, Relation) and p.relation == "on" and p.other == thing.id}
    told = {p.place.x for p in reading.promises if isinstance(p, Stays) and p.thing in on and p.place.x}
    own = any(isinstance(p, Stays) and p.thing == thing.id for p in reading.promises)
    if not told or own:
        return None
    return {"left": 0.22, "right": 0.78}.get(str(told.pop()), 0.5) if len(told) == 1 else 0.5


_HIDING = ("behind", "inside", "below")
"""Where one may come from, as in "rises from behind a house"."""


def _goal_side(thing: Thing, reading: Reading) -> float | None:
    """Where something stands that another comes to, or leaves, in a direction that the prompt names."""
    for promise in reading.promises:
        steps = promise.steps if isinstance(promise, Journey) else ()
        first = steps[0] if steps else None
        if isinstance(first, Beside) and first.start and first.other == thing.id and first.relation in _HIDING:
            return {1: 0.27, -1: 0.73}.get(round(sideways(steps[1:])), 0.5)
        goal = next((step for step in steps if step.kind == "approach" and step.other == thing.id), None)
        near = steps if goal is None or goal.away else steps[steps.index(goal) :: -1]
        heading = next((step.heading for step in near if isinstance(step, Go) and step.heading in ("left", "right")), "")
        if goal is not None and heading:
            return 0.73 if (heading == "right") != goal.away else 0.27
    begun = {side for side in comers(reading, thing.id).values() if side in ("left", "right")}
    return 0.5 if len(begun) > 1 else {"left": 0.73, "right": 0.27}.get("".join(map(str, begun)))


def _led_to(thing: Thing, reading: Reading) -> float | None:
    """Where something stands to which one comes who has others behind, or beside which others are: with room for all."""
    led = {promise.other for promise in reading.promises if isinstance(promise, Follows)}
    comes = comers(reading, thing.id)
    if not comes or goes(reading, thing.id):
        return None
    beside = any(isinstance(p, Relation) and p.relation in SIDES and p.other == thing.id for p in reading.promises)
    return 0.84 if led & comes.keys() else 0.62 if beside else None


def _half_hidden(thing: Thing, reading: Reading) -> float | None:
    """Where something stands that another hides which is larger: to the left, so that the other has room at its side."""
    for promise in reading.promises:
        if isinstance(promise, Relation) and promise.relation == "front" and promise.other == thing.id and thing.count == 1:
            before, own = reading.thing(promise.thing).noun, thing.noun
            if usual_height(before) > usual_height(own) and _width(before) > _width(own):
                return 0.24
    return None


def _width(noun: str) -> float:
    return usual_height(noun) * usual_aspect(noun)


def _free_side(thing: Thing, reading: Reading) -> float | None:
    """Where the only thing that stays stands when others come in from one side and stay too: on the other side."""
    ways = [promise for promise in reading.promises if isinstance(promise, Journey)]
    comes = {j.steps[0].place.x for j in ways if _off(j.steps[0]) and not _off(j.steps[-1])}  # type: ignore[union-attr]
    packed = {promise.thing for promise in reading.promises if isinstance(promise, Relation)}
    stays = [other for other in reading.things if other.id not in packed and not goes(reading, other.id)]
    if len(comes) != 1 or stays != [thing] or thing.count > 1:
        return None
    return {"left": 0.73, "right": 0.27}.get(comes.pop() or "")


_BY = ("behind", "front", "above", "below")


def _side(step: Step) -> bool:
    """Whether a way begins at a side of the picture."""
    return isinstance(step, At) and step.place.x in ("left", "right")


def _off(step: Step) -> bool:
    return isinstance(step, At) and step.place.off


def _between(promise: Promise) -> list[str]:
    """What starts at another thing, as by falling off it, or goes from one to another: it stands where they do."""
    if not isinstance(promise, Journey):
        return []
    first = promise.steps[0]
    off = first.kind == "beside" and first.start and first.relation in ("near", "on")
    return [promise.thing] if off or len({step.other for step in promise.steps if step.kind == "approach"}) > 1 else []


def _gone_about(promise: Promise, reading: Reading) -> list[str]:
    """Things that another goes past, over or around: they need room on both sides."""
    if promise.kind == "passing" and promise.thing != promise.other:
        return [promise.other]
    if promise.kind == "relation" and promise.relation in ("behind", "front") and crosses(reading, promise.thing):
        return [promise.other]
    if isinstance(promise, Journey):
        first, last = promise.steps[0], promise.steps[-1]
        if isinstance(first, Beside) and first.relation == "on" and last == Approach(other=first.other, away=True):
            return [first.other]
        middle = promise.steps[1:-1] if promise.steps and _side(promise.steps[0]) else ()
        by = [step.other for step in middle if isinstance(step, Beside) and step.relation in _BY]
        return by + [step.other for step in promise.steps if step.kind == "trace" and step.other]
    return []
