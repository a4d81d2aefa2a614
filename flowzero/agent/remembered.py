"""What follows from a reading alone is worked out once, however many paths are tried for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flowzero.agent.promises import Reading

P = ParamSpec("P")
T = TypeVar("T")

_READINGS = 4
"""How many readings each function remembers: a plan is made of one, and compared with that of a few others."""


def remembered(work: Callable[P, T]) -> Callable[P, T]:
    """A function of a reading and of little else that can be hashed, which answers the same question about one reading once.

    A reading is known by its identity: it never changes, and to hash all of it takes longer than most questions do. What is
    answered is shared, so nobody may change it.
    """
    known: tuple[tuple[Reading, dict[tuple[Any, ...], T]], ...] = ()

    @wraps(work)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal known
        reading = next(arg for arg in args if isinstance(arg, Reading))
        rest = (*(arg for arg in args if arg is not reading), *kwargs.items())
        answers = next((answers for held, answers in known if held is reading), None)
        if answers is None:
            answers = {}
            known = (*known[1 - _READINGS :], (reading, answers))  # another thread's may get lost, and is worked out again
        if rest not in answers:
            answers[rest] = work(*args, **kwargs)
        return answers[rest]

    return asked
