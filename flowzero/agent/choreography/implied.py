"""What promises of one thing's motion imply for another's: mounts go where their riders are told to go, and the like.

A prompt says once where two go who go together. The planner needs it of the one whose path the other's is made from, so this
rewrites a reading for the planner; the critic measures what the prompt said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flowzero import vocabulary
from flowzero.agent.bonds import GOING
from flowzero.agent.nature import SEATS, alive, fixed, habit, lifeless, usual_aspect, usual_height
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Camera,
    Carries,
    Compared,
    Follows,
    Go,
    Heading,
    Journey,
    Moves,
    Opposed,
    Place,
    Promise,
    Reading,
    Relation,
    Stays,
    Step,
    mirrored,
    opposite,
)
from flowzero.agent.rows import SIDES
from flowzero.dss import VECTORS

_WAYS = frozenset({"journey", "moves", "passing"})
_MOUNTS = frozenset({"vehicle", "animal"})
_MOUNTED = frozenset(
    ["boat", "raft", "canoe", "kayak", "cart", "wagon", "carriage", "sleigh", "unicycle", "surfboard", "snowboard", "scooter",
     "carpet", "broom", "broomstick", "gondola", "hoverboard", "wheelchair", "stretcher", "tricycle", "basket", "balloon"]
)  # fmt: skip
"""What goes along with who is on or in it, as vehicles and animals do; a table does not."""
_HIGH_OR_LOW = ("above", "below", "front", "behind")


def implied(reading: Reading) -> Reading:
    """The reading with every way told of the thing that leads it, and of both where two go opposite ways."""
    promises = list(reading.promises)
    for promise in reading.promises:
        if (leader := _leader(promise, reading)) is not None:
            _hand_on(promises, getattr(promise, "thing", ""), leader, keep=isinstance(promise, Follows))
        if isinstance(promise, Follows):
            _queue_up(promises, promise)
        elif isinstance(promise, Opposed) and promise.thing != promise.other:
            _mirror(promises, promise)
        elif isinstance(promise, Camera) and promise.move == "zoom" and promise.thing and not _placed(promises, promise.thing):
            _centre(promises, promise.thing)
        elif isinstance(promise, Compared) and promise.aspect == "speed":
            promises += [Moves(thing=name) for name in (promise.thing, promise.other) if not _told(promises, name)]
        elif isinstance(promise, Relation) and promise.relation == "near" and _comes_off(promise.other, reading):
            promises[promises.index(promise)] = promise.model_copy(update={"relation": "left"})  # with room to fall beyond it
        elif isinstance(promise, Relation) and promise.relation == "near" and _strolls(promises, promise.thing):
            _keep_beside(promises, promise, reading)
        elif isinstance(promise, Relation) and promise.relation in _HIGH_OR_LOW and promise.window.whole:
            _with_its_seat(promises, promise)
        elif isinstance(promise, Relation):
            promises += _shared_seats(promise, promises, reading)
    changed = promises != list(reading.promises)
    return reading.model_copy(update={"promises": tuple(dict.fromkeys(promises))}) if changed else reading


def _leader(promise: Promise, reading: Reading) -> str | None:
    """Whose way the promise's thing shares."""
    if isinstance(promise, Carries | Follows):
        return promise.other
    if isinstance(promise, Relation) and promise.relation in ("on", "inside"):
        noun = reading.thing(promise.other).noun
        known = vocabulary.find(noun)
        rides = noun.split()[-1] in _MOUNTED or (known is not None and (known.group in _MOUNTS or known.name == "skateboard"))
        return promise.other if rides else None
    return None


def _hand_on(promises: list[Promise], thing: str, leader: str, *, keep: bool) -> None:
    """Tell of the leader, if nothing is told of it, where the thing goes; a follower keeps its own way."""
    ways = [promise for promise in promises if promise.kind in _WAYS and getattr(promise, "thing", None) == thing]
    if _told(promises, leader) or not ways or any(leader in _named(promise) for promise in ways):
        return
    promises += [promise.model_copy(update={"thing": leader}) for promise in ways]
    if not keep:
        promises[:] = [promise for promise in promises if promise not in ways]


def _told(promises: Sequence[Promise], thing: str) -> bool:
    """Whether anything is told of where a thing goes, or that it stays."""
    return any(promise.kind in {*GOING, "still"} and getattr(promise, "thing", None) == thing for promise in promises)


def _placed(promises: Sequence[Promise], thing: str) -> bool:
    """Whether anything is told of where a thing is, or goes."""
    kinds = GOING | {"position", "carrying"}
    return any(promise.kind in kinds and getattr(promise, "thing", None) == thing for promise in promises)


def _centre(promises: list[Promise], thing: str) -> None:
    """Put in the middle what the camera zooms in on, and what it is next to beside it."""
    promises.append(Stays(thing=thing, place=Place(x="middle")))
    for i, promise in enumerate(promises):
        if isinstance(promise, Relation) and promise.thing == thing and promise.relation == "near" and promise.second is None:
            promises[i] = promise.model_copy(update={"thing": promise.other, "other": thing})


def _strolls(promises: Sequence[Promise], thing: str) -> bool:
    """Whether it moves, and nothing says where to."""
    told = [promise.kind for promise in promises if promise.kind in GOING and getattr(promise, "thing", None) == thing]
    return bool(told) and set(told) == {"moves"}


