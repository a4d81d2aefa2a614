"""A plan: a DSS together with what was measured on it and how it came to be.

Values only. Measuring lives in `agent/constraints.py`, repairing in `agent/repair.py`, keeping versions in `agent/store.py`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowzero.dss import DSS, explain, parse_dss
from flowzero.errors import PlanError

Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Value):
    """One named check of a plan and how well the plan passed it."""

    constraint: str = Field(description="the check's name, such as count, direction, order or appearance")
    score: Score = Field(description="1 is kept, 0 is broken")
    weight: Annotated[float, Field(gt=0)] = 1.0
    promised: bool = Field(True, description="whether the prompt asks for it; a broken promise caps C below the threshold")
    frames: tuple[int, ...] = Field((), description="indices of the frames concerned, of DSS.frame_count")
    ids: tuple[str, ...] = Field((), description="ids of the objects concerned")
    message: str = Field(description="one sentence that a fixer can act on; says what holds when the score is 1")


class Round(_Value):
    """One pass of the loop: the confidence it reached, what was found, and what the fixer then changed."""

    index: int
    confidence: Score
    findings: tuple[Finding, ...]
    changes: tuple[str, ...] = Field((), description="the fixer's edits after this measurement, a sentence each")
    mind: str = Field("builtin", description="who made the plan that this round measured")


class Usage(_Value):
    """What the language model took."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = Field(None, description="US dollars, when prices are configured")


class Plan(_Value):
    """The best DSS that the loop saw, its confidence, and the record of every round."""

    dss: DSS
    confidence: Score = Field(description="C, the weighted mean of the findings' scores, capped while a promise is broken")
    threshold: Score = Field(0.9, description="the λ that C was compared with")
    findings: tuple[Finding, ...] = Field((), description="every check of this DSS")
    unread: tuple[str, ...] = Field((), description="pieces of the prompt that no check could measure")
    rounds: tuple[Round, ...] = ()
    mind: str = Field("builtin", description="who planned: builtin, the language model's name, or given")
    stopped: str = Field("", description="why the loop ended: confident, limit, stalled, budget; empty if it only measured")
    notes: tuple[str, ...] = Field((), description="what a person should know, such as a fallback that was taken")
    usage: Usage = Usage()
    overruled: tuple[str, ...] = Field(
        (), description="what revisions have overruled: promises of the prompt as JSON, or a check of plausibility as NAME:ID"
    )
    granted: tuple[str, ...] = Field((), description="ids of objects that revisions have added or renamed")
    named: tuple[str, ...] = Field((), description='ids of the objects that the last revision changed: what "it" means next')
    reading: str = Field(
        "", description="what the planning mind read in the prompt, as JSON, where it is not what our own grammar reads"
    )
    id: str | None = Field(None, description="set once the plan is kept in a store")
    version: int | None = None

    @property
    def passed(self) -> bool:
        """Whether C reached the threshold."""
        return self.confidence >= self.threshold

    def to_json(self) -> str:
        """Indented JSON that :func:`parse_plan` reads back to an equal value."""
        return self.model_dump_json(indent=2)


_DERIVED = frozenset({"prompt", "passed", "output"})
"""What the command line writes beside a plan's own fields, for those who read a plan without this package."""


def parse_plan(source: str | bytes) -> Plan | DSS:
    """Read a plan file: what `flowzero plan` wrote, `{"prompt": ..., "dss": ...}`, or a bare DSS.

    Raises:
        PlanError: if it is neither; the message names the field and the remedy.
    """
    try:
        data: Any = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"this is not a plan file: it is not JSON ({error}).") from None
    if isinstance(data, dict) and isinstance(data.get("dss"), dict):
        body = {key: value for key, value in data.items() if key not in _DERIVED}
        if set(body) == {"dss"}:
            return parse_dss({"prompt": data.get("prompt") or "", **body["dss"]})
        try:
            return Plan.model_validate_json(json.dumps(body))
        except ValidationError as error:
            raise PlanError(explain(error)) from None
    return parse_dss(source)
