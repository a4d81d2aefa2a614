"""Where something stands before it goes anywhere: in a part of the picture, or beside, on or in another thing."""

from __future__ import annotations

import math
from dataclasses import replace

from flowzero import vocabulary
from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.choreography.ways import sideways
from flowzero.agent.nature import far_away, habit, is_person
from flowzero.agent.placing import OPEN, beside, centre_of, within
from flowzero.agent.promises import Go, Journey, Moves, Promise, Reading, Relation, Stays, Thing
from flowzero.agent.rows import base, same_row
from flowzero.dss import Box


def stand(sketch: Sketch, promises: list[Promise]) -> None:
    """The first point, when a place, a relation or a slot gives one."""
    x, y = sketch.x, sketch.at.y
    fixed = False
    for promise in promises:
        if isinstance(promise, Stays):
            x, y = centre_of(promise.place, sketch.at, x, y)
            fixed = True
    if sketch.berth is not None:
        x, fixed = sketch.x, fixed or sketch.berth.bound
        y -= sketch.berth.line * sketch.at.h * (0.3 if sketch.at.grounded else -1.1)
    in_row = sketch.berth is not None or base(sketch.reading, sketch.thing) != sketch.thing
    for promise in promises:
        if isinstance(promise, Relation) and in_row and same_row(sketch.reading, promise):
            continue
        if isinstance(promise, Relation) and (spot := _related(sketch, promise, x, y)) is not None:
            x, y = spot
            fixed = True
    dx, dy = sketch.nudge
    sketch.x, home = x + dx, y + dy
    if fixed or not any(isinstance(promise, Journey | Moves) for promise in promises):
        sketch.points.append((0.0, within(sketch.x, sketch.at.w) if not fixed or dx else sketch.x, home, 1.0))


def _related(sketch: Sketch, promise: Relation, x: float, y: float) -> tuple[float, float] | None:
    """Where it stands in a relation to another; None where that leaves it open, or gives it no more than a height."""
    t = promise.window.within(sketch.seconds)[0]
    other = sketch.box_of(promise.other, t)
    if other is None or (sketch.together and promise.relation == "near"):
        return None
    if promise.relation in ("front", "behind") and (crosses(sketch.reading, sketch.thing) or _drifts(sketch, promise)):
        sketch.at = replace(sketch.at, y=beside(promise.relation, sketch.at, other, x, y)[1])
        return None
    far = [far_away(sketch.reading.thing(name).noun) for name in (sketch.thing, promise.other)]
    if promise.relation == "behind" and far == [True, False]:
        return None  # as the moon is behind all, wherever in the sky
    if promise.relation in ("above", "below") and _goes_elsewhere(sketch, promise):
        height = beside(promise.relation, sketch.at, other, x, y)[1]
        sketch.at = replace(sketch.at, y=within(height, sketch.at.h))
        return None
    mates = sketch.placed[promise.other]
    second = sketch.box_of(promise.second, t) if promise.second else None
    if promise.relation == "between" and second is None and len(mates) > 1:
        second = mates[1].box_at(t)
    noun = sketch.reading.thing(promise.other).noun
    spot = beside(promise.relation, sketch.at, other, x, y, second=second, noun=noun)
    if promise.relation == "near" and climbs(sketch.reading, promise):
        high = _comes_down(sketch) and other.h > sketch.at.h
        return other.cx, other.y + sketch.at.h / 2 if high else sketch.at.y
    if promise.relation in ("inside", "on", "near"):
        spot = _spot(sketch, promise, other, *spot)
    sinks = promise.relation == "near" and not sketch.at.grounded
    if (promise.relation == "above" or sinks) and _comes_down(sketch):
        spot = spot[0], sketch.at.h / 2 + 0.02
    goes_along = promise.relation in ("inside", "on") and len(mates[0].path) > 1
    return spot if goes_along else sketch.inside(*spot)


def climbs(reading: Reading, promise: Relation) -> bool:
    """Whether what is near a thing goes up or down it."""
    steps = [step for j in reading.promises if isinstance(j, Journey) and j.thing == promise.thing for step in j.steps]
    if promise.relation != "near" or not _climber(reading.thing(promise.thing)) or _lively(reading.thing(promise.other).noun):
        return False
    return any(isinstance(step, Go) and step.heading in ("up", "down") for step in steps)


