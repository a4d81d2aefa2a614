import asyncio
import base64
import io
import json
import os
import re
import sys
import time

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ElicitResult, ResourceTemplateReference
from PIL import Image

from flowzero.dss import parse_dss
from flowzero.plan import parse_plan
from flowzero.renderer.video import read_frames
from flowzero.settings import load_settings
from flowzero.tools import mcp_server
from flowzero.tools.mcp_server import build_server
from flowzero.tools.studio import Studio
from flowzero.tools.texts import DSS_EXAMPLE, TOOLS
from tests.agent.scripted_server import Hang, ScriptedServer
from tests.tools.conftest import end

BALL = "a red ball rolls from the left to the right across a green meadow"
ERAS = {"auto": "2026-07-28", "legacy": "2025-11-25"}


@pytest.fixture(params=list(ERAS))
def era(request):
    """Each test that takes it runs as a client of the stateless protocol, and as one from before."""
    return request.param


@pytest.fixture
def connect(studio, era):
    """A client of the shared studio."""

    def connect(**options):
        return Client(build_server(studio), mode=era, **options)

    return connect


async def planned(client: Client, prompt: str = BALL) -> str:
    return (await client.call_tool("plan_video", {"prompt": prompt})).structured_content["plan_id"]


# what is there


async def test_every_tool_is_titled_annotated_and_typed(connect, era):
    async with connect() as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == set(TOOLS)
        for tool in tools:
            assert tool.title
            assert tool.description == TOOLS[tool.name]
            assert tool.annotations.read_only_hint is not None
            assert tool.output_schema["properties"]
            assert tool.input_schema["additionalProperties"] is False
        assert {tool.name for tool in tools if tool.annotations.destructive_hint} == {"cancel_render"}
        said = json.dumps([tool.model_dump(mode="json", exclude={"output_schema"}, exclude_none=True) for tool in tools])
        assert len(said) < 14_000
        assert "plan_video" in client.instructions
        assert client.protocol_version == ERAS[era]


async def test_schema_vocabulary_plans_and_videos_are_resources(connect):
    async with connect() as client:
        plan_id = await planned(client)
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert listed == {"flowzero://schema/dss", "flowzero://vocabulary", "ui://flowzero/plan.html"}
        templates = (await client.list_resource_templates()).resource_templates
        assert len(templates) == 7
        schema = json.loads((await client.read_resource("flowzero://schema/dss")).contents[0].text)
        assert "objects" in schema["properties"]
        words = json.loads((await client.read_resource("flowzero://vocabulary")).contents[0].text)
        assert "ball" in words["nouns"]
        for uri in (f"flowzero://plans/{plan_id}", f"flowzero://plans/{plan_id}/1"):
            assert parse_plan((await client.read_resource(uri)).contents[0].text).dss.prompt == BALL
        sheet = (await client.read_resource(f"flowzero://plans/{plan_id}/1/sheet")).contents[0]
        assert sheet.mime_type == "image/jpeg"
        assert Image.open(io.BytesIO(base64.b64decode(sheet.blob))).width > 300
        gif = (await client.read_resource(f"flowzero://plans/{plan_id}/1/animation")).contents[0]
        assert Image.open(io.BytesIO(base64.b64decode(gif.blob))).n_frames == 16


@pytest.mark.parametrize(
    "uri",
    [
        "flowzero://plans/nope",
        "flowzero://plans/..%2f..%2fetc%2fpasswd",
        "flowzero://plans/../../etc/passwd",
        "flowzero://plans/nope/1/sheet",
        "flowzero://plans/nope/one",
        "flowzero://renders/..%2fjobs.sqlite3/video",
        "file:///etc/passwd",
    ],
)
async def test_a_resource_that_is_not_one_is_refused(connect, uri):
    async with connect() as client:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        assert "root:" not in str(refused.value)


async def test_ids_and_versions_are_completed(connect):
    async with connect() as client:
        plan_id = await planned(client, "a penguin walks to the left")
        await client.call_tool("revise_plan", {"plan_id": plan_id, "instruction": "make the penguin bigger"})
        plan = ResourceTemplateReference(type="ref/resource", uri="flowzero://plans/{plan_id}/{version}")
        offered = (await client.complete(plan, {"name": "plan_id", "value": "penguin"})).completion.values
        assert plan_id in offered
        assert all(value.startswith("penguin") for value in offered)
        versions = await client.complete(plan, {"name": "version", "value": ""}, context_arguments={"plan_id": plan_id})
        assert versions.completion.values == ["2", "1"]


