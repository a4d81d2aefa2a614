"""The main path, as functions: plan, check, fix, revise, preview, render. Every face of FlowZero calls these.

Each comes twice: `plan` waits and `aplan` is awaited. Inside a running event loop (a notebook, a server) the waiting ones still
work, on a thread of their own, and block the loop meanwhile: await the others there. Nothing here prints; progress goes to
`on_event`. Only `render` and `preview` load the renderer.
"""

from __future__ import annotations

import asyncio
import contextvars
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from flowzero.dss import DSS, MAX_FRAMES
from flowzero.errors import FlowZeroError, OutputError, PlanError, SettingsError
from flowzero.events import Event, Listener
from flowzero.plan import Plan, parse_plan
from flowzero.settings import Settings, load_settings

if TYPE_CHECKING:
    from flowzero.agent.state import Request
    from flowzero.agent.store import PlanStore

T = TypeVar("T")
MAX_PLAN_FILE = 16_000_000
"""Bytes. The largest valid plan is far smaller."""
ANIMATIC_SUFFIXES = (".gif", ".webp", ".mp4", ".png")


class Video(BaseModel):
    """A rendered video: where it is and how it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    plan: Plan
    frames: int
    width: int
    height: int
    fps: float
    seed: int
    backbone: str
    seconds: dict[str, float] = Field(description="time taken by each stage: plan, load, render, write")
    notes: tuple[str, ...] = Field((), description="what a person should know, such as a noun drawn as another")


async def aplan(  # noqa: PLR0913
    prompt: str,
    *,
    seconds: float | None = None,
    fps: float | None = None,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Plan a video: draft, measure, repair, until the plan keeps its promises.

    Args:
        prompt: what the video shall show, in English for the built-in mind, in any language for a language model.
        seconds: its length, above 0 and at most 600; the settings' when not given.
        fps: frames a second, above 0 and at most 120; the settings' when not given.
        settings: `load_settings()` when not given.
        store: where the plan is kept as a version.
        on_event: called with every :class:`~flowzero.events.Event`.

    Raises:
        PromptError: if the prompt is empty, too long or not text.
        SettingsError: if the length or a setting is out of range.
        LLMError: if a language model is configured and fails, unless the settings allow the built-in mind to step in.
    """
    return await _agent({"prompt": prompt, "seconds": seconds, "fps": fps}, settings, on_event, store)


