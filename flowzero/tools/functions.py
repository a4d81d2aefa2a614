"""The tools as plain functions with schemas, for agents that are not on MCP: one table for LangChain, OpenAI and Anthropic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowzero.dss import explain
from flowzero.errors import InputError
from flowzero.tools import texts
from flowzero.tools.studio import LONGEST_WAIT, Studio


class View(Protocol):
    """What a tool answers: values with a text."""

    def text(self) -> str:
        """The answer for a model to read."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """The answer for programs."""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanVideo(_Arguments):  # noqa: D101 (the model reads the table's texts)
    prompt: texts.Prompt
    seconds: texts.Seconds = None
    fps: texts.Fps = None


class RevisePlan(_Arguments):  # noqa: D101
    plan_id: texts.PlanId
    instruction: texts.Instruction
    version: texts.Version = None


class EditPlan(_Arguments):  # noqa: D101
    plan_id: texts.PlanId
    edits: texts.Edits
    version: texts.Version = None


class CheckPlan(_Arguments):  # noqa: D101
    dss: texts.Scene
    prompt: texts.Against = None
    plan_id: texts.NextOf = None


class OnePlan(_Arguments):  # noqa: D101
    plan_id: texts.PlanId
    version: texts.Version = None


class PlanAlone(_Arguments):  # noqa: D101
    plan_id: texts.PlanId


class DiffPlan(_Arguments):  # noqa: D101
    plan_id: texts.PlanId
    before: texts.Before = None
    after: texts.Version = None


class RenderVideo(_Arguments):  # noqa: D101
    plan_id: texts.PlanId
    version: texts.Version = None
    seed: texts.Seed = 0
    steps: texts.Steps = None
    width: texts.Pixels = None
    height: texts.Pixels = None
    frames: texts.Frames = None
    format: texts.Format = "mp4"


class WaitForRender(_Arguments):  # noqa: D101
    job_id: texts.JobId
    timeout_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT, description="Seconds to wait at most.")] = 20


class OneJob(_Arguments):  # noqa: D101
    job_id: texts.JobId


class Newest(_Arguments):  # noqa: D101
    limit: texts.Limit = 20


class Function(NamedTuple):
    """One tool."""

    name: str
    arguments: type[BaseModel]
    run: Callable[[Studio, Any], Awaitable[View]]

    @property
    def description(self) -> str:
        """What a model is told of it."""
        return texts.TOOLS[self.name]


FUNCTIONS = {
    function.name: function
    for function in (
        Function("plan_video", PlanVideo, lambda s, a: s.plan(a.prompt, a.seconds, a.fps)),
        Function("revise_plan", RevisePlan, lambda s, a: s.revise(a.plan_id, a.instruction, a.version)),
        Function("edit_plan", EditPlan, lambda s, a: s.edit(a.plan_id, a.edits, a.version)),
        Function("check_plan", CheckPlan, lambda s, a: s.check(a.dss, a.prompt, a.plan_id)),
        Function("get_plan", OnePlan, lambda s, a: s.get(a.plan_id, a.version)),
        Function("list_plans", Newest, lambda s, a: s.recent_plans(a.limit)),
        Function("undo_plan", PlanAlone, lambda s, a: s.undo(a.plan_id)),
        Function("redo_plan", PlanAlone, lambda s, a: s.redo(a.plan_id)),
        Function("mend_plan", OnePlan, lambda s, a: s.mend(a.plan_id, a.version)),
        Function("branch_plan", OnePlan, lambda s, a: s.branch(a.plan_id, a.version)),
        Function("diff_plan", DiffPlan, lambda s, a: s.diff(a.plan_id, a.before, a.after)),
        Function("approve_plan", OnePlan, lambda s, a: s.approve(a.plan_id, a.version)),
        Function("preview_plan", OnePlan, lambda s, a: s.preview(a.plan_id, a.version)),
        Function("render_video", RenderVideo, lambda s, a: s.render(**dict(a))),
        Function("wait_for_render", WaitForRender, lambda s, a: s.wait(a.job_id, a.timeout_s)),
        Function("render_status", OneJob, lambda s, a: s.status(a.job_id)),
        Function("cancel_render", OneJob, lambda s, a: s.cancel(a.job_id)),
        Function("retry_render", OneJob, lambda s, a: s.retry(a.job_id)),
        Function("list_renders", Newest, lambda s, a: s.recent_renders(a.limit)),
    )
}
"""Every tool by name."""


async def call(studio: Studio, name: str, arguments: dict[str, Any]) -> View:
    """Run a tool as a model called it.

    Args:
        studio: whose plans and renders it works on.
        name: of the tool.
        arguments: as the model gave them, parsed from JSON.

    Raises:
        InputError: if there is no such tool, or an argument is missing or of the wrong kind.
        FlowZeroError: what the tool raises; its message is meant for the model.
    """
    if name not in FUNCTIONS:
        raise InputError(f"there is no tool {name[:40]!r}: there are {', '.join(FUNCTIONS)}.")
    function = FUNCTIONS[name]
    try:
        parsed = function.arguments.model_validate(arguments)
    except ValidationError as error:
        raise InputError(explain(error)) from None
    return await function.run(studio, parsed)


def schemas(format: str) -> list[dict[str, Any]]:
    """The tools' schemas as a chat API takes them.

    Args:
        format: openai or anthropic.

    Raises:
        InputError: if it is neither.
    """
    if format not in ("openai", "anthropic"):
        raise InputError(f"there is no format {format[:40]!r}: choose openai or anthropic.")
    return [_openai(function) if format == "openai" else _anthropic(function) for function in FUNCTIONS.values()]


def _openai(function: Function) -> dict[str, Any]:
    inner = {"name": function.name, "description": function.description, "parameters": _parameters(function)}
    return {"type": "function", "function": inner}


def _anthropic(function: Function) -> dict[str, Any]:
    return {"name": function.name, "description": function.description, "input_schema": _parameters(function)}


def _parameters(function: Function) -> dict[str, Any]:
    """The arguments' schema without the titles that pydantic makes of field names."""
    schema = function.arguments.model_json_schema()
    schema.pop("title")
    for field in schema["properties"].values():
        field.pop("title", None)
    return schema
