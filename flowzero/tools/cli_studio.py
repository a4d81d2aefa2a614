"""The command that opens the page."""

from __future__ import annotations

import os
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from flowzero.tools.cli_options import Fps, Seconds, examples

if TYPE_CHECKING:
    from flowzero.tools.studio import Studio


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=examples(
            "flowzero studio",
            'flowzero studio "a red ball rolls to the right"',
            "flowzero studio plan.json --no-open",
        )
    )(studio)


def studio(
    source: Annotated[
        str | None, typer.Argument(metavar="PROMPT|PLAN.json", help="What to begin with: a prompt, or a plan file.")
    ] = None,
    seconds: Seconds = None,
    fps: Fps = None,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 for any.", min=0, max=65535)] = 8760,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Look at plans, change them by hand and by word, and render them, on a page in the browser."""
    import asyncio
    import webbrowser

    from flowzero.errors import MissingExtraError
    from flowzero.settings import load_settings

    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise MissingExtraError("the page needs a web server: run pip install 'flowzero[mcp]'.")
    from flowzero.tools.cli_output import say
    from flowzero.tools.page import server
    from flowzero.tools.studio import Studio

    kept = Studio(load_settings())
    plan_id = asyncio.run(_first(kept, source, seconds, fps)) if source is not None else ""
    bound, token = server.listen(port), server.new_token()
    address = f"http://{server.ADDRESS}:{bound.getsockname()[1]}/?token={token}" + (f"#{plan_id}" if plan_id else "")
    say(f"the studio is at {address} for this machine alone; Ctrl-C stops it.")
    if open_browser and _has_screen():
        threading.Timer(0.5, webbrowser.open, [address]).start()
    server.serve(kept, bound, token)


def _has_screen() -> bool:
    """Whether a browser would open a window, rather than take the terminal over."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def _first(kept: Studio, source: str, seconds: float | None, fps: float | None) -> str:
    """Keep what the page shall begin with, and say its id."""
    from flowzero import api
    from flowzero.plan import Plan
    from flowzero.tools.cli_input import read_source

    given = read_source(source)
    if isinstance(given, str):
        return (await kept.plan(given, seconds, fps)).plan_id
    measured = given if isinstance(given, Plan) else await api.acheck(given, settings=kept.settings)
    return kept.plans.keep(measured.model_copy(update={"id": None, "version": None})).id or ""
