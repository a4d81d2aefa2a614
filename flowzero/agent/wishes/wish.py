"""A wish: one thing that shall be so, as a command that is read for certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowzero.agent.tokens import Token
from flowzero.agent.wishes.predicates import Said
from flowzero.agent.wishes.words import SAID


@dataclass(frozen=True)
class Wish:
    """One thing wished: a command that is read for certain, with what "it" is in it; or a look of these."""

    ids: tuple[str, ...]
    command: str = ""
    look: str = ""
    key: str = ""
    """What it is about; a second wish about the same of the same is the first one said again."""
    start: int = 0
    end: int = 0

    @property
    def stepwise(self) -> bool:
        """Whether it is a step, which is not taken twice when it is said twice."""
        return self.key[-1:].isdigit()


@dataclass(frozen=True)
class Words:
    """A command in words of the instruction, for the grammar of commands."""

    tokens: tuple[Token, ...]
    reason: bool = False
    """Whether they only say why."""


Found = list[Wish | Words]


def as_wishes(found: Sequence[Said], ids: tuple[str, ...]) -> list[Wish | Words]:
    """What is said of objects as wishes about them."""
    made: list[Wish | Words] = []
    for one in found:
        if one.key == "look":
            made.append(Wish(ids, look=one.look, key="look"))
        elif one.key == "place":
            made.append(Wish(ids, command=one.command, key="place"))
        else:
            command = SAID[one.key, one.sign].format(one.degree).replace("  ", " ")
            made.append(Wish(ids, command=command, key=f"{one.key} {one.sign}"))
    return made
