"""The SDK's server where our own words stand in for a program's: schemas that refuse what is not known, errors as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mcp.server import MCPServer
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp_types import CallToolResult, InputRequiredResult, Tool
from pydantic import AnyUrl, ValidationError

from flowzero.dss import explain

_LONGEST_ERROR = 2_000
"""Characters: an error may repeat what it was given."""
_KINDS = {b"GIF8": "image/gif", b"RIFF": "image/webp", b"\x1aE\xdf\xa3": "video/webm"}
"""By how a file begins."""


class Door(MCPServer[Any]):
    """A server whose models are told what to do next.

    The SDK ignores arguments that a tool does not have, and shows a model pydantic's report on those of a wrong kind.
    All tools are there before the first call.
    """

    _tools: dict[str, Tool] | None = None

    async def list_tools(self) -> list[Tool]:
        """The tools. Their schemas say that there are no other arguments, and leave out the titles made of names."""
        return list((await self._known()).values())

    async def _known(self) -> dict[str, Tool]:
        if self._tools is None:
            tools = await super().list_tools()
            for tool in tools:
                tool.input_schema = _plain(tool.input_schema)
            self._tools = {tool.name: tool for tool in tools}
        return self._tools

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Run a tool as a model called it.

        Raises:
            ToolError: with a sentence for the model.
        """
        tools = await self._known()
        if name not in tools:
            raise ToolError(f"There is no tool {name[:40]!r}: there are {', '.join(tools)}.")
        fields = tools[name].input_schema["properties"]
        unknown = [key for key in arguments if key not in fields]
        if unknown:
            takes = ", ".join(fields)
            raise ToolError(f"{name} takes no {', '.join(repr(key[:40]) for key in unknown[:5])}: it takes {takes}.")
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            said = "FlowZero made a mistake, which its log describes: try again, or ask for it in another way."
            raise UnexpectedToolError(said) from error.__cause__
        except ToolError as error:
            raise ToolError(_words(name, error)) from error.__cause__

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Any, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource; a video says what kind of file it is, where the template only knows the usual one."""
        contents = await super().read_resource(uri, context)
        if isinstance(contents, InputRequiredResult):
            return contents
        return [replace(one, mime_type=_kind(one.content)) if one.mime_type == "video/mp4" else one for one in contents]


def _kind(content: str | bytes) -> str:
    return next(
        (kind for start, kind in _KINDS.items() if isinstance(content, bytes) and content.startswith(start)), "video/mp4"
    )


def _words(name: str, error: ToolError) -> str:
    """What went wrong, without the SDK's preamble."""
    cause = error.__cause__
    words = explain(cause) if isinstance(cause, ValidationError) else str(error).removeprefix(f"Error executing tool {name}: ")
    return words if len(words) <= _LONGEST_ERROR else words[: _LONGEST_ERROR - 1] + "…"


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    fields = {name: _untitled(field) for name, field in schema["properties"].items()}
    return {**_untitled(schema), "properties": fields, "additionalProperties": False}


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}
