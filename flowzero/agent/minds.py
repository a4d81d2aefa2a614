"""Who plans: one small interface, and the mind that needs nothing but this package.

A mind drafts, judges, proposes edits and revises. It never measures: the critic does that in code, whoever planned.
The language model's mind lives in `agent/llm.py`, so that nothing here imports its client.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from flowzero.agent import repair, revising
from flowzero.agent.edits import Edit
from flowzero.agent.promises import Reading
from flowzero.dss import DSS
from flowzero.plan import Finding, Usage


@dataclass
class Meter:
    """Adds up what calls to a language model took, also when a later call fails."""

    usage: Usage = field(default_factory=Usage)
    progress: Callable[[int], None] | None = None
    """Called with the number of characters that an answer has so far."""
    _written: int = 0

    def add(self, usage: Usage) -> None:
        """Count `usage` as well."""
        self.usage = total(self.usage, usage)
        self._written = 0

    def grow(self, characters: int) -> None:
        """An answer has grown by so many characters."""
        self._written += characters
        if self.progress is not None:
            self.progress(self._written)


def total(a: Usage, b: Usage) -> Usage:
    """Both together; the cost is unknown only when it is unknown in both."""
    cost = None if a.cost is None and b.cost is None else (a.cost or 0.0) + (b.cost or 0.0)
    return Usage(
        calls=a.calls + b.calls,
        input_tokens=a.input_tokens + b.input_tokens,
        output_tokens=a.output_tokens + b.output_tokens,
        cost=cost,
    )


@dataclass(frozen=True)
class Task:
    """What to plan: a clean prompt, what our own reading made of it, and the length of the video."""

    prompt: str
    reading: Reading
    seconds: float
    fps: float


@dataclass(frozen=True)
class Instruction:
    """What is asked of a plan, and what our grammar reads in it."""

    text: str
    dss: DSS
    edits: tuple[Edit, ...]
    unread: tuple[str, ...]
    """The pieces that no edit covers."""

    @classmethod
    def read(cls, text: str, dss: DSS, topic: tuple[str, ...] = ()) -> Instruction:
        """An instruction; "it" is what `topic` has the ids of.

        Raises:
            PromptError: if it is blank, too long, or holds control characters.
        """
        return cls(text, dss, *revising.instruct(text, dss, topic))


class Mind(Protocol):
    """What the planner, critic and fixer nodes ask of whoever does the thinking.

    Every method counts what it takes on the meter, and raises an :class:`~flowzero.errors.LLMError` when a model fails.
    """

    name: str
    """`builtin`, or the language model's name."""
    supplements: bool
    """Whether it plans as the built-in mind does where it reads nothing of its own."""

    async def interpret(self, task: Task, meter: Meter) -> Reading | None:
        """What this mind reads in a prompt, of which `task.reading` may leave pieces unread; None if it reads none of its own.

        What it returns takes the place of `task.reading`: the draft, the critic and the fixer go by it.
        """
        ...

    async def draft(self, task: Task, meter: Meter) -> DSS:
        """A first plan."""
        ...

    async def judge(self, dss: DSS, unread: tuple[str, ...], meter: Meter) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """A finding for each piece that code could not measure and this mind could judge, and the pieces left over."""
        ...

    async def propose(self, reading: Reading, dss: DSS, findings: tuple[Finding, ...], meter: Meter) -> tuple[Edit, ...]:
        """Edits that would mend what the findings complain of; none when this mind knows of no better plan."""
        ...

    async def revise(self, asked: Instruction, meter: Meter) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        """Edits that carry out an instruction, and the pieces of it that were not understood."""
        ...


class BuiltinMind:
    """The deterministic mind: reads English by rule, drafts and repairs by the smallest edits, and costs nothing."""

    name = "builtin"
    supplements = False

    async def interpret(self, task: Task, meter: Meter) -> Reading | None:
        """Nothing: what its grammar reads is in the task."""
        return None

    async def draft(self, task: Task, meter: Meter) -> DSS:
        """The fixer's plan from nothing."""
        return repair.draft(task.reading, seconds=task.seconds, fps=task.fps)

    async def judge(self, dss: DSS, unread: tuple[str, ...], meter: Meter) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """Nothing: what code cannot measure, code cannot judge."""
        return (), unread

    async def propose(self, reading: Reading, dss: DSS, findings: tuple[Finding, ...], meter: Meter) -> tuple[Edit, ...]:
        """The smallest edits that keep the broken promises."""
        return repair.propose(reading, dss, findings)

    async def revise(self, asked: Instruction, meter: Meter) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        """The edits that its grammar reads in the instruction."""
        return asked.edits, asked.unread
