"""Progress, as values: library code reports with these and never prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from flowzero.plan import Round

Stage = Literal["plan", "check", "fix", "load", "render", "write"]


class Event(BaseModel):
    """Something that happened on the way from a prompt to a video."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Stage
    message: str = Field(description="one line for a person")
    done: int | None = Field(None, description="steps done, where steps are counted")
    total: int | None = Field(None, description="steps in all, where steps are counted")
    round: Round | None = Field(None, description="what was measured, with the stage `check`")


Listener: TypeAlias = Callable[[Event], None]
"""Called for every event, in the order in which things happen; what it raises ends the work."""
