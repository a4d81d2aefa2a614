"""Names: "a dog named Rex", "Tom the cat", "my dog Rex", and later "Rex"."""

from __future__ import annotations

from dataclasses import replace

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import Tokens, match
from flowzero.agent.nature import is_person
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.tokens import verb

_NAMING = "named|called|nicknamed"
_GROUPS = frozenset({"animal", "person", "people", "vehicle"})
_NO_NAMES = (
    lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.ADVERBS | lex.AUXILIARIES | lex.RELATIVE | lex.PRONOUNS | lex.SEQUENCE
    | lex.FUNCTION | lex.MEDIA | lex.SETTINGS | lex.ADJECTIVES | lex.HEADINGS.keys() | lex.DETERMINERS | lex.POSSESSIVES
    | lex.NUMBERS.keys() | lex.STYLE | lex.PARTS | lex.SELVES
)  # fmt: skip


def phrase_or_name(tokens: Tokens, i: int) -> NounPhrase | None:  # noqa: PLR0911
    """The noun phrase at i, with the name that is given with it."""
    if (titled := _titled(tokens, i)) is not None:
        return titled
    phrase = noun_phrase(tokens, i)
    if phrase is None or not phrase.noun:
        return phrase
    if (told := _owned(tokens, phrase) or _numbered(tokens, phrase)) is not None:
        return told
    if (several := _each_called(tokens, phrase)) is not None:
        return several
    if (name := _called(tokens, phrase.end)) is not None:
        return replace(phrase, end=name + 1, alias=tokens[name].low)
    if (own_name := _apposed(tokens, phrase)) is not None:
        return replace(phrase, end=own_name[1], alias=tokens[own_name[0]].low)
    kind, _, last = phrase.noun.rpartition(" ")
    own = phrase.end - 1
    if kind and last == tokens[own].low and _kind(kind) and _proper(tokens, own) and tokens[own - 1].text.islower():
        return replace(phrase, noun=kind, alias=last)
    return phrase


def _called(tokens: Tokens, i: int) -> int | None:
    """Where the name stands that is told at i: "named Rex", "by the name of Rex", "whose name is Rex"."""
    hit = match(tokens, i, "is|are|was?", _NAMING, "*") or match(tokens, i, "by", "the", "name", "of", "*")
    hit = hit or match(tokens, i, "whose", "name", "is", "*") or match(tokens, i, "which|that|who", "is", _NAMING, "*")
    name = hit[0] - 1 if hit else -1
    return name if hit and tokens[name].word and tokens[name].low not in _NO_NAMES else None


def _each_called(tokens: Tokens, phrase: NounPhrase) -> NounPhrase | None:
    """As in "our cats Tom and Jerry" and "two dogs named Rex and Bello"."""
    told = match(tokens, phrase.end, _NAMING)
    names, end, j = [], phrase.end, told[0] if told else phrase.end
    while _capital(tokens, j) and (told or name_at(tokens, j)) and tokens[j].low not in _NO_NAMES:
        names.append(tokens[j].low)
        end = j + 1
        more = match(tokens, end, ",", "and") or match(tokens, end, ",|and")
        j = more[0] if more else len(tokens)
    if not phrase.several or not _kind(phrase.noun) or phrase.count not in (None, len(names)) or len(names) < 2:
        return None
    return replace(phrase, end=end, count=len(names), exact=True, aliases=tuple(names))


def _apposed(tokens: Tokens, phrase: NounPhrase) -> tuple[int, int] | None:
    """Where the name of one that is there stands, and where that ends: "my dog, Rex, runs", "the robot Bob rolls"."""
    if phrase.article not in ("my", "our", "its", "the", "a", "an") or phrase.several or not _kind(phrase.noun):
        return None
    j = phrase.end
    if match(tokens, j, ",") and _capital(tokens, j + 1) and tokens[j + 1].low not in _NO_NAMES and match(tokens, j + 2, ","):
        return None if match(tokens, j + 3, "and|or|a|an|the|my|our") else (j + 1, j + 3)
    then = tokens[j + 1].low if j + 1 < len(tokens) else "."
    does = then in lex.AUXILIARIES or (verb(then) is not None and then.endswith("s") and then not in lex.VERBS)
    named = _capital(tokens, j) and tokens[j].low not in _NO_NAMES and not vocabulary.find_setting(tokens[j].low)
    return (j, j + 1) if named and does else None


