"""Who goes over something on it, as over a bridge, rather than above it."""

from __future__ import annotations

from flowzero.agent.clause import Clause
from flowzero.agent.nature import far_away, fixed, habit, is_walkway, lifeless
from flowzero.agent.promises import Thing

_CLINGING = frozenset(["crawl", "creep", "slither", "roll", "slide", "trundle", "wriggle", "inch"])
"""Going that leads over something on it, however small it is."""


def treads_on(clause: Clause, thing: Thing, noun: str) -> bool:
    """As in "walks over a bridge" and "crawls over a stone", rather than "leaps over a log" and "flies over a bridge"."""
    verb = clause.verb
    if verb is None or verb.medium not in ("ground", "") or verb.pattern == "bounce" or clause.lemma in ("wear", "hold"):
        return False
    flies = habit(thing.noun) == "flies" or thing.medium == "air"
    if far_away(thing.noun) or (flies and not verb.medium and verb.kind != "ride"):
        return False
    flat = lifeless(noun) and not (fixed(noun) or far_away(noun))
    return is_walkway(noun) or (clause.lemma in _CLINGING and flat)
