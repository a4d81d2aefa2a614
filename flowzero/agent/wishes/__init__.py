"""Wishes: what people say of a plan without a command, as "cat black and a bit bigger, cupboard on the left".

A sentence is cut at its commas and conjunctions, and each part that can be read to its last word becomes a wish; what is left
between them stays as it was said, for the grammar of commands.
"""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.agent.commands.command import IMPERATIVES
from flowzero.agent.matching import match
from flowzero.agent.tokens import Token
from flowzero.agent.wishes.clause import wishes
from flowzero.agent.wishes.frames import retargeted
from flowzero.agent.wishes.naming import Scene, named
from flowzero.agent.wishes.wish import Found, Wish, Words
from flowzero.agent.wishes.words import ASPECTS

__all__ = ["Scene", "Wish", "Words", "mentioned", "read_wishes", "sentences"]

_JOINTS = frozenset([",", "and", "&", "but", "so", "then", "also", "plus", "–", "—", ":", "(", ")", "-"])
_REASONS = frozenset(["because", "cuz", "coz", "since", "otherwise"])
_VAGUE = frozenset(["it", "them", "him", "her", "they"])
_OUGHT = frozenset(["should", "must", "shall", "ought", "want", "needs", "let", "instead"])
_MAY = frozenset(["can", "could", "will", "would", "may", "might", "there", "nobody", "nearly", "almost"])
_NOBODY = frozenset(["nobody", "nothing", "none"])
_LONGEST = 4


def sentences(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The tokens cut at stops."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.low in ".!?;…":
            found.append([])
        else:
            found[-1].append(token)
    return [tuple(part) for part in found if part]


def read_wishes(scene: Scene, tokens: Sequence[Token]) -> list[Wish | Words]:
    """A sentence as wishes, and the stretches between them in its own words."""
    scene, parts = _meant(scene, _parts(tokens))
    found: list[Wish | Words] = []
    sequel, open_, i = False, False, 0
    while i < len(parts):
        for j in range(min(len(parts), i + _LONGEST), i, -1):
            said = [token for part in parts[i:j] for token in part]
            read = wishes(scene, said, sequel=sequel, free=not open_, first=sequel or not found or i == 0)
            if read is not None:
                break
        if read is not None:
            found += read
            scene = _onward(scene, read)
            sequel, open_, i = True, False, j
            continue
        said = list(parts[i])
        if found and _tells_why(said):
            found.append(Words(tuple(said), reason=True))
            sequel, i = False, i + 1
            continue
        open_ = open_ or _opens(said)
        if not match(_bare(said), 0, "not|except|without"):
            scene = scene._replace(current=mentioned(scene, said) or scene.current)
        if (
            found
            and isinstance(found[-1], Words)
            and not found[-1].reason
            and found[-1].tokens[-1].end <= said[0].start
            and not sequel
        ):
            found[-1] = Words((*found[-1].tokens, *said))
        else:
            found.append(Words(tuple(said)))
        sequel, i = False, i + 1
    return [one for k, one in enumerate(found) if not _said_again(one, found[k + 1 :])]


def _said_again(one: Wish | Words, later: Sequence[Wish | Words]) -> bool:
    """Whether a wish is said once more, and then counts: "bigger, much bigger"."""
    again = (other for other in later if isinstance(other, Wish))
    return isinstance(one, Wish) and any((other.key, other.ids) == (one.key, one.ids) for other in again if one.stepwise)


def _bare(said: Sequence[Token]) -> Sequence[Token]:
    """The stretch without the joints before it."""
    return said[next((k for k, token in enumerate(said) if token.low not in _JOINTS), len(said)) :]


def _tells_why(said: Sequence[Token]) -> bool:
    """Whether it is a reason or a remark on what was said before: "so one can see it", "because why not", "that's funnier"."""
    first = next((token.low for token in said if token.low not in (",", "and", "-", "–", "—", ":", "(", ")")), "")
    bare = _bare(said)
    if first in _REASONS or match(bare, 0, "that", "'s|is|would|way"):
        return True
    return first in _NOBODY or (
        first == "so" and not _opens(said) and any(token.low in _MAY for token in said) and not _OUGHT & {t.low for t in said}
    )


def _meant(scene: Scene, parts: list[list[Token]]) -> tuple[Scene, list[list[Token]]]:
    """The parts without one that only says what the others are about: "make it golden, the leaf I mean"."""
    for k in range(1, len(parts)):
        before = [token for part in parts[:k] for token in part]
        vague = any(token.low in _VAGUE or token.low in ASPECTS for token in before)
        ids = retargeted(scene, parts[k]) if vague and not mentioned(scene, before) else ()
        if ids and parts[k][0].low == ",":
            return scene._replace(current=ids), [*parts[:k], *parts[k + 1 :]]
    return scene, parts


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    """The stretches between joints, each with the joint before it."""
    parts: list[list[Token]] = [[]]
    for i, token in enumerate(tokens):
        very = token.low == "so" and tokens[i + 1 : i + 2] and tokens[i + 1].low in ASPECTS
        if (
            token.low in _JOINTS | _REASONS
            and not very
            and any(one.low not in _JOINTS for one in parts[-1])
            and not _excepts(tokens, i)
        ):
            parts.append([])
        parts[-1].append(token)
    return [part for part in parts if part]


def _excepts(tokens: Sequence[Token], i: int) -> bool:
    """As in "everything but the ball", "red but not the second"."""
    return tokens[i].low == "but" and bool(
        match(tokens, i + 1, "not|never") or tokens[i - 1].low in ("everything", "all", "everyone", "anything")
    )


def _opens(said: Sequence[Token]) -> bool:
    """Whether a command begins that what follows may belong to."""
    first = next((token.low for token in _bare(said)), "")
    return first in IMPERATIVES or first in ("throw", "stick", "remove", "there", "with")


def _onward(scene: Scene, read: Found) -> Scene:
    ids = next((one.ids for one in reversed(read) if isinstance(one, Wish) and one.ids), ())
    return scene._replace(current=ids or scene.current)


def mentioned(scene: Scene, tokens: Sequence[Token]) -> tuple[str, ...]:
    """The first objects that a stretch of words names."""
    for i in range(len(tokens)):
        who = named(scene, tokens, i)
        if who is not None and who.article != "it" and not who.fresh:
            return who.ids
    return ()