def _capital(tokens: Tokens, i: int) -> bool:
    """Whether the word at i is written large, as names are, and no title in capitals."""
    if not 0 < i < len(tokens) or not (tokens[i].text[:1].isupper() and tokens[i].text[1:].islower()):
        return False
    before = tokens[i - 2] if tokens[i - 1].low == "," and i > 1 else tokens[i - 1]
    return before.text.islower()


_NOT_OWNED = (
    lex.BODY
    | lex.WEAR
    | lex.PARTS
    | lex.MEDIA
    | frozenset(
        [
            "back",
            "head",
            "shoulder",
            "lap",
            "way",
            "top",
            "owner",
            "mother",
            "father",
            "wife",
            "husband",
            "friend",
            "rider",
            "driver",
        ]
    )
    | frozenset(["master", "trainer", "keeper", "twin", "brother", "sister", "child", "baby", "passage", "crossing", "journey"])
)
"""Of these the picture shows whose they are."""


def _owned(tokens: Tokens, phrase: NounPhrase) -> NounPhrase | None:
    """As in "the farmer's tractor", which shows a tractor and no farmer."""
    if not match(tokens, phrase.end, "'s") or phrase.pronoun:
        return None
    mine = noun_phrase(tokens, phrase.end + 1)
    if mine is None or not mine.noun or mine.article not in ("", *lex.NUMBERS) or mine.abstract:
        return None
    first, head = tokens[phrase.end + 1].low, mine.noun.split()[-1]
    named = (
        head in _NOT_OWNED | lex.SETTINGS
        or is_person(head)
        or head in lex.ACROSS
        or head in lex.HEADINGS
        or vocabulary.find_setting(head)
    )
    if named or verb(first) is not None or first in lex.PREPOSITIONS or head in lex.VERBS or phrase.noun.split()[-1] in _NOBODY:
        return None
    new = phrase.article in ("a", "an")
    return replace(mine, start=phrase.start, article="another" if new else "the", another=new)


_NOBODY = frozenset(["there", "here", "what", "who", "that", "today", "everybody", "nobody", "somebody", "world"])


_STEPS = frozenset(
    ["step", "shot", "scene", "beat", "act", "part", "chapter", "page", "day", "frame", "minute", "second", "version"]
)
"""What is numbered and is no thing."""


def _numbered(tokens: Tokens, phrase: NounPhrase) -> NounPhrase | None:
    """As in "tram 1" and "Boat B": one of those that are told apart by a number or a letter."""
    j = phrase.end
    plain = phrase.article in ("", "the") and phrase.count is None and not phrase.several
    if not plain or j >= len(tokens) or phrase.noun in lex.MEDIA | lex.TITLES | _STEPS or english.as_noun(phrase.noun) == "nx":
        return None
    label = (len(tokens[j].text) == 1 and tokens[j].text in "ABCDEF") or tokens[j].low in "123456789"
    then = tokens[j + 1].low if j + 1 < len(tokens) else "."
    closed = not then[0].isalpha() or then in lex.PREPOSITIONS | lex.AUXILIARIES | lex.HEADINGS.keys() | lex.CONJUNCTIONS
    if not label or not (closed or verb(then) is not None):
        return None
    return replace(phrase, end=j + 1, article="", alias=f"{phrase.noun} {tokens[j].low}")


def _titled(tokens: Tokens, i: int) -> NounPhrase | None:
    """As in "Tom the cat" and "Tom, the cat,": whoever it is called, it is a cat."""
    comma = match(tokens, i + 1, ",")
    owned = bool(match(tokens, i + 1, ",", "my|our|his|her")) and tokens[i].text.istitle() and tokens[i].low not in _NO_NAMES
    if not (owned or name_at(tokens, i)):
        return None
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
    if vocabulary.is_thing(low) or vocabulary.find_setting(low) is not None or verb(low) is not None or low.endswith("ly"):
        return False
    kinds = english.kinds(low)
    return not kinds or (tokens[i].text[:1].isupper() and not any(kind[0] in "var" or kind in ("nh", "np") for kind in kinds))


def _proper(tokens: Tokens, i: int) -> bool:
    """Whether the word at i, after a noun, is a name: it is written large, or no English word."""
    return (tokens[i].text[:1].isupper() and not tokens[i].text.isupper()) or (
        not english.kinds(tokens[i].low) and not vocabulary.is_thing(tokens[i].low)
    )


def _kind(noun: str) -> bool:
    known = vocabulary.find(noun)
    return (known is not None and known.group in _GROUPS) or english.as_noun(noun.rsplit(maxsplit=1)[-1]) == "nt"
