"""What somebody does before it is said who: "Racing across the sky, a comet." is told as "a comet racing across the sky."."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Tokens
from flowzero.agent.tokens import any_verb, bases

_STOPS = frozenset([".", "!", "?", ";"])
_CAMERA = frozenset(
    ["pan", "zoom", "tilt", "track", "follow", "film", "shoot", "show", "feature", "include", "star", "introduce"]
)
"""What the camera or the film does, and nobody in it."""


def named_first(tokens: Tokens) -> Tokens:
    """The tokens with those who act before what they do, in sentences that have no other verb for them."""
    told: list[Tokens] = []
    start = 0
    while start < len(tokens):
        end = next((k for k in range(start, len(tokens)) if tokens[k].low in _STOPS), len(tokens))
        told += [_turned(tokens[start:end]), tokens[end : end + 1]]
        start = end + 1
    return tuple(token for part in told for token in part)


def _turned(sentence: Tokens) -> Tokens:
    comma = next((k for k, token in enumerate(sentence) if token.low in (",", ":")), 0)
    if comma < 2 or not _acts(sentence[0].low):
        return sentence
    return (*sentence[comma + 1 :], *sentence[:comma]) if _names_alone(sentence, comma + 1) else sentence


def _names_alone(tokens: Tokens, i: int) -> bool:
    """Whether nothing but who is there follows: "a man", "a man and his dog"."""
    while (named := noun_phrase(tokens, i)) is not None and named.noun and not named.pronoun:
        if named.end == len(tokens):
            return True
        if tokens[named.end].low not in ("and", "&"):
            return False
        i = named.end + 1
    return False


def _acts(low: str) -> bool:
    """Whether a word at the head of a sentence is what somebody does, or how somebody stays there."""
    does = any_verb(low) if low.endswith(("ing", "ed")) and vocabulary.find(low) is None else None
    if does is None or _CAMERA & set(bases(low)):
        return False
    return low.endswith("ing") or does[1].kind == "still"
