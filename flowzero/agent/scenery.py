"""The places that clauses name, as one setting."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent.cast_list import CastList
from flowzero.agent.nature import habit, is_person, size_class
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Tokens
from flowzero.agent.promises import Thing
from flowzero.agent.tokens import singular

_BELOW = ("under", "beneath", "below", "underneath")
_WATERS = frozenset(["sea", "ocean", "water", "wave", "lake", "river", "pond", "surface"])


def _only_a_way(prep: str, phrase: NounPhrase, cast: CastList) -> bool:
    """Whether a place is no more than where something goes, as the sky is where others stay on the ground."""
    goes = prep in ("into", "up", "towards", "toward") and phrase.noun in ("sky", "skies", "heavens", "air")
    return goes and any(is_person(thing.noun) or size_class(thing.noun) in _STANDING for thing in cast.things if _stands(thing))


def _stands(thing: Thing) -> bool:
    """Whether the ground holds it."""
    known = vocabulary.find(thing.noun)
    return thing.medium != "air" and habit(thing.noun) == "" and (known is None or known.moves in ("walks", "drives", "still"))


_STANDING = range(2, 8)
"""Classes of size of what stands about: from a cat to a mountain."""


def setting_of(places: Sequence[tuple[str, NounPhrase]], tokens: Tokens, cast: CastList) -> tuple[str | None, tuple[str, ...]]:
    """The setting in words, and its content words; None if no place is one."""
    places = [place for place in places if not _only_a_way(*place, cast)]
    if not places:
        return None, ()
    texts: list[str] = []
    words: list[str] = []
    for prep, phrase in places:
        text = " ".join(token.low for token in tokens[phrase.start : phrase.end])
        if prep in _BELOW and phrase.noun.split()[-1] in _WATERS:
            text = f"under {text}"
        elif prep in ("at", "under", "during") and not phrase.article:
            text = f"at {text}"
        if text not in texts:
            texts.append(text)
        words += [singular(word) for word in phrase.noun.split()]
    return ", ".join(texts)[:300], tuple(dict.fromkeys(words))
