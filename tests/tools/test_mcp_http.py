import asyncio
import json
import os
import re
import signal
import subprocess
import sys

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from flowzero.errors import SettingsError
from flowzero.tools.mcp_http import MAX_BODY, Address, RateLimit, build_app

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}
TOKEN = "open-sesame"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The real command on a free port, with a token."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "FLOWZERO_HOME": str(home), "FLOWZERO_MCP_TOKEN": TOKEN}
    command = [sys.executable, "-m", "flowzero", "mcp", "--http", "--port", str(port)]
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
        transport = httpx.ASGITransport(RateLimit(page, rate=2.0))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            mine = [(await client.get("/", headers={"Authorization": "Bearer a"})).status_code for _ in range(12)]
            return [*mine, (await client.get("/", headers={"Authorization": "Bearer b"})).status_code]

    codes = asyncio.run(burst())
    assert codes == [200] * 10 + [429] * 2 + [200]


def test_listening_to_others_needs_a_token_and_a_name(studio):
    with pytest.raises(SettingsError, match="FLOWZERO_MCP_TOKEN"):
        build_app(studio, Address(host="192.168.0.5"))
    with pytest.raises(SettingsError, match="--allow-host"):
        build_app(studio, Address(host="0.0.0.0", token=TOKEN))
    assert build_app(studio, Address(host="0.0.0.0", token=TOKEN, names=("studio.example",)))
    assert build_app(studio, Address(host="::1"))
