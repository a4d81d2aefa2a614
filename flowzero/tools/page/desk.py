"""What the page shows and does, without any protocol: a thin layer over :class:`~flowzero.tools.studio.Studio`.

Where the studio tells a model in few words, the page shows everything: every check, every version, every round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flowzero.agent.store import PlanStore, Version, difference
from flowzero.events import Listener
from flowzero.plan import Finding, Plan
from flowzero.tools.page.pictures import backdrops, spells
from flowzero.tools.studio import Studio

_KEPT_WHOLLY = 0.995
"""A score above rounds to 100 per cent."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PageRound(_Value):
    """One pass of the refinement loop, in short."""

    confidence: float
    changes: tuple[str, ...]


class PageFinding(Finding):
    """A check, with the word for its score."""

    grade: Literal["broken", "weak", "kept"]


class PlanPage(_Value):
    """All that the page shows of one version of a plan."""

    plan_id: str
    version: int
    dss: dict[str, Any]
    confidence: float
    threshold: float
    passed: bool
    approved: bool
    mind: str
    findings: tuple[PageFinding, ...] = Field(description="every check, the worst first")
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    rounds: tuple[PageRound, ...]
    history: tuple[Version, ...]
    changes: tuple[str, ...] = Field((), description="what differs from the version that this one was made from")
    looks: dict[str, tuple[tuple[int, str | None], ...]] = Field(description="by object: from which frame on, which picture")
    backdrops: tuple[tuple[int, str | None], ...] = Field(description="from which frame on, which picture")


class Desk:
    """A studio as one person works in it, version by version.

    Every method raises a :class:`~flowzero.errors.FlowZeroError` whose message says what to change.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    @property
    def _plans(self) -> PlanStore:
        return self.studio.plans

    async def look(self, plan_id: str, version: int | None = None) -> PlanPage:
        """One version of a plan; the current one when none is named."""
        return await asyncio.to_thread(self._look, plan_id, version)

    async def plan(self, prompt: str, seconds: float | None, fps: float | None, tell: Listener | None = None) -> PlanPage:
        """Plan a video from a prompt."""
        made = await self.studio.plan(prompt, seconds, fps, on_event=tell)
        return await self.look(made.plan_id)

    async def revise(self, plan_id: str, instruction: str, version: int | None, tell: Listener | None = None) -> PlanPage:
        """Change what an instruction names; "undo that" and "redo" walk through the versions instead."""
        if await asyncio.to_thread(self._plans.walk, plan_id, instruction) is None:
            await self.studio.revise(plan_id, instruction, version, on_event=tell)
        return await self.look(plan_id)

    async def edit(self, plan_id: str, edits: list[Any], version: int | None, tell: Listener | None = None) -> PlanPage:
        """Make typed edits."""
        await self.studio.edit(plan_id, edits, version, on_event=tell)
        return await self.look(plan_id)

    async def mend(self, plan_id: str, version: int | None, tell: Listener | None = None) -> PlanPage:
        """Let the fixer mend what breaks the plan's promises, by the smallest edits.

        Raises:
            InputError: if it finds nothing to change, too.
        """
        await self.studio.mend(plan_id, version, on_event=tell)
        return await self.look(plan_id)

    async def undo(self, plan_id: str) -> PlanPage:
        """Go back to the version that the current one was made from."""
        await asyncio.to_thread(self._plans.undo, plan_id)
        return await self.look(plan_id)

    async def redo(self, plan_id: str) -> PlanPage:
        """Go forward again to the newest version that was made from the current one."""
        await asyncio.to_thread(self._plans.redo, plan_id)
        return await self.look(plan_id)

    async def approve(self, plan_id: str, version: int | None) -> PlanPage:
        """Note that the person at the page has approved a version."""
        await self.studio.approve(plan_id, version)
        return await self.look(plan_id, version)

    def _look(self, plan_id: str, version: int | None) -> PlanPage:
        plan = self._plans.load(plan_id, version)
        history = self._plans.history(plan_id)
        return PlanPage(
            plan_id=plan_id,
            version=plan.version or 1,
            dss=plan.dss.model_dump(mode="json"),
            confidence=plan.confidence,
            threshold=plan.threshold,
            passed=plan.passed,
            approved=self.studio.jobs.store.approved(plan_id, plan.version or 1),
            mind=plan.mind,
            findings=_graded(plan.findings),
            unread=plan.unread,
            notes=plan.notes,
            rounds=tuple(PageRound(confidence=one.confidence, changes=one.changes) for one in plan.rounds),
            history=history,
            changes=self._changes(plan, history),
            looks=spells(plan.dss),
            backdrops=backdrops(plan.dss),
        )

    def _changes(self, plan: Plan, history: tuple[Version, ...]) -> tuple[str, ...]:
        parent = next((one.parent for one in history if one.version == plan.version), None)
        if plan.id is None or parent is None:
            return ()
        return difference(self._plans.load(plan.id, parent).dss, plan.dss).changes


def _graded(findings: Iterable[Finding]) -> tuple[PageFinding, ...]:
    from flowzero.agent.constraints import broken

    graded = (
        PageFinding(**dict(one), grade="broken" if broken(one) else "weak" if one.score < _KEPT_WHOLLY else "kept")
        for one in findings
    )
    return tuple(sorted(graded, key=lambda one: one.score))
