"""Places that are told one for each: "three balls fall from the left, the middle and the right"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause, Role


def shared_out(clauses: Sequence[Clause], cast: CastList) -> list[Clause]:
    """The clauses, with one for each of its subjects where a clause lists as many places as it has subjects."""
    return [part for clause in clauses for part in _parts(clause, cast)]


def _parts(clause: Clause, cast: CastList) -> list[Clause]:
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


def _list_of(roles: Sequence[Role]) -> list[Role]:
    """The first list of places, with what it begins with."""
    found: list[Role] = []
    for before, role in zip([None, *roles], roles, strict=False):
        if role.listed and before is not None:
            found += [role] if found else [before, role]
        elif found:
            break
    return found
