"""Which objects of a plan play which things of a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.heads import described
from flowzero.agent.promises import Reading, Thing
from flowzero.agent.tokens import singular, tokenise
from flowzero.dss import DSS, Object

Cast = Mapping[str, tuple[str, ...]]
"""Thing id to the ids of the objects that play it; every object plays at most one thing."""

_ALIKE = {"grey": "gray", "golden": "gold", "colourful": "colorful", "multicoloured": "multicolored", "centre": "center"}


@lru_cache(maxsize=4096)
def words_of(phrase: str) -> frozenset[str]:
    """The words of a phrase, singular and in one spelling."""
    lows = [token.low for token in tokenise(phrase)]
    return frozenset(_ALIKE.get(word, word) for low in lows for word in (low, singular(low)))


@lru_cache(maxsize=4096)
def head_of(phrase: str) -> str:
    """The head noun of a phrase, singular."""
    found, tokens = described(phrase), tokenise(phrase)
    if found is not None and found.noun:
        return found.noun
    return singular(tokens[-1].low) if tokens else ""


def bears(word: str, phrase: str) -> bool:
    """Whether a phrase bears an attribute, by the word itself or by a name of the same colour."""
    words = words_of(phrase)
    plain = _ALIKE.get(word, word)
    if (
        plain in words
        or singular(word) in words
        or ("-" in word and word.rsplit("-", maxsplit=1)[-1] in words and word in phrase.lower())
    ):
        return True
    colour = vocabulary.COLOUR_SYNONYMS.get(word, word)
    return word in lex.COLOURS and any(
        vocabulary.COLOUR_SYNONYMS.get(other, other) == colour for other in words if other in lex.COLOURS
    )


def likeness(thing: Thing, item: Object) -> float:
    """How well an object's phrase fits a thing: 0 is not at all, from 2 on it is one."""
    phrase, id_words = item.phrase, frozenset(item.id.replace("_", "-").split("-"))
    head = thing.noun.split()[-1]
    named = head_of(phrase)
    if named == thing.noun:
        score = 4.0
    elif named.split()[-1:] == [head]:
        score = 3.0
    elif head in words_of(phrase) or any(head in words_of(state.phrase) for state in item.states):
        score = 2.5
    elif head in id_words or thing.id == item.id:
        score = 2.2
    else:
        known = _known(thing.noun)
        if known is None or known is not _known(phrase):
            return 0.0
        score = 2.0
    if thing.attributes:
        score += sum(bears(word, phrase) for word in thing.attributes) / len(thing.attributes)
    elif words_of(phrase) & lex.COLOURS:
        score -= 0.1
    return score + (0.05 if item.id == thing.id or item.id.startswith(f"{thing.id}-") else 0.0)


@lru_cache(maxsize=2048)
def _known(phrase: str) -> vocabulary.Noun | None:
    return vocabulary.find(phrase)


def cast_of(reading: Reading, dss: DSS) -> dict[str, tuple[str, ...]]:
    """The best fitting objects for each thing; things alike take theirs in the order of the plan."""
    order = {item.id: index for index, item in enumerate(dss.objects)}
    pairs = sorted(
        (-alike, index, order[item.id], thing.id, item.id)
        for index, thing in enumerate(reading.things)
        for item in dss.objects
        if (alike := likeness(thing, item)) >= 2
    )
    want = {thing.id: thing.count for thing in reading.things}
    cast: dict[str, list[str]] = {thing.id: [] for thing in reading.things}
    taken: set[str] = set()
    for full in (False, True):
        for _, _, _, thing, item in pairs:
            if item not in taken and (full or len(cast[thing]) < want[thing]):
                cast[thing].append(item)
                taken.add(item)
    return {thing: tuple(sorted(items, key=order.__getitem__)) for thing, items in cast.items()}
