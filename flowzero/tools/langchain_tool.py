"""The tools for LangChain and LangGraph agents.

from flowzero.tools.langchain_tool import FlowZeroToolkit

agent = create_agent(model, FlowZeroToolkit().get_tools())
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForToolRun, CallbackManagerForToolRun
from langchain_core.tools import BaseTool, BaseToolkit, ToolException
from pydantic import BaseModel, ConfigDict, Field

from flowzero.errors import FlowZeroError
from flowzero.tools.functions import FUNCTIONS, Function, call
from flowzero.tools.studio import Studio


class FlowZeroTool(BaseTool):
    """One tool. The model reads its text; the artifact is the same as values, with plan and job ids."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    studio: Studio = Field(exclude=True)
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: bool = True

    async def _arun(
        self, *, run_manager: AsyncCallbackManagerForToolRun | None = None, **arguments: Any
    ) -> tuple[str, dict[str, Any]]:
        try:
            view = await call(self.studio, self.name, arguments)
        except FlowZeroError as error:
            raise ToolException(str(error)) from None
        return view.text(), view.model_dump(mode="json")

    def _run(self, *, run_manager: CallbackManagerForToolRun | None = None, **arguments: Any) -> tuple[str, dict[str, Any]]:
        """The same for callers that cannot await; also works where an event loop is running, and blocks it."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._arun(**arguments))).result()


class FlowZeroToolkit(BaseToolkit):
    """All tools over one studio, or those that are named."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    studio: Studio = Field(default_factory=Studio)
    names: tuple[str, ...] = tuple(FUNCTIONS)

    def get_tools(self) -> list[BaseTool]:
        """The tools, in the order of `names`."""
        return [_tool(self.studio, FUNCTIONS[name]) for name in self.names]


def _tool(studio: Studio, function: Function) -> FlowZeroTool:
    arguments: type[BaseModel] = function.arguments
    return FlowZeroTool(name=function.name, description=function.description, args_schema=arguments, studio=studio)
