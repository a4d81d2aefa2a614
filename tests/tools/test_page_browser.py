"""The page in a real browser: what a person does there, from a prompt to a video that plays.

Needs the extra `dev` and a Chromium, found on the PATH or named by FLOWZERO_TEST_BROWSER; skipped where there is none.
"""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowzero.__main__ import INTERRUPTED
from flowzero.dss import DSS
from flowzero.tools.jobs import LocalJobs
from flowzero.tools.page.bundle import bundle
from tests.test_dss import plans
from tests.tools.browsers import BROWSER, MISSING, SWITCHES
from tests.tools.conftest import end

playwright = pytest.importorskip("playwright.sync_api", reason="the page's tests need playwright: pip install 'flowzero[dev]'")
pytestmark = pytest.mark.skipif(BROWSER is None, reason=MISSING)
PROMPT = "a red ball rolls from the left to the right across a green meadow"


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The real command with the embedded model."""
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "FLOWZERO_HOME": str(home), "FLOWZERO_SECONDS": "1", "FLOWZERO_FPS": "5"}
    environment["PYTHONFAULTHANDLER"] = "1"  # whatever ends the server before the tests do is told at the end
    command = [sys.executable, "-m", "flowzero", "studio", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, env=environment, cwd=home, stderr=subprocess.PIPE, text=True)
    yield re.search(r"http://\S+", process.stderr.readline())[0]
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=20)
    assert (process.returncode, complaint.strip()) == (INTERRUPTED, "flowzero: stopped.")
    end(LocalJobs(home))


@pytest.fixture
def page(chromium, address):
    """The page at its beginning; nothing that it does may break its policy or throw."""
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.goto(address)
    page.get_by_role("heading", name="What shall happen?").wait_for()
    yield page
    context.close()
    assert [text for text in complaints if "400 (Bad Request)" not in text] == []


@pytest.fixture
def planned(page):
    """The page with a plan of one ball."""
    page.get_by_label("What the video shall show").fill(PROMPT)
    page.keyboard.press("Enter")
    page.locator(".thing").wait_for()
    return page


def shown(page):
    """The plan as the server has it, as the page is told."""
    plan_id = urllib.parse.urlsplit(page.url).fragment
    return page.evaluate("id => fetch(`/api/plans/${id}`).then(answer => answer.json())", plan_id)


def version(page, number):
    """Wait until the page shows a version, and give back what the server has."""
    page.locator(".turn.here", has_text=f"Version {number}").wait_for()
    now = shown(page)
    assert now["version"] == number
    return now


def drag(page, target, dx, dy, *keys):
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def test_a_prompt_becomes_a_plan_whose_boxes_are_where_the_plan_has_them(planned):
    plan = version(planned, 1)
    frame, ball = planned.locator(".frame").bounding_box(), planned.locator(".thing").bounding_box()
    box = plan["dss"]["objects"][0]["path"][0]["box"]
    assert (ball["x"] - frame["x"]) / frame["width"] == pytest.approx(box["x"], abs=0.005)
    assert (ball["y"] - frame["y"]) / frame["height"] == pytest.approx(box["y"], abs=0.005)
    assert ball["width"] / frame["width"] == pytest.approx(box["w"], abs=0.005)


def test_dragging_a_box_is_an_edit_of_this_moment(planned):
    before = version(planned, 1)["dss"]["objects"][0]["path"]
    side = planned.locator(".frame").bounding_box()["width"]
    drag(planned, planned.locator(".thing"), 0.1 * side, -0.2 * side)
    after = version(planned, 2)["dss"]["objects"][0]["path"]
    assert after[0]["box"]["x"] == pytest.approx(before[0]["box"]["x"] + 0.1, abs=0.01)
    assert after[0]["box"]["y"] == pytest.approx(before[0]["box"]["y"] - 0.2, abs=0.01)
    assert after[1:] == before[1:]


def test_dragging_the_whole_path_moves_every_keyframe(planned):
    before = version(planned, 1)["dss"]["objects"][0]["path"]
    planned.get_by_role("radio", name="Whole path").click()
    side = planned.locator(".frame").bounding_box()["width"]
    drag(planned, planned.locator(".thing"), 0, -0.1 * side)
    after = version(planned, 2)["dss"]["objects"][0]["path"]
    assert [one["box"]["y"] - two["box"]["y"] for one, two in zip(before, after, strict=True)] == pytest.approx(
        [0.1] * len(before), abs=0.01
    )


def test_a_corner_sizes_and_keeps_proportions(planned):
    before = version(planned, 1)["dss"]["objects"][0]["path"][0]["box"]
    planned.locator(".thing").click()
    drag(planned, planned.locator(".handle.se"), 40, 5)
    after = version(planned, 2)["dss"]["objects"][0]["path"][0]["box"]
    assert after["w"] > before["w"] + 0.03
    assert after["w"] / after["h"] == pytest.approx(before["w"] / before["h"], abs=0.01)
    assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=0.001)


def test_escape_gives_a_drag_up(planned):
    box = planned.locator(".thing").bounding_box()
    planned.mouse.move(box["x"] + 20, box["y"] + 20)
    planned.mouse.down()
    planned.mouse.move(box["x"] + 90, box["y"] - 60, steps=3)
    planned.keyboard.press("Escape")
    planned.mouse.up()
    planned.wait_for_function("x => Math.abs(document.querySelector('.thing').getBoundingClientRect().x - x) < 1", arg=box["x"])
    assert version(planned, 1)["history"][-1]["version"] == 1


def test_keys_alone_do_what_a_mouse_does(planned):
    before = version(planned, 1)["dss"]["objects"][0]["path"]
    planned.locator(".thing").focus()
    for _ in range(3):
        planned.keyboard.press("ArrowUp")
    moved = version(planned, 2)["dss"]["objects"][0]["path"]
    assert moved[0]["box"]["y"] == pytest.approx(before[0]["box"]["y"] - 0.03)
    planned.keyboard.press("Control+z")
    planned.locator(".turn.here", has_text="Version 1").wait_for()
    planned.keyboard.press("Control+Shift+z")
    planned.locator(".turn.here", has_text="Version 2").wait_for()
    planned.get_by_role("slider", name="Frame", exact=True).focus()
    planned.keyboard.press("End")
    planned.locator("output", has_text="frame 5 of 5").wait_for()
    planned.get_by_role("slider", name="Keyframe 1 of ball").focus()
    planned.keyboard.press("Delete")
    assert len(version(planned, 3)["dss"]["objects"][0]["path"]) == len(before) - 1
    planned.locator(".thing").focus()
    planned.keyboard.press("Delete")
    assert version(planned, 4)["dss"]["objects"] == []


def test_a_keyframe_can_be_dragged_along_its_track(planned):
    version(planned, 1)
    track = planned.locator(".track").bounding_box()
    drag(planned, planned.get_by_role("slider", name="Keyframe 1 of ball"), 0.5 * track["width"], 0)
    assert version(planned, 2)["dss"]["objects"][0]["path"][0]["t"] == 0.5


def test_the_background_is_moved_with_the_compass(planned):
    planned.locator(".background .block").click()
    planned.get_by_role("radio", name="left", exact=True).click()
    part = version(planned, 2)["dss"]["background"][0]
    assert (part["direction"], part["speed"]) == ("left", 0.2)


def test_a_scene_is_rewritten_and_split(planned):
    planned.locator(".scene .block").click()
    planned.get_by_label("What the picture shows").fill("a red ball on its way")
    planned.get_by_label("What the picture shows").blur()
    version(planned, 2)
    planned.keyboard.press("Escape")
    planned.get_by_label("Frame forward").click()
    planned.locator(".scene .block").click()
    planned.get_by_role("button", name="Another from").click()
    scenes = version(planned, 3)["dss"]["scenes"]
    assert [one["description"] for one in scenes] == ["a red ball on its way"] * 2
    assert scenes[1]["start"] == 0.2


def test_words_change_the_plan_and_versions_can_be_looked_at(planned):
    planned.get_by_label("What shall change?").fill("make the ball blue")
    planned.keyboard.press("Enter")
    assert version(planned, 2)["dss"]["objects"][0]["phrase"] == "a blue ball"
    planned.get_by_role("button", name="Version 1").click()
    planned.get_by_text("You look at version 1 of 2").wait_for()
    planned.locator(".thing").focus()
    planned.keyboard.press("ArrowUp")
    assert version(planned, 3)["history"][-1]["parent"] == 1


def test_what_is_not_understood_is_said_and_can_be_written_again(planned):
    box = planned.get_by_label("What shall change?")
    box.fill("blorb the frumious quux")
    planned.keyboard.press("Enter")
    planned.get_by_role("alert").wait_for()
    assert box.input_value() == "blorb the frumious quux"
    assert version(planned, 1)


def test_what_was_left_out_of_an_instruction_is_said_beside_the_version(planned):
    box = planned.get_by_label("What shall change?")
    box.fill("make the ball bigger and let it sing a ballad")
    box.press("Enter")
    planned.get_by_role("button", name="Version 2").wait_for()
    assert "sing a ballad" in planned.locator(".turn.here .note").inner_text()
    planned.get_by_role("button", name="Version 1").click()
    planned.locator(".turn.here .note").wait_for(state="detached")


def test_what_a_hand_has_broken_is_pinned_to_its_frames_and_mended(planned):
    planned.get_by_role("slider", name="Frame", exact=True).focus()
    planned.keyboard.press("End")
    side = planned.locator(".frame").bounding_box()["width"]
    drag(planned, planned.locator(".thing"), -0.9 * side, 0)
    broken = version(planned, 2)
    assert not broken["passed"]
    planned.locator(".pin.broken").first.click()
    planned.locator(".thing.blamed").wait_for()
    planned.locator(".finding.broken.chosen").wait_for()
    planned.get_by_role("button", name="Let the fixer mend it").click()
    assert version(planned, 3)["passed"]


def test_a_thing_can_be_added_renamed_and_layered(planned):
    planned.get_by_label("What to add").fill("a green car")
    planned.keyboard.press("Enter")
    assert version(planned, 2)["dss"]["objects"][1]["id"] == "car"
    planned.get_by_label("Depth").fill("7")
    planned.get_by_label("Depth").blur()
    assert version(planned, 3)["dss"]["objects"][1]["depth"] == 7


def test_markup_in_a_prompt_is_only_words(page):
    attack = "a red ball <img src=x onerror=alert(1)> rolls to the right </textarea><script>alert(2)</script>"
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.get_by_label("What the video shall show").fill(attack)
    page.keyboard.press("Enter")
    page.locator(".thread").get_by_text("onerror=alert(1)").wait_for()
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.slow
def test_from_approval_to_a_video_that_plays(planned):
    version(planned, 1)
    planned.get_by_role("button", name="Approve", exact=True).click()
    planned.get_by_role("button", name="Approved").wait_for()
    planned.get_by_label("Render options").click()
    planned.get_by_label("Denoising steps").fill("2")
    planned.get_by_role("button", name="Render", exact=True).click()
    planned.get_by_role("progressbar", name="Render").wait_for()
    video = planned.locator("video")
    video.wait_for(timeout=150_000)
    planned.wait_for_function("() => document.querySelector('video').readyState >= 2")
    video.evaluate("video => video.play()")
    planned.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    assert video.evaluate("video => [video.videoWidth, video.videoHeight, video.error]") == [256, 256, None]
    with planned.expect_download() as saved:
        planned.get_by_text("Save").click()
    assert saved.value.suggested_filename.endswith(".mp4")
    planned.reload()
    planned.get_by_role("radio", name="Video").click()
    video.wait_for()


def test_playing_walks_through_the_frames(planned):
    planned.get_by_role("button", name="Play").click()
    planned.wait_for_function("() => document.querySelector('.clock').textContent.includes('frame 3')")
    planned.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize("width", [400, 800, 1400])
def test_nothing_is_cut_off_and_every_control_has_a_name(planned, width):
    planned.set_viewport_size({"width": width, "height": 860})
    planned.locator(".thing").click()
    for shade, panel in zip(("light", "dark", "dark"), ("Talk", "Details", "Checks"), strict=True):
        planned.emulate_media(color_scheme=shade)
        for tab in planned.get_by_role("tab", name=panel).all():
            if tab.is_visible():
                tab.click()
        assert planned.evaluate("() => document.documentElement.scrollWidth") <= width
        nameless = planned.evaluate(
            """() => [...document.querySelectorAll("button, input, select, textarea, summary, [role]")].filter((one) =>
                one.checkVisibility() && !one.textContent.trim() && !one.labels?.length
                && !one.getAttribute("aria-label") && one.getAttribute("role") !== "status").map((one) => one.outerHTML)"""
        )
        assert nameless == []


def test_a_page_of_somebody_else_cannot_drive_the_studio(planned, chromium):
    """A hostile page on another port of the same machine, in the same browser, with the cookie."""
    import http.server
    import threading

    class Hostile(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>hostile</title>")

        def log_message(self, *_):
            pass

    before = shown(planned)
    target = planned.url.partition("#")[0]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        other = planned.context.new_page()
        other.goto(f"http://127.0.0.1:{server.server_port}/")
        for script in (
            "(url) => fetch(url + 'api/plans').then((a) => a.text(), () => 'refused')",
            """(url) => fetch(url + 'api/plans', {method: 'POST', credentials: 'include', mode: 'no-cors',
                body: JSON.stringify({prompt: 'a cat'})}).then((a) => a.text() || 'refused', () => 'refused')""",
        ):
            assert other.evaluate(script, target) in ("refused", "")
        other.set_content(f"<iframe src='{target}'></iframe>")
        assert not [frame for frame in other.frames[1:] if frame.url.startswith(target) and frame.locator(".brand").count()]
        server.shutdown()
    assert shown(planned) == before
    assert "a cat" not in planned.evaluate("() => fetch('/api/plans').then((answer) => answer.text())")


@pytest.fixture(scope="module")
def script(chromium):
    """The page's own computation of frames."""
    page = chromium.new_page()
    page.add_script_tag(content=bundle("dss.js") + "window.dss = module_dss;")
    yield page
    page.close()


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(dss=plans(), pick=st.integers(0, 2**16))
def test_the_page_computes_the_frames_that_the_renderer_draws(script, dss: DSS, pick):
    index = pick % dss.frame_count
    frame = dss.frames()[index]
    counted, seen = script.evaluate(
        "([plan, i]) => [dss.frameCount(plan), dss.frameOf(plan, i)]", [json.loads(dss.model_dump_json()), index]
    )
    assert counted == dss.frame_count
    assert seen["description"] == frame.description
    assert [(one["id"], one["phrase"], one["depth"]) for one in seen["objects"]] == [
        (one.id, one.phrase, one.depth) for one in frame.objects
    ]
    for one, two in zip(seen["objects"], frame.objects, strict=True):
        assert one["box"] == pytest.approx(two.box.model_dump(), abs=1e-9)
    moved = frame.background.model_dump(include={"dx", "dy", "scale", "angle"})
    assert seen["background"] == pytest.approx(moved, rel=1e-9, abs=1e-9)
