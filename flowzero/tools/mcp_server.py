"""The MCP server: FlowZero's door for assistants, over stdio and streamable HTTP. A thin face of :mod:`flowzero.tools.studio`.

No call takes longer than 25 seconds and none answers with more than a few thousand tokens; renders are jobs. Text is for the
model, structured content for programs; pictures and links come only where a caller asks for them.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count
from typing import Annotated, Any, Protocol, TypeVar

from mcp.server import MCPServer
from mcp.server.extension import Extension
from mcp.server.mcpserver import Context, Elicit, ElicitationResult, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ContentBlock, ImageContent, ResourceLink, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from flowzero import __version__
from flowzero.errors import FlowZeroError, LLMError, PromptError
from flowzero.events import Event
from flowzero.tools.mcp_door import Door
from flowzero.tools.mcp_resources import add_completions, add_prompts, add_resources
from flowzero.tools.page.app import SHOWN, add_page_resources, app
from flowzero.tools.studio import LONGEST_WAIT, Studio
from flowzero.tools.texts import (
    INSTRUCTIONS,
    TOOLS,
    Against,
    Before,
    Edits,
    Format,
    Fps,
    Frames,
    Instruction,
    JobId,
    Limit,
    NextOf,
    Pixels,
    PlanId,
    Prompt,
    Scene,
    Seconds,
    Seed,
    Steps,
    Version,
    WithImage,
    WithLinks,
)
from flowzero.tools.views import DiffView, PlanList, PlanView, PreviewView, RenderList, RenderView, WholePlanView

T = TypeVar("T")
_PLANNING_WAIT = LONGEST_WAIT - 3

_WRITE = "You can also write the plan yourself and call check_plan."
_EDIT = "For exact changes call edit_plan."

_READ = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_MAKE = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
_SAME = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_STOP = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


class Approval(BaseModel):
    """What the user is asked for."""

    approved: bool = Field(description="Render this plan?")


class _Readable(Protocol):
    """A view: values with a text."""

    def text(self) -> str: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


def build_server(studio: Studio, *, extensions: Sequence[Extension] = (), **options: Any) -> MCPServer[Any]:
    """The server over a studio; `options` go to the SDK's `MCPServer`, such as how tokens are verified."""
    server = Door(
        "flowzero",
        title="FlowZero: text to video by planning",
        description="Plans short videos, measures and revises the plans, and renders them.",
        instructions=INSTRUCTIONS,
        version=__version__,
        extensions=[app(), *extensions],
        log_level="WARNING",
        **options,
    )
    _planning_tools(server, studio)
    _plan_tools(server, studio)
    _version_tools(server, studio)
    _render_tools(server, studio)
    add_resources(server, studio)
    add_page_resources(server, studio)
    add_prompts(server)
    add_completions(server, studio)
    return server


def _planning_tools(server: MCPServer[Any], studio: Studio) -> None:
    """The tools that make a new plan or a new version of one."""
    running: set[asyncio.Task[Any]] = set()

    @server.tool(title="Plan a video", annotations=_MAKE, description=TOOLS["plan_video"], meta=SHOWN)
    async def plan_video(
        ctx: Context, prompt: Prompt, seconds: Seconds = None, fps: Fps = None
    ) -> Annotated[CallToolResult, PlanView]:
        return await _planned(running, ctx, lambda tell: studio.plan(prompt, seconds, fps, on_event=tell), _WRITE)

    @server.tool(title="Revise a plan", annotations=_MAKE, description=TOOLS["revise_plan"], meta=SHOWN)
    async def revise_plan(
        ctx: Context, plan_id: PlanId, instruction: Instruction, version: Version = None
    ) -> Annotated[CallToolResult, PlanView]:
        return await _planned(running, ctx, lambda tell: studio.revise(plan_id, instruction, version, on_event=tell), _EDIT)

    @server.tool(title="Edit a plan exactly", annotations=_MAKE, description=TOOLS["edit_plan"], meta=SHOWN)
    async def edit_plan(
        ctx: Context, plan_id: PlanId, edits: Edits, version: Version = None
    ) -> Annotated[CallToolResult, PlanView]:
        return await _planned(running, ctx, lambda tell: studio.edit(plan_id, edits, version, on_event=tell))

    @server.tool(title="Mend a plan", annotations=_MAKE, description=TOOLS["mend_plan"], meta=SHOWN)
    async def mend_plan(ctx: Context, plan_id: PlanId, version: Version = None) -> Annotated[CallToolResult, PlanView]:
        return await _planned(running, ctx, lambda tell: studio.mend(plan_id, version, on_event=tell))

    @server.tool(title="Check a plan of your own", annotations=_MAKE, description=TOOLS["check_plan"], meta=SHOWN)
    async def check_plan(
        ctx: Context, dss: Scene, prompt: Against = None, plan_id: NextOf = None
    ) -> Annotated[CallToolResult, PlanView]:
        return await _planned(running, ctx, lambda tell: studio.check(dss, prompt, plan_id, on_event=tell))


