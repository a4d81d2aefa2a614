"""Gaits: how somebody goes, told by words that are nouns in the first place, as in "an ox barges off to the left".

The grammar takes such a word for a noun wherever it may be one; here, where a way follows, it becomes "goes".
"""

from __future__ import annotations

from collections.abc import Sequence

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match
from flowzero.agent.tokens import Token, bases, inflected, plural

_GAITS = lex.words(
    "barge barrel blunder bowl breeze bump bustle career coast dawdle edge file hare heave inch jaunt jet jolt labour labor "
    "laze leg loll muscle nip nose nudge pad patter pelt plough plow pootle potter power press promenade race ratchet reel "
    "rocket shimmy shove slouch sledge slump stampede storm streak stutter swirl swoosh tack tootle toil tramp trip "
    "troop undulate whip whoosh yomp bimble bicycle moonwalk cartwheel gad schlep judder jerk crank strafe shunt clop scrabble "
    "belt scarper vamoose hydroplane paw nuzzle worm squish skip hoof wheel wing"
)
_ON = lex.words(
    "off along away past across through out into toward towards onward onwards back by down up over forward forwards"
)
_SIDES = "left|right|top|bottom|upper|lower|middle|centre|center|leftmost|rightmost"
_BEFORE = lex.PRONOUNS - {"one", "ones", "both"} | {"who", "that", "which"}
"""Who may do so, beside a noun."""


def on_foot(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with forms of "go" for such words, where one goes by them."""
    told: list[Token] = []
    forms: dict[str, Token] = {}
    for i, token in enumerate(tokens):
        again = token.low in forms and tokens[i - 1].low in ("and", "then", ",") and _way(tokens, i + 1)
        then = token._replace(low=forms[token.low].low, text=forms[token.low].low) if again else _as_going(tokens, i)
        if then is not token:
            forms[token.low] = then
        told.append(then)
    return tuple(told)


def _as_going(tokens: Sequence[Token], i: int) -> Token:
    low = tokens[i].low
    base = next((base for base in bases(low) if base in _GAITS), None)
    if base is None or not i or not _way(tokens, i + 1) or not _said_of(tokens, i, base):
        return tokens[i]
    form = "ing" if low.endswith("ing") else "s" if low.endswith("s") and base != low else ""
    manner = "rush" if base in _FAST else "creep" if base in _SLOW else "go"
    word = inflected(manner, form)
    return tokens[i]._replace(low=word, text=word)


_FAST = lex.words("barrel belt career pelt race rocket storm streak jet scarper hare")
_SLOW = lex.words("inch dawdle edge")


def _way(tokens: Sequence[Token], i: int) -> bool:
    """Whether a way begins at i, maybe after an adverb."""
    while i < len(tokens) and tokens[i].low.endswith("ly"):
        i += 1
    low = tokens[i].low if i < len(tokens) else ""
    sided = match(tuple(tokens), i, "to|from|in|towards|toward", "from?", "the?", "far?", _SIDES)
    return low in _ON or low in lex.HEADINGS or sided is not None


def _said_of(tokens: Sequence[Token], i: int, base: str) -> bool:
    """Whether the word is what is done by whom the words before it name."""
    low, before = tokens[i].low, tokens[i - 1].low
    if low.endswith("ing"):
        named = tokens[i - 1].word and (vocabulary.is_thing(before) or english.mostly(before) == "n")
        return before in (",", "and", "is", "are", "comes", "come", "goes", "then", ";") or named or before.endswith("ly")
    if vocabulary.is_thing(base) and not _of_one(tokens, i):
        return False
    while i > 1 and before.endswith("ly"):
        i, before = i - 1, tokens[i - 2].low
    noun = (vocabulary.is_thing(before) or english.mostly(before) == "n") and not english.pair(before, base)
    agrees = plural(before) != low.endswith("s") or low.endswith("ed")
    return (noun and agrees and before not in lex.HEADINGS) or before in _BEFORE


def _of_one(tokens: Sequence[Token], i: int) -> bool:
    """Whether "a" or "one" comes with the noun before i, after which no noun stands for several: "an ox barrels along"."""
    if not tokens[i].low.endswith("s"):
        return False
    for token in reversed(tokens[max(0, i - 4) : i - 1]):
        if token.low in ("a", "an", "one", "another", "each", "every"):
            return True
        if not token.word or token.low in lex.PREPOSITIONS or token.low == "the":
            return False
    return False
