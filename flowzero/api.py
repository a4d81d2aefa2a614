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

from flowzero.dss import DSS
from flowzero.errors import FlowZeroError, OutputError, PlanError, SettingsError
from flowzero.events import Listener
from flowzero.files import check_writable
from flowzero.plan import Plan, parse_plan
from flowzero.renderer.manifest import Manifest, beside, read_manifest
from flowzero.renderer.produce import Outputs, Video, compare, produce, timed
from flowzero.settings import Settings, load_settings

if TYPE_CHECKING:
    from flowzero.agent.state import Request
    from flowzero.agent.store import PlanStore

T = TypeVar("T")
MAX_PLAN_FILE = 16_000_000
"""Bytes. The largest valid plan is far smaller."""
ANIMATIC_SUFFIXES = (".gif", ".webp", ".mp4", ".png")


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
        seconds: its length, above 0 and at most 600; when not given the settings', or as long as a prompt needs that
            names a later second.
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
    return animatic.preview(timed(planned.dss, frames), path, width=width, height=height, overwrite=overwrite)


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
    manifest: bool = True,
    sheet: Path | None = None,
    frames_dir: Path | None = None,
    tracks: Path | None = None,
    snapshot: Path | None = None,
    settings: Settings | None = None,
    on_event: Listener | None = None,
    should_cancel: Callable[[], bool] | None = None,
    **drawing: Any,
) -> Video:
    """Render a video by layout-guided diffusion and write it.

    Args:
        source: a prompt, which is planned first, a plan, or a DSS.
        output: a file that ends in .mp4, .webm, .gif or .webp; a free name made from the prompt when not given.
        backbone: `embedded`, a hub id, or a folder with a checkpoint; the settings' when not given.
        seed: the same seed gives the same video; with None one is chosen, and the video says which.
        steps: denoising steps; the backbone's default when not given.
        guidance_scale: classifier-free guidance; the backbone's default when not given.
        width: in pixels; the backbone's default when not given.
        height: in pixels; the backbone's default when not given.
        frames: how many to render over the same time; the plan's count when not given.
        device: auto, cpu, cuda or mps; the settings' when not given.
        overwrite: replace existing files.
        manifest: write what :func:`reproduce` reads, beside the video.
        sheet: a picture of all frames to write as well.
        frames_dir: a folder of PNG frames to write as well.
        tracks: a folder of boxes, masks and point tracks to write as well, for other video models.
        snapshot: a file that keeps the state after each step; if it is there, the render goes on from it. Deleted at the end.
        settings: `load_settings()` when not given.
        on_event: called with every :class:`~flowzero.events.Event`, denoising steps among them.
        should_cancel: asked several times a step; the render stops when it says True, and writes nothing.
        drawing: further options of :func:`flowzero.renderer.render.render`, such as `noise_mode` and `compiled`.

    Raises:
        OutputError: if a file exists or cannot be written, before any work.
        PromptError, LLMError: as :func:`aplan`.
        RenderError: if the backbone cannot be loaded, memory runs out, or the render is cancelled.
    """
    settings = settings or load_settings()
    if snapshot is not None:
        check_writable(snapshot, overwrite=True)
    named = {"manifest": manifest, "sheet": sheet, "frames": frames_dir, "tracks": tracks, "overwrite": overwrite}
    outputs = _outputs(source, output, named)
    planned, planning = _planned(source, settings, on_event)
    video, _ = produce(
        planned,
        outputs,
        planning=planning,
        frames=frames,
        on_event=on_event,
        backbone=backbone or settings.backbone,
        seed=seed,
        steps=steps,
        guidance_scale=guidance_scale,
        width=width,
        height=height,
        device=device or settings.device,
        snapshot=snapshot,
        should_cancel=should_cancel,
        **drawing,
    )
    return video


def reproduce(  # noqa: PLR0913
    source: str | Path | Manifest,
    output: str | Path | None = None,
    *,
    backbone: str | None = None,
    device: str | None = None,
    on_event: Listener | None = None,
    should_cancel: Callable[[], bool] | None = None,
    snapshot: Path | None = None,
    offload: bool = False,
    settings: Settings | None = None,
    **outputs: Any,
) -> Video:
    """Render a video again from its manifest: byte for byte where the machine, the versions and the weights are the same.

    Args:
        source: a manifest's file, a video that carries one, or a manifest.
        output: as with :func:`render`.
        backbone: where the weights are now, if elsewhere than the manifest says.
        device: as with :func:`render`; the manifest's, where it is there, when not given.
        on_event: called with every event.
        should_cancel: as with :func:`render`.
        snapshot: as with :func:`render`.
        offload: keep only what is at work on the GPU.
        settings: `load_settings()` when not given; its device is taken where the manifest's is not there.
        outputs: `overwrite`, `manifest`, `sheet`, `frames_dir` and `tracks` of :func:`render`.

    Returns:
        The video; a note says what differs from then, or that the file came out the same.

    Raises:
        InputError: if there is no valid manifest.
        OutputError, RenderError: as with :func:`render`.
    """
    then = source if isinstance(source, Manifest) else read_manifest(Path(source))
    if snapshot is not None:
        check_writable(snapshot, overwrite=True)
    named = {"frames" if name == "frames_dir" else name: value for name, value in outputs.items()}
    checked = _outputs(then.plan, output, named)
    video, now = produce(
        then.plan,
        checked,
        on_event=on_event,
        backbone=backbone or then.backbone,
        device=device or _device_of(then, settings or load_settings()),
        threads=then.threads,
        offload=offload,
        snapshot=snapshot,
        should_cancel=should_cancel,
        **then.options.model_dump(),
    )
    return video.model_copy(update={"notes": (*video.notes, *compare(then, now, video.path))})


def _device_of(then: Manifest, settings: Settings) -> str:
    """Where a video was drawn, if that is there; otherwise what the settings say."""
    from flowzero.renderer.backbones import pick_device

    try:
        return pick_device((then.place or settings.device).partition(" ")[0])
    except SettingsError:
        return settings.device


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
        try:
            return asyncio.run(work)
        finally:
            work.close()  # Where Ctrl-C came before its first step, nobody has awaited it.
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


def _outputs(source: str | Plan | DSS, output: str | Path | None, named: dict[str, Any]) -> Outputs:
    """What to write, checked before any work; a free name made from the prompt when none was given."""
    if output is not None:
        return Outputs(Path(output), **named).check()
    prompt = source if isinstance(source, str) else _dss(source).prompt
    words = re.findall(r"[a-z0-9]+", prompt.lower())
    stem = "-".join(words)[:48].strip("-") or "flowzero"
    names = (Path(f"{stem}.mp4" if n == 1 else f"{stem}-{n}.mp4") for n in range(1, 10_000))
    for name in names:
        if not name.exists() and not beside(name).exists():
            return Outputs(name, **named).check()
    raise OutputError(f"all of {stem}.mp4 to {stem}-9999.mp4 exist: name an output.")