async def test_a_prompt_begins_a_storyboard(connect):
    async with connect() as client:
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == ["storyboard"]
        begun = await client.get_prompt("storyboard", {"idea": "a boat $(id) {0}"})
        assert "a boat $(id) {0}" in begun.messages[0].content.text


# planning


async def test_a_plan_is_made_revised_edited_and_undone(connect):
    async with connect() as client:
        made = await client.call_tool("plan_video", {"prompt": BALL, "seconds": 3})
        first = made.structured_content
        assert first["passed"]
        assert first["confidence"] >= first["threshold"]
        assert first["version"] == 1
        assert first["objects"][0]["route"] == "bottom left → bottom right"
        assert len(made.content) == 1
        assert first["plan_id"] in made.content[0].text
        revise = {"plan_id": first["plan_id"], "instruction": "make the ball blue"}
        second = (await client.call_tool("revise_plan", revise)).structured_content
        assert second["version"] == 2
        assert second["changes"]
        assert "blue" in second["objects"][0]["phrase"]
        edit = {"plan_id": first["plan_id"], "edits": [{"op": "set_setting", "setting": "a snowy field"}]}
        third = (await client.call_tool("edit_plan", edit)).structured_content
        assert (third["version"], third["setting"]) == (3, "a snowy field")
        undone = (await client.call_tool("undo_plan", {"plan_id": first["plan_id"]})).structured_content
        assert (undone["version"], undone["setting"]) == (2, second["setting"])
        said = {"plan_id": first["plan_id"], "instruction": "undo that, please"}
        assert (await client.call_tool("revise_plan", said)).structured_content["version"] == 1
        listed = (await client.call_tool("list_plans", {})).structured_content["plans"]
        assert next(plan for plan in listed if plan["plan_id"] == first["plan_id"])["versions"] == 3


async def test_a_host_can_write_the_plan_itself_and_is_told_what_to_mend(connect):
    async with connect() as client:
        dss = json.loads(DSS_EXAMPLE)
        assert parse_dss(dss)
        good = (await client.call_tool("check_plan", {"dss": dss})).structured_content
        assert good["passed"]
        wrong = await client.call_tool("check_plan", {"dss": dss, "prompt": "a red ball rolls to the left"})
        assert not wrong.structured_content["passed"]
        assert "direction" in [finding["constraint"] for finding in wrong.structured_content["findings"]]
        assert "Broken direction" in wrong.content[0].text
        again = {"dss": json.dumps(dss), "plan_id": good["plan_id"]}
        assert (await client.call_tool("check_plan", again)).structured_content["version"] == 2
        whole = await client.call_tool("get_plan", {"plan_id": good["plan_id"], "version": 1})
        assert parse_dss(whole.structured_content["dss"]) == parse_dss(dss)
        assert '"id":"ball"' in whole.content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("plan_video", {"prompt": " "}, "prompt"),
        ("plan_video", {"prompt": "x" * 100_000}, "prompt"),
        ("plan_video", {"prompt": "a ball\x1b[2J"}, "control"),
        ("plan_video", {"prompt": BALL, "seconds": -1}, "seconds"),
        ("revise_plan", {"plan_id": "nope", "instruction": "faster"}, "there is no plan"),
        ("edit_plan", {"plan_id": "BALL", "edits": [{"op": "explode"}]}, "op"),
        ("edit_plan", {"plan_id": "BALL", "edits": []}, "no edits"),
        ("edit_plan", {"plan_id": "BALL", "edits": [{"op": "move", "id": "cube", "dx": 1}]}, "cube"),
        ("check_plan", {"dss": {"scenes": []}}, "scenes"),
        ("get_plan", {"plan_id": "'; DROP TABLE plans; --"}, "there is no plan"),
        ("get_plan", {"plan_id": "BALL", "version": 99}, "version"),
        ("get_plan", {"plan_id": "BALL", "version": 2**70}, "version"),
        ("get_plan", {"plan_id": "n" * 100_000}, "there is no plan"),
        ("get_plan", {}, "plan_id: field required; add it."),
        ("plan_video", {"prompt": BALL, "duration": 5}, "takes no 'duration': it takes prompt, seconds, fps."),
        ("plan_video", {"prompt": "ein Satz ohne etwas"}, "call check_plan"),
        ("revise_plan", {"plan_id": "BALL", "instruction": "mach ihn lustiger"}, "call edit_plan"),
        ("undo_plan", {"plan_id": "BALL"}, "nothing to undo"),
        ("redo_plan", {"plan_id": "BALL"}, "nothing to redo"),
        ("diff_plan", {"plan_id": "BALL"}, "name the version to compare it with"),
        ("diff_plan", {"plan_id": "BALL", "before": 7}, "it has 1..1"),
        ("branch_plan", {"plan_id": "nope"}, "there is no plan"),
        ("mend_plan", {"plan_id": "BALL"}, "nothing that it could mend"),
        ("retry_render", {"job_id": "nope"}, "no render job"),
        ("draw_video", {}, "There is no tool 'draw_video': there are plan_video,"),
        ("render_video", {"plan_id": "../../etc"}, "there is no plan"),
        ("render_video", {"plan_id": "BALL", "format": "../../x"}, "format"),
        ("render_video", {"plan_id": "BALL", "width": 10**6}, "width"),
        ("render_video", {"plan_id": "BALL", "width": 5}, "width"),
        ("wait_for_render", {"job_id": "nope"}, "no render job"),
        ("wait_for_render", {"job_id": "nope", "timeout_s": 60}, "timeout_s"),
        ("cancel_render", {"job_id": "nope"}, "no render job"),
    ],
)
async def test_an_error_is_a_sentence_that_says_what_to_do(connect, tool, arguments, said):
    async with connect() as client:
        if arguments.get("plan_id") == "BALL":
            arguments = {**arguments, "plan_id": await planned(client)}
        answer = await client.call_tool(tool, arguments)
        assert answer.is_error
        text = answer.content[0].text
        assert said in text
        assert len(text) < 600
        assert not re.search("Traceback|Error executing|validation error|pydantic", text)


