import asyncio
import json
import subprocess
import sys
import time

import numpy as np
import pytest

import flowzero
from flowzero import api
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError, LLMUnavailableError, OutputError, PlanError, PromptError, SettingsError
from flowzero.events import Event
from flowzero.plan import Plan
from flowzero.settings import load_settings

BALL = "a red ball rolls from the left to the right across a green meadow"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A folder with a tiny random GLIGEN checkpoint, which renders in a second."""
    from tests.renderer import tiny

    folder = tmp_path_factory.mktemp("tiny")
    tiny.pipeline(folder / "parts").save_pretrained(folder / "model")
    return str(folder / "model")


def test_public_names_are_sorted_and_all_there():
    assert flowzero.__all__ == sorted(flowzero.__all__)
    assert set(flowzero.__all__) <= set(dir(flowzero))
    assert all(getattr(flowzero, name) is not None for name in flowzero.__all__)
    with pytest.raises(AttributeError, match="no attribute 'paln'"):
        flowzero.paln  # noqa: B018


@pytest.mark.parametrize("first", ["from flowzero.plan import Plan", "import flowzero.plan", "flowzero.DSS"])
def test_plan_is_the_function_whatever_was_imported_before(first):
    code = f"import flowzero; {first}; assert flowzero.plan is flowzero.api.plan; from flowzero.plan import Plan"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_and_planning_load_neither_torch_nor_a_language_models_client():
    code = (
        "import sys, flowzero; flowzero.plan('a red ball rolls to the right');"
        "print([name for name in ('torch', 'diffusers', 'transformers', 'langchain_openai', 'openai') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "[]"


def test_a_plan_can_be_made_checked_fixed_and_written():
    plan = flowzero.plan(BALL, seconds=3, fps=4)
    assert isinstance(plan, Plan)
    assert plan.passed
    assert (plan.dss.seconds, plan.dss.fps, plan.dss.frame_count) == (3, 4, 12)
    assert flowzero.check(plan).findings == plan.findings
    assert flowzero.fix(plan).dss == plan.dss
    assert flowzero.check(plan).mind == "builtin"
    assert flowzero.check(plan.dss).mind == "given"


def test_checking_against_another_prompt_measures_that_one():
    plan = flowzero.plan(BALL)
    other = flowzero.check(plan, "three blue cats sleep")
    assert not other.passed
    assert other.dss.objects == plan.dss.objects
    assert other.dss.prompt == "three blue cats sleep"


def test_the_waiting_functions_work_inside_a_running_loop():
    async def notebook():
        return flowzero.plan(BALL), flowzero.check(flowzero.plan(BALL).dss)

    first, second = asyncio.run(notebook())
    assert first.dss == second.dss


def test_the_awaited_functions_give_what_the_waiting_ones_do():
    async def awaited():
        plan = await flowzero.aplan(BALL)
        return plan, await flowzero.acheck(plan), await flowzero.afix(plan)

    plan, checked, fixed = asyncio.run(awaited())
    assert plan == flowzero.plan(BALL)
    assert checked.dss == fixed.dss == plan.dss


def test_revising_changes_what_is_named_and_a_revised_plan_stays_revised():
    plan = flowzero.plan("a red ball rolls from the left to the right and a blue cube stands still")
    revised = flowzero.revise(plan, "make the ball green")
    assert {item.phrase for item in revised.dss.objects} == {"a green ball", "a blue cube"}
    assert revised.dss.object("cube") == plan.dss.object("cube")
    assert revised.passed
    again = flowzero.revise(revised, "move the ball up")
    assert again.dss.object("ball").phrase == "a green ball"
    assert flowzero.check(again).passed
    assert flowzero.fix(again).dss == again.dss
    assert not flowzero.check(again, "a red ball").passed


def test_revisions_in_a_store_are_versions_and_can_be_undone(tmp_path):
    store = flowzero.PlanStore(tmp_path / "plans.db")
    plan = flowzero.plan(BALL, store=store)
    revised = flowzero.revise(plan, "make the ball green", store=store)
    assert (plan.version, revised.version, revised.id) == (1, 2, plan.id)
    assert flowzero.revise(revised, "undo that", store=store) == plan
    assert flowzero.revise(plan, "redo", store=store) == revised
    assert store.history(plan.id)[1].instruction == "make the ball green"
    assert any("ball" in change for change in store.diff(plan.id, 1, 2).changes)


def test_an_instruction_that_nobody_understands_is_a_prompt_error():
    with pytest.raises(PromptError, match="nothing in 'xyzzy plugh' was understood"):
        flowzero.revise(flowzero.plan(BALL), "xyzzy plugh")


def test_many_plans_may_be_awaited_at_once():
    async def several():
        return await asyncio.gather(*(flowzero.aplan(f"{n} red balls roll to the right") for n in ("two", "three", "four")))

    assert [len(plan.dss.objects) for plan in asyncio.run(several())] == [2, 3, 4]


def test_a_batch_keeps_the_order_and_goes_on_after_an_error():
    made = list(flowzero.plan_batch([BALL, "", "a dog sleeps"], seconds=1))
    assert [type(item) for item in made] == [Plan, PromptError, Plan]
    assert made[2].dss.seconds == 1
    with pytest.raises(SettingsError):
        list(flowzero.plan_batch([BALL], settings=load_settings(threshold=2)))


def test_what_a_listener_raises_ends_the_work():
    class StopError(Exception):
        pass

    def listener(_event):
        raise StopError

    with pytest.raises(StopError):
        flowzero.plan(BALL, on_event=listener)


def test_a_language_model_that_cannot_be_reached_is_a_typed_error():
    settings = load_settings(llm_base_url="http://127.0.0.1:9/v1", llm_model="none", llm_retries=0)
    with pytest.raises(LLMUnavailableError, match="cannot be reached"):
        flowzero.plan(BALL, settings=settings)


def test_a_plan_file_is_read_back_equal(tmp_path):
    plan = flowzero.plan(BALL)
    path = tmp_path / "ball.json"
    path.write_text(plan.to_json())
    assert flowzero.load_plan(path) == plan
    path.write_text(plan.dss.to_json())
    assert flowzero.load_plan(str(path)) == plan.dss


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"dss": {}}', b"NaN"])
def test_a_plan_file_that_is_none_is_a_plan_error(tmp_path, content):
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(PlanError):
        flowzero.load_plan(path)


@pytest.mark.parametrize("source", ["ball.json", None, {"objects": []}])
def test_what_is_no_plan_is_a_plan_error(source):
    for function in (flowzero.check, flowzero.fix):
        with pytest.raises(PlanError, match=r"flowzero.load_plan"):
            function(source)
    with pytest.raises(PlanError, match=r"flowzero.load_plan"):
        flowzero.revise(source, "make it green")


def test_a_plan_file_that_is_missing_a_folder_or_huge_is_a_plan_error(tmp_path):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(api.MAX_PLAN_FILE + 1)
    for path in (tmp_path / "nothing.json", tmp_path, huge, "a\x00b.json"):
        with pytest.raises(PlanError):
            flowzero.load_plan(path)


@pytest.mark.parametrize("name", ["ball.gif", "ball.webp", "ball.mp4", "ball.png"])
def test_a_preview_is_drawn_from_a_prompt_a_plan_or_a_dss(tmp_path, name):
    plan = flowzero.plan(BALL)
    for k, source in enumerate((BALL, plan, plan.dss)):
        path = flowzero.preview(source, tmp_path / f"{k}-{name}", width=64, height=64, frames=4)
        assert path.stat().st_size > 100


def test_a_preview_refuses_before_any_work(tmp_path):
    taken = tmp_path / "taken.gif"
    taken.write_bytes(b"mine")
    with pytest.raises(OutputError):
        flowzero.preview(BALL, taken)
    with pytest.raises(OutputError):
        flowzero.preview("", tmp_path / "ball.exe")
    assert taken.read_bytes() == b"mine"


def test_a_prompt_becomes_a_video_that_says_how_it_was_made(tmp_path, checkpoint):
    events = []
    video = flowzero.render(
        BALL, tmp_path / "ball.mp4", backbone=checkpoint, seed=7, steps=2, width=32, height=32, frames=3, on_event=events.append
    )
    assert video.path.stat().st_size > 100
    assert (video.frames, video.width, video.height, video.fps, video.seed) == (3, 32, 32, 1.5, 7)
    assert video.plan.dss.prompt == BALL
    assert {"plan", "load", "denoise", "decode", "write"} <= set(video.seconds)
    assert [event.stage for event in events] == ["plan", "check", "load", "render", "render", "write"]
    assert [(event.done, event.total) for event in events if event.stage == "render"] == [(1, 2), (2, 2)]
    assert json.loads(video.model_dump_json())["path"].endswith("ball.mp4")


def test_the_same_seed_gives_the_same_file(tmp_path, checkpoint):
    plan = flowzero.plan(BALL)
    paths = [
        flowzero.render(
            plan, tmp_path / f"{k}.webp", backbone=checkpoint, seed=seed, steps=1, width=32, height=32, frames=2
        ).path
        for k, seed in enumerate((1, 1, 2))
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()


def test_a_render_without_an_output_takes_a_free_name_from_the_prompt(tmp_path, checkpoint, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = flowzero.plan("a Dog/../runs to the left!")
    options = {"backbone": checkpoint, "steps": 1, "width": 32, "height": 32, "frames": 1}
    names = [flowzero.render(plan, **options).path.name for _ in range(2)]
    assert names == ["a-dog-runs-to-the-left.mp4", "a-dog-runs-to-the-left-2.mp4"]


def test_an_output_that_exists_is_refused_before_anything_is_planned_or_loaded(tmp_path):
    taken = tmp_path / "taken.mp4"
    taken.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists"):
        flowzero.render("", taken, backbone="no such backbone")
    assert taken.read_bytes() == b"mine"


@pytest.mark.parametrize("frames", [0, -1, 513, 10_000])
def test_a_frame_count_out_of_range_is_refused(tmp_path, checkpoint, frames):
    with pytest.raises(SettingsError, match="ask for 1"):
        flowzero.render(BALL, tmp_path / "ball.mp4", backbone=checkpoint, frames=frames)
    assert not list(tmp_path.iterdir())


def test_a_cancelled_render_stops_and_leaves_nothing(tmp_path, checkpoint):
    started = []

    async def cancelled():
        options = {"backbone": checkpoint, "steps": 500, "width": 32, "height": 32, "frames": 2, "on_event": started.append}
        work = asyncio.create_task(flowzero.arender(BALL, tmp_path / "ball.mp4", **options))
        while not any(event.stage == "render" for event in started):
            await asyncio.sleep(0.01)
        work.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await work
        return time.monotonic() - began

    assert asyncio.run(cancelled()) < 5
    assert not list(tmp_path.iterdir())
    assert all(isinstance(event, Event) for event in started)


def test_an_awaited_render_gives_a_video(tmp_path, checkpoint):
    video = asyncio.run(
        flowzero.arender(
            flowzero.plan(BALL).dss, tmp_path / "ball.gif", backbone=checkpoint, steps=1, width=32, height=32, frames=2
        )
    )
    assert video.path.exists()
    assert isinstance(video.plan.dss, DSS)
    assert np.isfinite(list(video.seconds.values())).all()


def test_every_error_of_the_tree_is_one_sentence_without_a_traceback():
    for call in (lambda: flowzero.plan(""), lambda: flowzero.plan("x" * 9999), lambda: flowzero.load_plan("nowhere.json")):
        with pytest.raises(FlowZeroError) as caught:
            call()
        assert "\n" not in str(caught.value)
        assert str(caught.value).endswith(".")
