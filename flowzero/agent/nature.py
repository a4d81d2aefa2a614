"""What everybody knows of things: about how large they really are, and whether they fly, swim or stand.

The vocabulary says how large a picture of one thing is when it is alone. Beside others their real sizes count: a bee is not as
tall as a house. Classes are coarse on purpose, and pictures press them together so that the small ones stay visible.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from flowzero import vocabulary

_SHARES = (1.0, 0.9, 0.76, 0.62, 0.5, 0.42, 0.36, 0.32)
"""How large a thing may be in the picture beside one that is so many classes larger, both as the root of their area."""
CHAIRS = frozenset(["chair", "armchair", "deckchair", "highchair", "seat", "throne", "stool", "recliner"])
"""What one sits on, even if one sits in it."""
SEATS = CHAIRS | {"couch", "sofa", "bed", "bench", "swing", "hammock"}
"""What one sinks into rather than sits on top of."""
_PUSHED = frozenset(["pram", "stroller", "pushchair", "buggy", "wheelbarrow", "handcart", "pushcart", "barrow"])
_HABITS = ("flies", "swims", "floats")


_HEIGHTS = (0.22, 0.24, 0.28, 0.32, 0.42, 0.36, 0.5, 0.56)
"""How tall a picture of one thing of a class is when it is alone; vehicles are low."""
_MAN, _SLENDER = 4, 0.65
_GIANT = 2
"""How many classes larger a giant is than its like."""


def share_beside(noun: str, other: str, *, giant: bool = False) -> float:
    """How large, as a share of another's size in the picture, a thing looks right beside it; 1 where that is not known."""
    ours, theirs = size_class(noun), size_class(other)
    if ours is None or theirs is None:
        return 1.0
    return _SHARES[min(max(0, theirs + giant * _GIANT - ours), len(_SHARES) - 1)]


def usual_aspect(noun: str) -> float:
    """Width over height of its box."""
    known = vocabulary.find(noun)
    return known.aspect if known is not None else _SLENDER if _head(noun) in _facts()["people"].split() else 1.0


def usual_height(noun: str) -> float:
    """How tall a picture of one such thing is when it is alone, as a fraction of the frame."""
    known, rank = vocabulary.find(noun), size_class(noun)
    return known.height if known is not None else _HEIGHTS[rank] if rank is not None else 0.32


@lru_cache(maxsize=2048)
def size_class(noun: str) -> int | None:
    """How large it really is, from 0 for an insect to 7 for a mountain; None if unknown, or too far away to tell."""
    if far_away(noun):
        return None
    known = vocabulary.find(noun)
    named = ("-".join(noun.lower().split()[-2:]), _head(noun), _head(known.name) if known is not None else "")
    return next((_sizes()[name] for name in named if name in _sizes()), None)


@lru_cache(maxsize=2048)
def habit(noun: str) -> str:
    """How it keeps itself where it is: it flies, swims or floats; "" on the ground, or if unknown."""
    known = vocabulary.find(noun)
    if known is not None and known.moves in _HABITS:
        return known.moves
    return next((name for name in _HABITS if _head(noun) in _facts()[name].split()), "")


def is_chair(noun: str) -> bool:
    """Whether who is in it sits on it."""
    return _head(noun) in CHAIRS


def is_person(noun: str) -> bool:
    """Whether it names somebody."""
    return any(_head(noun) in _facts()[kind].split() for kind in ("people", "riders", "companies"))


def alive(noun: str) -> bool:
    """Whether a noun names a person or an animal."""
    known = vocabulary.find(noun)
    return is_person(noun) or (known is not None and known.group in ("animal", "person", "people"))


def lifeless(noun: str) -> bool:
    """Whether nobody says he or she of it; what is not known may be somebody."""
    known = vocabulary.find(noun)
    return not alive(noun) and (known is not None or _rolls(noun) or fixed(noun) or _head(noun) in SEATS | _PUSHED)


def is_walkway(noun: str) -> bool:
    """Whether it is made to be gone over, so that who goes over it is on it."""
    known = vocabulary.find(noun)
    return (known is not None and known.name == "bridge") or _head(noun) in _facts()["walkways"].split()


def wafts(noun: str) -> bool:
    """Whether it goes up of itself where it comes from something, as smoke does."""
    return _head(noun) in _facts()["wafting"].split()


def is_steed(noun: str) -> bool:
    """Whether it is an animal that people ride."""
    return _head(noun) in _facts()["steeds"].split()


def _rolls(noun: str) -> bool:
    """Whether it is made to carry somebody about."""
    known = vocabulary.find(noun)
    return _head(noun) in _facts()["mounts"].split() or (
        known is not None and known.moves in ("drives", "floats") and known.group == "vehicle"
    )


def is_mount(mount: str, rider: str) -> bool:
    """Whether one goes where the other wants to: a vehicle, or an animal that people ride."""
    known = vocabulary.find(rider)
    somebody = is_person(rider) or (known is not None and known.group in ("person", "people"))
    return _rolls(mount) or (somebody and is_steed(mount))


def takes_aboard(noun: str, rider: str) -> bool:
    """Whether one can get into it or onto it to go somewhere."""
    known = vocabulary.find(noun)
    return is_mount(noun, rider) or (known is not None and known.group == "vehicle")


@lru_cache(maxsize=2048)
def fixed(noun: str) -> bool:
    """Whether it stays where it is, as a house does, and a couch, but no apple."""
    known = vocabulary.find(noun)
    heavy = known is not None and known.moves == "still" and (size_class(noun) or 0) >= _MAN
    return heavy or _head(noun) in _facts()["fixed"].split()


def far_away(noun: str) -> bool:
    """Whether it stands in the sky, behind all else."""
    return _head(noun) in _facts()["sky"].split()


def _head(noun: str) -> str:
    return noun.lower().split()[-1] if noun.strip() else ""


@cache
def _sizes() -> dict[str, int]:
    classes = {word: rank for rank, words in enumerate(_facts()["sizes"]) for word in words.split()}
    return dict.fromkeys((*_facts()["people"].split(), *_facts()["companies"].split()), _MAN) | classes


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads((files("flowzero.agent") / "nature.toml").read_text(encoding="utf-8"))
