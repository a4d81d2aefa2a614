"""How fast and how light the door for agents is: the MCP server over stdio and HTTP, and what a render job adds to a render.

python -m benchmarks.agents [--sessions 50] [--no-render]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, StdioServerParameters

from benchmarks.report import write_report
from flowzero import api
from flowzero.settings import load_settings
from flowzero.tools.jobs import LocalJobs, RenderOptions

PROMPT = "a red ball rolls from the left to the right across a green meadow"
COUNTS = ("a", "two", "three", "four", "five")
THINGS = ("red bird", "fish", "blue boat", "dog", "balloon")
WAYS = (
    "to the right over the sea",
    "to the left across a green meadow",
    "up in the night",
    "to the right while the camera pans left",
)
CERTIFICATES = ssl.create_default_context()
"""Read once: each client would read them anew, and use none."""
ERA = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": ERA,
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
Row = dict[str, Any]


def prompt_of(number: int) -> str:
    """One of a hundred different prompts, so that nothing is gained from what another session has asked."""
    count, thing, way = COUNTS[number % 5], THINGS[number // 5 % 5], WAYS[(number // 25 + number) % 4]
    return f"{count} {thing}{'s move' if number % 5 else ' moves'} {way}"


def row(what: str, value: float, unit: str, goal: str) -> Row:
    return {"what": what, "measured": round(value, 3), "unit": unit, "goal": goal}


async def over_stdio(home: Path) -> list[Row]:
    """Start to the first answer, and planning when everything is loaded."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "flowzero", "mcp"], env={**os.environ, "FLOWZERO_HOME": str(home)}
    )
    starts: list[float] = []
    plans: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        async with Client(server) as client:
            await client.list_tools()
            starts.append(time.perf_counter() - began)
            for number in range(11):
                began = time.perf_counter()
                await client.call_tool("plan_video", {"prompt": prompt_of(len(plans) + number)})
                plans.append(time.perf_counter() - began)
            del plans[-11]
    return [
        row("start of the server to tools/list, median of 3", statistics.median(starts), "s", "at most 1.5"),
        row("plan_video round trip, median of 30", 1000 * statistics.median(plans), "ms", "under 150"),
    ]


class Session:
    """An assistant's side of the protocol, as light as it can be.

    Fifty of the SDK's own clients in one process would compete with the server for its two cores: they take longer to validate
    the tools' schemas than the server takes to answer.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(verify=CERTIFICATES, timeout=60)
        self.calls = count(1)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One request, and its result."""
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": ERA, "Mcp-Method": method}
        headers |= {"Mcp-Name": params["name"]} if "name" in params else {}
        body = {"jsonrpc": "2.0", "id": next(self.calls), "method": method, "params": {**params, "_meta": META}}
        answer = await self.http.post(self.url, json=body, headers=headers)
        result: dict[str, Any] = answer.raise_for_status().json()["result"]
        return result

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """A tool's answer as values."""
        result = await self.ask("tools/call", name=tool, arguments=arguments)
        assert not result["isError"], result
        values: dict[str, Any] = result["structuredContent"]
        return values


async def session(url: str, number: int, times: list[float]) -> bool:
    """One assistant: plans, revises, previews; says whether its plan is what it made."""
    prompt, assistant = prompt_of(number), Session(url)

    async def timed(tool: str, **arguments: Any) -> Any:
        began = time.perf_counter()
        answer = await assistant.call(tool, **arguments)
        times.append(time.perf_counter() - began)
        return answer

    async with assistant.http:
        await assistant.ask("server/discover")
        await assistant.ask("tools/list")
        plan = await timed("plan_video", prompt=prompt)
        await timed("revise_plan", plan_id=plan["plan_id"], instruction="make them bigger")
        await timed("preview_plan", plan_id=plan["plan_id"], include_image=True)
        kept = await assistant.call("get_plan", plan_id=plan["plan_id"])
        return bool(kept["prompt"] == prompt and kept["version"] == 2)


async def over_http(home: Path, sessions: int) -> list[Row]:
    """Many assistants at once, and what the idle server holds in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "flowzero", "mcp", "--http", "--port", str(port), "--rate", "10000"]
    process = subprocess.Popen(command, env={**os.environ, "FLOWZERO_HOME": str(home)}, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/mcp"
    try:
        while True:
            try:
                httpx.get(url, timeout=1)
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
        async with Client(url) as client:
            await client.list_tools()
        await asyncio.sleep(10)
        idle = memory(process.pid)
        before = processor_time(process.pid)
        times: list[float] = []
        kept = await asyncio.gather(*(session(url, number, times) for number in range(sessions)))
        p95 = statistics.quantiles(times, n=20)[18]
        used = processor_time(process.pid) - before
    finally:
        process.terminate()
        process.wait()
    return [
        row("memory of the idle server", idle / 2**20, "MB", "under 200"),
        row(f"lost among {sessions} sessions at once", sessions - sum(kept), "plans", "0"),
        row(f"p95 of their {len(times)} calls", p95, "s", "under 1"),
        row("processor time of the server for one of these calls", 1000 * used / len(times), "ms", ""),
    ]


def memory(pid: int) -> int:
    """Resident memory of a process in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def processor_time(pid: int) -> float:
    """Seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def as_a_job(home: Path) -> list[Row]:
    """A render by the worker against the same render in this process, both with the model loaded before."""
    plan = api.plan(PROMPT)
    jobs = LocalJobs(home)
    bare, worked = [], []
    for seed in range(4):
        began = time.perf_counter()
        api.render(plan, home / f"bare-{seed}.mp4", seed=seed, settings=load_settings())
        bare.append(time.perf_counter() - began)
        job = jobs.wait(jobs.submit(plan, RenderOptions(seed=seed)).id, 600)
        assert job.seconds is not None and job.state == "succeeded", job.error
        worked.append(job.seconds)
    extra = 100 * (statistics.median(worked[1:]) / statistics.median(bare[1:]) - 1)
    jobs.store.close()
    return [row("what a job adds to a render, median of 3", extra, "%", "at most 5")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--no-render", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = asyncio.run(over_stdio(home)) + asyncio.run(over_http(home, options.sessions))
        rows += [] if options.no_render else as_a_job(home)
    print(write_report("agents", "The door for agents", "python -m benchmarks.agents", rows).read_text())


if __name__ == "__main__":
    main()
