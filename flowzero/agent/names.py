"""Names: "a dog named Rex", "Tom the cat", "my dog Rex", and later "Rex"."""

from __future__ import annotations

from dataclasses import replace

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import Tokens, match
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.tokens import verb

_NAMING = "named|called|nicknamed"
_GROUPS = frozenset({"animal", "person", "people", "vehicle"})
_NO_NAMES = (
    lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.ADVERBS | lex.AUXILIARIES | lex.RELATIVE | lex.PRONOUNS | lex.SEQUENCE
    | lex.FUNCTION | lex.MEDIA | lex.SETTINGS | lex.ADJECTIVES | lex.HEADINGS.keys() | lex.DETERMINERS | lex.POSSESSIVES
    | lex.NUMBERS.keys() | lex.STYLE | lex.PARTS | lex.SELVES
)  # fmt: skip


def phrase_or_name(tokens: Tokens, i: int) -> NounPhrase | None:
    """The noun phrase at i, with the name that is given with it."""
    if (titled := _titled(tokens, i)) is not None:
        return titled
    phrase = noun_phrase(tokens, i)
    if phrase is None or not phrase.noun:
        return phrase
    hit = match(tokens, phrase.end, "is|are|was?", _NAMING, "*")
    if hit and tokens[hit[0] - 1].word and tokens[hit[0] - 1].low not in _NO_NAMES:
        return replace(phrase, end=hit[0], alias=tokens[hit[0] - 1].low)
    kind, _, last = phrase.noun.rpartition(" ")
    own = phrase.end - 1
    if kind and last == tokens[own].low and _kind(kind) and _proper(tokens, own) and tokens[own - 1].text.islower():
        return replace(phrase, noun=kind, alias=last)
    return phrase


def _titled(tokens: Tokens, i: int) -> NounPhrase | None:
    """As in "Tom the cat" and "Tom, the cat,": whoever it is called, it is a cat."""
    if not name_at(tokens, i):
        return None
    comma = match(tokens, i + 1, ",")
    at = comma[0] if comma else i + 1
    if not match(tokens, at, "the" if not comma else "a|an|the|my|our|his|her"):
        return None
    kind = noun_phrase(tokens, at)
    if kind is None or not kind.noun or kind.several or not _kind(kind.noun):
        return None
    if not comma:
        return replace(kind, start=i, article="", alias=tokens[i].low)
    closed = match(tokens, kind.end, ",")
    if closed and match(tokens, closed[0], "and|or|then|a|an|the"):
        return None  # a list
    return replace(kind, start=i, end=closed[0] if closed else kind.end, article="", alias=tokens[i].low)


def name_at(tokens: Tokens, i: int) -> bool:
    """Whether the word at i can be nothing but a name: nobody knows it as something to draw, to do or to say."""
    if i >= len(tokens) or not tokens[i].word or tokens[i].low in _NO_NAMES or len(tokens[i].low) < 2:
        return False
    low = tokens[i].low
    if (
        vocabulary.find(low) is not None
        or vocabulary.find_setting(low) is not None
        or verb(low) is not None
        or low.endswith("ly")
    ):
        return False
    kinds = english.kinds(low)
    return not kinds or (tokens[i].text[:1].isupper() and not any(kind[0] in "var" or kind in ("nh", "np") for kind in kinds))


def _proper(tokens: Tokens, i: int) -> bool:
    """Whether the word at i, after a noun, is a name: it is written large, or no English word."""
    return (tokens[i].text[:1].isupper() and not tokens[i].text.isupper()) or (
        not english.kinds(tokens[i].low) and vocabulary.find(tokens[i].low) is None
    )


def _kind(noun: str) -> bool:
    known = vocabulary.find(noun)
    return (known is not None and known.group in _GROUPS) or english.as_noun(noun.rsplit(maxsplit=1)[-1]) == "nt"
