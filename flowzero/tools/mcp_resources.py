"""What an MCP host can read beside calling tools: resources, prompts, completions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp_types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from flowzero.dss import json_schema
from flowzero.errors import FlowZeroError
from flowzero.tools.studio import Studio

T = TypeVar("T")
MAX_VIDEO = 20_000_000
"""Bytes of a video that can be read as a resource; a larger one is read from its path."""


def add_resources(server: MCPServer[Any], studio: Studio) -> None:
    """Schema, vocabulary, plans, previews, videos."""

    @server.resource("flowzero://schema/dss", title="Dynamic Scene Syntax", mime_type="application/schema+json")
    def dss_schema() -> str:
        """The JSON Schema of a plan."""
        return json.dumps(json_schema())

    @server.resource("flowzero://vocabulary", title="What can be drawn", mime_type="application/json")
    def vocabulary() -> str:
        """Nouns, settings and colours that have a drawing; other words are drawn as a labelled box or as the nearest one."""
        from flowzero import vocabulary

        return json.dumps(
            {
                "nouns": list(vocabulary.nouns()),
                "learned": [noun.name for noun in vocabulary.nouns().values() if noun.learned],
                "settings": list(vocabulary.settings()),
                "places": list(vocabulary.places()),
                "colours": list(vocabulary.COLOURS),
            }
        )

    @server.resource("flowzero://plans/{plan_id}", title="A plan", mime_type="application/json")
    async def plan(plan_id: str) -> str:
        """A plan's current version, with everything that was measured on it."""
        return (await _or_missing(studio.load(plan_id))).to_json()

    @server.resource("flowzero://plans/{plan_id}/{version}", title="A plan's version", mime_type="application/json")
    async def plan_version(plan_id: str, version: int) -> str:
        """One version of a plan, with everything that was measured on it."""
        return (await _or_missing(studio.load(plan_id, version))).to_json()

    @server.resource("flowzero://plans/{plan_id}/{version}/sheet", title="A plan's contact sheet", mime_type="image/jpeg")
    async def sheet(plan_id: str, version: int) -> bytes:
        """Nine moments of the animatic with boxes and ids."""
        return await _or_missing(studio.sheet(plan_id, version))

    @server.resource("flowzero://plans/{plan_id}/{version}/animation", title="A plan's animatic", mime_type="image/gif")
    async def animation(plan_id: str, version: int) -> bytes:
        """Sprites that move as planned; not a render."""
        return await _or_missing(studio.animation(plan_id, version))

    @server.resource("flowzero://renders/{job_id}/video", title="A rendered video", mime_type="video/mp4")
    async def video(job_id: str) -> bytes:
        """The video of a finished render."""
        path = await _or_missing(studio.video(job_id))
        if path.stat().st_size > MAX_VIDEO:
            raise ResourceNotFoundError(f"This video is too large to send: open {path} on the server's machine.")
        return await asyncio.to_thread(path.read_bytes)


def add_prompts(server: MCPServer[Any]) -> None:
    """Ways to begin a conversation."""

    @server.prompt(title="Make a storyboard")
    def storyboard(idea: str) -> str:
        """Begin a conversation about a video: plan, look, talk it over, render."""
        return (
            f"I want a short video of this: {idea}\n\n"
            "Plan it with plan_video, preview it, and show me scene by scene what moves where. Ask me what to change, revise "
            "the plan with my answers, and render it once I approve."
        )


def add_completions(server: MCPServer[Any], studio: Studio) -> None:
    """What hosts offer while an id is typed."""

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion | None:
        """Ids and versions that begin like what was typed."""
        if isinstance(ref, PromptReference):
            return None
        given = (context.arguments if context else None) or {}
        values: list[str] = []
        if argument.name == "plan_id":
            values = [plan.plan_id for plan in (await studio.recent_plans(100)).plans]
        elif argument.name == "job_id":
            values = [job.job_id for job in (await studio.recent_renders(100)).renders]
        elif argument.name == "version" and given.get("plan_id"):
            history = await _or_missing(asyncio.to_thread(studio.plans.history, given["plan_id"]))
            values = [str(version.version) for version in reversed(history)]
        matching = [value for value in values if value.startswith(argument.value)]
        return Completion(values=matching[:100], total=len(matching), has_more=len(matching) > 100)


async def _or_missing(work: Awaitable[T]) -> T:
    try:
        return await work
    except FlowZeroError as error:
        raise ResourceNotFoundError(str(error)) from None