async def test_a_mistake_of_ours_is_said_without_its_insides(connect, studio, monkeypatch, caplog):
    async def stumble(*arguments):
        raise RuntimeError("the secret insides")

    monkeypatch.setattr(studio, "undo", stumble)
    async with connect() as client:
        answer = await client.call_tool("undo_plan", {"plan_id": "x"})
        assert answer.is_error
        assert answer.content[0].text.startswith("FlowZero made a mistake")
    assert "the secret insides" in caplog.text


async def test_versions_are_walked_through_compared_branched_and_mended(connect):
    async with connect() as client:
        plan_id = await planned(client)

        async def call(tool, **arguments):
            answer = await client.call_tool(tool, {"plan_id": plan_id, **arguments})
            assert not answer.is_error, answer.content[0].text
            return answer.structured_content, answer.content[0].text

        await call("revise_plan", instruction="make the ball blue")
        assert (await call("undo_plan"))[0]["version"] == 1
        assert (await call("redo_plan"))[0]["version"] == 2
        diff, text = await call("diff_plan")
        assert (diff["before"], diff["after"]) == (1, 2)
        assert {edit["op"] for edit in diff["edits"]} >= {"set_phrase"}
        assert "blue" in text
        back = (await call("edit_plan", version=1, edits=diff["edits"]))[0]
        same, text = await call("diff_plan", before=2, after=back["version"])
        assert same["changes"] == []
        assert "nothing differs" in text
        whole, text = await call("get_plan")
        assert [(one["version"], one["parent"], one["current"]) for one in whole["history"]] == [
            (1, None, False),
            (2, 1, False),
            (3, 1, True),
        ]
        assert "2 (from 1: make the ball blue" in text
        branch = (await call("branch_plan", version=1))[0]
        assert branch["plan_id"] != plan_id
        assert "red" in branch["objects"][0]["phrase"]
        turned = {"op": "set_path", "id": "ball", "path": [{"t": 0, "box": {"x": 0.7, "y": 0.6, "w": 0.2, "h": 0.2}}]}
        wrong = (await call("edit_plan", plan_id=branch["plan_id"], edits=[turned]))[0]
        assert not wrong["passed"]
        mended = (await call("mend_plan", plan_id=branch["plan_id"]))[0]
        assert mended["passed"]
        assert mended["version"] == wrong["version"] + 1


async def test_while_a_long_prompt_is_read_others_are_answered(connect, era):
    async with connect() as client:
        slow = asyncio.create_task(client.call_tool("plan_video", {"prompt": f"a ball rolls in {era} " * 80}))
        longest = 0.0
        while not slow.done():
            began = time.monotonic()
            await client.call_tool("list_plans", {})
            longest = max(longest, time.monotonic() - began)
        assert longest < 1.5
        assert "at most 30" in (await slow).content[0].text


