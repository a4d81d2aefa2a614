"""The page as an MCP App: hosts that can show it put it beside the tools' answers; others use the answers alone.

The host shows the page in a sandbox without a network. The page reads plans and pictures as resources, and calls the same tools
that the model calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.apps import Apps
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from flowzero.errors import FlowZeroError
from flowzero.tools.page.bundle import document
from flowzero.tools.page.desk import Desk
from flowzero.tools.page.pictures import picture
from flowzero.tools.studio import Studio

T = TypeVar("T")
PAGE = "ui://flowzero/plan.html"
SHOWN = {"ui": {"resourceUri": PAGE}}
"""What a tool says of itself, in `_meta`, whose answer the page can show."""


def app() -> Apps:
    """The extension that offers the page; it goes to the server when that is made."""
    apps = Apps()
    apps.add_html_resource(
        PAGE,
        document().html,
        name="plan page",
        title="The plan, to look at and to touch",
        description="Stage, timeline, checks, versions, render and video of one plan.",
        prefers_border=True,
    )
    return apps


def add_page_resources(server: MCPServer[Any], studio: Studio) -> None:
    """What the page reads."""
    desk = Desk(studio)

    @server.resource("flowzero://page/plans/{plan_id}/{version}", title="A plan for the page", mime_type="application/json")
    async def page_plan(plan_id: str, version: str) -> str:
        """A version of a plan, or its current one, with all that the page shows of it."""
        return (await _or_missing(desk.look(plan_id, _version(version)))).model_dump_json()

    @server.resource("flowzero://page/pictures/{name}", title="A picture for the page", mime_type="image/webp")
    async def page_picture(name: str) -> bytes:
        """A sprite or a backdrop."""
        return await _or_missing(asyncio.to_thread(picture, name))


def _version(text: str) -> int | None:
    if text == "current":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ResourceNotFoundError("A version is a whole number, or: current.")
    return int(text)


async def _or_missing(work: Awaitable[T]) -> T:
    try:
        return await work
    except FlowZeroError as error:
        raise ResourceNotFoundError(str(error)) from None
