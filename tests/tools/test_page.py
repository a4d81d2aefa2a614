"""The page's server, without a browser: what it serves, to whom, and what its calls do."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys

import httpx
import pytest
from starlette.testclient import TestClient

from flowzero.dss import parse_dss
from flowzero.errors import InputError, SettingsError
from flowzero.events import Event
from flowzero.tools.page import bundle
from flowzero.tools.page.desk import Desk
from flowzero.tools.page.guard import MAX_BODY
from flowzero.tools.page.pictures import backdrops, picture, spells
from flowzero.tools.page.server import build_app, listen, told

PORT, TOKEN = 8760, "open-sesame"
HOME = f"http://127.0.0.1:{PORT}"
PROMPT = "a red ball rolls to the right across a meadow"


@pytest.fixture
def stranger(studio):
    """A client that nobody has given the address."""
    return TestClient(build_app(studio, TOKEN, PORT), base_url=HOME)


@pytest.fixture
def browser(stranger):
    """A client that has opened the address, and whose posts look like the page's own."""
    assert stranger.get(f"/?token={TOKEN}").status_code == 200
    stranger.headers["Origin"] = HOME
    return stranger


@pytest.fixture
def plan(browser):
    """A plan as the page sees it."""
    return last(browser.post("/api/plans", json={"prompt": PROMPT}))["plan"]


def last(response):
    assert response.status_code == 200, response.text
    return json.loads(response.text.splitlines()[-1])


def test_the_page_is_one_file_that_loads_nothing(browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    assert not re.search(r"""(src|href)=["']?(https?:|//|/)|@import|url\(|</script>.*</script>""", answer.text, re.DOTALL)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_scripts_never_write_markup():
    script = bundle.bundle("main.js")
    own = script[script.index("const module_dss") :]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|unsafeHTML", own)


@pytest.mark.parametrize(
    "text", ['import { a } from "elsewhere";\n', "export default 1;\n", 'import "./dss.js";\n', "export * from './dss.js';\n"]
)
def test_a_module_that_the_bundle_cannot_take_is_refused(monkeypatch, text):
    monkeypatch.setattr(bundle, "_read", lambda path: text)
    with pytest.raises(ValueError, match="cannot take"):
        bundle.bundle("main.js")


def test_modules_that_import_each_other_are_refused(monkeypatch):
    other = {"a.js": "b.js", "b.js": "a.js"}
    monkeypatch.setattr(bundle, "_read", lambda path: f'import {{x}} from "./{other[path]}";\n')
    with pytest.raises(ValueError, match=r"circle: a\.js -> b\.js -> a\.js"):
        bundle.bundle("a.js")


def test_the_token_moves_from_the_address_into_a_cookie(stranger):
    answer = stranger.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


@pytest.mark.parametrize(
    "path", ["/", "/?token=wrong", "/?token=%ff", "/api/plans", "/api/renders", "/api/pictures/sprite.dog..left"]
)
def test_without_the_token_nothing_is_served(stranger, path):
    assert stranger.get(path).status_code == 401


def test_a_wrong_cookie_does_not_help(stranger):
    assert stranger.get("/", headers={"Cookie": f"flowzero-{PORT}=wrong"}).status_code == 401
    assert stranger.get("/", headers={"Cookie": f"flowzero-1={TOKEN}"}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": f"http://localhost:{PORT}"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": f"evil.example:{PORT}"}, 421),
        ({"Host": "127.0.0.1:9999"}, 421),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Length": "-1"}, 413),
        ({"Content-Length": str(MAX_BODY + 1)}, 413),
    ],
)
def test_a_page_of_somebody_else_cannot_change_anything(browser, studio, headers, status):
    before = studio.plans.plans()
    everything = {"Content-Type": "application/json", **headers}
    assert browser.post("/api/plans", content=json.dumps({"prompt": PROMPT}), headers=everything).status_code == status
    assert studio.plans.plans() == before


