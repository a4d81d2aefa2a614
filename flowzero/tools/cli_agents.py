"""The commands for agents: serve MCP, and show the tools' schemas."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Annotated

import typer

from flowzero.tools.cli_options import OUTPUT, examples

_WARM_UP_AFTER = 1.0
"""Seconds after its start, when a server has told its host what it can do, it loads the rest."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        epilog=examples(
            "flowzero mcp",
            "FLOWZERO_MCP_TOKEN=... flowzero mcp --http --host 0.0.0.0 --allow-host studio.example.org",
            "Claude Desktop, VS Code, Cursor and others start it themselves: see docs/agents.md.",
        )
    )(mcp)
    app.command(epilog=examples("flowzero tools --format openai", "flowzero tools --format anthropic"))(tools)


def mcp(  # noqa: PLR0913, PLR0917 (a command's options are its arguments)
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP instead of standard input and output.")] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8765,
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A name under which callers reach it.")] = None,
    allow_origin: Annotated[list[str] | None, typer.Option(metavar="URL", help="A web page that may call it.")] = None,
    rate: Annotated[float, typer.Option(help="Requests a second that one caller may send.", min=0.1)] = 20.0,
    require_approval: Annotated[
        bool, typer.Option("--require-approval", help="Render only what the user has approved.")
    ] = False,
) -> None:
    """Serve FlowZero to assistants over the Model Context Protocol."""
    from flowzero.errors import MissingExtraError
    from flowzero.settings import load_settings

    if find_spec("mcp") is None:
        raise MissingExtraError("the MCP server needs the package mcp: run pip install 'flowzero[mcp]'.")
    from flowzero.tools.studio import Studio

    settings = load_settings()
    studio = Studio(settings, require_approval=require_approval)
    warm_up = threading.Timer(_WARM_UP_AFTER, studio.warm_up)
    warm_up.daemon = True
    warm_up.start()
    if not http:
        from flowzero.tools.mcp_server import build_server

        build_server(studio).run()
        return
    from flowzero.tools.cli_output import say
    from flowzero.tools.mcp_http import PATH, Address, serve

    token = settings.mcp_token.get_secret_value() if settings.mcp_token else None
    address = Address(host, port, token, tuple(allow_host or ()), tuple(allow_origin or ()), rate)
    say(f"serving MCP on http://{host}:{port}{PATH}{', for callers with the token' if token else ''}; Ctrl-C stops it.")
    serve(studio, address)


def tools(
    format: Annotated[str, typer.Option(help="openai or anthropic.", rich_help_panel=OUTPUT)] = "openai",
) -> None:
    """Print the tools as JSON, for a model that is called without MCP."""
    from flowzero.tools.cli_output import Screen
    from flowzero.tools.functions import schemas

    Screen().emit(schemas(format))