def _keep_beside(promises: list[Promise], promise: Relation, reading: Reading) -> None:
    """As in "walks beside a man", who walks too; and as in "a man walks to the left, a dog beside him"."""
    ours, theirs = reading.thing(promise.thing), reading.thing(promise.other)
    flies = "air" in (ours.medium, theirs.medium) or {"flies", "swims"} & {habit(ours.noun), habit(theirs.noun)}
    if flies or not alive(ours.noun) or ours.count + theirs.count > 2:
        return
    ways = any(p.kind in ("journey", "moves") and getattr(p, "thing", None) == theirs.id for p in promises)
    if ways and not _strolls(promises, theirs.id):
        promises.append(Follows(thing=ours.id, other=theirs.id))
    elif not _told(promises, theirs.id) and alive(theirs.noun) and not theirs.still and not _placed(promises, theirs.id):
        promises.append(Moves(thing=theirs.id))


def _queue_up(promises: list[Promise], promise: Follows) -> None:
    """Let one follow the last of those that follow its leader, if the prompt told of them before."""
    before = promises[: promises.index(promise)]
    last, seen = promise.other, {promise.thing, promise.other}
    while mates := [p.thing for p in before if isinstance(p, Follows) and p.other == last and p.thing not in seen]:
        last = mates[-1]
        seen.add(last)
    promises[promises.index(promise)] = promise.model_copy(update={"other": last})


def _comes_off(other: str, reading: Reading) -> bool:
    """Whether the way of something begins on a thing and leads away from it."""
    ways = [promise.steps for promise in reading.promises if isinstance(promise, Journey)]
    off = Beside(relation="on", other=other, start=True)
    return any(steps[0] == off and Approach(other=other, away=True) in steps for steps in ways)


def _with_its_seat(promises: list[Promise], promise: Relation) -> None:
    """As in "a cat sits on a chair below a lamp": so is the chair, of which nothing else is said."""
    own = [p for p in promises if isinstance(p, Relation) and p.thing == promise.thing and p.relation in ("on", "inside")]
    seats = [p.other for p in own if p.window.whole and p.other != promise.other]
    told = [
        p for p in promises if isinstance(p, Relation) and (p.thing in seats or {p.thing, p.other} <= {*seats, promise.other})
    ]
    if len(seats) == 1 and not told and not _placed(promises, seats[0]) and not _told(promises, seats[0]):
        promises[promises.index(promise)] = promise.model_copy(update={"thing": seats[0]})


def _shared_seats(promise: Relation, promises: Sequence[Promise], reading: Reading) -> list[Relation]:
    """As in "sits next to a man on a bench": the man is on it too, if nothing else is said of where he is.

    And as in "a vase on a table, a book next to the vase", where the book is on the table.
    """
    if promise.relation not in SIDES or not promise.window.whole:
        return []
    later = promises[promises.index(promise) + 1 :]
    own = [p for p in later if isinstance(p, Relation) and p.thing == promise.thing and p.relation in ("on", "inside")]
    if len(own) == 1:
        return [own[0].model_copy(update={"thing": name}) for name in _ends(promise) if _fits(name, own[0], promises, reading)]
    theirs = [p for p in promises if isinstance(p, Relation) and p.thing == promise.other and p.relation == "on"]
    if len(theirs) == 1 and not alive(reading.thing(promise.other).noun) and lifeless(reading.thing(promise.thing).noun):
        return (
            [theirs[0].model_copy(update={"thing": promise.thing})]
            if _fits(promise.thing, theirs[0], promises, reading)
            else []
        )
    return []


def _ends(promise: Relation) -> list[str]:
    return [promise.other, *([promise.second] if promise.second else [])]


def _fits(thing: str, on: Relation, promises: Sequence[Promise], reading: Reading) -> bool:
    """Whether there is room for a thing on or in what bears another, and nothing else is said of where it is."""
    told = any(isinstance(p, Relation) and p.thing == thing and p.relation not in SIDES for p in promises)
    if told or thing == on.other or _placed(promises, thing):
        return False
    noun, seat = reading.thing(thing).noun, reading.thing(on.other)
    broad = usual_height(noun) * usual_aspect(noun) <= usual_height(seat.noun) * usual_aspect(seat.noun)
    return (broad or (alive(noun) and seat.noun.split()[-1] in SEATS)) and not fixed(noun)


def _named(promise: Promise) -> set[str]:
    """The other things that a way leads to, past or around."""
    steps = promise.steps if isinstance(promise, Journey) else ()
    return {getattr(step, "other", None) or "" for step in steps} | {getattr(promise, "other", "") or ""}


def _mirror(promises: list[Promise], promise: Opposed) -> None:
    """Give the one of two that has no way of its own the other's, turned round."""
    ways = {
        name: [p for p in promises if isinstance(p, Journey) and p.thing == name] for name in (promise.thing, promise.other)
    }
    for one, two in ((promise.thing, promise.other), (promise.other, promise.thing)):
        if ways[one] and not ways[two]:
            turned = [_turned(journey.steps) for journey in ways[one]]
            promises += [
                journey.model_copy(update={"thing": two, "steps": steps})
                for journey, steps in zip(ways[one], turned, strict=True)
                if steps
            ]


def _turned(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps that lead the opposite way; none where one of them has no opposite."""
    found: list[Step] = []
    for step in steps:
        if isinstance(step, Go) and step.heading in VECTORS:
            found.append(Go(heading=opposite(cast("Heading", step.heading))))
        elif isinstance(step, Go) and step.heading in ("towards", "away"):
            found.append(Go(heading="away" if step.heading == "towards" else "towards"))
        elif isinstance(step, At):
            found.append(step.model_copy(update={"place": mirrored(step.place)}))
        else:
            return ()
    return tuple(found)