async def acheck(
    source: Plan | DSS,
    prompt: str | None = None,
    *,
    settings: Settings | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Measure a plan against its prompt, or another, and change nothing.

    Args:
        source: a plan or a bare DSS.
        prompt: what it is measured against; its own prompt when not given.
        settings: `load_settings()` when not given.
        on_event: called with every :class:`~flowzero.events.Event`.

    Raises:
        PromptError: if the prompt is too long or not text.
    """
    return await _agent({"prompt": _prompt(source, prompt), "start": source, "max_rounds": 0}, settings, on_event)


async def afix(
    source: Plan | DSS,
    prompt: str | None = None,
    *,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Mend what breaks a plan's promises, by the smallest edits; what is not concerned stays as it is.

    Takes and raises what :func:`acheck` does; with a store the outcome is kept as a version.
    """
    return await _agent({"prompt": _prompt(source, prompt), "start": source}, settings, on_event, store)


async def arevise(
    source: Plan | DSS,
    instruction: str,
    *,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Change what an instruction names, such as "make the ball faster", and leave everything else as it is.

    With a store the new plan is kept as a version of the old one, and "undo that" and "redo" walk through the versions.

    Raises:
        PromptError: if the instruction is empty, too long, or nothing in it was understood.
        LLMError: as :func:`aplan`.
    """
    if store is not None and isinstance(source, Plan) and source.id is not None:
        walked = store.walk(source.id, instruction)
        if walked is not None:
            return walked
    request: Request = {"prompt": _prompt(source, None), "start": source, "instruction": instruction}
    return await _agent(request, settings, on_event, store)


async def arender(source: str | Plan | DSS, output: str | Path | None = None, **options: Any) -> Video:
    """Render as :func:`render` does, on a thread; cancelling the task stops the render at its next step."""
    stop = threading.Event()
    work = asyncio.create_task(asyncio.to_thread(render, source, output, should_cancel=stop.is_set, **options))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([work])
        raise


def plan(  # noqa: PLR0913
    prompt: str,
    *,
    seconds: float | None = None,
    fps: float | None = None,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Plan a video; :func:`aplan` says how."""
    return _run(aplan(prompt, seconds=seconds, fps=fps, settings=settings, store=store, on_event=on_event))


def check(
    source: Plan | DSS,
    prompt: str | None = None,
    *,
    settings: Settings | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Measure a plan and change nothing; :func:`acheck` says how."""
    return _run(acheck(source, prompt, settings=settings, on_event=on_event))


def fix(
    source: Plan | DSS,
    prompt: str | None = None,
    *,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Mend what breaks a plan's promises; :func:`afix` says how."""
    return _run(afix(source, prompt, settings=settings, store=store, on_event=on_event))


def revise(
    source: Plan | DSS,
    instruction: str,
    *,
    settings: Settings | None = None,
    store: PlanStore | None = None,
    on_event: Listener | None = None,
) -> Plan:
    """Change what an instruction names; :func:`arevise` says how."""
    return _run(arevise(source, instruction, settings=settings, store=store, on_event=on_event))


def plan_batch(
    prompts: Iterable[str],
    *,
    seconds: float | None = None,
    fps: float | None = None,
    settings: Settings | None = None,
) -> Iterator[Plan | FlowZeroError]:
    """Plan many prompts, one after the other and in order; a prompt that fails yields its error and the batch goes on.

    Raises:
        SettingsError: at once, if the settings themselves are at fault.
    """
    settings = settings or load_settings()
    for prompt in prompts:
        try:
            yield plan(prompt, seconds=seconds, fps=fps, settings=settings)
        except FlowZeroError as error:
            yield error


def load_plan(path: str | Path) -> Plan | DSS:
    """Read a plan file, or a bare DSS, as JSON.

    Raises:
        PlanError: if it cannot be read, is too large, or is not a valid plan.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_PLAN_FILE:
            raise PlanError(f"{str(path)!r} is too large to be a plan: it has more than {MAX_PLAN_FILE} bytes.")
        return parse_plan(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name or text is not valid"
        raise PlanError(f"cannot read the plan {str(path)!r}: {reason}; check the name.") from None


def preview(  # noqa: PLR0913
    source: str | Plan | DSS,
    output: str | Path,
    *,
    width: int = 256,
    height: int = 256,
    frames: int | None = None,
    overwrite: bool = False,
    settings: Settings | None = None,
    on_event: Listener | None = None,
) -> Path:
    """Draw an animatic: sprites moving as planned, in about a second; no diffusion.

    Args:
        source: a prompt, which is planned first, a plan, or a DSS.
        output: a file that ends in .gif, .webp or .mp4, or in .png for one contact sheet with boxes and ids.
        width: in pixels.
        height: in pixels.
        frames: how many to draw over the same time; the plan's count when not given.
        overwrite: replace an existing file.
        settings: `load_settings()` when not given.
        on_event: called with every :class:`~flowzero.events.Event`.

    Raises:
        OutputError: if the file exists or cannot be written, before any work.
        PromptError, LLMError: as :func:`aplan`.
        EncodingError: if the frames cannot be written.
    """
    from flowzero.renderer import animatic
    from flowzero.renderer.video import check_output

    path = check_output(output, overwrite, ANIMATIC_SUFFIXES)
    planned, _ = _planned(source, settings or load_settings(), on_event)
    return animatic.preview(_timed(planned.dss, frames), path, width=width, height=height, overwrite=overwrite)


def render(  # noqa: PLR0913
    source: str | Plan | DSS,
    output: str | Path | None = None,
    *,
    backbone: str | None = None,
    seed: int | None = 0,
    steps: int | None = None,
    guidance_scale: float | None = None,
    width: int | None = None,
    height: int | None = None,
    frames: int | None = None,
    device: str | None = None,
    overwrite: bool = False,
    snapshot: Path | None = None,
    settings: Settings | None = None,
    on_event: Listener | None = None,
    should_cancel: Callable[[], bool] | None = None,
) -> Video:
    """Render a video by layout-guided diffusion and write it.

    Args:
        source: a prompt, which is planned first, a plan, or a DSS.
        output: a file that ends in .mp4, .webm, .gif or .webp; a free name made from the prompt when not given.
        backbone: `embedded`, a hub id, or a folder with a GLIGEN checkpoint; the settings' when not given.
        seed: the same seed gives the same video; with None one is chosen, and the video says which.
        steps: denoising steps; the backbone's default when not given.
        guidance_scale: classifier-free guidance; the backbone's default when not given.
        width: in pixels; the backbone's default when not given.
        height: in pixels; the backbone's default when not given.
        frames: how many to render over the same time; the plan's count when not given.
        device: auto, cpu, cuda or mps; the settings' when not given.
        overwrite: replace an existing file.
        snapshot: a file that keeps the state after each step; if it is there, the render goes on from it. Deleted at the end.
        settings: `load_settings()` when not given.
        on_event: called with every :class:`~flowzero.events.Event`, denoising steps among them.
        should_cancel: asked several times a step; the render stops when it says True, and writes nothing.

    Raises:
        OutputError: if the file exists or cannot be written, before any work.
        PromptError, LLMError: as :func:`aplan`.
        RenderError: if the backbone cannot be loaded, memory runs out, or the render is cancelled.
    """
    settings = settings or load_settings()
    path = _output(source, output, overwrite)
    planned, planning = _planned(source, settings, on_event)
    name = backbone or settings.backbone
    _report(on_event, Event(stage="load", message=f"loading the backbone {name}"))
    from flowzero.renderer.render import render as draw
    from flowzero.renderer.video import write_video

    drawn = draw(
        _timed(planned.dss, frames),
        backbone=name,
        seed=seed,
        steps=steps,
        guidance_scale=guidance_scale,
        width=width,
        height=height,
        device=device or settings.device,
        snapshot=snapshot,
        on_step=_stepper(on_event),
        should_cancel=should_cancel,
    )
    began = time.perf_counter()
    _report(on_event, Event(stage="write", message=f"writing {path}"))
    count, high, wide, _ = drawn.frames.shape
    write_video(drawn.frames, path, drawn.fps, overwrite=overwrite, metadata=_metadata(planned, drawn.seed, drawn.backbone))
    return Video(
        path=path,
        plan=planned,
        frames=count,
        width=wide,
        height=high,
        fps=drawn.fps,
        seed=drawn.seed,
        backbone=drawn.backbone,
        seconds={"plan": planning, **drawn.seconds, "write": time.perf_counter() - began},
        notes=drawn.notes,
    )


async def _agent(
    request: Request, settings: Settings | None, listener: Listener | None, store: PlanStore | None = None
) -> Plan:
    """Run the state machine on one request."""
    from flowzero.agent.graph import run

    return await run(request, settings or load_settings(), listener, store)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Wait for a coroutine, also where an event loop is running already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, work).result()


def _prompt(source: Plan | DSS, prompt: str | None) -> str:
    """The prompt to measure against: the one given, or the plan's own."""
    return prompt if prompt is not None else _dss(source).prompt


def _dss(source: Plan | DSS) -> DSS:
    if not isinstance(source, Plan | DSS):
        raise PlanError(f"a plan is wanted, not {type(source).__name__}: read a plan file with flowzero.load_plan.")
    return source.dss if isinstance(source, Plan) else source


def _planned(source: str | Plan | DSS, settings: Settings, listener: Listener | None) -> tuple[Plan, float]:
    """The plan to draw, measured if it was not yet, and how many seconds that took. Nothing is repaired here."""
    began = time.perf_counter()
    if isinstance(source, str):
        source = plan(source, settings=settings, on_event=listener)
    elif isinstance(source, DSS):
        source = check(source, settings=settings, on_event=listener)
    return source, time.perf_counter() - began


def _timed(dss: DSS, frames: int | None) -> DSS:
    """The plan with so many frames over the same time."""
    if frames is None or frames == dss.frame_count:
        return dss
    if not 1 <= frames <= MAX_FRAMES or not 0 < frames / dss.seconds <= 120:
        most = min(MAX_FRAMES, int(120 * dss.seconds))
        raise SettingsError(f"{frames} frames do not fit into {dss.seconds:g} seconds: ask for 1..{most}.")
    return dss.model_copy(update={"fps": frames / dss.seconds})


def _output(source: str | Plan | DSS, output: str | Path | None, overwrite: bool) -> Path:
    """The path to write to, checked before any work; a free name made from the prompt when none was given."""
    from flowzero.renderer.video import check_output

    if output is not None:
        return check_output(output, overwrite)
    prompt = source if isinstance(source, str) else _dss(source).prompt
    words = re.findall(r"[a-z0-9]+", prompt.lower())
    stem = "-".join(words)[:48].strip("-") or "flowzero"
    names = (Path(f"{stem}.mp4" if n == 1 else f"{stem}-{n}.mp4") for n in range(1, 10_000))
    for name in names:
        if not name.exists():
            return check_output(name)
    raise OutputError(f"all of {stem}.mp4 to {stem}-9999.mp4 exist: name an output.")


def _stepper(listener: Listener | None) -> Callable[[int, int], None]:
    """The renderer's callback for each denoising step, as events."""
    return lambda step, steps: _report(
        listener, Event(stage="render", message=f"step {step} of {steps}", done=step, total=steps)
    )


def _report(listener: Listener | None, event: Event) -> None:
    if listener is not None:
        listener(event)


def _metadata(planned: Plan, seed: int, backbone: str) -> dict[str, str]:
    """What a video file says of itself."""
    return {"title": planned.dss.prompt[:200], "comment": f"FlowZero, backbone {backbone}, seed {seed}"}
