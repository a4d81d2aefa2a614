"""What of a clause no promise depends on, found by leaving it out: the honest answer to what was not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.chunk import BE
from flowzero.agent.clause import Clause
from flowzero.agent.lodging import puts
from flowzero.agent.meaning.teller import Meaning
from flowzero.agent.phrases import Region
from flowzero.agent.promises import ALWAYS, At, Journey, Place, Promise, Rest, Stays, Still, Thing, Trace

Span = tuple[int, int]
"""First token, and the one after the last."""


class Told(NamedTuple):
    """What clauses lead to."""

    promises: tuple[Promise, ...]
    things: tuple[Thing, ...]


_MIDDLE = (Region(Place(x="middle"), True), Region(Place(x="middle"), False))


_EMPTY = frozenset(
    ["be", "", "start", "begin", "end", "finish", "show", "see", "contain", "include", "feature", "depict", "happen"]
) | (frozenset(["try", "use", "present", "display", "portray", "get", "keep", "continue", "have", "do", "go"]))
"""Verbs that say nothing by themselves, or nothing beside what is said with them."""


_SEEN = frozenset(["visible", "present", "seen"])
"""What everything is that a prompt names."""
AROUND = 8
"""How many clauses before and after one are told again without a part of it: a long text takes no longer apiece."""


def unheard(cast: CastList, clauses: Sequence[Clause]) -> list[Span]:
    """Roles, times and verbs that change no promise, of clauses about something; `cast` is as it was before they were told."""
    lost: list[Span] = []
    near: Sequence[Clause] = ()
    whole = Told((), ())
    for index, clause in enumerate(clauses):
        if not clause.subject:
            continue
        first = max(0, min(index - AROUND, len(clauses) - 2 * AROUND - 1))
        if near != (near := clauses[first : first + 2 * AROUND + 1]):
            whole = _told(cast, near)
        for span, without, alone in _parts(clause):
            if whole == _told(cast, _with(near, index - first, without)) and not _repeats(cast, alone, whole):
                lost.append(span)
        if (
            clause.verb is not None
            and clause.verb.kind == "act"
            and not (clause.lemma in _EMPTY or clause.bodily or _goes(clause) or puts(clause))
        ):
            lost.append(clause.at)
    return lost


def _goes(clause: Clause) -> bool:
    """Whether a verb that nobody knows says how something goes from here to there."""
    led = {role.prep for role in clause.roles if role.kind in ("region", "go") or role.prep == "across"} | {
        role.kind for role in clause.roles
    }
    return clause.lemma not in lex.VERBS and bool(led & {"from", "to", "go", "towards", "toward", "across"})


def _parts(clause: Clause) -> Iterator[tuple[Span, Clause, Clause]]:
    """Each role and time of a clause: where it stands, the clause without it, and the clause with no other."""
    mutual = clause.verb is not None and clause.verb.kind in ("meet", "part", "pass", "approach")
    for k, role in enumerate(clause.roles):
        if mutual and role.noun is not None and role.noun.pronoun == "each other":
            continue  # two meet each other, whether one says so or not
        if mutual and clause.verb is not None and clause.verb.kind == "meet" and role.value in _MIDDLE:
            continue  # where else
        if role.kind == "region" and any(other.kind == "off" for other in clause.roles):
            continue  # as in "rises out of the frame at the top"
        if role.kind == "trace" and clause.verb is not None and role.value == clause.verb.pattern:
            continue  # as in "wanders about"
        if role.kind == "adj" and isinstance(role.value, tuple) and set(role.value) <= _SEEN:
            continue
        rest = [other for j, other in enumerate(clause.roles) if j != k]
        yield (role.start, role.end), replace(clause, roles=rest), replace(clause, roles=[role], times=[])
    for k, (span, time) in enumerate(zip(clause.spans, clause.times, strict=False)):
        rest_times = [other for j, other in enumerate(clause.times) if j != k]
        yield span, replace(clause, times=rest_times), replace(clause, roles=[], times=[time])


def _repeats(cast: CastList, alone: Clause, whole: Told) -> bool:
    """Whether a part, where nothing else is said, promises what is promised anyway: others say it as well."""
    for told in (alone, replace(alone, lemma="be", verb=BE), replace(alone, lemma="", verb=None)):
        bare = _told(cast, [replace(told, roles=[], times=[])])
        own = _facts(_told(cast, [told]).promises) - _facts(bare.promises)
        if own and own <= _facts(whole.promises):
            return True
    return False


def _facts(promises: Sequence[Promise]) -> set[object]:
    """What promises say, piece by piece: of a journey its steps, of a shape of motion only the shape."""
    found: set[object] = set()
    for promise in promises:
        if not isinstance(promise, Journey):
            found.add(promise.model_copy(update={"window": ALWAYS}) if hasattr(promise, "window") else promise)
            continue
        for step in promise.steps:
            found.add((promise.thing, step.pattern if isinstance(step, Trace) else step))
            if isinstance(step, Rest):
                found.add(Still(thing=promise.thing))
            if isinstance(step, At) and not (step.place.off or step.loose):
                found.add(Stays(thing=promise.thing, place=step.place))
    return found


def _with(clauses: Sequence[Clause], index: int, other: Clause) -> list[Clause]:
    return [*clauses[:index], other, *clauses[index + 1 :]]


def _told(cast: CastList, clauses: Sequence[Clause]) -> Told:
    """All that clauses lead to."""
    own = cast.copy()
    promises = Meaning(own).take(list(clauses))
    return Told(tuple(promises), own.things)
