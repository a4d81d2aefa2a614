"""One command of an instruction at a time: what its verb asks for, as edits, by the first reader that understands it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flowzero.agent.commands import comings, counts, looks, motion, places, telling, video
from flowzero.agent.commands.command import IMPERATIVES, Command, Unread, matching, targets
from flowzero.agent.commands.heeding import TURNING, unheeded
from flowzero.agent.edits import Edit
from flowzero.agent.matching import match, number
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.tokens import Token, singular, tokenise

__all__ = ["IMPERATIVES", "Command", "Unread", "carry_out"]


def carry_out(command: Command) -> list[Edit]:
    """The edits of one command, by the first reader that understands it; what they do not heed is left in `command.left`.

    Raises:
        Unread: if none does, or if what it does not heed would make another command of it.
    """
    command.tokens = _some(command)
    spared = _spare(command)
    if not command.tokens:
        raise Unread
    for reader in _READERS:
        found = reader(command)
        if found is None:
            continue
        command.topic = command.mentioned or command.topic
        if reader not in _THOROUGH:
            command.left = (*command.left, *unheeded(command, reader, found))
        elif any(
            word in TURNING or word.endswith("n't") for piece in command.left for word in piece.lower().split()
        ) or command.has("never", "without"):
            raise Unread
        return [edit for edit in found if getattr(edit, "id", None) not in spared]
    raise Unread


def _some(command: Command) -> tuple[Token, ...]:
    """The tokens with so many of a kind named one by one: "two of the birds" are the second and the third of three."""
    tokens = command.tokens
    for i in range(len(tokens)):
        hit = match(tokens, i, "#", "of", "the|these|those")
        phrase = noun_phrase(tokens, hit[0] - 1) if hit is not None else None
        if hit is None or phrase is None:
            continue
        if phrase.end == len(tokens) and tokens[0].low not in _TAKING:
            return (*tokens[: i + 1], *tokens[hit[0] :])  # as in "only two of the birds"
        ids, many = matching(command, phrase), int(number(hit[1][0]) or 0)
        if not 0 < many < len(ids) <= len(_ORDINALS):
            continue
        noun = phrase.noun.split()[-1]
        chosen = [f"the {name} {singular(noun)}" for name in _ORDINALS[len(ids) - many : len(ids)]]
        said = [
            token._replace(start=tokens[i].start, end=tokens[phrase.end - 1].end) for token in tokenise(" and ".join(chosen))
        ]
        return (*tokens[:i], *said, *tokens[phrase.end :])
    return tokens


_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_TAKING = frozenset(["remove", "delete", "hide", "erase", "drop"])


def _spare(command: Command) -> tuple[str, ...]:
    """Objects that a command excepts, as in "make the birds red except the first"; the exception is cut off.

    Raises:
        Unread: if what it excepts is not in the plan.
    """
    lows = command.lows
    at = next((i for i in range(1, len(lows)) if _excepting(lows, i)), None)
    if at is None or comings.takes_out(command) is not None:
        return ()
    kept, rest = replace(command, tokens=command.tokens[:at]), command.tokens[at + 1 :]
    if rest and rest[0].low in ("not", "for", "from", "than"):
        rest = rest[1:]
    phrase = noun_phrase(rest, 0)
    if phrase is not None and phrase.end < len(rest) and (spared := matching(command, phrase)):
        command.tokens = (*kept.tokens, *rest[phrase.end :])  # as in "everything except the ball should be blue"
        return spared
    head = next((token for token in reversed(kept.tokens) if targets(replace(kept, tokens=(token,)))), None)
    spared = targets(replace(command, tokens=rest)) or (targets(replace(command, tokens=(*rest, head))) if head else ())
    if not spared:
        raise Unread
    command.tokens = kept.tokens
    return spared


def _excepting(lows: list[str], i: int) -> bool:
    whole = lows[i] == "but" and lows[i - 1] in ("everything", "all", "everyone", "anything")
    paired = lows[i : i + 2] in (["but", "not"], ["apart", "from"], ["other", "than"])
    return whole or paired or lows[i] in ("except", "besides")


_READERS: tuple[Callable[[Command], list[Edit] | None], ...] = (
    video.length,
    video.filmed,
    counts.counted,
    looks.dressed,
    comings.remove,
    looks.coloured,
    motion.returned,
    motion.turned_round,
    video.resettled,
    comings.exchange,
    video.setting,
    comings.added_first,
    places.layered,
    places.repositioned,
    looks.sized,
    motion.staggered,
    motion.sped,
    motion.styled,
    motion.delayed,
    motion.shown,
    motion.stopped,
    comings.add,
    comings.stated,
    telling.told,
    looks.qualified,
)

_THOROUGH = frozenset([comings.added_first, comings.add, comings.stated, telling.told])
"""Readers that use the grammar of prompts, which reports what it does not read."""
