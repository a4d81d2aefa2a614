"""The tools as agents use them: LangChain's own loop against a scripted model, and the schemas for plain function calling."""

import asyncio
import json

import pytest
from langchain.agents import create_agent
from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException
from langchain_openai import ChatOpenAI

from flowzero.__main__ import main
from flowzero.errors import InputError
from flowzero.renderer.video import read_frames
from flowzero.tools.functions import FUNCTIONS, call, schemas
from flowzero.tools.langchain_tool import FlowZeroToolkit
from flowzero.tools.texts import TOOLS
from tests.agent.scripted_server import Say
from tests.tools.conftest import Model

BALL = "a red ball rolls from the left to the right across a green meadow"


def word(text: str, index: int) -> str:
    return text.split()[index]


async def test_an_agent_plans_revises_and_renders(studio):
    steps = [
        lambda told: ("plan_video", {"prompt": BALL}),
        lambda told: ("revise_plan", {"plan_id": word(told[0], 1), "instruction": "make the ball blue"}),
        lambda told: ("render_video", {"plan_id": word(told[0], 1), "steps": 1, "frames": 2}),
        lambda told: ("wait_for_render", {"job_id": word(told[2], 1), "timeout_s": 25}),
        lambda told: ("wait_for_render", {"job_id": word(told[2], 1), "timeout_s": 25}),
    ]
    with Model(*(Say(step) for step in steps), Say("Here is your video.")) as server:
        model = ChatOpenAI(model="scripted", base_url=server.url, api_key="none", max_retries=0)
        agent = create_agent(model, FlowZeroToolkit(studio=studio).get_tools())
        state = await agent.ainvoke({"messages": [("user", "Make me a video of a ball.")]})
        offered = {tool["function"]["name"] for tool in server.requests[0]["tools"]}
    assert offered == set(TOOLS)
    answers = [message for message in state["messages"] if isinstance(message, ToolMessage)]
    plan, revised, job, _, done = (message.artifact for message in answers)
    assert (plan["version"], revised["version"], job["version"]) == (1, 2, 2)
    assert done["state"] == "succeeded"
    assert len(read_frames(done["video_path"])) == 2
    assert state["messages"][-1].content == "Here is your video."


async def test_a_tools_error_reaches_the_model_as_a_sentence(studio):
    tool = FlowZeroToolkit(studio=studio, names=("get_plan",)).get_tools()[0]
    told = await tool.ainvoke({"type": "tool_call", "id": "1", "name": "get_plan", "args": {"plan_id": "nope"}})
    assert told.status == "error"
    assert "there is no plan" in told.content
    with pytest.raises(ToolException):
        await tool._arun(plan_id="nope")


def test_tools_work_without_await_too(studio):
    tool = FlowZeroToolkit(studio=studio, names=("plan_video",)).get_tools()[0]
    assert "Confidence 1.00" in tool.invoke({"prompt": BALL})

    async def within_a_loop():
        return tool.invoke({"prompt": BALL})

    assert "Confidence 1.00" in asyncio.run(within_a_loop())


@pytest.mark.parametrize("format", ["openai", "anthropic"])
def test_the_schemas_are_printed_and_say_what_each_tool_takes(capfd, format):
    assert main(["tools", "--format", format]) == 0
    printed = json.loads(capfd.readouterr().out)
    assert printed == schemas(format)
    inner = [tool["function"] if format == "openai" else tool for tool in printed]
    assert [tool["name"] for tool in inner] == list(TOOLS)
    for tool in inner:
        schema = tool["parameters" if format == "openai" else "input_schema"]
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert "$ref" not in json.dumps(schema)
        assert tool["description"] == TOOLS[tool["name"]]


def test_an_unknown_format_is_refused(capfd):
    assert main(["tools", "--format", "morse"]) == 2


async def test_a_call_of_a_model_is_checked_before_it_runs(studio):
    view = await call(studio, "plan_video", {"prompt": BALL})
    assert (await call(studio, "get_plan", {"plan_id": view.model_dump(mode="json")["plan_id"]})).text().startswith("Plan ")
    for name, arguments in (("explode", {}), ("plan_video", {}), ("plan_video", {"prompt": BALL, "colour": "red"})):
        with pytest.raises(InputError):
            await call(studio, name, arguments)


def test_mcp_and_functions_offer_the_same_tools():
    assert list(FUNCTIONS) == list(TOOLS)