async def test_a_large_plan_stays_a_small_answer(connect):
    async with connect() as client:
        path = [{"t": k / 127, "box": {"x": 0.1 + k / 500, "y": 0.1, "w": 0.1234567, "h": 0.1}} for k in range(128)]
        objects = [{"id": f"bird-{n}", "phrase": "a very colourful bird " * 5, "path": path} for n in range(30)]
        dss = {"prompt": "birds " * 300, "scenes": [{"start": 0, "description": "d" * 500}], "objects": objects}
        made = await client.call_tool("check_plan", {"dss": dss})
        assert not made.is_error, made.content[0].text
        whole = await client.call_tool("get_plan", {"plan_id": made.structured_content["plan_id"]})
        for answer in (made, whole, await client.call_tool("preview_plan", {"plan_id": made.structured_content["plan_id"]})):
            assert len(answer.content[0].text) <= 12_000
        assert len(whole.structured_content["dss"]["objects"]) == 30


@pytest.mark.parametrize(("word", "most"), [("鸟在天空飞", 2_000), ("🎈🐦🌊🏔🚀", 1_000), ("птица над морем", 3_000)])
async def test_an_answer_in_any_script_stays_below_4000_tokens(connect, word, most):
    async with connect() as client:
        path = [{"t": 0, "box": {"x": 0.1, "y": 0.1, "w": 0.1, "h": 0.1}}]
        objects = [{"id": f"bird-{n}", "phrase": (word * 20)[:100].strip(), "path": path} for n in range(30)]
        scene = {"start": 0, "description": (word * 60)[:300].strip()}
        made = await client.call_tool(
            "check_plan", {"dss": {"prompt": (word * 120)[:600], "scenes": [scene], "objects": objects}}
        )
        assert not made.is_error, made.content[0].text
        plan_id = made.structured_content["plan_id"]
        for answer in (made, *[await client.call_tool(tool, {"plan_id": plan_id}) for tool in ("get_plan", "preview_plan")]):
            foreign = [letter for letter in answer.content[0].text if ord(letter) > 127]
            assert 100 < len(foreign) <= most


async def test_a_preview_says_where_things_are_and_shows_pictures_if_asked(connect):
    async with connect() as client:
        plan_id = await planned(client)
        plain = await client.call_tool("preview_plan", {"plan_id": plan_id})
        assert [part.type for part in plain.content] == ["text"]
        assert plain.content[0].text.count("ball (a red ball) at (") == 3
        shown = await client.call_tool("preview_plan", {"plan_id": plan_id, "include_image": True, "include_links": True})
        assert [part.type for part in shown.content] == ["text", "image", "resource_link", "resource_link"]
        assert len(base64.b64decode(shown.content[1].data)) <= 100_000


async def test_planning_that_takes_too_long_goes_on_and_is_found_later(era, tmp_path, monkeypatch):
    monkeypatch.setattr(mcp_server, "_PLANNING_WAIT", 0.3)
    with ScriptedServer(Hang(20), Hang(20)) as llm:
        settings = load_settings(
            home=tmp_path, llm_base_url=llm.url, llm_model="slow", llm_timeout=4.0, llm_retries=0, llm_fallback=True
        )
        studio = Studio(settings)
        async with Client(build_server(studio), mode=era) as client:
            answer = await client.call_tool("plan_video", {"prompt": BALL})
            assert answer.is_error
            assert "list_plans" in answer.content[0].text
            for _ in range(200):
                plans = (await client.call_tool("list_plans", {})).structured_content["plans"]
                if plans:
                    break
                await asyncio.sleep(0.1)
            assert plans[0]["prompt"] == BALL
        studio.jobs.store.close()


# approval


@pytest.mark.parametrize(
    ("action", "approved", "outcome"), [("accept", True, True), ("accept", False, False), ("decline", None, False)]
)
async def test_the_user_is_asked_for_approval_where_the_host_can(connect, action, approved, outcome):
    asked = []

    async def answer(context, params):
        asked.append(params.message)
        return ElicitResult(action=action, content=None if approved is None else {"approved": approved})

    async with connect(elicitation_callback=answer) as client:
        plan_id = await planned(client)
        result = await client.call_tool("approve_plan", {"plan_id": plan_id})
        assert plan_id in asked[0]
        assert result.is_error is not outcome
        assert (await client.call_tool("get_plan", {"plan_id": plan_id})).structured_content["approved"] is outcome


