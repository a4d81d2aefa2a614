"""What somebody has with him as he goes, and who is aboard what goes: it moves where that moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowzero.agent.bonds import GOING
from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause
from flowzero.agent.nature import alive, fixed, is_mount, is_person, lifeless, size_class
from flowzero.agent.promises import Carries, Journey, Moves, Promise, Relation, Still

_LEVEL = 4
"""The class of size of a person, who carries nothing that is larger."""
_TIED = ("carrying", "following", "passing", "meeting", "opposition", "comparison", "position", "appearance")


def companions(clause: Clause, subjects: Sequence[str]) -> set[tuple[str, str]]:
    """Who is said to be "with" what in a clause."""
    told = (role for role in clause.roles if role.kind == "thing" and role.prep == "with" and role.noun is not None)
    return {(who, what) for role in told for what in role.things for who in subjects if who != what}


def taken_along(promises: list[Promise], withs: set[tuple[str, str]], cast: CastList) -> list[Promise]:
    """The promises with what somebody that moves only is near as borne by him, as in "a nun walks left with a basket"."""
    made = promises
    for near, bond in _bonds(promises, withs, cast):
        ways = [p.model_copy(update={"thing": bond.thing}) for p in made if isinstance(p, Journey) and p.thing == bond.other]
        told = [Still(thing=bond.thing), *ways]  # who is aboard goes the same way, which needs no telling
        made = [bond if p == near else p for p in made if p not in told]
    return [*made, *_had(made, withs, cast)]


def pulled_along(promises: list[Promise]) -> list[Promise]:
    """The promises with the way of what is pulled as that of who pulls it: "a carriage pulled by a mule rolls to the left"."""
    made = promises
    for tie in [p for p in promises if isinstance(p, Carries) and p.how == "pulled"]:
        if any(isinstance(p, Journey) and p.thing == tie.other for p in made):
            continue
        ways = [p for p in made if isinstance(p, Journey) and p.thing == tie.thing]
        if ways:
            idle = [p for p in made if isinstance(p, Moves) and p.thing in (tie.thing, tie.other) and p.window.whole]
            made = [p.model_copy(update={"thing": tie.other}) if p in ways else p for p in made if p not in idle]
    return made


def _bonds(promises: list[Promise], withs: set[tuple[str, str]], cast: CastList) -> Iterator[tuple[Relation, Carries]]:
    moving = {getattr(p, "thing", None) for p in promises if p.kind in GOING}
    bound = {name for p in promises if p.kind in _TIED for name in (getattr(p, "thing", None), getattr(p, "other", None))}
    for near in [p for p in promises if isinstance(p, Relation) and p.window.whole]:
        who, what = near.thing, near.other
        if near.relation != "near" or (who, what) not in withs:
            continue
        elif who in moving and is_person(cast[what].noun) and is_mount(cast[who].noun, cast[what].noun) and what not in bound:
            yield near, Carries(thing=what, other=who, how="ridden")
        elif what not in moving | bound and _portable(cast[who].noun, cast[what].noun):
            yield near, Carries(thing=what, other=who)


def _had(promises: list[Promise], withs: set[tuple[str, str]], cast: CastList) -> Iterator[Carries]:
    """What somebody goes with of which nothing else is told, as in "a janitor approaches the door with a mop"."""
    moving = {getattr(p, "thing", None) for p in promises if p.kind in GOING}
    fields = ("thing", "other", "second", "first")
    told = {getattr(p, field, None) for p in promises for field in fields}
    told |= {getattr(step, "other", None) for p in promises if isinstance(p, Journey) for step in p.steps}
    for who, what in sorted(withs):
        if who in moving and what not in told and _portable(cast[who].noun, cast[what].noun):
            yield Carries(thing=what, other=who)


def _portable(bearer: str, thing: str) -> bool:
    """Whether one is somebody, and the other a thing that he may have in his hands or its beak."""
    size, own = size_class(thing), size_class(bearer)
    small = size is None or size < (own if own is not None else _LEVEL)
    return small and not lifeless(bearer) and not (alive(thing) or fixed(thing))
