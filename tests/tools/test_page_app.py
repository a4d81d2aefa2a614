"""The page as an MCP App: what the server offers, and the page in a sandbox, reaching the studio through its host alone."""

import base64
import json
import re

import pytest
from mcp import Client, MCPError

from flowzero.tools.mcp_server import build_server
from flowzero.tools.page.app import PAGE
from flowzero.tools.page.bundle import document
from tests.tools.browsers import BROWSER, MISSING, SWITCHES

PROMPT = "a red ball rolls from the left to the right across a green meadow"
SANDBOX = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:; connect-src 'none'"
)
"""What the MCP Apps specification makes hosts enforce where a page asks for nothing."""
HOST = """<!doctype html><iframe sandbox="allow-scripts" width="1300" height="1000"></iframe><script>
  window.heard = [];
  const frame = document.querySelector("iframe");
  const answers = {
    "ui/initialize": () => ({protocolVersion: "2026-01-26", hostInfo: {name: "host", version: "1"},
      hostCapabilities: {serverTools: {}, serverResources: {}}, hostContext: {theme: "dark", displayMode: "inline"}}),
    "tools/call": ({name, arguments: given}) => window.callTool(name, given),
    "resources/read": ({uri}) => window.readResource(uri),
  };
  const post = (message) => frame.contentWindow.postMessage({jsonrpc: "2.0", ...message}, "*");
  addEventListener("message", async ({data}) => {
    heard.push(data);
    if (data.id !== undefined && data.method) {
      try { post({id: data.id, result: await (answers[data.method] ?? (() => ({})))(data.params)}); }
      catch (error) { post({id: data.id, error: {code: -32000, message: String(error)}}); }
    }
    if (data.method === "ui/notifications/initialized") {
      const result = await window.callTool("plan_video", {prompt: PROMPT, seconds: 1, fps: 4});
      post({method: "ui/notifications/tool-input", params: {arguments: {prompt: PROMPT}}});
      post({method: "ui/notifications/tool-result", params: result});
    }
  });
</script>"""


@pytest.fixture
def server(studio):
    return build_server(studio)


async def test_tools_that_show_plans_name_the_page_and_the_page_is_there(server):
    async with Client(server) as client:
        tools = {tool.name: tool.meta for tool in (await client.list_tools()).tools}
        shown = {name for name, meta in tools.items() if meta}
        changing = {
            "plan_video",
            "revise_plan",
            "edit_plan",
            "mend_plan",
            "check_plan",
            "undo_plan",
            "redo_plan",
            "branch_plan",
        }
        assert shown == changing | {"preview_plan", "render_video", "retry_render"}
        assert {tools[name]["ui"]["resourceUri"] for name in shown} == {PAGE}
        page = (await client.read_resource(PAGE)).contents[0]
        assert (page.mime_type, page.text) == ("text/html;profile=mcp-app", document().html)
        assert "io.modelcontextprotocol/ui" in client.server_capabilities.extensions


async def test_what_the_page_reads_is_there_and_what_is_not_is_said(server):
    async with Client(server) as client:
        made = (await client.call_tool("plan_video", {"prompt": "a fire engine drives to the left"})).structured_content
        for version in ("1", "current"):
            text = (await client.read_resource(f"flowzero://page/plans/{made['plan_id']}/{version}")).contents[0].text
            assert json.loads(text)["version"] == 1
        names = [name for row in json.loads(text)["looks"].values() for _, name in row]
        for name in names:
            content = (await client.read_resource(f"flowzero://page/pictures/{name.replace(' ', '%20')}")).contents[0]
            assert base64.b64decode(content.blob).startswith(b"RIFF")
        for missing in ("plans/nobody/1", f"plans/{made['plan_id']}/x", "pictures/nothing"):
            with pytest.raises(MCPError):
                await client.read_resource(f"flowzero://page/{missing}")


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason=MISSING)
async def test_a_host_shows_the_page_and_it_works_through_the_host_alone(server):
    playwright = pytest.importorskip("playwright.async_api", reason="pip install 'flowzero[dev]'")
    html = document().html.replace("<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{SANDBOX}">')
    async with playwright.async_playwright() as driver, Client(server) as client:

        async def call(name, arguments):
            return (await client.call_tool(name, arguments)).model_dump(mode="json", by_alias=True)

        async def read(uri):
            return (await client.read_resource(uri)).model_dump(mode="json", by_alias=True)

        browser = await driver.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        page = await browser.new_page(viewport={"width": 1400, "height": 1100}, reduced_motion="reduce")
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("request", lambda request: request.url.startswith("http") and complaints.append(request.url))
        await page.expose_function("callTool", call)
        await page.expose_function("readResource", read)
        await page.set_content(HOST.replace("PROMPT", json.dumps(PROMPT)))
        await page.evaluate("html => { frame.srcdoc = html; }", html)
        app = page.frame_locator("iframe")
        await app.locator(".thing").wait_for()
        assert await app.locator("html").get_attribute("data-theme") == "dark"
        drawn = app.locator(".thing img[src^='data:image/webp']")
        assert await drawn.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 100
        box = await app.locator(".thing").bounding_box()
        await page.mouse.move(box["x"] + 30, box["y"] + 30)
        await page.mouse.down()
        await page.mouse.move(box["x"] + 60, box["y"] - 20, steps=3)
        await page.mouse.up()
        await app.get_by_role("button", name="Version 2").wait_for()
        await app.get_by_label("What shall change?").fill("make the ball blue")
        await app.get_by_label("What shall change?").press("Enter")
        await app.get_by_role("button", name="Version 3").wait_for()
        await app.get_by_role("button", name="Undo", exact=True).click()
        await app.get_by_role("button", name="Redo", exact=True).click()
        asked = await page.evaluate("heard.filter(one => one.method === 'tools/call').map(one => one.params.name)")
        while "redo_plan" not in asked:
            asked = await page.evaluate("heard.filter(one => one.method === 'tools/call').map(one => one.params.name)")
        assert asked[-2:] == ["undo_plan", "redo_plan"]
        await app.get_by_label("Render options").click()
        await app.get_by_label("Denoising steps").fill("1")
        await app.get_by_role("button", name="Render", exact=True).click()
        video = app.locator("video[src^='data:video/mp4']")
        await video.wait_for(timeout=60_000)
        assert await video.evaluate("async (video) => { await video.play(); return video.videoWidth; }") > 0
        heard = await page.evaluate("heard")
        told = [one["params"] for one in heard if one.get("method") == "ui/update-model-context"]
        versions = [re.search(r"version \d", one["content"][0]["text"])[0] for one in told[:4]]
        assert versions == ["version 2", "version 3", "version 2", "version 3"]
        assert any(one.get("method") == "ui/notifications/size-changed" for one in heard)
        assert complaints == []
        await browser.close()
