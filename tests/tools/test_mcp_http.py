import asyncio
import json
import os
import re
import signal
import subprocess
import sys

import anyio
import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from flowzero.errors import SettingsError
from flowzero.tools.jobs import LocalJobs
from flowzero.tools.mcp_http import MAX_BODY, Address, RateLimit, build_app
from tests.tools.conftest import end

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "page", "version": "1"}},
}
PAGE = "https://app.example"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}
TOKEN = "open-sesame"


@pytest.fixture(scope="module")
def server(checkpoint, tmp_path_factory):
    """The real command on a free port, with a token."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "FLOWZERO_HOME": str(home), "FLOWZERO_MCP_TOKEN": TOKEN, "FLOWZERO_BACKBONE": checkpoint}
    command = [sys.executable, "-m", "flowzero", "mcp", "--http", "--port", str(port), "--allow-origin", PAGE]
    process = subprocess.Popen(command, env=environment, cwd=home, stderr=subprocess.PIPE, text=True)
    said = process.stderr.readline()
    address = re.search(r"http://\S+", said)[0].rstrip(",;")
    for _ in range(200):
        try:
            httpx.get(address, timeout=1)
            break
        except httpx.TransportError:
            asyncio.run(asyncio.sleep(0.1))
    yield address
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130)
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    end(LocalJobs(home))


def test_a_page_that_is_allowed_can_ask_and_read_the_answer(server):
    asking = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    asked = httpx.options(server, headers=asking)
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    refused = httpx.options(server, headers={**asking, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers
    call = {**ACCEPT, "Authorization": f"Bearer {TOKEN}", "Origin": PAGE}
    answer = httpx.post(server, json=INITIALIZE, headers=call)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    assert "mcp-session-id" in answer.headers["Access-Control-Expose-Headers"].lower()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_wait_over_http_tells_progress_and_can_be_given_up(server, mode):
    reported = []

    async def progress(done, total, message):
        reported.append(done / total)

    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as http,
        Client(streamable_http_client(server, http_client=http), mode=mode) as client,
    ):
        plan = (await client.call_tool("plan_video", {"prompt": "a red ball rolls to the right"})).structured_content
        render = {"plan_id": plan["plan_id"], "steps": 900, "seed": 1 + (mode == "auto")}
        job = (await client.call_tool("render_video", render)).structured_content
        wait = {"job_id": job["job_id"], "timeout_s": 25}
        with anyio.move_on_after(1.5) as scope:
            await client.call_tool("wait_for_render", wait, progress_callback=progress)
        assert scope.cancelled_caught
        assert reported
        await client.call_tool("cancel_render", {"job_id": job["job_id"]})
        ended = (await client.call_tool("wait_for_render", wait)).structured_content
        assert ended["state"] == "cancelled"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_with_the_token_everything_works(server, mode):
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http,
        Client(streamable_http_client(server, http_client=http), mode=mode) as client,
    ):
        made = await client.call_tool("plan_video", {"prompt": "a red ball rolls to the right"})
        assert made.structured_content["passed"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_without_the_token_nothing_does(server, headers):
    refused = httpx.post(server, json=CALL, headers={**ACCEPT, **headers})
    assert refused.status_code == 401
    assert "resource_metadata" in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Host": "evil.example"}, 421), ({"Origin": "https://evil.example"}, 403), ({"Content-Type": "text/plain"}, 400)],
)
def test_a_page_of_somebody_else_is_refused(server, headers, status):
    everything = {**ACCEPT, "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers}
    assert httpx.post(server, content=json.dumps(CALL), headers=everything).status_code == status


def test_a_huge_request_is_refused(server):
    headers = {**ACCEPT, "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    assert httpx.post(server, content=b" " * (MAX_BODY + 1), headers=headers).status_code == 413


def test_a_caller_in_a_hurry_is_slowed_down_and_others_are_not():
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def burst() -> list[int]:
        limited = RateLimit(page, rate=2.0)
        codes = []
        for address, times in (("10.0.0.1", 12), ("10.0.0.2", 1)):
            transport = httpx.ASGITransport(limited, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                codes += [(await client.get("/")).status_code for _ in range(times)]
        return codes

    codes = asyncio.run(burst())
    assert codes == [200] * 10 + [429] * 2 + [200]


def test_a_wrong_token_does_not_buy_another_try():
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def guesses() -> list[int]:
        transport = httpx.ASGITransport(RateLimit(page, rate=2.0, token="right"))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            names = [*(f"guess {number}" for number in range(12)), "right"]
            return [(await client.get("/", headers={"Authorization": f"Bearer {name}"})).status_code for name in names]

    assert asyncio.run(guesses()) == [401] * 10 + [429] * 2 + [401]


def test_listening_to_others_needs_a_token_and_a_name(studio):
    with pytest.raises(SettingsError, match="FLOWZERO_MCP_TOKEN"):
        build_app(studio, Address(host="192.168.0.5"))
    with pytest.raises(SettingsError, match="--allow-host"):
        build_app(studio, Address(host="0.0.0.0", token=TOKEN))
    assert build_app(studio, Address(host="0.0.0.0", token=TOKEN, names=("studio.example",)))
    assert build_app(studio, Address(host="::1"))