def _climber(thing: Thing) -> bool:
    """Whether it can climb: somebody, or an animal that does not fly or swim."""
    known = vocabulary.find(thing.noun)
    able = known is None or known.group in ("animal", "person", "people")
    return able and thing.medium != "air" and habit(thing.noun) == ""


def _lively(noun: str) -> bool:
    """Whether it moves by itself, so that nobody climbs it."""
    known = vocabulary.find(noun)
    return is_person(noun) or (known is not None and known.moves != "still")


def crosses(reading: Reading, thing: str) -> bool:
    """Whether its way is told, and leads sideways."""
    return bool(sideways(tuple(s for j in reading.promises if isinstance(j, Journey) and j.thing == thing for s in j.steps)))


def _drifts(sketch: Sketch, promise: Relation) -> bool:
    """Whether it moves before or behind something that stays, no matter where to: then from one side of that to the other."""
    moves = any(isinstance(p, Moves) and p.thing == sketch.thing for p in sketch.reading.promises)
    own = any(isinstance(p, Journey) and p.thing == sketch.thing for p in sketch.reading.promises)
    return moves and not own and len(sketch.placed[promise.other][0].path) == 1


def _comes_down(sketch: Sketch) -> bool:
    """Whether its way leads downwards first."""
    ways = [j.steps[0] for j in sketch.reading.promises if isinstance(j, Journey) and j.thing == sketch.thing]
    return any(isinstance(step, Go) and step.heading == "down" for step in ways)


def _goes_elsewhere(sketch: Sketch, promise: Relation) -> bool:
    """Whether it goes sideways on a way that is not the other's, so that only its height follows from that one."""
    own = [j.steps for j in sketch.reading.promises if isinstance(j, Journey) and j.thing == sketch.thing]
    sign = sideways(tuple(step for steps in own for step in steps))
    path = sketch.placed[promise.other][0].path
    way = path[-1].box.cx - path[0].box.cx
    return bool(sign) and sign * way <= 0.05 and abs(way) > 0.05


def _spot(sketch: Sketch, promise: Relation, other: Box, x: float, y: float) -> tuple[float, float]:
    """A place of its own for each of several in one container, or on one table."""
    place, n = _seat(sketch, promise)
    if n == 1:
        return x, y
    if promise.relation == "near":
        turn = math.pi * (1 - (place + 0.5) / n) if not sketch.at.grounded else math.pi * (place % 2)
        rx, ry = (other.w + sketch.at.w) / 2 + 0.02, (other.h + sketch.at.h) / 2
        out = rx * (1 + 0.5 * (place // 2 if sketch.at.grounded else 0))
        return other.cx + out * math.cos(turn), y if sketch.at.grounded else max(
            other.cy - ry * math.sin(turn), sketch.at.h / 2
        )
    side_by_side = promise.relation == "on" or sketch.reading.thing(promise.other).noun.split()[-1] in OPEN
    columns = n if side_by_side else math.ceil(n**0.5)
    rows = math.ceil(n / columns)
    column, row = place % columns, place // columns
    dx = (column + 0.5) / columns - 0.5
    dy = (row + 0.5) / rows - 0.5 if promise.relation == "inside" else 0.0
    return x + dx * other.w * 0.9, y + dy * other.h * 0.9


def _seat(sketch: Sketch, promise: Relation) -> tuple[int, int]:
    """Which of how many that stand in this relation to one thing this is, in the order of the prompt, or from left to right."""
    place = total = 0
    told = [other for other in sketch.reading.promises if isinstance(other, Relation)]
    mates = dict.fromkeys(p.thing for p in told if (p.relation, p.other) == (promise.relation, promise.other))
    for thing in _from_left(list(mates), told):
        if thing == sketch.thing:
            place = total + sketch.member
        total += sketch.reading.thing(thing).count
    return place, total


def _from_left(things: list[str], told: list[Relation]) -> list[str]:
    """The things, each that is left of another before it."""
    for relation in told:
        left, right = (relation.other, relation.thing) if relation.relation == "right" else (relation.thing, relation.other)
        if relation.relation in ("left", "right") and {left, right} <= set(things) and things.index(left) > things.index(right):
            things.remove(left)
            things.insert(things.index(right), left)
    return things
