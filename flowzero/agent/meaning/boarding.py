"""Boarding: who gets into what then goes off has gone into it, and it goes: "a woman gets into a taxi and drives off"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause, Role
from flowzero.agent.moments import Time
from flowzero.agent.nature import takes_aboard
from flowzero.agent.promises import Window

_BOARDING = lex.words("climb hop jump leap step go enter squeeze pile scramble clamber walk run slip crawl mount")
_INTO = ("into", "in", "inside", "aboard")
_ONTO = ("on", "onto", "aboard")
_OPEN = lex.words(
    "boat rowboat canoe kayak raft dinghy gondola sled sledge sleigh cart wagon chariot tractor tub bathtub basket "
    "convertible kart trolley surfboard skateboard scooter motorcycle motorbike bike bicycle horse elephant camel"
)
"""Who is in or on one of these can be seen there all the time."""
_GOING = frozenset({"go", "leave", "ride", "trace", "cross"})
_INSIDE = Time(Window(start=0, end=0.5), "until")
"""Who gets in is seen until then, so that the other half of the video is left for the way."""


def boarded(clauses: Sequence[Clause], cast: CastList) -> list[Clause]:
    """The clauses, with those who get in gone before what they are in sets off; on an open boat they are seen all along."""
    made = list(clauses)
    for k, clause in reversed(list(enumerate(clauses))):
        role = _aboard(clause, cast)
        after = next((j for j in range(k + 1, len(made)) if role is not None and _sets_off(made[j], clause, role)), None)
        if role is None or after is None:
            continue
        drives = replace(made[after], subject=role.things, away=made[after].away and bool(made[after].roles))
        if _is_open(role, cast):
            rides = replace(role, prep="", relation=None)
            made[k] = replace(clause, lemma="ride", verb=lex.VERBS["ride"], roles=[rides])
            made[after] = drives
        else:
            goes = replace(clause, lemma="go", verb=lex.VERBS["go"], roles=[replace(role, prep="into", relation=None)])
            gone = replace(goes, lemma="vanish", verb=lex.VERBS["vanish"], roles=[], times=[_INSIDE], joined="and")
            made[k : k + 1] = [goes, gone]
            made[after + 1] = replace(drives, joined="next")
    return made


def _aboard(clause: Clause, cast: CastList) -> Role | None:
    """What somebody gets into that goes where its passengers want to."""
    if clause.lemma not in _BOARDING or clause.negated or not clause.subject:
        return None
    for role in clause.roles:
        if role.kind != "thing" or len(role.things) != 1 or role.things[0] not in cast.order:
            continue
        ways = (*_INTO, *_ONTO) if _is_open(role, cast) else ("", *_INTO) if clause.lemma == "enter" else _INTO
        if role.prep in ways and takes_aboard(cast[role.things[0]].noun, cast[clause.subject[0]].noun):
            return role
    return None


def _is_open(role: Role, cast: CastList) -> bool:
    return cast[role.things[0]].noun.split()[-1] in _OPEN


def _sets_off(clause: Clause, boarding: Clause, role: Role) -> bool:
    """Whether a clause tells of the way of what was got into, or of who got in and has not left it."""
    goes = clause.verb is not None and clause.verb.kind in _GOING and not (clause.negated or clause.passive)
    whose = clause.subject == role.things or (clause.subject == boarding.subject and clause.joined in ("and", "next"))
    out = any(other.prep in ("out", "off", "from") and other.things == role.things for other in clause.roles)
    return goes and whose and not out
