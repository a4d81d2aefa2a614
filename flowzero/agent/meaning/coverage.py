"""What of a clause no promise depends on, found by leaving it out: the honest answer to what was not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause
from flowzero.agent.meaning.teller import Meaning

Span = tuple[int, int]
"""First token, and the one after the last."""

_EMPTY = frozenset(
    ["be", "", "start", "begin", "end", "finish", "show", "see", "contain", "include", "feature", "depict", "happen"]
) | (frozenset(["try", "use", "present", "display", "portray", "get", "keep", "continue", "have", "do", "go"]))
"""Verbs that say nothing by themselves, or nothing beside what is said with them."""


def unheard(cast: CastList, clauses: Sequence[Clause]) -> list[Span]:
    """Roles, times and verbs that change no promise, of clauses about something; `cast` is as it was before they were told."""
    whole = _told(cast, clauses)
    lost: list[Span] = []
    for index, clause in enumerate(clauses):
        if not clause.subject:
            continue
        for span, without, alone in _parts(clause):
            if whole == _told(cast, _with(clauses, index, without)) and not _adds(cast, clauses, index, alone):
                lost.append(span)
        if clause.verb is not None and clause.verb.kind == "act" and clause.lemma not in _EMPTY and not clause.bodily:
            lost.append(clause.at)
    return lost


def _parts(clause: Clause) -> Iterator[tuple[Span, Clause, Clause]]:
    """Each role and time of a clause: where it stands, the clause without it, and the clause with no other."""
    for k, role in enumerate(clause.roles):
        rest = [other for j, other in enumerate(clause.roles) if j != k]
        yield (role.start, role.end), replace(clause, roles=rest), replace(clause, roles=[role], times=[])
    for k, (span, time) in enumerate(zip(clause.spans, clause.times, strict=False)):
        rest_times = [other for j, other in enumerate(clause.times) if j != k]
        yield span, replace(clause, times=rest_times), replace(clause, roles=[], times=[time])


def _adds(cast: CastList, clauses: Sequence[Clause], index: int, alone: Clause) -> bool:
    """Whether a part says something where it stands alone, which others then say as well."""
    bare = replace(alone, roles=[], times=[])
    return _told(cast, _with(clauses, index, alone)) != _told(cast, _with(clauses, index, bare))


def _with(clauses: Sequence[Clause], index: int, other: Clause) -> list[Clause]:
    return [*clauses[:index], other, *clauses[index + 1 :]]


def _told(cast: CastList, clauses: Sequence[Clause]) -> tuple[object, ...]:
    """All that clauses lead to."""
    own = cast.copy()
    promises = Meaning(own).take(list(clauses))
    return tuple(promises), own.things
