"""What an agent can do: plan, revise, check, look, approve, render. The MCP server and the LangChain tools call this.

Plans are kept with their versions, renders are durable jobs; both are named by ids that survive restarts. Every answer is
small: a few values and a text for a model to read. Nothing here knows a protocol, and nothing loads torch.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from flowzero import api
from flowzero.agent.edits import Edit, apply, describe, parse_edits
from flowzero.agent.store import PlanStore, difference
from flowzero.dss import DSS, explain, parse_dss
from flowzero.errors import InputError, SettingsError
from flowzero.events import Event, Listener
from flowzero.plan import Plan
from flowzero.settings import Settings, load_settings
from flowzero.tools.jobs import LocalJobs, RenderOptions
from flowzero.tools.pictures import animation, sheet
from flowzero.tools.views import (
    DiffView,
    PlanLine,
    PlanList,
    PlanView,
    PreviewView,
    RenderList,
    RenderView,
    VersionLine,
    WholePlanView,
    plan_view,
    preview_view,
    render_view,
)

T = TypeVar("T")
LONGEST_WAIT = 25.0
"""Seconds. Hosts give up on calls that take longer, and lose their answers."""
_POLL = 0.25
_ANSWERING = 0.5
"""Seconds of the longest wait that are left for the answer's way back."""
_LONG = 400
"""Letters of a prompt, or ten for each keyframe, that are planned in some hundredths of a second."""


