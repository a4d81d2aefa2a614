"""Which words of a noun phrase describe, and which may be its noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.phrase_ends import STOP
from flowzero.agent.phrases import Tokens
from flowzero.agent.tokens import Token, plural, singular, verb
from flowzero.agent.wordclass import NOUNS_TOO, adverb, closes_noun, describes, looks_so, names_here, never_noun, one_of_two

if TYPE_CHECKING:
    from flowzero.agent.nouns import NounPhrase

MOST = {"smallest": "small", "tiniest": "tiny", "biggest": "big", "largest": "large", "tallest": "tall"}
SIZED = {"smaller": "small", "tinier": "tiny", "bigger": "big", "larger": "large", "taller": "tall"}


def continues(tokens: Tokens, i: int) -> bool:
    """Whether a noun, or what describes one, stands at i, so that the phrase before it goes on."""
    if i >= len(tokens) or not tokens[i].word or tokens[i].low in STOP or tokens[i].low in lex.HEADINGS:
        return False
    if tokens[i].low.endswith("ing"):
        return continues(tokens, i + 1)
    return not finite(tokens, i) and not adverb(tokens[i].low)


def finite(tokens: Tokens, i: int) -> bool:
    """Whether the word at i is a verb that somebody does, and neither a known thing nor an adjective."""
    low = tokens[i].low
    return low in lex.AUXILIARIES or (verb(low) is not None and not vocabulary.is_thing(low) and low not in lex.ADJECTIVES)


def is_shade(tokens: Tokens, j: int) -> bool:
    """Whether a noun only says which yellow is meant, as in "a lemon yellow tram"."""
    low, follows = tokens[j].low, singular(tokens[j + 2].low) if j + 2 < len(tokens) else ""
    one = "nt" in english.kinds(f"{low}_{tokens[j + 1].low}")  # as in "an ice cream truck"
    names = low not in lex.ADJECTIVES and not one and (vocabulary.is_thing(low) or english.mostly(low) == "n")
    return names and follows.isalpha() and (vocabulary.is_thing(follows) or english.mostly(follows) == "n")


def in_full(token: Token) -> str:
    """An adjective of two words with both of them: "dragon-shaped", but "green" of "bottle-green"."""
    text = token.text.lower()
    return text if "-" in text and token.low not in lex.COLOURS else token.low


def more_adjectives(tokens: Tokens, j: int) -> bool:
    """Whether a list of adjectives goes on at j, as in "red and green", "big, old"."""
    if j < len(tokens) and tokens[j].low == "and":
        j += 1
    return (
        j + 1 < len(tokens)
        and tokens[j].low in lex.ADJECTIVES
        and (tokens[j + 1].low in lex.ADJECTIVES or tokens[j + 1].low in (",", "and") or continues(tokens, j + 1))
    )


def is_adjective(tokens: Tokens, j: int, phrase: NounPhrase, *, given: bool) -> bool:  # noqa: PLR0911
    """Whether the word at j describes the noun of a phrase that has begun; `given` if a determiner or another stands before."""
    low = tokens[j].low
    if _finite_next(tokens, j + 1, phrase) or low in ("one", "ones"):
        return False
    follows = j + 1 < len(tokens) and tokens[j + 1].word and tokens[j + 1].low not in STOP and not closes_noun(tokens, j + 1)
    if tokens[j + 1].low in (",", "-") if j + 1 < len(tokens) else False:
        follows = low in lex.ADJECTIVES and not (low in NOUNS_TOO and given and tokens[j + 1].low == ",")
    if j + 2 < len(tokens) and tokens[j + 1].low == "and" and low in lex.ADJECTIVES and more_adjectives(tokens, j + 1 + 1 - 1):
        follows = True
    if not given and follows and low not in lex.ADJECTIVES and looks_so(tokens, j) and low not in lex.FUNCTION | lex.ADVERBS:
        return True
    if low in ("baby", "toy") and follows and tokens[j + 1].low.endswith("ing") and verb(tokens[j + 1].low) is not None:
        return False  # as in "baby crawling"
    if low in lex.ADJECTIVES:
        if one_of_two(tokens, j):
            return True
        bare = not follows or tokens[j + 1].low in lex.HEADINGS
        if (given or not j or not tokens[j - 1].word) and bare and low not in lex.COLOURS and english.mostly(low) == "n":
            return False
        return follows or low not in NOUNS_TOO
    if (
        given
        and low.endswith(("ing", "ed"))
        and len(low) > 4
        and follows
        and not vocabulary.is_thing(low)
        and low not in lex.VERBS
        and not (low.endswith("ed") and english.mostly(low) == "n")
    ):
        return True
    if given and follows and (adverb(low) or describes(tokens, j) or (never_noun(low) and "a" in english.kinds(low))):
        return True
    if given and follows and tokens[j + 1].low in lex.ADJECTIVES and "a" in english.kinds(low):
        return True
    return given and low in lex.SIDED and follows


def _finite_next(tokens: Tokens, j: int, phrase: NounPhrase) -> bool:
    """Whether the word at j is a verb in the third person, so that the word before it is the noun."""
    if j >= len(tokens):
        return False
    low = tokens[j].low
    found = verb(low)
    if not low.endswith("s") or found is None or low in lex.VERBS or low in lex.UNCHANGING:
        return False
    if low in lex.BODY and not phrase.article and phrase.start > 0 and tokens[phrase.start - 1].low in ("with", "and"):
        return False  # as in "a bird with green wings"
    if phrase.article in ("a", "an", "one", "another", "each") or phrase.count == 1:
        return True
    follows = tokens[j + 1].low if j + 1 < len(tokens) else "."
    ends = (
        follows in STOP
        or follows in lex.HEADINGS
        or not follows[0].isalpha()
        or follows.endswith("ly")
        or follows in lex.DETERMINERS
        or (follows in lex.ADJECTIVES and found[1].kind == "turn")  # as in "the light turns red"
    )
    return ends and not phrase.several and not vocabulary.is_thing(low)


def can_start(tokens: Tokens, j: int) -> bool:
    """Whether a word without determiner or adjective before it can be a noun."""
    low = tokens[j].low
    if low in lex.HEADINGS or low in lex.HASTY or low in lex.SLOW or low in lex.ADVERBS or low in lex.SEQUENCE:
        return False
    if adverb(low) or never_noun(low):
        return False
    if verb(low) is None or names_here(tokens, j):
        return True
    if low in lex.SETTINGS and low in lex.VERBS:
        return j + 1 < len(tokens) and verb(tokens[j + 1].low) is not None
    next_is_verb = j + 1 < len(tokens) and (verb(tokens[j + 1].low) is not None or tokens[j + 1].low in lex.AUXILIARIES)
    return (
        vocabulary.is_thing(low) and (not low.endswith(("ing", "ed"))) and (next_is_verb or plural(low) or low not in lex.VERBS)
    )
