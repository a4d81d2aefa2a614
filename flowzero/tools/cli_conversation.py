"""The commands of a conversation about a plan: keep it, look at its versions, go back, branch off, compare.

Kept plans lie in one SQLite file under FLOWZERO_HOME, which the MCP server shares: what an
assistant planned can be revised here.
"""

# ruff: noqa: PLR0913, PLR0917 (a command's options are its arguments)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowzero.tools.cli_options import Builtin, Force, Json, OutText, Quiet, Seconds, Source, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from flowzero.agent.store import PlanStore, Summary, Version
    from flowzero.dss import DSS
    from flowzero.plan import Plan
    from flowzero.tools.cli_output import Screen

PlanId = Annotated[str, typer.Argument(metavar="ID", help="A kept plan; `flowzero history` lists them.")]
Number = Annotated[int | None, typer.Option("--version", help="A version of it; its current one when not given.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog=examples("flowzero keep ball.json", 'flowzero keep "a red ball rolls to the right" --json'))(keep)
    app.command(epilog=examples("flowzero history", "flowzero history red-ball-rolls-1f2e --json"))(history)
    app.command(epilog=examples("flowzero undo red-ball-rolls-1f2e", "Nothing is lost: `flowzero redo` goes forward again."))(
        undo
    )
    app.command(epilog=examples("flowzero redo red-ball-rolls-1f2e"))(redo)
    app.command(
        epilog=examples(
            "flowzero branch red-ball-rolls-1f2e",
            "flowzero branch red-ball-rolls-1f2e --version 2 -o second.json",
        )
    )(branch)
    app.command(
        epilog=examples(
            "flowzero diff red-ball-rolls-1f2e",
            "flowzero diff red-ball-rolls-1f2e --before 1 --after 3 --json",
            "Without numbers, the current version is compared with the one it was made from.",
        )
    )(diff)


def store_of(home: Path) -> PlanStore:
    """The plans kept under a home folder."""
    from flowzero.agent.store import PlanStore

    return PlanStore(home / "plans.sqlite3")


def read_kept(source: str, home: Path) -> tuple[Plan | DSS, PlanStore | None]:
    """A plan from a file or from standard input, without a store; or a kept plan, by its id, with the store it lies in.

    Raises:
        PlanError: if there is no such file or plan, or it is not valid.
    """
    from flowzero.errors import PlanError
    from flowzero.tools.cli_input import read_plan

    if source == "-" or source.lower().endswith(".json") or Path(source).exists():
        return read_plan(source), None
    store = store_of(home)
    try:
        return store.load(source), store
    except PlanError:
        raise PlanError(f"{source[:80]!r} is neither a plan file nor the id of a kept plan: see `flowzero history`.") from None


def keep(
    source: Source,
    seconds: Seconds = None,
    builtin: Builtin = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Keep a plan, with every version that revisions make of it; a prompt is planned first."""
    from flowzero import api
    from flowzero.plan import Plan
    from flowzero.tools.cli_input import begin, read_source
    from flowzero.tools.cli_output import finish

    screen, settings = begin(json, quiet, builtin=builtin, seconds=seconds)
    with screen.working() as listener:
        given = read_source(source)
        if isinstance(given, str):
            given = api.plan(given, settings=settings, on_event=listener)
        elif not isinstance(given, Plan):
            given = api.check(given, settings=settings, on_event=listener)
        kept = store_of(settings.home_dir).keep(given)
    _tell(kept, f"Kept as {kept.id}, version {kept.version}.", None, False, screen)
    finish(kept, screen)


def history(
    plan: Annotated[str | None, typer.Argument(metavar="ID", help="A kept plan; all of them when not given.")] = None,
    json: Json = False,
) -> None:
    """Show a kept plan's versions and what was asked for, or list the plans that are kept."""
    from flowzero.settings import load_settings
    from flowzero.tools.cli_output import Screen

    screen = Screen(json)
    store = store_of(load_settings().home_dir)
    if plan is None:
        kept = store.plans()
        if json:
            screen.emit({"plans": [summary.model_dump(mode="json") for summary in kept]})
        else:
            screen.show(_plans(kept) if kept else "No plans are kept yet: `flowzero keep` keeps one.")
        return
    versions = store.history(plan)
    if json:
        screen.emit({"id": plan, "versions": [version.model_dump(mode="json") for version in versions]})
    else:
        screen.show(_versions(versions))


def undo(plan: PlanId, output: OutText = None, force: Force = False, json: Json = False, quiet: Quiet = False) -> None:
    """Go back to the version that the current one was made from."""
    screen, store = _open(output, force, json, quiet)
    found = store.undo(plan)
    _tell(found, f"{found.id} is at version {found.version} again.", output, force, screen)


def redo(plan: PlanId, output: OutText = None, force: Force = False, json: Json = False, quiet: Quiet = False) -> None:
    """Go forward again to the newest version made from the current one."""
    screen, store = _open(output, force, json, quiet)
    found = store.redo(plan)
    _tell(found, f"{found.id} is at version {found.version} again.", output, force, screen)


def branch(
    plan: PlanId,
    version: Number = None,
    output: OutText = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Begin a new plan with a version of this one; from there the two go separate ways."""
    screen, store = _open(output, force, json, quiet)
    found = store.branch(plan, version)
    _tell(found, f"{found.id} begins as {plan} was.", output, force, screen)


def diff(
    plan: PlanId,
    before: Annotated[int | None, typer.Option(help="A version; the one that `after` was made from when not given.")] = None,
    after: Annotated[int | None, typer.Option(help="A version; the current one when not given.")] = None,
    json: Json = False,
) -> None:
    """Say what differs between two versions of a kept plan."""
    from flowzero.errors import PlanError
    from flowzero.settings import load_settings
    from flowzero.tools.cli_output import Screen

    screen = Screen(json)
    store = store_of(load_settings().home_dir)
    later = store.load(plan, after).version or 1
    parents = {version.version: version.parent for version in store.history(plan)}
    earlier = before if before is not None else parents[later]
    if earlier is None:
        raise PlanError(f"version {later} of {plan!r} is its first: name another with --before to compare it with.")
    found = store.diff(plan, earlier, later)
    if json:
        screen.emit({"id": plan, "before": earlier, "after": later, **found.model_dump(mode="json")})
    else:
        screen.show(f"From version {earlier} to version {later} of {plan}:", str(found))


def _open(output: Path | None, force: bool, json: bool, quiet: bool) -> tuple[Screen, PlanStore]:
    """Where the command speaks and the store, once it is sure that the answer may be written."""
    from flowzero.settings import load_settings
    from flowzero.tools.cli_input import check_text_output
    from flowzero.tools.cli_output import Screen

    check_text_output(output, force)
    return Screen(json, quiet), store_of(load_settings().home_dir)


def _tell(plan: Plan, text: str, output: Path | None, force: bool, screen: Screen) -> None:
    """Write the plan to its file, if one is named, and say what was done."""
    from flowzero.files import write_text
    from flowzero.tools.cli_output import dumps, plan_record

    record = plan_record(plan)
    if output is not None:
        write_text(output, dumps(record) + "\n", force)
    if screen.json:
        screen.emit(record | ({"output": str(output)} if output else {}))
        return
    screen.show(text)
    if output is not None:
        screen.show(f"Wrote {output}.")


def _versions(versions: Sequence[Version]) -> Table:
    from rich.text import Text

    table = _table("", "Version", "Made from", "Confidence", "When (UTC)", "Instruction")
    for version in versions:
        cells = ("now" if version.current else "", str(version.version), str(version.parent or ""))
        table.add_row(*cells, f"{version.confidence:.2f}", version.created[:19].replace("T", " "), Text(version.instruction))
    return table


def _plans(plans: Sequence[Summary]) -> Table:
    from rich.text import Text

    table = _table("Plan", "Version", "of", "Branched from", "Prompt")
    for summary in plans:
        table.add_row(summary.id, str(summary.version), str(summary.versions), summary.origin or "", Text(summary.prompt))
    return table


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold cyan", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


__all__ = ["read_kept", "register", "store_of"]
