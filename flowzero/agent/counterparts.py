"""Which things of two readings of a prompt are the same, and what the one says in the other's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from flowzero.agent import promises as p
from flowzero.agent.promises import Promise, Reading

_PROMISE: TypeAdapter[Promise] = TypeAdapter(p.Promise)
TOLD = (
    p.Journey | p.Stays | p.Relation | p.Still | p.Moves | p.Seen | p.Turns | p.Grows | p.Compared | p.Follows | p.Passes
    | p.Meets | p.Opposed | p.Carries | p.Ordered | p.Paced
)  # fmt: skip
"""What says something of a thing, beside how many and of what look it is."""
COURSE = (
    p.Journey | p.Stays | p.Relation | p.Still | p.Moves | p.Follows | p.Passes | p.Meets | p.Carries
)  # fmt: skip
"""What says where a thing is or goes: of these, two readings of one thing hardly agree."""
NAMES = ("thing", "other", "second", "first")


def matched(sure: Reading, other: Reading) -> dict[str, str]:
    """The things of the other reading that are things of the sure one, by noun; of several alike in the order of the prompt."""
    free = list(sure.things)
    found: dict[str, str] = {}
    for thing in other.things:
        twin = next((one for one in free if one.noun.split()[-1] == thing.noun.split()[-1]), None)
        if twin is not None:
            found[thing.id] = twin.id
            free.remove(twin)
    return found


def has(sure: Reading, phrase: str) -> bool:
    """Whether the sure reading knows the noun of a phrase, as a thing, a part of one, or the setting."""
    words = {word for one in sure.things for word in one.phrase.lower().split()} | set((sure.setting or "").lower().split())
    head = phrase.lower().split()[-1]
    return any(word == head or _part_of(head, word) or _part_of(word, head) for word in words)


def _part_of(short: str, long: str) -> bool:
    """As a ladder of "stepladder"; in "kitchen" is no hen."""
    return len(short) > 3 and long.endswith(short)


def subject(promise: Promise) -> str | None:
    """The thing that a promise is about."""
    return getattr(promise, "thing", None) or getattr(promise, "second", None)


def told_of(promise: Promise) -> tuple[str, ...]:
    """The things of which a promise says something."""
    if not isinstance(promise, TOLD):
        return ()
    return tuple(name for field in NAMES if (name := getattr(promise, field, None)) is not None)


def moved(promise: Promise, places: Mapping[str, str]) -> Promise | None:
    """The promise with the ids of the places; None if it names a thing that has none."""
    try:
        return _PROMISE.validate_python(_renamed(promise.model_dump(), places))
    except KeyError:
        return None


def _renamed(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: places[item] if key in NAMES and isinstance(item, str)
            else tuple(places[name] for name in item) if key == "things"
            else _renamed(item, places)
            for key, item in value.items()
        }  # fmt: skip
    return type(value)(_renamed(item, places) for item in value) if isinstance(value, list | tuple) else value


def all_of(promise: Promise) -> set[str]:
    """Every thing that a promise names."""
    named = {name for field in NAMES if (name := getattr(promise, field, None)) is not None}
    return named | set(getattr(promise, "things", ()))
