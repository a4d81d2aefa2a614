"""What the documents show of the command line is what it says; WRITE_DOCS=1 in the environment writes it anew."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from flowzero.settings import Settings
from flowzero.tools.jobs import LocalJobs
from tests.agent.scripted_server import Say
from tests.tools.conftest import Model, end

DOCS = Path(__file__).parents[2] / "docs"
MARK = "## Commands\n"


def help_of(*command: str) -> str:
    environment = {**os.environ, "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "flowzero", *command, "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().split("\n"))


def words(text: str) -> list[str]:
    """What is said, whatever typer and rich draw around it."""
    return re.findall(r"[\w.-]+", re.sub(r"<[a-z]+>|\[(?:required|default)[^\]]*\]", "", text))


def section(name: str) -> str:
    return f"\n### flowzero {name}\n\n```\n{help_of(name)}\n```\n"


@pytest.mark.skipif(not DOCS.exists(), reason="not in a checkout")
def test_the_documented_help_is_what_the_commands_say():
    path = DOCS / "cli.md"
    written = path.read_text(encoding="utf-8")
    names = re.findall(r"(?m)^│ ([a-z]+) ", help_of().partition("Commands")[2])
    assert "render" in names
    expected = written.partition(MARK)[0] + MARK + "".join(section(name) for name in names)
    if os.environ.get("WRITE_DOCS"):
        path.write_text(expected, encoding="utf-8")
    assert words(written) == words(expected)


def test_every_documented_variable_is_a_setting():
    texts = [(DOCS / name).read_text(encoding="utf-8") for name in ("cli.md", "agents.md")]
    names = re.findall(r"FLOWZERO_([A-Z_]+)", "".join(texts))
    assert names
    assert not {name.lower() for name in names} - set(Settings.model_fields)


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", blocks("agents.md", "json"))
async def test_what_hosts_are_told_to_start_is_a_server(tmp_path, block):
    (servers,) = json.loads(block).values()
    entry = servers["flowzero"]
    assert entry["command"] == "flowzero"
    environment = {"FLOWZERO_HOME": str(tmp_path), "PYTHONPATH": os.environ["PYTHONPATH"]}
    started = StdioServerParameters(command=sys.executable, args=["-m", "flowzero", *entry["args"]], env=environment)
    async with Client(started) as client:
        assert (await client.list_tools()).tools


@pytest.mark.parametrize("block", blocks("agents.md", "python"))
def test_the_examples_for_agents_make_a_video(tmp_path, checkpoint, block):
    steps = [
        lambda told: ("plan_video", {"prompt": "a red ball rolls over a meadow"}),
        lambda told: ("render_video", {"plan_id": told[0].split()[1], "steps": 1, "frames": 1}),
        lambda told: ("wait_for_render", {"job_id": told[1].split()[1], "timeout_s": 25}),
        lambda told: ("wait_for_render", {"job_id": told[1].split()[1], "timeout_s": 25}),
    ]
    settings = {"FLOWZERO_HOME": str(tmp_path), "FLOWZERO_BACKBONE": checkpoint, "OPENAI_API_KEY": "none"}
    with Model(*(Say(step) for step in steps), Say("Here it is.")) as server:
        environment = {**os.environ, **settings, "OPENAI_BASE_URL": server.url}
        done = subprocess.run(
            [sys.executable, "-c", block], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        told = [message["content"] for message in server.requests[-1]["messages"] if message["role"] == "tool"]
    end(LocalJobs(tmp_path))
    assert done.stdout == "Here it is.\n", done.stderr
    assert "is succeeded" in told[-1]
    assert len(list((tmp_path / "videos").glob("*.mp4"))) == 1
