"""What travels between the nodes of the state machine.

Small and serialisable values only: a checkpoint of this state is written after every node, so frames, tensors, clients and
settings stay out of it. Callers put in a :class:`Request`; a :class:`Result` comes out. One thread carries many requests:
what one asks for, besides its prompt, is gone once the planner node has read it, and the planner begins all else afresh.
"""

from __future__ import annotations

from typing import Annotated, Literal

from langgraph.channels import EphemeralValue
from typing_extensions import TypedDict

from flowzero.dss import DSS
from flowzero.plan import Plan, Round, Usage

Stopped = Literal["", "confident", "limit", "stalled", "budget"]


class Request(TypedDict, total=False):
    """What a caller asks for. A prompt alone makes a new plan; `start` refines a given one; `instruction` revises one."""

    prompt: str
    """What the video shall show."""
    seconds: Annotated[float | None, EphemeralValue]
    """Length of a new plan; the settings' when absent, or more where the prompt names later seconds."""
    fps: Annotated[float | None, EphemeralValue]
    """Frame rate of a new plan; the settings' when absent."""
    start: Annotated[Plan | DSS | None, EphemeralValue]
    """The plan to refine or to revise instead of drafting a new one."""
    max_rounds: Annotated[int | None, EphemeralValue]
    """How often the fixer may run, 0 to measure only; the settings' when absent."""
    instruction: Annotated[str | None, EphemeralValue]
    """What to change, in words; in a conversation it applies to the thread's last plan unless `start` is given."""


class Result(TypedDict, total=False):
    """What a caller gets."""

    plan: Plan
    """The best plan that the loop saw."""
    approved: bool | None
    """A person's answer, when the graph was built to ask for one."""


class State(Request, Result, total=False):
    """Everything a checkpoint holds."""

    dss: DSS
    """The candidate that the critic measures next."""
    mind: str
    """Who made the candidate."""
    planner: str
    """Who made the first draft."""
    best: DSS
    """The best candidate so far."""
    best_round: int
    """The round that measured it; -1 before the first."""
    undone: DSS | None
    """The candidate that was last found to be no better; proposing it again is a stall."""
    unread: tuple[str, ...]
    """Pieces of the prompt that nobody has measured or judged."""
    overruled: tuple[str, ...]
    """Promises of the prompt, as JSON, that revisions have overruled."""
    scope: tuple[str, ...] | None
    """In a revision, what the fixer may touch: ids of objects and names of the plan's fields. None where it may touch all."""
    understood: str
    """The reading that the mind brought, as JSON; empty where our own grammar's is measured against."""
    granted: tuple[str, ...]
    """Ids of objects that revisions have added or renamed."""
    named: tuple[str, ...]
    """Ids of the objects that were changed last, which "it" means."""
    asked: str
    """The instruction that is being carried out."""
    kept: tuple[str | None, int | None]
    """Id and version of the stored plan that the request began with."""
    rounds: tuple[Round, ...]
    notes: tuple[str, ...]
    usage: Usage
    elapsed: float
    """Seconds spent in nodes; the time between a kill and a resume does not count."""
    iteration: int
    """How often the fixer has run."""
    limit: int
    """How often it may."""
    stopped: Stopped
