"""Where a noun phrase ends: whether the word after its noun begins a verb, a place or something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.counting import number_of
from flowzero.agent.herds import UNCHANGED
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.tokens import any_verb, plural, singular, verb
from flowzero.agent.wordclass import adverb, never_noun, watched

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase

STOP = lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.AUXILIARIES | lex.RELATIVE | lex.SELVES
"""Words that are in no noun phrase after its noun."""


_AFTER = STOP | lex.HEADINGS.keys() | lex.ADVERBS
"""What follows a verb of going rather than a noun."""


def ends_phrase(tokens: Tokens, j: int, nouns: list[str], phrase: NounPhrase) -> bool:  # noqa: C901, PLR0911, PLR0912
    """Whether the word after a noun begins a verb or something else."""
    low = tokens[j].low
    if low in lex.HEADINGS or low in lex.ADVERBS or low in lex.PRONOUNS or low in lex.SEQUENCE or low in ("go", "come"):
        return True
    if low in lex.HASTY or low in lex.SLOW or low in lex.POSSESSIVES or low in lex.DETERMINERS:
        return True
    if adverb(low) or never_noun(low) or _place_at(tokens, j):
        return True
    pair = " ".join((nouns[-1], singular(low)))
    compound = vocabulary.find(pair)
    if compound is not None and any(f" {pair}" in f" {name}" for name in (compound.name, *compound.synonyms)):
        return False
    if low == "leaves" and match(tokens, j + 1, "left|right|through|over|via|by|towards|toward|off"):
        return True  # as in "tram leaves left"
    lone = phrase.article not in ("", "some", "both") and phrase.count in (None, 1)
    if lone and plural(low) and not plural(nouns[-1]) and match(tokens, j + 1, "a|an|the|his|her|its|their|another"):
        return True  # as in "the shark rams the cage": nothing else stands between two things
    counted = phrase.exact and (phrase.count or 0) > 1 and english.as_noun(nouns[-1]) == "nt" and nouns[-1] not in UNCHANGED
    if counted and plural(low) and not plural(nouns[-1]):
        return False  # as in "two phone boxes": a number takes a plural
    if plural(low) and not plural(nouns[-1]) and _goes_some_way(tokens, j, phrase, nouns[-1]):
        return True
    if number_of(tokens, j) is not None and j + 1 < len(tokens) and plural(tokens[j + 1].low):
        return True  # as in "in the sky three birds"
    several = phrase.several or (plural(nouns[-1]) and phrase.article not in ("a", "an"))
    follows = tokens[j + 1].low if j + 1 < len(tokens) else ""
    found = verb(low)
    if found is None:
        if low.endswith(("ing", "ed")) and len(low) > 4 and not vocabulary.is_thing(low):
            return True
        if low in lex.ADJECTIVES:
            return True
        one = phrase.article in ("a", "an", "one", "another", "each") or phrase.count == 1
        if plural(low) and not several and one and not vocabulary.is_thing(low):
            return True
        if plural(low) and not several and vocabulary.is_thing(nouns[-1]) and not vocabulary.is_thing(low):
            return not follows or follows in STOP or follows in lex.DETERMINERS or not follows[0].isalpha()
        return several and plural(nouns[-1])
    if low.endswith(("ing", "ed")) or low in lex.IRREGULAR:
        return True
    if low not in lex.VERBS:
        next_verb = bool(follows) and (verb(follows) is not None or follows in lex.AUXILIARIES)
        return not (next_verb and several is False and vocabulary.is_thing(low) and phrase.article not in ("a", "an", "one"))
    if several or (found[1].kind != "act" and watched(tokens, phrase.start) and not vocabulary.is_thing(low)):
        return True
    if _crew_goes(tokens, j, phrase):
        return True
    within = phrase.start > 0 and tokens[phrase.start - 1].low in ("in", "on", "with", "wearing", "at", "by", "near", "under")
    if (
        within
        and found[1].kind in ("go", "trace", "follow", "meet", "approach")
        and english.mostly(low) == "v"
        and follows in _AFTER
    ):
        return True  # as in "a man with a dog and a girl in a red coat walk towards each other"
    several_subjects = phrase.start > 0 and tokens[phrase.start - 1].low in ("and", "&")
    base_agrees = phrase.article not in ("a", "an") or several_subjects
    if (
        base_agrees
        and found[1].kind not in ("act", "carry", "lead")
        and vocabulary.is_thing(nouns[-1])
        and not vocabulary.is_thing(low)
    ):
        return True
    ends = not follows or follows in STOP or follows in lex.DETERMINERS or not follows[0].isalpha() or follows in lex.HEADINGS
    return ends and (base_agrees or found[1].kind == "act") and not vocabulary.is_thing(low) and low not in lex.SETTINGS


_AWAY = frozenset(["forward", "forwards", "off", "away", "along", "back", "there", "itself", "himself", "herself"])
_SOME_WAY = _AWAY | frozenset(
    ["round", "around", "past", "into", "out", "over", "across", "through", "towards", "toward", "onto"]
)


def _goes_some_way(tokens: Tokens, j: int, phrase: NounPhrase, last: str) -> bool:
    """As in "a bulldozer rams forward": what could be several of something is a verb, as a way follows it."""
    if phrase.count not in (None, 1) or phrase.several or any_verb(tokens[j].low) is None:
        return False
    if not phrase.article and (phrase.start == 0 or not tokens[phrase.start - 1].word):
        onward = match(tokens, j + 1, "to", "the", "left|right|top|bottom") or match(tokens, j + 1, "downhill|uphill|skywards")
        if onward and vocabulary.is_thing(last) and last not in lex.SETTINGS and not vocabulary.is_thing(tokens[j].low):
            return True  # as in "tractor ploughs to the right"
    ways = _SOME_WAY if phrase.article in ("a", "an", "another", "one") else _AWAY
    return j + 1 < len(tokens) and tokens[j + 1].low in ways


def _crew_goes(tokens: Tokens, j: int, phrase: NounPhrase) -> bool:
    """As in "three men in a boat row across the lake": several before the phrase, and a verb for them after it."""
    found = verb(tokens[j].low)
    after = tokens[j + 1].low if j + 1 < len(tokens) else ""
    ways = _AFTER - {"in", "on", "at", "by", "of", "with"}
    crew = phrase.start > 1 and (plural(tokens[phrase.start - 2].low) or tokens[phrase.start - 2].low == "people")
    return crew and found is not None and found[1].kind in ("go", "trace") and tokens[j].low in lex.VERBS and after in ways


def _place_at(tokens: Tokens, j: int) -> bool:
    """As in "a star top right", "moon bottom left" and "a nest lower down": where it is, and no part of its name."""
    across = "left|right|middle|center|centre"
    if match(tokens, j, "side", "to", "side"):
        return True
    if hit := match(tokens, j, "far?", "left|right", "side|corner|edge?"):
        lone = tokens[j].low == "far"
        if lone and (hit[0] == len(tokens) or not tokens[hit[0]].word):
            return True
    if hit := match(tokens, j, "|".join(lex.UPRIGHT), "-?", across, "corner|side|edge|hand?"):
        return hit[0] == len(tokens) or not tokens[hit[0]].word or tokens[hit[0]].low in STOP | lex.DETERMINERS
    if hit := match(tokens, j, "middle|center|centre"):
        return hit[0] == len(tokens) or not tokens[hit[0]].word
    return match(tokens, j, "lower|higher|further|farther", "up|down|left|right|away|back") is not None


def opens_another(tokens: Tokens, j: int) -> bool:
    """Whether a determiner stands at j, as in "behind the glass a cat"; "a" at the end of a name is none."""
    low = tokens[j].low
    named = low == "a" and not (j + 1 < len(tokens) and tokens[j + 1].word and tokens[j + 1].low not in STOP)
    return low in lex.DETERMINERS and not named


def participle_at(tokens: Tokens, j: int) -> bool:
    """Whether a participle stands at j, and no noun after it."""
    after = tokens[j + 1].low if j + 1 < len(tokens) else "."
    ends = not after[0].isalpha() or after in STOP or after in lex.HEADINGS or after in lex.ADVERBS
    return tokens[j].low.endswith("ing") and verb(tokens[j].low) is not None and ends
