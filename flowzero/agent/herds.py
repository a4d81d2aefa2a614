"""Several told of as one: "an elephant herd of six", "a string of five camels"; and koi, whose verb shows how many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.counting import number_of
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import any_verb, plural, singular

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase

HERDS = frozenset(
    ["herd", "flock", "pack", "swarm", "shoal", "pride", "gaggle", "litter", "caravan", "convoy", "colony", "skein", "squad"]
)
_COUNTED = frozenset(["string", "chain", "jam", "skein", "trail", "file", "team", "ring", "circle", "pyramid", "tower", "band"])
"""Of these, those are told that make them up, if a number says how many: "a string of five elephants"."""
UNCHANGED = frozenset(
    ["koi", "bison", "salmon", "sheep", "deer", "fish", "mullet", "trout", "cod", "tuna", "squid", "moose", "reindeer", "carp"]
) | frozenset(
    ["goldfish", "swordfish", "jellyfish", "angelfish", "plankton", "shrimp", "wildebeest", "elk", "aircraft", "swine"]
)
"""One is called as several are."""


def herd(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """As in "a wolf pack of 5" and "a yak caravan of nine yaks": the wolves and the yaks."""
    words = phrase.noun.split()
    if len(words) < 2 or words[-1] not in HERDS or phrase.several:
        return phrase
    known = vocabulary.find(words[-2])
    if known is None or known.group not in ("animal", "vehicle", "person"):
        return phrase
    noun, end = " ".join(words[:-1]), phrase.end
    plain = replace(phrase, noun=noun, several=True, count=4, exact=False)
    if not match(tokens, end, "of") or (n := number_of(tokens, end + 1)) is None:
        return plain
    end += 2
    if end < len(tokens) and singular(tokens[end].low) == words[-2]:
        end += 1
    return replace(plain, end=end, count=n, exact=True)


def makes_up(tokens: Tokens, j: int) -> int | None:
    """After "string of" and the like before a number of things: where the number stands."""
    if j + 2 >= len(tokens) or tokens[j].low not in _COUNTED or tokens[j + 1].low != "of":
        return None
    n = number_of(tokens, j + 2)
    return j + 2 if n is not None and n > 1 else None


def agreeing(tokens: Tokens, phrase: NounPhrase) -> NounPhrase:
    """As in "salmon are jumping" and "the sheep trail after him": several, by the verb."""
    if phrase.several or phrase.count is not None or phrase.noun.rsplit(maxsplit=1)[-1] not in UNCHANGED:
        return phrase
    if phrase.article not in ("", "the", "these", "those", "its", "my", "our"):
        return phrase
    j = phrase.end
    while j < len(tokens) and (tokens[j].low in lex.ADVERBS or tokens[j].low.endswith("ly")):
        j += 1
    low = tokens[j].low if j < len(tokens) else ""
    found = any_verb(low) if low.isalpha() else None
    base = (
        found is not None
        and low == found[0]
        and not plural(low)
        and low not in lex.SETTINGS | lex.PREPOSITIONS | lex.HEADINGS.keys()
    )
    noun = vocabulary.is_thing(low) or low in lex.ADJECTIVES
    return replace(phrase, several=True) if low in ("are", "were", "have") or (base and not noun) else phrase