async def test_where_approval_is_required_nothing_else_is_rendered(era, studio):
    strict = Studio(studio.settings, require_approval=True)
    async with Client(build_server(strict), mode=era) as client:
        plan_id = await planned(client)
        refused = await client.call_tool("render_video", {"plan_id": plan_id})
        assert refused.is_error
        assert "approve_plan" in refused.content[0].text
        assert (await client.call_tool("approve_plan", {"plan_id": plan_id})).structured_content["approved"]
        job = (await client.call_tool("render_video", {"plan_id": plan_id, "steps": 1, "frames": 1})).structured_content
        assert job["state"] in ("queued", "running")
        await client.call_tool("revise_plan", {"plan_id": plan_id, "instruction": "make the ball blue"})
        assert (await client.call_tool("render_video", {"plan_id": plan_id})).is_error
    strict.jobs.store.close()


# rendering


async def test_a_render_is_a_job_that_reports_progress_and_gives_a_video(connect, studio):
    reported = []

    async def progress(done, total, message):
        reported.append(done / total)

    async with connect() as client:
        plan_id = await planned(client)
        began = time.monotonic()
        job = (await client.call_tool("render_video", {"plan_id": plan_id, "steps": 3, "frames": 2})).structured_content
        assert time.monotonic() - began < 1
        assert job["state"] in ("queued", "running")
        while job["state"] in ("queued", "running"):
            wait = {"job_id": job["job_id"], "timeout_s": 20, "include_links": True}
            answer = await client.call_tool("wait_for_render", wait, progress_callback=progress)
            job = answer.structured_content
        assert job["state"] == "succeeded", job
        assert [part.type for part in answer.content] == ["text", "resource_link"]
        assert job["video_path"] in answer.content[0].text
        assert len(read_frames(job["video_path"])) == 2
        assert studio.settings.videos_dir in type(studio.settings.videos_dir)(job["video_path"]).parents
        assert reported[-1] == 1
        assert reported == sorted(reported)
        video = (await client.read_resource(job["video_uri"])).contents[0]
        assert base64.b64decode(video.blob)[4:8] == b"ftyp"
        assert (await client.call_tool("render_status", {"job_id": job["job_id"]})).structured_content["state"] == "succeeded"
        listed = (await client.call_tool("list_renders", {})).structured_content["renders"]
        assert job["job_id"] in [render["job_id"] for render in listed]


@pytest.mark.parametrize(("format", "kind"), [("gif", "image/gif"), ("webp", "image/webp"), ("webm", "video/webm")])
async def test_a_video_says_what_kind_of_file_it_is(studio, format, kind):
    async with Client(build_server(studio)) as client:
        render = {"plan_id": await planned(client), "steps": 1, "frames": 2, "format": format}
        job = (await client.call_tool("render_video", render)).structured_content
        while job["state"] in ("queued", "running"):
            job = (await client.call_tool("wait_for_render", {"job_id": job["job_id"]})).structured_content
        assert job["video_path"].endswith(f".{format}")
        assert (await client.read_resource(job["video_uri"])).contents[0].mime_type == kind


async def test_a_wait_can_be_cancelled_and_so_can_the_render(connect):
    async with connect() as client:
        plan_id = await planned(client)
        job = (await client.call_tool("render_video", {"plan_id": plan_id, "steps": 900})).structured_content
        with anyio.move_on_after(0.5) as scope:
            await client.call_tool("wait_for_render", {"job_id": job["job_id"], "timeout_s": 25})
        assert scope.cancelled_caught
        await client.call_tool("cancel_render", {"job_id": job["job_id"]})
        began = time.monotonic()
        stopped = (await client.call_tool("wait_for_render", {"job_id": job["job_id"], "timeout_s": 25})).structured_content
        assert stopped["state"] == "cancelled"
        assert time.monotonic() - began < 15
        again = (await client.call_tool("retry_render", {"job_id": job["job_id"]})).structured_content
        assert (again["job_id"], again["state"]) == (job["job_id"], "queued")
        await client.call_tool("cancel_render", {"job_id": job["job_id"]})


# stdio


async def test_over_stdio_ids_survive_a_restart(era, tmp_path):
    environment = {"FLOWZERO_HOME": str(tmp_path), "PYTHONPATH": os.environ["PYTHONPATH"]}
    server = StdioServerParameters(command=sys.executable, args=["-m", "flowzero", "mcp"], env=environment, cwd=tmp_path)
    async with Client(server, mode=era) as client:
        plan_id = await planned(client)
    async with Client(server, mode=era) as client:
        kept = await client.call_tool("get_plan", {"plan_id": plan_id})
        assert kept.structured_content["prompt"] == BALL
    end(Studio(load_settings(home=tmp_path)).jobs)
