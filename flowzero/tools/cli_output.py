"""Where the command line speaks: one JSON object or tables on stdout; progress, warnings and errors on stderr."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from flowzero.tools.words import background, clock, confidence, presence, route

if TYPE_CHECKING:
    from flowzero.dss import DSS
    from flowzero.events import Event, Listener
    from flowzero.plan import Finding, Plan
    from flowzero.renderer.produce import Video

BELOW_THRESHOLD = 3
"""The exit code that says so."""
_QUICK = 1.0
"""Seconds for which nobody needs to be told of progress."""


def dumps(value: Any, indent: int | None = 2) -> str:
    """JSON as people read it; what UTF-8 cannot hold is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def say(text: str) -> None:
    """One line on stderr, as it is: no markup, no wrapping, no control characters that could drive the terminal."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    with contextlib.suppress(OSError):
        sys.stderr.write(clean + "\n")
        sys.stderr.flush()


class Screen:
    """One command's mouth. With `json` nothing but one JSON object reaches stdout, whatever libraries print."""

    def __init__(self, json: bool = False, quiet: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self._stdout: TextIO = sys.stdout

    @contextlib.contextmanager
    def working(self) -> Iterator[Listener]:
        """A listener that shows progress on stderr for as long as the block runs; stray prints go there too."""
        with contextlib.redirect_stdout(sys.stderr):
            if self.quiet:
                yield _silent
            elif sys.stderr.isatty():
                with _Bar() as bar:
                    yield bar
            else:
                yield _Lines()

    def emit(self, value: Any) -> None:
        """The command's JSON object."""
        self.write(dumps(value) + "\n")

    def write(self, text: str) -> None:
        """Text for other programs, in UTF-8 whatever the locale."""
        buffer = getattr(self._stdout, "buffer", None)
        if buffer is None:
            self._stdout.write(text)
        else:
            buffer.write(text.encode("utf-8"))
        self._stdout.flush()

    def show(self, *parts: RenderableType) -> None:
        """Tables and text for people; colours only on a terminal."""
        if self._stdout.isatty():
            console = Console(file=self._stdout, highlight=False, emoji=False)
        else:
            console = Console(file=io.StringIO(), width=120, force_terminal=False, color_system=None, emoji=False)
        for part in parts:
            console.print(part, markup=False)
        if isinstance(console.file, io.StringIO):
            self.write("\n".join(line.rstrip() for line in console.file.getvalue().split("\n")))

    def note(self, text: str) -> None:
        """A remark on stderr, unless quiet."""
        if not self.quiet:
            say(text)


def _silent(event: Event) -> None:
    """Nobody watches."""


class _Lines:
    """Progress for logs: a line when something new begins, and each tenth of what is counted; nothing if it is quick."""

    def __init__(self) -> None:
        self._tenth: tuple[str, int] | None = None
        self._began = time.monotonic()

    def __call__(self, event: Event) -> None:
        if time.monotonic() - self._began < _QUICK:
            return
        if event.done is not None and event.total:
            tenth = (event.stage, 10 * event.done // event.total)
            if tenth == self._tenth:
                return
            self._tenth = tenth
        say(f"[{event.stage}] {event.message}")


class _Bar:
    """Progress for people: a line for each thing done, and a bar for what is counted."""

    def __enter__(self) -> _Bar:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
        console = Console(stderr=True, highlight=False, emoji=False)
        self._progress = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True)
        self._progress.start()
        self._task = self._progress.add_task("starting", total=None)
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        self._progress.update(self._task, description=event.message[:70], completed=event.done or 0, total=event.total)
        if event.round is not None:
            self._progress.console.print(event.message, markup=False)


def plan_record(plan: Plan) -> dict[str, Any]:
    """A plan as the JSON that commands and batches write; `parse_plan` reads it back."""
    body = plan.model_dump(mode="json")
    head = {"prompt": plan.dss.prompt, "dss": body.pop("dss"), "confidence": body.pop("confidence"), "passed": plan.passed}
    return head | body


def video_record(video: Video) -> dict[str, Any]:
    """A rendered video as JSON."""
    body = video.model_dump(mode="json", exclude={"plan", "path"}, exclude_none=True)
    plan = plan_record(video.plan)
    head = {key: plan[key] for key in ("confidence", "passed", "rounds", "mind")}
    return {"output": str(video.path), **head, **body, "plan": plan}


def finish(plan: Plan, screen: Screen) -> None:
    """Exit with 3 if the plan stays below the threshold."""
    import typer

    if not plan.passed:
        screen.note(
            f"the plan's confidence {confidence(plan.confidence, plan.threshold)} is below {plan.threshold:.2f}: "
            "see the findings, reword the prompt, or lower --threshold."
        )
        raise typer.Exit(BELOW_THRESHOLD)


def plan_tables(plan: Plan, title: str) -> Iterator[RenderableType]:
    """What a person wants to see of a plan: what moves where and when, what it shows, and how well it keeps its promises."""
    dss = plan.dss
    yield Text(f"{title}: {dss.prompt or 'a plan without a prompt'}", style="bold")
    yield Text(f"{dss.frame_count} frames, {dss.seconds:g} s at {dss.fps:g} a second, planned by {plan.mind}")
    yield Text()
    if dss.objects:
        yield _objects(dss)
        yield Text()
    yield _scenes(dss)
    yield Text()
    if plan.findings:
        yield _findings(plan.findings)
        yield Text()
    verdict = "reaches" if plan.passed else "stays below"
    rounds = f"{len(plan.rounds)} round{'s' if len(plan.rounds) != 1 else ''}"
    text = f"Confidence {confidence(plan.confidence, plan.threshold)} {verdict} the threshold {plan.threshold:.2f} ({rounds})."
    yield Text(text, style="green" if plan.passed else "yellow")
    for piece in plan.unread:
        yield Text(f"No check could measure: {piece}", style="yellow")
    for note in plan.notes:
        yield Text(f"Note: {note}")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold cyan", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _objects(dss: DSS) -> Table:
    table = _table("Object", "What it is", "Where it goes", "When it is there")
    for item in dss.objects:
        phrases = [item.phrase, *(f"{state.phrase} from {clock(dss, state.start)}" for state in item.states)]
        cells = (item.id, ", then ".join(phrases), route(item), presence(dss, item))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _scenes(dss: DSS) -> Table:
    table = _table("From", "Scene", "Background")
    starts = sorted({scene.start for scene in dss.scenes} | {motion.start for motion in dss.background})
    scenes = {scene.start: scene.description for scene in dss.scenes}
    motions = {motion.start: motion for motion in dss.background}
    for start in starts:
        moving = background(motions[start]) if start in motions else ""
        setting = f"{dss.setting}, " if start == 0 else ""
        table.add_row(Text(clock(dss, start)), Text(scenes.get(start, "")), Text(setting + moving))
    return table


def _findings(findings: Sequence[Finding]) -> Table:
    table = _table("", "Check", "Score", "Finding")
    for finding in findings:
        good = finding.score >= 0.995
        mark = Text("ok" if good else ("broken" if finding.score < 0.5 else "weak"), style="green" if good else "yellow")
        table.add_row(mark, Text(finding.constraint), Text(f"{finding.score:.2f}"), Text(finding.message))
    return table