def _plan_tools(server: MCPServer[Any], studio: Studio) -> None:
    """The tools for plans that are there already."""

    @server.tool(title="Get a plan", annotations=_READ, description=TOOLS["get_plan"])
    async def get_plan(plan_id: PlanId, version: Version = None) -> Annotated[CallToolResult, WholePlanView]:
        return await _answer(studio.get(plan_id, version))

    @server.tool(title="List plans", annotations=_READ, description=TOOLS["list_plans"])
    async def list_plans(limit: Limit = 20) -> Annotated[CallToolResult, PlanList]:
        return await _answer(studio.recent_plans(limit))

    async def ask(ctx: Context, plan_id: str, version: int | None) -> Approval | Elicit[Approval]:
        """Ask the user, where the host can; where it cannot, the assistant has asked."""
        capabilities = ctx.client_capabilities
        if capabilities is None or capabilities.elicitation is None:
            return Approval(approved=True)
        view = await _or_error(studio.view(plan_id, version))
        return Elicit(f"Render this plan?\n\n{view.text()}", Approval)

    @server.tool(title="Approve a plan", annotations=_SAME, description=TOOLS["approve_plan"])
    async def approve_plan(
        plan_id: PlanId, answer: Annotated[ElicitationResult[Approval], Resolve(ask)], version: Version = None
    ) -> Annotated[CallToolResult, PlanView]:
        if answer.action != "accept" or not answer.data.approved:
            raise ToolError("The user did not approve this plan: ask what to change and call revise_plan.")
        return await _answer(studio.approve(plan_id, version))

    @server.tool(title="Preview a plan", annotations=_READ, description=TOOLS["preview_plan"], meta=SHOWN)
    async def preview_plan(
        plan_id: PlanId, version: Version = None, include_image: WithImage = False, include_links: WithLinks = False
    ) -> Annotated[CallToolResult, PreviewView]:
        view = await _or_error(studio.preview(plan_id, version))
        result = _result(view)
        if include_image:
            picture = base64.b64encode(await _or_error(studio.sheet(plan_id, version))).decode()
            result.content.append(ImageContent(type="image", data=picture, mime_type="image/jpeg"))
        if include_links:
            result.content += _preview_links(view)
        return result


def _version_tools(server: MCPServer[Any], studio: Studio) -> None:
    """The tools that walk through a plan's versions."""

    @server.tool(title="Undo the last change", annotations=_MAKE, description=TOOLS["undo_plan"], meta=SHOWN)
    async def undo_plan(plan_id: PlanId) -> Annotated[CallToolResult, PlanView]:
        return await _answer(studio.undo(plan_id))

    @server.tool(title="Redo an undone change", annotations=_MAKE, description=TOOLS["redo_plan"], meta=SHOWN)
    async def redo_plan(plan_id: PlanId) -> Annotated[CallToolResult, PlanView]:
        return await _answer(studio.redo(plan_id))

    @server.tool(title="Branch a plan", annotations=_MAKE, description=TOOLS["branch_plan"], meta=SHOWN)
    async def branch_plan(plan_id: PlanId, version: Version = None) -> Annotated[CallToolResult, PlanView]:
        return await _answer(studio.branch(plan_id, version))

    @server.tool(title="Compare two versions", annotations=_READ, description=TOOLS["diff_plan"])
    async def diff_plan(plan_id: PlanId, before: Before = None, after: Version = None) -> Annotated[CallToolResult, DiffView]:
        return await _answer(studio.diff(plan_id, before, after))


