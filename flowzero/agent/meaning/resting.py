"""Who keeps still after all: one of several that stays as the others go, and who only comes to a halt."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent.bonds import GOING
from flowzero.agent.cast_list import CastList
from flowzero.agent.promises import Journey, Moves, Promise, Relation, Rest, Stays, Still


def at_rest(promises: Sequence[Promise], cast: CastList) -> list[Promise]:
    """The promises without ways that were told of a whole group, for those of it that stay where they are."""
    made = [_halted(promise, promises) for promise in promises]
    for still in [p for p in made if isinstance(p, Still) and p.window.whole]:
        before = made[: made.index(still)]
        ways = [p for p in before if isinstance(p, Journey) and p.thing == still.thing]
        shared = [way for way in ways if _shared(way, before, cast)]
        gone = [p for p in before if isinstance(p, Moves) and p.thing == still.thing and not ways]  # "floats without moving"
        made = [p for p in made if p not in shared and p not in gone]
    return made


def _shared(way: Journey, promises: Sequence[Promise], cast: CastList) -> bool:
    """Whether another of its kind was told to go the same way."""
    others = (p for p in promises if isinstance(p, Journey) and p.thing != way.thing)
    return any(p.model_copy(update={"thing": way.thing}) == way and cast[p.thing].noun == cast[way.thing].noun for p in others)


def _halted(promise: Promise, promises: Sequence[Promise]) -> Promise:
    """As in "a watchman has paused in front of a gate": who is somewhere and goes no way rests all the time."""
    if not isinstance(promise, Journey) or not all(isinstance(step, Rest) for step in promise.steps):
        return promise
    ways = [p for p in promises if p.kind in GOING and getattr(p, "thing", None) == promise.thing and p != promise]
    there = any(isinstance(p, Relation | Stays) and p.thing == promise.thing for p in promises)
    return promise if ways or not there else Still(thing=promise.thing, window=promise.window)
