"""What agents are told: plans and renders as small values with a text for a model to read. They hold no more than they show."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flowzero.agent.measures import KEPT
from flowzero.dss import DSS
from flowzero.plan import Plan
from flowzero.tools.job_store import State
from flowzero.tools.jobs import Job
from flowzero.tools.words import background, clock, confidence, presence, route

MAX_TEXT = 12_000
"""English letters of text in one answer, about 3,000 tokens."""


def _without_titles(schema: dict[str, Any]) -> None:
    """Drop the titles that pydantic makes of names: hosts read every tool's schema, and they say nothing more."""
    for part in (schema, *schema.get("properties", {}).values()):
        part.pop("title", None)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_titles)


class ObjectView(_View):
    """One object of a plan, in words."""

    id: str
    phrase: str
    route: str = Field(description="the places it passes")
    present: str = Field(description="when it is there")


class FindingView(_View):
    """A check that the plan does not fully pass."""

    constraint: str
    score: float
    promised: bool = Field(description="whether the prompt asks for it")
    message: str
    ids: tuple[str, ...] = ()
    frames: tuple[int, ...] = ()


class PlanView(_View):
    """A plan as it is kept, small enough for a conversation."""

    plan_id: str
    version: int
    prompt: str
    seconds: float
    fps: float
    confidence: float = Field(description="0..1, measured: how well the plan keeps what the prompt promises")
    threshold: float
    passed: bool
    approved: bool
    mind: str = Field(description="who planned")
    setting: str
    background: str
    objects: tuple[ObjectView, ...]
    scenes: tuple[str, ...]
    findings: tuple[FindingView, ...] = Field(description="what is not fully kept, worst first")
    unread: tuple[str, ...] = Field(description="pieces of the prompt that no check could measure")
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = Field((), description="what this call has changed")

    def text(self) -> str:
        """The same for a model to read."""
        return short("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        verdict = "passes" if self.passed else "is below"
        reached = confidence(self.confidence, self.threshold)
        return [
            f"Plan {self.plan_id} version {self.version}: {self.prompt or '(no prompt)'}",
            f"{self.seconds:g} s at {self.fps:g} frames a second, planned by {self.mind}. "
            f"Confidence {reached} {verdict} {self.threshold:.2f}.{' Approved.' if self.approved else ''}",
            f"Setting: {self.setting}. Background: {self.background}.",
            *(f"- {item.id}: {item.phrase}; {item.route}; there {item.present}." for item in self.objects),
            *(f"Scene {scene}" for scene in self.scenes),
            *(f"Changed: {change}" for change in self.changes),
            *(f"{'Broken' if item.score < KEPT else 'Weak'} {item.constraint}: {item.message}" for item in self.findings),
            *(f"Not measured: {piece}" for piece in self.unread),
            *(f"Note: {note}" for note in self.notes),
        ]


class VersionLine(_View):
    """One version of a plan in its history."""

    version: int
    parent: int | None = Field(description="the version that it was made from")
    instruction: str
    confidence: float
    current: bool

    def line(self) -> str:
        """The same for a model to read."""
        source = f"from {self.parent}: {self.instruction[:60] or 'changed'}" if self.parent is not None else "as planned"
        return f"{self.version} ({source}; {self.confidence:.2f}{', current' if self.current else ''})"


class WholePlanView(PlanView):
    """A plan with all that it is made of, and how it came about."""

    dss: dict[str, Any] = Field(description="the whole plan as Dynamic Scene Syntax")
    history: tuple[VersionLine, ...] = Field(description="its newest versions, the oldest of them first")

    def text(self) -> str:
        """The same for a model to read."""
        written = json.dumps(self.dss, ensure_ascii=False, separators=(",", ":"))
        too_long = f"The whole plan is too long for a text: read flowzero://plans/{self.plan_id}/{self.version}."
        versions = f"Versions: {'; '.join(version.line() for version in self.history[-12:])}."
        return short("\n".join([*self._lines(), versions, f"DSS: {written}" if len(written) < MAX_TEXT // 2 else too_long]))


class DiffView(_View):
    """What differs between two versions of a plan."""

    plan_id: str
    before: int
    after: int
    changes: tuple[str, ...]
    edits: tuple[dict[str, Any], ...] = Field(description="the same as edits that lead from one to the other")

    def text(self) -> str:
        """The same for a model to read."""
        head = f"From version {self.before} to version {self.after} of {self.plan_id}:"
        return short("\n".join([head, *(f"- {change}" for change in self.changes or ("nothing differs",))]))


class PlanLine(_View):
    """One plan in a list."""

    plan_id: str
    version: int
    versions: int
    prompt: str
    created: str


class PlanList(_View):
    """The newest plans."""

    plans: tuple[PlanLine, ...]

    def text(self) -> str:
        """The same for a model to read."""
        lines = (f"{plan.plan_id} (version {plan.version}): {plan.prompt[:100]}" for plan in self.plans)
        return short("\n".join(lines)) or "There are no plans yet."


class PreviewView(_View):
    """What a plan looks like, in words, and where its pictures are."""

    plan_id: str
    version: int
    moments: tuple[str, ...] = Field(description="what is where at the beginning, the middle and the end")
    sheet_uri: str = Field(description="a contact sheet of the animatic, as a resource")
    animation_uri: str = Field(description="the animatic, as a resource")

    def text(self) -> str:
        """The same for a model to read."""
        head = f"Preview of {self.plan_id} version {self.version}; boxes are x, y, w, h in fractions of the frame."
        pictures = f"Contact sheet: {self.sheet_uri}. Animation: {self.animation_uri}."
        return short("\n".join([head, *self.moments, pictures]))


class RenderView(_View):
    """A render job as it stands now."""

    job_id: str
    state: State
    progress: float = Field(description="0..1")
    message: str
    plan_id: str | None
    version: int | None
    waiting: int = Field(0, description="jobs before this one")
    video_path: str | None = Field(None, description="the file, on the machine where the server runs, once it is done")
    video_uri: str | None = Field(None, description="the same as a resource")
    seconds: float | None = Field(None, description="how long it has taken so far, or took")
    error: str | None = None
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The same for a model to read, with what to do next."""
        head = f"Render {self.job_id} of plan {self.plan_id} version {self.version} is {self.state}"
        if self.state == "succeeded":
            words = f"{head} after {self.seconds:.1f} s. Video: {self.video_path} (resource {self.video_uri})."
            return short("\n".join([words, *(f"Note: {note}" for note in self.notes)]))
        if self.state == "failed":
            return short(f"{head}: {self.error}")
        if self.state == "cancelled":
            return f"{head}."
        queue = f", {self.waiting} before it" if self.waiting else ""
        return f"{head}{queue}: {self.progress:.0%}, {self.message}. Ask again with wait_for_render."


class RenderList(_View):
    """The newest render jobs."""

    renders: tuple[RenderView, ...]

    def text(self) -> str:
        """The same for a model to read."""
        lines = (f"{job.job_id}: {job.state}, {job.progress:.0%}, {job.video_path or job.message}" for job in self.renders)
        return short("\n".join(lines)) or "Nothing has been rendered yet."


def plan_view(plan: Plan, approved: bool = False) -> PlanView:
    """A kept plan in brief: a dozen of its worst findings, its objects and scenes in words."""
    dss = plan.dss
    weak = sorted((finding for finding in plan.findings if finding.score < 0.995), key=lambda finding: finding.score)
    return PlanView(
        plan_id=plan.id or "",
        version=plan.version or 1,
        prompt=dss.prompt,
        seconds=dss.seconds,
        fps=dss.fps,
        confidence=round(plan.confidence, 4),
        threshold=plan.threshold,
        passed=plan.passed,
        approved=approved,
        mind=plan.mind,
        setting=dss.setting,
        background="; ".join(f"from {clock(dss, part.start)} {background(part)}" for part in dss.background[:8]),
        objects=tuple(
            ObjectView(id=item.id, phrase=item.phrase, route=route(item), present=presence(dss, item)) for item in dss.objects
        ),
        scenes=tuple(f"from {clock(dss, scene.start)}: {scene.description}" for scene in dss.scenes[:8]),
        findings=tuple(
            FindingView(
                constraint=finding.constraint,
                score=round(finding.score, 3),
                promised=finding.promised,
                message=finding.message,
                ids=finding.ids[:10],
                frames=finding.frames[:20],
            )
            for finding in weak[:12]
        ),
        unread=plan.unread[:10],
        notes=plan.notes[:10],
    )


def preview_view(plan: Plan) -> PreviewView:
    """A kept plan's looks in words."""
    last = plan.dss.frame_count - 1
    base = f"flowzero://plans/{plan.id}/{plan.version}"
    return PreviewView(
        plan_id=plan.id or "",
        version=plan.version or 1,
        moments=tuple(_moment(plan.dss, index) for index in sorted({0, (last + 1) // 2, last})),
        sheet_uri=f"{base}/sheet",
        animation_uri=f"{base}/animation",
    )


def _moment(dss: DSS, index: int) -> str:
    """What is where in one frame of the plan, as :meth:`DSS.frames` has it."""
    n = dss.frame_count
    middle, t = (index + 0.5) / n, index / (n - 1) if n > 1 else 0.0
    there = (item for item in dss.objects if item.visible_at(middle))
    boxes = (f"{item.id} ({item.phrase_at(middle)}) at ({_numbers(item.values_at(t))})" for item in there)
    return f"At {middle * dss.seconds:.2f} s: {'; '.join(boxes) or 'nothing but the background'}."


def _numbers(box: tuple[float, float, float, float]) -> str:
    return ", ".join(f"{value:.2f}" for value in box)


def video_uri(job_id: str) -> str:
    """The resource that holds a job's video."""
    return f"flowzero://renders/{job_id}/video"


def render_view(job: Job) -> RenderView:
    """A render job in brief."""
    result = job.result or {}
    return RenderView(
        job_id=job.id,
        state=job.state,
        progress=round(job.progress, 3),
        message=job.message,
        plan_id=job.plan_id,
        version=job.version,
        waiting=job.waiting,
        video_path=str(job.video) if job.video else None,
        video_uri=video_uri(job.id) if job.video else None,
        seconds=job.seconds,
        error=job.error,
        notes=tuple(result.get("notes", ())),
    )


def short(text: str) -> str:
    """A text cut to what one answer may hold."""
    if text.isascii() and len(text) <= MAX_TEXT:
        return text
    left = MAX_TEXT - 1
    for index, letter in enumerate(text):
        left -= _weight(letter)
        if left < 0:
            return text[:index] + "…"
    return text


def _weight(letter: str) -> int:
    """How many English letters make as many tokens as this one: a quarter of one in English, up to three in a picture."""
    code = ord(letter)
    return 1 if code < 0x80 else 4 if code < 0x800 else 6 if code < 0x10000 else 12