def _render_tools(server: MCPServer[Any], studio: Studio) -> None:
    """The tools for renders, which are jobs."""

    @server.tool(title="Render a video", annotations=_SAME, description=TOOLS["render_video"], meta=SHOWN)
    async def render_video(  # noqa: PLR0913, PLR0917 (a tool's options are its arguments)
        plan_id: PlanId,
        version: Version = None,
        seed: Seed = 0,
        steps: Steps = None,
        width: Pixels = None,
        height: Pixels = None,
        frames: Frames = None,
        format: Format = "mp4",
    ) -> Annotated[CallToolResult, RenderView]:
        options = {"seed": seed, "steps": steps, "width": width, "height": height, "frames": frames, "format": format}
        return await _answer(studio.render(plan_id, version, **options))

    @server.tool(title="Wait for a render", annotations=_READ, description=TOOLS["wait_for_render"])
    async def wait_for_render(
        ctx: Context,
        job_id: JobId,
        timeout_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT, description="Seconds to wait at most.")] = 20,
        include_links: WithLinks = False,
    ) -> Annotated[CallToolResult, RenderView]:
        async def progressed(view: RenderView) -> None:
            await ctx.report_progress(view.progress, 1.0, view.message)

        view = await _or_error(studio.wait(job_id, timeout_s, progressed))
        result = _result(view)
        if include_links and view.video_uri:
            result.content.append(ResourceLink(type="resource_link", uri=view.video_uri, name=f"video of {job_id}"))
        return result

    @server.tool(title="Look at a render", annotations=_READ, description=TOOLS["render_status"])
    async def render_status(job_id: JobId) -> Annotated[CallToolResult, RenderView]:
        return await _answer(studio.status(job_id))

    @server.tool(title="Cancel a render", annotations=_STOP, description=TOOLS["cancel_render"])
    async def cancel_render(job_id: JobId) -> Annotated[CallToolResult, RenderView]:
        return await _answer(studio.cancel(job_id))

    @server.tool(title="Retry a render", annotations=_SAME, description=TOOLS["retry_render"], meta=SHOWN)
    async def retry_render(job_id: JobId) -> Annotated[CallToolResult, RenderView]:
        return await _answer(studio.retry(job_id))

    @server.tool(title="List renders", annotations=_READ, description=TOOLS["list_renders"])
    async def list_renders(limit: Limit = 20) -> Annotated[CallToolResult, RenderList]:
        return await _answer(studio.recent_renders(limit))


async def _planned(
    running: set[asyncio.Task[Any]],
    ctx: Context,
    begin: Callable[[Callable[[Event], None]], Coroutine[Any, Any, PlanView]],
    instead: str = "",
) -> CallToolResult:
    """Plan with progress. What takes longer than a host would wait goes on and keeps its plan all the same.

    A client that cancels stops it.
    """
    steps, reports = count(1), []

    def tell(event: Event) -> None:
        reports.append(asyncio.ensure_future(ctx.report_progress(next(steps), None, event.message)))

    task = asyncio.create_task(begin(tell))
    running.add(task)
    task.add_done_callback(running.discard)
    try:
        result = await _answer(asyncio.wait_for(asyncio.shield(task), _PLANNING_WAIT), instead)
        await asyncio.gather(*reports)
    except TimeoutError:
        raise ToolError(
            "Planning takes longer than a call may last, and goes on: call list_plans in a while and get_plan for what is new. "
            "Or write the plan yourself and call check_plan."
        ) from None
    except asyncio.CancelledError:
        task.cancel()
        raise
    return result


async def _answer(work: Awaitable[_Readable], instead: str = "") -> CallToolResult:
    return _result(await _or_error(work, instead))


def _result(view: _Readable) -> CallToolResult:
    """A view as a tool's answer: text for the model, values for programs."""
    content: list[ContentBlock] = [TextContent(type="text", text=view.text())]
    return CallToolResult(content=content, structured_content=view.model_dump(mode="json"))


async def _or_error(work: Awaitable[T], instead: str = "") -> T:
    """Our own errors as sentences for the model; `instead` is what it can do where words were not understood."""
    try:
        return await work
    except (LLMError, PromptError) as error:
        raise ToolError(f"{error} {instead}".rstrip()) from None
    except FlowZeroError as error:
        raise ToolError(str(error)) from None


def _preview_links(view: PreviewView) -> list[ContentBlock]:
    name = f"{view.plan_id} version {view.version}"
    return [
        ResourceLink(type="resource_link", uri=view.sheet_uri, name=f"contact sheet of {name}", mime_type="image/jpeg"),
        ResourceLink(type="resource_link", uri=view.animation_uri, name=f"animation of {name}", mime_type="image/gif"),
    ]
