"""One command of an instruction at a time: what its verb asks for, as edits, by the first reader that understands it."""

from __future__ import annotations

from collections.abc import Callable

from flowzero.agent.commands import comings, looks, motion, places, video
from flowzero.agent.commands.command import IMPERATIVES, Command, Unread
from flowzero.agent.edits import Edit

__all__ = ["IMPERATIVES", "Command", "Unread", "carry_out"]


def carry_out(command: Command) -> list[Edit]:
    """The edits of one command, by the first reader that understands it.

    Raises:
        Unread: if none does.
    """
    if not command.tokens:
        raise Unread
    for reader in _READERS:
        found = reader(command)
        if found is not None:
            command.topic = command.mentioned or command.topic
            return found
    raise Unread


_READERS: tuple[Callable[[Command], list[Edit] | None], ...] = (
    video.length,
    video.filmed,
    comings.counted,
    looks.dressed,
    comings.remove,
    looks.coloured,
    motion.turned_round,
    video.resettled,
    comings.exchange,
    video.setting,
    comings.added_first,
    places.layered,
    places.repositioned,
    looks.sized,
    motion.sped,
    motion.styled,
    motion.delayed,
    motion.shown,
    motion.stopped,
    comings.add,
    motion.told,
    looks.qualified,
)
