"""Nouns of place: which of them is scenery, and which a thing that somebody is in, at or beside."""

from __future__ import annotations

from flowzero.agent import lexicon as lex
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Side

CONTAINERS = frozenset(
    ["box", "basket", "cup", "bowl", "bag", "bucket", "cage", "jar", "pot", "nest", "car", "boat", "bathtub", "vase", "glass"]
) | frozenset(
    [
        "bottle",
        "hat",
        "pocket",
        "hole",
        "crate",
        "barrel",
        "tent",
        "bed",
        "wagon",
        "cart",
        "pan",
        "saucepan",
        "drawer",
        "trunk",
        "stroller",
        "sink",
        "tank",
        "mug",
        "suitcase",
        "chest",
        "net",
        "tub",
        "sack",
        "house",
        "bubble",
        "frame",
        "canoe",
        "carton",
        "packet",
        "envelope",
    ]
)
"""What holds what is in it, so that it is a thing."""
OPENINGS = frozenset(["wall", "hoop", "ring", "gate", "door", "arch", "window", "hole", "loop", "gap", "archway", "fence"])
"""What one goes through as past a thing, rather than as through a place."""
BOUNDLESS = lex.GROUNDLESS | frozenset(
    [
        "night",
        "day",
        "dawn",
        "dusk",
        "noon",
        "midnight",
        "morning",
        "evening",
        "sunset",
        "sunrise",
        "twilight",
        "horizon",
        "ground",
        "floor",
        "water",
        "waves",
        "surface",
        "background",
        "rain",
        "snow",
        "fog",
        "mist",
        "storm",
        "winter",
    ]
)
"""Settings that nothing is beside."""
_COMPACT = frozenset(["stadium", "station", "factory", "museum", "school", "hotel", "airport"])
"""Settings that one may see from above, as a thing."""
_ENCLOSED = _COMPACT | frozenset(["tunnel", "cave", "library", "garage", "warehouse", "shop", "store", "restaurant", "cafe"])
"""Settings that one is seen to come out of."""
_INDOORS = frozenset(["stage", "room", "scene", "house", "town", "city", "village", "country", "school"])
"""Settings that one is in before one leaves them."""
_WATERS = frozenset(["lake", "pond", "river", "pool", "puddle", "stream"])
_WAYS = frozenset(["go", "trace", "enter", "leave", "approach", "return"])


def is_square(phrase: NounPhrase) -> bool:
    """As in "the village square", which is no shape."""
    words = phrase.noun.split()
    return words[-1:] == ["square"] and bool(lex.SETTINGS & set(words[:-1]))


def beside_a_place(verb: lex.Verb | None, prep: str, side: Side | None, head: str, *, one: bool) -> bool:
    """As in "past the village", "behind the station", "to a lake": somebody is beside it, and not in it.

    `one` says that the place is new, or that nothing else is told of who goes there.
    """
    if verb is not None and verb.kind == "leave" and not prep and side is None and head in _WATERS:
        return one
    if head in BOUNDLESS:
        return False
    relation = side.relation if side is not None else ""
    if relation in ("above", "below"):
        return head in _COMPACT
    led = prep in ("to", "towards", "toward") and (verb is None or (verb.kind in _WAYS and not verb.heading))
    led_on = prep in ("towards", "toward") and (verb is None or verb.kind in _WAYS)
    if led_on or (prep == "out" and head in _ENCLOSED):
        return True
    beyond = prep in ("past", "beside", "near") or relation in ("behind", "front", "near") or (prep == "by" and one)
    beyond = beyond or (prep in ("around", "round") and (verb is None or verb.pattern != "wander"))
    left = verb is not None and verb.kind == "leave" and not prep and side is None and head not in _INDOORS
    return beyond or ((led or left) and one)