class Studio:
    """Plans and renders of one home folder.

    Every method raises a :class:`~flowzero.errors.FlowZeroError` whose message says what to change.

    Args:
        settings: who plans, with which threshold, and where things are kept; `load_settings()` when not given.
        require_approval: refuse to render a version that nobody has approved.
    """

    def __init__(self, settings: Settings | None = None, *, require_approval: bool = False) -> None:
        self.settings = settings or load_settings()
        self.require_approval = require_approval
        self.plans = PlanStore(self.settings.home_dir / "plans.sqlite3")
        self.jobs = LocalJobs(self.settings.home_dir, self.settings.videos_dir)
        self._thinkers = ThreadPoolExecutor(2, thread_name_prefix="flowzero-planner")

    def warm_up(self) -> None:
        """Load what planning and previews need and keep nothing, so that the first caller does not wait for it."""
        builtin = self.settings.model_copy(update={"llm_model": None, "small_planner": "off"})
        with contextlib.suppress(Exception):  # whatever is wrong, the first caller is told in words
            plan = api.plan("a red ball rolls to the right across a meadow", settings=builtin)
            sheet(api.revise(plan, "make the ball bigger", settings=builtin).dss)

    async def plan(
        self, prompt: str, seconds: float | None = None, fps: float | None = None, *, on_event: Listener | None = None
    ) -> PlanView:
        """Plan a video from a prompt, and keep it."""
        plan = await self._think(
            len(prompt),
            lambda tell: api.aplan(prompt, seconds=seconds, fps=fps, settings=self.settings, on_event=tell),
            on_event,
        )
        return self._view(await _apart(self.plans.keep, plan))

    async def revise(
        self, plan_id: str, instruction: str, version: int | None = None, *, on_event: Listener | None = None
    ) -> PlanView:
        """Change what an instruction names; the outcome is the plan's next version. "Undo that" and "redo" are understood."""
        before = await self.load(plan_id, version)
        if version is None and (walked := await _apart(self.plans.walk, plan_id, instruction)) is not None:
            return self._view(walked)
        after = await self._think(
            _size(before.dss) + len(instruction),
            lambda tell: api.arevise(before, instruction, settings=self.settings, on_event=tell),
            on_event,
        )
        return await self._next(before, after, instruction)

    async def edit(
        self, plan_id: str, edits: Sequence[Any], version: int | None = None, *, on_event: Listener | None = None
    ) -> PlanView:
        """Make typed edits; the outcome is the plan's next version."""
        before = await self.load(plan_id, version)
        parsed = parse_edits(list(edits))
        if not parsed:
            raise InputError("there are no edits: give at least one.")
        edited = _edited(before, parsed)
        after = await self._think(
            _size(edited.dss), lambda tell: api.acheck(edited, settings=self.settings, on_event=tell), on_event
        )
        return await self._next(before, after, "; ".join(describe(edit) for edit in parsed)[:500])

    async def check(
        self, dss: Any, prompt: str | None = None, plan_id: str | None = None, *, on_event: Listener | None = None
    ) -> PlanView:
        """Measure a plan that somebody else wrote, and keep it: as a plan's next version, or as a new plan."""
        parsed = parse_dss(dss)
        if prompt:
            parsed = DSS(**{**dict(parsed), "prompt": prompt})
        before = await self.load(plan_id) if plan_id else None
        plan = await self._think(
            _size(parsed), lambda tell: api.acheck(parsed, settings=self.settings, on_event=tell), on_event
        )
        if before is None:
            return self._view(await _apart(self.plans.keep, plan))
        return await self._next(before, plan, "written anew")

    async def mend(self, plan_id: str, version: int | None = None, *, on_event: Listener | None = None) -> PlanView:
        """Let the fixer mend what breaks the plan's promises; the outcome is the plan's next version.

        Raises:
            InputError: if it finds nothing to change, too.
        """
        before = await self.load(plan_id, version)
        after = await self._think(
            _size(before.dss), lambda tell: api.afix(before, settings=self.settings, on_event=tell), on_event
        )
        if after.dss == before.dss:
            raise InputError("the fixer found nothing that it could mend: change the plan by hand, or say what you want.")
        return await self._next(before, after, "mended by the fixer")

    async def get(self, plan_id: str, version: int | None = None) -> WholePlanView:
        """A kept plan, with its whole DSS and its newest versions."""
        plan = await self.load(plan_id, version)
        history = await _apart(self.plans.history, plan_id)
        return WholePlanView(
            **dict(self._view(plan)),
            dss=plan.dss.model_dump(mode="json", exclude_defaults=True),
            history=tuple(VersionLine(**one.model_dump(exclude={"created"})) for one in history[-50:]),
        )

    async def view(self, plan_id: str, version: int | None = None) -> PlanView:
        """A kept plan in brief."""
        return self._view(await self.load(plan_id, version))

    async def preview(self, plan_id: str, version: int | None = None) -> PreviewView:
        """What a plan looks like, in words, and where its pictures are."""
        return preview_view(await self.load(plan_id, version))

    async def load(self, plan_id: str, version: int | None = None) -> Plan:
        """A kept plan as the value that it is."""
        return await _apart(self.plans.load, plan_id, version)

    async def recent_plans(self, limit: int = 20) -> PlanList:
        """The newest plans."""
        rows = await _apart(self.plans.plans, max(1, min(limit, 100)))
        lines = (
            PlanLine(plan_id=row.id, version=row.version, versions=row.versions, prompt=row.prompt, created=row.created)
            for row in rows
        )
        return PlanList(plans=tuple(lines))

    async def undo(self, plan_id: str) -> PlanView:
        """Go back to the version that the current one was made from."""
        return self._view(await _apart(self.plans.undo, plan_id))

    async def redo(self, plan_id: str) -> PlanView:
        """Go forward again to the newest version that was made from the current one."""
        return self._view(await _apart(self.plans.redo, plan_id))

    async def branch(self, plan_id: str, version: int | None = None) -> PlanView:
        """A new plan that begins as a version of another."""
        return self._view(await _apart(self.plans.branch, plan_id, version))

    async def diff(self, plan_id: str, before: int | None = None, after: int | None = None) -> DiffView:
        """What differs between two versions of a plan: the current one and its parent when not given."""
        history = {one.version: one for one in await _apart(self.plans.history, plan_id)}
        last = (await self.load(plan_id, after)).version or 1
        first = before if before is not None else history[last].parent
        if first is None:
            raise InputError(f"version {last} of {plan_id} was made from no other: name the version to compare it with.")
        found = await _apart(self.plans.diff, plan_id, first, last)
        edits = tuple({"op": edit.op, **edit.model_dump(mode="json", exclude_defaults=True)} for edit in found.edits)
        return DiffView(plan_id=plan_id, before=first, after=last, changes=found.changes[:100], edits=edits)

    async def approve(self, plan_id: str, version: int | None = None) -> PlanView:
        """Note that a person has approved a version."""
        plan = await self.load(plan_id, version)
        await _apart(self.jobs.store.approve, plan_id, plan.version or 1)
        return self._view(plan)

    async def sheet(self, plan_id: str, version: int | None = None) -> bytes:
        """A contact sheet of the animatic with boxes and ids: a JPEG of at most 100 kB."""
        return await _apart(sheet, (await self.load(plan_id, version)).dss)

    async def animation(self, plan_id: str, version: int | None = None) -> bytes:
        """The animatic as a GIF."""
        return await _apart(animation, (await self.load(plan_id, version)).dss)

    async def render(self, plan_id: str, version: int | None = None, **options: Any) -> RenderView:
        """Queue a render and return at once.

        Args:
            plan_id: the plan.
            version: which version of it; the current one when not given.
            options: of :class:`~flowzero.tools.jobs.RenderOptions`; those that are None count as not given.
        """
        plan = await self.load(plan_id, version)
        if self.require_approval and not self.jobs.store.approved(plan_id, plan.version or 1):
            raise InputError(
                f"version {plan.version} of {plan_id} is not approved yet: show it to the user and call approve_plan."
            )
        given = {name: value for name, value in options.items() if value is not None}
        try:
            wanted = RenderOptions(backbone=self.settings.backbone, device=self.settings.device, **given)
        except ValidationError as error:
            raise SettingsError(explain(error).removeprefix("the plan: ")) from None
        return render_view(await _apart(self.jobs.submit, plan, wanted))

    async def status(self, job_id: str) -> RenderView:
        """A job as it stands now."""
        return render_view(await _apart(self.jobs.status, job_id))

    async def wait(
        self, job_id: str, timeout: float = 20.0, on_progress: Callable[[RenderView], Any] | None = None
    ) -> RenderView:
        """A job once it is finished, or as it stands after `timeout` seconds, 25 at most.

        Args:
            job_id: the job.
            timeout: in seconds.
            on_progress: awaited with each new state.
        """
        until = asyncio.get_running_loop().time() + max(0.0, min(timeout, LONGEST_WAIT - _ANSWERING))
        shown = -1.0
        while True:
            job = await _apart(self.jobs.status, job_id)
            view = render_view(job)
            if on_progress is not None and view.progress != shown:
                shown = view.progress
                await on_progress(view)
            left = until - asyncio.get_running_loop().time()
            if job.finished or left <= 0:
                return view
            await asyncio.sleep(min(_POLL, left))

    async def cancel(self, job_id: str) -> RenderView:
        """Stop a job: at once if it waits, within one denoising step if it runs."""
        return render_view(await _apart(self.jobs.cancel, job_id))

    async def retry(self, job_id: str) -> RenderView:
        """Queue a failed or cancelled job again."""
        return render_view(await _apart(self.jobs.retry, job_id))

    async def recent_renders(self, limit: int = 20) -> RenderList:
        """The newest jobs."""
        jobs = await _apart(self.jobs.recent, max(1, min(limit, 100)))
        return RenderList(renders=tuple(render_view(job) for job in jobs))

    async def video(self, job_id: str) -> Path:
        """The file that a job has written."""
        job = await _apart(self.jobs.status, job_id)
        if job.video is None or job.video.is_symlink() or not job.video.is_file():
            raise InputError(f"render {job_id} is {job.state} and has no video{': the file is gone' if job.video else ''}.")
        return job.video

    async def _next(self, before: Plan, after: Plan, instruction: str) -> PlanView:
        """Keep a plan as the version after another, and say what has changed."""
        kept = await _apart(self.plans.keep, after.model_copy(update={"id": before.id, "version": before.version}), instruction)
        changes = difference(before.dss, after.dss).changes
        return self._view(kept).model_copy(update={"changes": changes[:20] or ("nothing",)})

    async def _think(
        self, size: int, work: Callable[[Listener | None], Coroutine[Any, Any, Plan]], on_event: Listener | None
    ) -> Plan:
        """Plan here, or on a thread where there is so much to read or to measure that everybody else would have to wait."""
        if size <= _LONG or self.settings.llm_model is not None:
            return await work(on_event)
        loop = asyncio.get_running_loop()

        def tell(event: Event) -> None:
            if on_event is not None:
                loop.call_soon_threadsafe(on_event, event)

        return await loop.run_in_executor(self._thinkers, lambda: asyncio.run(work(tell)))

    def _view(self, plan: Plan) -> PlanView:
        return plan_view(plan, self.jobs.store.approved(plan.id or "", plan.version or 1))


def _size(dss: DSS) -> int:
    """How much there is to read and to measure in a plan, about in letters of a prompt."""
    return len(dss.prompt) + 10 * sum(len(item.path) for item in dss.objects)


def _edited(plan: Plan, edits: Sequence[Edit]) -> Plan:
    """The plan after edits. What revisions have overruled stays so, and nobody objects to what an edit has brought in."""
    from flowzero.agent.revision import granted

    dss = apply(plan.dss, edits)
    if dss.prompt != plan.dss.prompt:
        return plan.model_copy(update={"dss": dss, "overruled": (), "granted": ()})
    return plan.model_copy(update={"dss": dss, "granted": tuple(dict.fromkeys((*plan.granted, *granted(plan.dss, dss))))})


async def _apart(function: Callable[..., T], *arguments: Any) -> T:
    """Call on a thread, so that the event loop goes on."""
    return await asyncio.to_thread(function, *arguments)