def test_a_page_of_somebody_else_cannot_read_either(browser):
    for path in ("/api/plans", "/api/pictures/sprite.dog..left"):
        assert browser.get(path, headers={"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert browser.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status_code == 200


def test_a_body_without_an_end_is_cut_off(browser):
    def endless():
        for _ in range(MAX_BODY // 50_000 + 2):
            yield b" " * 50_000

    answer = browser.post("/api/plans", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (413, {"error": "That is too much at once."})


def test_planning_tells_how_it_goes_on(browser):
    lines = [json.loads(line) for line in browser.post("/api/plans", json={"prompt": PROMPT}).text.splitlines()]
    assert [set(line) for line in lines] == [{"event"}] * (len(lines) - 1) + [{"plan"}]
    assert len(lines) > 1
    made = lines[-1]["plan"]
    assert made["dss"]["objects"][0]["phrase"] == "a red ball"
    assert made["looks"]["ball"] == [[0, "sprite.ball.red.right"]]
    assert made["backdrops"] == [[0, "backdrop.meadow"]]


async def test_a_reader_who_goes_away_stops_the_planner():
    stopped = asyncio.Event()

    async def think(tell):
        tell(Event(stage="plan", message="thinking"))
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    lines = told(think).body_iterator
    assert json.loads(await anext(lines)) == {"event": "thinking"}
    await lines.aclose()
    await asyncio.wait_for(stopped.wait(), 5)


async def test_a_fault_of_ours_is_said_and_raised():
    async def fail(tell):
        raise ZeroDivisionError

    lines = told(fail).body_iterator
    assert "mistake" in json.loads(await anext(lines))["error"]
    with pytest.raises(ZeroDivisionError):
        await anext(lines)


def test_an_edit_is_the_next_version_and_says_what_changed(browser, plan):
    edits = [{"op": "move", "id": "ball", "dy": -0.2}]
    after = last(browser.post(f"/api/plans/{plan['plan_id']}/edit", json={"edits": edits, "version": 1}))["plan"]
    assert after["version"] == 2
    assert after["changes"] == ["Moves ball from " + after["changes"][0].removeprefix("Moves ball from ")]
    assert [one["current"] for one in after["history"]] == [False, True]


def test_an_edit_of_an_older_version_begins_there(browser, plan):
    url = f"/api/plans/{plan['plan_id']}"
    last(browser.post(f"{url}/edit", json={"edits": [{"op": "set_setting", "setting": "a desert"}]}))
    after = last(browser.post(f"{url}/edit", json={"edits": [{"op": "move", "id": "ball", "dx": -0.05}], "version": 1}))["plan"]
    assert (after["version"], after["history"][-1]["parent"]) == (3, 1)
    assert after["dss"]["setting"] == plan["dss"]["setting"]


def test_words_revise_and_undo_and_redo(browser, plan):
    url = f"/api/plans/{plan['plan_id']}/revise"
    blue = last(browser.post(url, json={"instruction": "make the ball blue"}))["plan"]
    assert blue["dss"]["objects"][0]["phrase"] == "a blue ball"
    assert last(browser.post(url, json={"instruction": "undo that"}))["plan"]["version"] == 1
    assert last(browser.post(url, json={"instruction": "redo"}))["plan"]["version"] == 2


def test_a_hand_does_not_bring_back_what_words_have_overruled(browser, plan):
    url = f"/api/plans/{plan['plan_id']}"
    last(browser.post(f"{url}/revise", json={"instruction": "make the ball blue"}))
    car = {"id": "car", "phrase": "a green car", "path": [{"t": 0, "box": {"x": 0.4, "y": 0.1, "w": 0.2, "h": 0.2}}]}
    edits = [{"op": "move", "id": "ball", "dy": -0.02}, {"op": "add_object", "object": car}]
    after = last(browser.post(f"{url}/edit", json={"edits": edits}))["plan"]
    told = {one["constraint"]: one["grade"] for one in after["findings"]}
    assert "broken" not in (told.get("attribute", "kept"), told["unasked"])
    assert after["mind"] == "builtin"


def test_undo_and_redo_walk_and_say_where_it_ends(browser, plan):
    url = f"/api/plans/{plan['plan_id']}"
    last(browser.post(f"{url}/edit", json={"edits": [{"op": "move", "id": "ball", "dy": -0.1}]}))
    assert browser.post(f"{url}/undo", json={}).json()["version"] == 1
    assert browser.post(f"{url}/redo", json={}).json()["version"] == 2
    assert browser.post(f"{url}/redo", json={}).status_code == 400
    assert browser.get(url, params={"version": 1}).json()["version"] == 1


def test_the_fixer_mends_what_a_hand_has_broken(browser, plan):
    url = f"/api/plans/{plan['plan_id']}"
    path = [
        {"t": 0, "box": {"x": 0.7, "y": 0.6, "w": 0.2, "h": 0.2}},
        {"t": 1, "box": {"x": 0.1, "y": 0.6, "w": 0.2, "h": 0.2}},
    ]
    broken = last(browser.post(f"{url}/edit", json={"edits": [{"op": "set_path", "id": "ball", "path": path}]}))["plan"]
    assert not broken["passed"]
    assert broken["findings"][0]["grade"] == "broken"
    assert broken["findings"][0]["frames"]
    assert last(browser.post(f"{url}/mend", json={}))["plan"]["passed"]
    assert "found nothing" in last(browser.post(f"{url}/mend", json={}))["error"]


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("edit", {"edits": [{"op": "move", "id": "cat", "dx": 0.1}]}, "no object 'cat'"),
        ("edit", {"edits": []}, "no edits"),
        ("edit", {"edits": [{"op": "set_path", "id": "ball", "path": []}]}, "path"),
        ("revise", {"instruction": ""}, "instruction"),
        ("revise", {"instruction": "make it faster", "version": 99}, "version 99"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_keeps_the_plan(browser, plan, studio, path, body, word):
    answer = last(browser.post(f"/api/plans/{plan['plan_id']}/{path}", json=body))
    assert word in answer["error"]
    assert len(studio.plans.history(plan["plan_id"])) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/plans", {"prompt": 7}),
        ("/api/plans", {"prompt": "x", "more": 1}),
        ("/api/plans/nobody/approve", {"version": "x"}),
    ],
)
def test_a_request_of_the_wrong_shape_is_refused_in_words(browser, path, body):
    answer = browser.post(path, json=body)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api/plans/nobody",
        "/api/plans/x?version=1e3",
        "/api/renders/nobody",
        "/api/renders/..%2f..%2fx/video",
        "/api/pictures/..%2fnouns.csv",
        "/api/pictures/sprite.dog.octarine.left",
    ],
)
def test_what_is_not_there_is_said(browser, path):
    answer = browser.get(path)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"].endswith(".")


def test_approval_and_render_until_the_video_is_there(browser, plan, studio):
    url = f"/api/plans/{plan['plan_id']}"
    assert browser.post(f"{url}/approve", json={"version": 1}).json()["approved"]
    job = browser.post(f"{url}/render", json={"version": 1, "steps": 1}).json()
    studio.jobs.wait(job["job_id"], 60)
    done = browser.get(f"/api/renders/{job['job_id']}").json()
    assert done["state"] == "succeeded", done
    assert job["job_id"] in [one["job_id"] for one in browser.get("/api/renders").json()["renders"]]
    part = browser.get(f"/api/renders/{job['job_id']}/video", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content, part.headers["Content-Type"]) == (206, b"ftyp", "video/mp4")


def test_a_waiting_render_can_be_cancelled(browser, plan):
    job = browser.post(f"/api/plans/{plan['plan_id']}/render", json={"seed": 5, "steps": 900}).json()
    assert browser.post(f"/api/renders/{job['job_id']}/cancel", json={}).status_code == 200


def test_every_picture_that_a_plan_names_exists(plan):
    dss = parse_dss(plan["dss"])
    names = {name for row in spells(dss).values() for _, name in row} | {name for _, name in backdrops(dss)}
    assert all(picture(name).startswith(b"RIFF") for name in names if name)


def test_a_place_at_night_has_a_backdrop_of_its_own():
    dss = parse_dss({"setting": "a city at night", "scenes": [{"start": 0, "description": "a city at night"}]})
    assert backdrops(dss) == ((0, "backdrop.city at night"),)
    assert picture("backdrop.city at night") != picture("backdrop.city")


def test_a_thing_that_nobody_drew_has_no_picture():
    thing = {"id": "thing", "phrase": "a zorblax", "path": [{"t": 0, "box": {"x": 0.4, "y": 0.4, "w": 0.2, "h": 0.2}}]}
    scenes = [{"start": 0, "description": "nowhere at all"}]
    dss = parse_dss({"setting": "nowhere at all", "scenes": scenes, "objects": [thing]})
    assert (spells(dss), backdrops(dss)) == ({"thing": ((0, None),)}, ((0, None),))


def test_what_turns_round_is_drawn_the_other_way():
    boxes = [{"t": t, "box": {"x": x, "y": 0.5, "w": 0.2, "h": 0.2}} for t, x in ((0, 0.1), (0.5, 0.6), (1, 0.1))]
    dss = parse_dss(
        {"scenes": [{"start": 0, "description": "a meadow"}], "objects": [{"id": "dog", "phrase": "a dog", "path": boxes}]}
    )
    assert [name for _, name in spells(dss)["dog"]] == ["sprite.dog..right", "sprite.dog..left"]


async def test_the_desk_shows_every_check_where_a_model_is_told_the_worst(studio):
    made = await studio.plan(PROMPT)
    shown = await Desk(studio).look(made.plan_id)
    assert len(shown.findings) > len(made.findings)
    with pytest.raises(InputError):
        await Desk(studio).look("nobody")


def test_a_taken_port_is_named():
    with listen(0) as taken, pytest.raises(SettingsError, match="--port"):
        listen(taken.getsockname()[1])


def test_the_command_serves_the_page_without_torch_and_ends_quietly(tmp_path):
    script = "import sys; from flowzero.__main__ import main\ntry: main()\nfinally: print('torch' in sys.modules, flush=True)"
    command = [sys.executable, "-c", script, "studio", PROMPT, "--no-open", "--port", "0"]
    process = subprocess.Popen(
        command, env={**os.environ, "FLOWZERO_HOME": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    address = re.search(r"http://\S+", process.stderr.readline())[0]
    base, plan_id = address.partition("?")[0], address.partition("#")[2]
    with httpx.Client(base_url=base, follow_redirects=True) as client:
        assert client.get(address.partition("#")[0]).status_code == 200
        assert client.get(f"/api/plans/{plan_id}").json()["dss"]["prompt"] == PROMPT
    process.send_signal(signal.SIGINT)
    output, complaint = process.communicate(timeout=20)
    assert output.strip() == "False"
    assert "Traceback" not in complaint
