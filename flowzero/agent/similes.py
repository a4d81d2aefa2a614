"""Similes and attitudes: what a thing is likened to is not there, and how it holds its tail tells of no way.

As in "slides like a torpedo to the left", "a frog, smug as a king, sits on a pad" and "a hare, ears folded, is asleep".
"""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.chunks import clause_at
from flowzero.agent.matching import match
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, bases, verb

_TOLD = lex.words(
    "rocket bullet flash lightning pendulum metronome yo-yo snake stone rock leaf brick arrow top mad crazy ball spring frog"
)
"""Likenesses that tell how one goes."""
_NO_SIMILE = lex.words(
    "look seem sound feel taste smell would should could 'd i we you they to shape dress something things act do make more "
    "just it stuff much is are be not"
)
"""After these "like" is a verb, or what follows is what is seen."""
_MEASURED = lex.LARGE | lex.SMALL | lex.HASTY | lex.SLOW | lex.words("big small tall fast quick high long wide same")
_SIDES = frozenset(["left", "right", "top", "bottom", "up", "down", "middle", "centre", "center"])
_LIMBS = lex.words(
    "belly head heads tail tails ear ears eye eyes nose nostrils beak wing wings fur hair mane paw paws claw claws hand hands "
    "arm arms leg legs foot feet fin fins jaw jaws mouth teeth tongue neck chest shoulders whiskers feathers antlers horns "
    "hooves breath coats skirts"
)
_LONGEST = 8


def without_similes(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens without likenesses, and without how somebody holds a part of his body."""
    said = tuple(tokens)
    kept: list[Token] = []
    i = 0
    while i < len(said):
        end = _like(said, i) or _as(said, i) or _measure(said, i) or _attitude(said, i)
        if not end:
            kept.append(said[i])
        i = end or i + 1
    return tuple(kept)


def _pause(said: Sequence[Token], i: int) -> int:
    """Where the next mark stands."""
    return next((k for k in range(i, len(said)) if not said[k].word), len(said))


def _like(said: tuple[Token, ...], i: int) -> int:
    """Where "like a torpedo" ends that begins at i; else 0."""
    if said[i].low != "like" or i + 1 >= len(said) or (i and {said[i - 1].low, *bases(said[i - 1].low)} & _NO_SIMILE):
        return 0
    if said[i + 1].low in ("something", "somebody", "someone", "nothing", "those"):
        end = _pause(said, i)
        return end if end - i <= _LONGEST and not {token.low for token in said[i:end]} & _SIDES else 0
    made = i + 2 < len(said) and said[i + 1].low.endswith(("ed", "ing"))  # as in "like startled doves"
    other = noun_phrase(said, i + 2 if made else i + 1)
    if other is None or not other.noun or other.pronoun or other.noun.split()[-1] in _TOLD or other.article in ("the", "this"):
        return 0
    if not i or (not said[i - 1].word and said[i - 1].low != ","):
        return other.end + 1 if match(said, other.end, ",") else 0
    after = match(said, other.end, "do|does|did|would|might")
    return after[0] if after else other.end


def _as(said: tuple[Token, ...], i: int) -> int:
    """Where "as a king" ends that begins at i, after an adjective; else 0."""
    before = said[i - 1].low if i else ""
    quality = (before in lex.ADJECTIVES or english.mostly(before) == "a") and before not in _MEASURED
    if said[i].low != "as" or not quality or i + 1 >= len(said):
        return 0
    other = noun_phrase(said, i + 1)
    if other is None or not other.noun or other.pronoun or other.article in ("the", "this", "that") or clause_at(said, i + 1):
        return 0
    after = said[other.end].low if other.end < len(said) else "."
    return other.end if not after[0].isalnum() or after in lex.PREPOSITIONS or after in ("and", "who", "that", "which") else 0


def _measure(said: tuple[Token, ...], i: int) -> int:
    """Where "the colour of copper" ends that begins at i, behind a noun; else 0."""
    hit = match(said, i, "the", "colour|color|size|shape", "of")
    other = noun_phrase(said, hit[0]) if hit is not None and i and said[i - 1].word else None
    led = i > 0 and (said[i - 1].low in lex.PREPOSITIONS or verb(said[i - 1].low) is not None)
    return other.end if other is not None and other.noun and not led else 0


def _attitude(said: tuple[Token, ...], i: int) -> int:
    """Where ", ears folded" ends that begins at i; else 0."""
    if said[i].low != "," or i + 2 >= len(said) or said[i + 1].low not in _LIMBS:
        return 0
    end = _pause(said, i + 1)
    words = [token.low for token in said[i + 1 : end]]
    told = any(verb(word) is not None and not word.endswith(("ing", "ed")) and word != words[0] for word in words[1:])
    return end if 1 < len(words) <= _LONGEST and not (told or set(words) & {"left", "right", "and"}) else 0
