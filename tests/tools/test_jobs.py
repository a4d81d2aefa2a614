import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from flowzero.dss import DSS, Box, Keyframe, Object, Scene
from flowzero.errors import InputError, ResourceError
from flowzero.plan import Plan
from flowzero.renderer.video import read_frames
from flowzero.settings import load_settings
from flowzero.tools.job_store import MAX_ATTEMPTS, JobStore
from flowzero.tools.jobs import LocalJobs, RenderOptions
from flowzero.tools.studio import Studio
from flowzero.tools.worker import Worker
from tests.tools.conftest import end


def plan(prompt: str = "a red ball rolls to the right") -> Plan:
    path = (Keyframe(t=0, box=Box(x=0.1, y=0.4, w=0.2, h=0.2)), Keyframe(t=1, box=Box(x=0.7, y=0.4, w=0.2, h=0.2)))
    ball = Object(id="ball", phrase="a red ball", path=path)
    dss = DSS(prompt=prompt, seconds=0.5, fps=8, scenes=(Scene(start=0, description="a red ball rolls"),), objects=(ball,))
    return Plan(dss=dss, confidence=1.0)


@pytest.fixture
def jobs(tmp_path):
    """A queue whose worker the test may kill."""
    jobs = LocalJobs(tmp_path / "home", idle=1.0)
    yield jobs
    end(jobs)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A queue whose worker has torch loaded already, for tests that leave it in peace."""
    jobs = LocalJobs(tmp_path_factory.mktemp("warm"), idle=60.0)
    yield jobs
    end(jobs)


def quick(checkpoint: str, **options) -> RenderOptions:
    return RenderOptions(backbone=checkpoint, steps=2, device="cpu", **options)


def long(checkpoint: str) -> RenderOptions:
    """A render that takes far longer than any test waits, in short steps."""
    return RenderOptions(backbone=checkpoint, steps=900, device="cpu")


def until(condition, timeout: float = 60.0):
    """What the condition returns, once that is true."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)
    return value


def worker_pid(jobs: LocalJobs) -> int:
    return until(lambda: jobs.store._all("SELECT pid FROM workers"))[0]["pid"]


def test_a_submitted_plan_becomes_a_video(warm, checkpoint):
    began = time.perf_counter()
    job = warm.submit(plan(), quick(checkpoint))
    assert time.perf_counter() - began < 1
    assert job.state == "queued"
    done = warm.wait(job.id, 60)
    assert (done.state, done.progress, done.error) == ("succeeded", 1.0, None)
    assert done.video.parent == warm.videos
    assert done.video.name == f"a-red-ball-rolls-to-the-right-{job.id}.mp4"
    assert len(read_frames(done.video)) == 4
    assert done.result["seed"] == 0
    assert done.seconds > 0


def test_the_same_render_is_not_queued_twice_while_it_waits(jobs, checkpoint):
    first = jobs.submit(plan(), long(checkpoint))
    assert jobs.submit(plan(), long(checkpoint)).id == first.id
    assert jobs.submit(plan("another ball"), long(checkpoint)).id != first.id


def test_jobs_run_one_at_a_time_and_in_order(warm, checkpoint):
    first = warm.submit(plan(), long(checkpoint))
    names = [warm.submit(plan(), quick(checkpoint, seed=seed)).id for seed in range(3)]
    assert [warm.status(name).waiting for name in names] == [1, 2, 3]
    warm.cancel(first.id)
    assert [warm.wait(name, 60).state for name in names] == ["succeeded"] * 3
    for before, after in pairwise(warm.store.row(name) for name in names):
        assert before["finished"] <= after["started"]


def test_a_waiting_job_is_cancelled_at_once(warm, checkpoint):
    first = warm.submit(plan(), long(checkpoint))
    second = warm.submit(plan(), quick(checkpoint))
    assert warm.cancel(second.id).state == "cancelled"
    warm.cancel(first.id)
    assert warm.wait(first.id, 30).state == "cancelled"


def test_a_running_job_is_cancelled_within_a_step_and_can_be_retried(jobs, checkpoint):
    job = jobs.submit(plan(), long(checkpoint))
    until(lambda: jobs.status(job.id).progress > 0.05)
    assert jobs.cancel(job.id).cancelling
    began = time.monotonic()
    stopped = jobs.wait(job.id, 10)
    assert stopped.state == "cancelled"
    assert time.monotonic() - began < 2
    assert not list(jobs.videos.glob("*")) if jobs.videos.exists() else True
    again = jobs.retry(job.id)
    assert again.state in ("queued", "running")
    until(lambda: jobs.status(job.id).progress > 0.05)
    jobs.cancel(job.id)
    assert jobs.wait(job.id, 10).state == "cancelled"


def test_a_job_whose_worker_is_killed_goes_on_where_it_was(jobs, checkpoint):
    job = jobs.submit(plan(), long(checkpoint))
    early = until(lambda: (now := jobs.status(job.id).progress) > 0.08 and now)
    seen = time.time()
    until(lambda: [kept for kept in jobs.home.glob(f"snapshots/{job.id}-*.pt") if kept.stat().st_mtime > seen])
    os.kill(worker_pid(jobs), signal.SIGKILL)
    until(lambda: jobs.status(job.id).attempts == 2)
    resumed = until(lambda: (now := jobs.status(job.id)).progress > 0.05 and now)
    assert resumed.state == "running"
    assert resumed.progress > early
    os.kill(worker_pid(jobs), signal.SIGKILL)
    failed = jobs.wait(job.id, 10)
    assert failed.state == "failed"
    assert "killed 2 times" in failed.error
    assert jobs.retry(job.id).state == "queued"


