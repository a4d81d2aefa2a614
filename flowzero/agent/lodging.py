"""Whose place is told after an object: the soup's in "cooks soup in a pot", the reader's in "reads a book on a bench"."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause
from flowzero.agent.nature import SEATS, alive, fixed, is_mount, size_class
from flowzero.agent.nouns import NounPhrase

_PERCHES = frozenset(
    ["balcony", "beam", "bough", "branch", "bridge", "log", "pedestal", "perch", "podium", "porch", "rock", "roof", "rooftop"]
) | frozenset(["boulder", "ladder", "scaffold", "stage", "stone", "stump", "terrace", "tower", "twig", "wall"])
"""What one may be on oneself while one has something in hand."""
_CONSUMED = frozenset(["eat", "drink", "munch", "nibble", "devour", "chew", "gnaw", "lick", "crack"])
_SHOWN = frozenset(["draw", "sketch", "write", "scribble", "print", "carve", "find", "discover", "spot", "see", "watch"])
"""What is done to something that has a place of its own."""
PUTTING = frozenset(["put", "place", "pour", "stuff", "insert", "tuck", "load", "pack"])
"""What brings its object to the place that is told with it."""
_BY = frozenset(["past", "by", "around", "round", "over", "to", "toward", "towards"])
"""How one gets to, or goes by, what has a place of its own."""
_BESIDE = ("above", "below", "behind", "front")
_HOUSED = 5
"""The class of size from which on one can be in something with what one has in hand."""


def puts(clause: Clause) -> bool:
    """Whether it brings its object to a place, as in "puts a book on a shelf"."""
    direct = [role for role in clause.roles if role.kind == "thing" and not (role.prep or role.relation)]
    ways = ("in", "on", "into", "onto", "inside", "upon")
    led = any(role.things and (role.prep in ways or role.relation in ("on", "inside")) for role in clause.roles)
    return clause.lemma in PUTTING and led and bool(direct) and not clause.passive


def is_objects_place(clause: Clause, prep: str, phrase: NounPhrase, cast: CastList) -> bool:
    """Whether a place, the phrase after "in" or "on", is that of what the last role of the clause names."""
    last = clause.roles[-1] if clause.roles else None
    if clause.verb is None or clause.lemma in ("be", *PUTTING) or clause.passive or not clause.subject or last is None:
        return False
    told = last.noun is None or phrase.article == "its"
    if told or last.kind != "thing" or not last.things or set(last.things) & set(clause.subject) or not _solid(phrase.noun):
        return False
    subject, other = cast[clause.subject[0]].noun, cast[last.things[-1]].noun
    if clause.verb.kind == "act":
        aimed = last.prep == "at" or (last.prep == "to" and alive(other)) or (last.prep == "from" and not alive(other))
        direct = not last.prep and not _is_there(clause.lemma, prep, phrase.noun, subject, other)
        return last.relation is None and (aimed or direct)
    if clause.verb.kind == "follow":
        return last.relation is None and not last.prep and _alone_there(prep, phrase.noun, subject, other)
    passed = clause.verb.kind in ("go", "trace") and (last.prep in _BY or last.relation in _BESIDE)
    met = clause.verb.kind in ("approach", "pass") and last.relation is None and not last.prep
    return (passed or met) and not (is_mount(phrase.noun, subject) or fixed(other))


def is_places_place(clause: Clause, phrase: NounPhrase, cast: CastList) -> bool:
    """As in "a fish swims in a bowl on a table": whether what is told after "in" or "on" is where the last place is."""
    last = clause.roles[-1] if clause.roles else None
    if last is None or last.kind != "thing" or not last.things or not clause.subject or clause.passive:
        return False
    there = last.prep in ("in", "on", "into", "onto", "from", "off") or last.relation in ("on", "inside")
    goal = last.prep in ("into", "onto", "from", "off")
    kept = phrase.noun.split()[-1] in lex.WEAR or (not goal and is_mount(phrase.noun, cast[clause.subject[0]].noun))
    return there and not kept and _solid(phrase.noun) and not set(last.things) & set(clause.subject)


def _alone_there(prep: str, place: str, subject: str, other: str) -> bool:
    """As in "chases a man in a boat", "follows a mouse in a box": nobody chases another where he has room for himself only."""
    small = prep == "in" and (size_class(place) or 0) < _HOUSED and not fixed(place)
    return is_mount(place, other) or (small and not is_mount(place, subject))


def _solid(place: str) -> bool:
    """Whether a noun names what something can be seen on or in, and no course, lead or promenade."""
    head = place.rsplit(maxsplit=1)[-1]
    return vocabulary.find(place) is not None or head in SEATS or english.as_noun(head) in ("nt", "np", "ng")


def _is_there(lemma: str, prep: str, place: str, subject: str, other: str) -> bool:
    """Whether the place is rather that of who does it: a seat, a perch, a house, or what carries somebody about."""
    head = place.rsplit(maxsplit=1)[-1]
    if lemma in _SHOWN or head == "board":
        return False
    if is_mount(place, subject):
        return True
    rests = head in SEATS or (head in _PERCHES if prep == "on" else (size_class(place) or 0) >= _HOUSED)
    return rests and (lemma in _CONSUMED or not alive(other))
