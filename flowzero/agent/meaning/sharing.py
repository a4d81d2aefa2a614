"""Places that are told one for each: "three balls fall from the left, the middle and the right"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause, Role
from flowzero.agent.moments import Time
from flowzero.agent.promises import Window


def shared_out(clauses: Sequence[Clause], cast: CastList) -> list[Clause]:
    """The clauses, with one for each of its subjects where a clause lists as many places as it has subjects."""
    return [part for clause in clauses for part in _parts(clause, cast)]


def _parts(clause: Clause, cast: CastList) -> list[Clause]:
    if clause.in_turn and (members := _in_turn(clause, cast)):
        return _one_by_one(clause, members)
    listed = _list_of(clause.roles)
    if len(listed) < 2:
        return [clause]
    subjects = [member for item_id in clause.subject for member in cast.members(item_id)]
    if len(subjects) == 1 and cast[subjects[0]].count == len(listed):
        subjects = cast.split(subjects[0])
    if len(subjects) != len(listed):
        return [clause]
    rest = [role for role in clause.roles if role not in listed]
    return [replace(clause, subject=(one,), roles=[role, *rest]) for one, role in zip(subjects, listed, strict=True)]


def _one_by_one(clause: Clause, members: Sequence[str]) -> list[Clause]:
    """A clause for each: those who come from nowhere at even times, the first at once; others each after the one before."""
    comes = clause.verb is not None and clause.verb.kind in ("appear", "enter")
    if comes and not any(role.kind in ("region", "go") for role in clause.roles):
        whens = [Time(Window(start=round(k / len(members), 4), end=1), "from") for k in range(1, len(members))]
        later = [replace(clause, subject=(one,), times=[when]) for one, when in zip(members[1:], whens, strict=True)]
        return [replace(clause, subject=(members[0],), lemma="", verb=None), *later]
    return [replace(clause, subject=(one,), joined="next" if k else clause.joined) for k, one in enumerate(members)]


def _in_turn(clause: Clause, cast: CastList) -> list[str]:
    """Who does it one after another: comes, goes, rises, falls or leaps; those who walk so walk in a row."""
    verb = clause.verb
    bursts = verb is not None and (verb.kind in _COMING or bool(verb.heading) or verb.pattern == "bounce")
    if not bursts or clause.times or len(clause.subject) != 1 or clause.subject[0] not in cast.order:
        return []
    count = cast[clause.subject[0]].count
    return cast.split(clause.subject[0]) if 1 < count <= _MOST else []


_COMING = frozenset({"appear", "enter"})
_MOST = 6
"""How many can be told apart one after another."""


def _list_of(roles: Sequence[Role]) -> list[Role]:
    """The first list of places, with what it begins with."""
    found: list[Role] = []
    for before, role in zip([None, *roles], roles, strict=False):
        if role.listed and before is not None:
            found += [role] if found else [before, role]
        elif found:
            break
    return found