def test_a_worker_asked_to_end_puts_its_job_back(jobs, checkpoint):
    job = jobs.submit(plan(), long(checkpoint))
    until(lambda: jobs.status(job.id).progress > 0.05)
    os.kill(worker_pid(jobs), signal.SIGTERM)
    row = until(lambda: (now := jobs.store.row(job.id))["state"] == "queued" and now)
    assert row["attempts"] == 0


def test_a_killed_server_loses_no_job_and_never_had_torch(jobs, checkpoint):
    script = f"""
import os, signal, sys
from pathlib import Path
from flowzero.tools.jobs import LocalJobs, RenderOptions
from flowzero.plan import Plan
jobs = LocalJobs(Path({str(jobs.home)!r}), idle=1.0)
job = jobs.submit(Plan.model_validate_json(sys.stdin.read()), RenderOptions(backbone={checkpoint!r}, steps=2, device="cpu"))
assert "torch" not in sys.modules
print(job.id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], input=plan().to_json(), capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert jobs.wait(killed.stdout.strip(), 60).state == "succeeded"


def test_a_failed_render_says_why(warm, tmp_path):
    job = warm.submit(plan(), RenderOptions(backbone=str(tmp_path / "nowhere"), device="cpu"))
    failed = warm.wait(job.id, 60)
    assert failed.state == "failed"
    assert "nowhere" in failed.error


def test_a_full_queue_is_said(tmp_path, checkpoint):
    jobs = LocalJobs(tmp_path / "home", limit=2, idle=1.0)
    for number in range(2):
        jobs.store.add(f"job{number}", plan(), quick(checkpoint, seed=number).model_dump_json(), tmp_path / "a.mp4")
    with pytest.raises(ResourceError, match="queue is full: 2 renders wait"):
        jobs.submit(plan(), quick(checkpoint, seed=9))
    jobs.store.close()


@pytest.mark.parametrize("id", ["nope", "", "../../etc/passwd", "'; DROP TABLE jobs; --", "x" * 10_000])
def test_an_unknown_id_is_refused(warm, id):
    for call in (warm.status, warm.cancel, warm.retry):
        with pytest.raises(InputError, match="no render job"):
            call(id)


def test_what_a_prompt_says_stays_out_of_file_names(warm, checkpoint):
    job = warm.submit(plan("../../etc/x; rm -rf ~ $(id) \u202e"), quick(checkpoint))
    video = warm.wait(job.id, 60).video
    assert video.parent == warm.videos
    assert video.name == f"etc-x-rm-rf-id-{job.id}.mp4"


def test_a_store_that_is_not_one_is_said(tmp_path):
    (tmp_path / "jobs.sqlite3").write_bytes(b"this is not a database" * 100)
    with pytest.raises(ResourceError, match="cannot be used"):
        JobStore(tmp_path / "jobs.sqlite3")


def test_only_one_of_many_workers_gets_a_job(tmp_path):
    stores = [JobStore(tmp_path / "jobs.sqlite3") for _ in range(8)]
    for number in range(5):
        stores[0].add(f"job{number}", plan(), "{}", tmp_path / "a.mp4")
    with ThreadPoolExecutor(8) as pool:
        claimed = [row for row in pool.map(lambda store: store.claim("token"), stores) if row is not None]
    assert [row["id"] for row in claimed] == ["job0"]
    for store in stores:
        store.close()


def test_a_worker_that_lost_its_job_cannot_end_it(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite3")
    store.add("job", plan(), "{}", tmp_path / "a.mp4")
    store.claim("dead")
    assert store.recover() == 1
    store.claim("alive")
    assert not store.wanted("job", "dead")
    store.finish("job", "dead", "succeeded", result="{}")
    assert store.row("job")["state"] == "running"
    assert store.row("job")["attempts"] == MAX_ATTEMPTS
    store.close()


def test_records_of_old_jobs_are_forgotten(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite3")
    for name in ("old", "new", "waiting"):
        store.add(name, plan(), "{}", tmp_path / "a.mp4")
    for name in ("old", "new"):
        store.claim("token")
        store.finish(name, "token", "succeeded")
    with store._transaction() as db:
        db.execute("UPDATE jobs SET finished = finished - 40 * 86400 WHERE id = 'old'")
    store.forget()
    assert [row["id"] for row in store.newest(10)] == ["waiting", "new"]
    store.close()


def test_states_of_jobs_that_are_over_are_swept_away(tmp_path):
    store, snapshots = JobStore(tmp_path / "jobs.sqlite3"), tmp_path / "snapshots"
    snapshots.mkdir()
    for name in ("done", "failed", "waiting"):
        store.add(name, plan(), "{}", tmp_path / "a.mp4")
    for name, state in (("done", "succeeded"), ("failed", "failed")):
        store.claim("token")
        store.finish(name, "token", state)
    store.close()
    for name in ("done", "failed", "waiting", "forgotten"):
        (snapshots / f"{name}-1.0.pt").touch()
    worker = Worker(tmp_path, "token", idle=0.0)
    worker.run()
    assert {path.name for path in snapshots.iterdir()} == {"failed-1.0.pt", "waiting-1.0.pt"}


def test_a_video_that_became_a_link_is_not_handed_out(warm, checkpoint, tmp_path):
    made = warm.wait(warm.submit(plan("a red ball and a link"), quick(checkpoint)).id, 60)
    studio = Studio(load_settings(home=warm.home))
    assert asyncio.run(studio.video(made.id)) == made.video
    made.video.unlink()
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    made.video.symlink_to(tmp_path / "secret.mp4")
    with pytest.raises(InputError, match="the file is gone"):
        asyncio.run(studio.video(made.id))
    studio.jobs.store.close()
