"""Durable render jobs: a queue in SQLite that servers write to and worker processes read from.

A job outlives the process that asked for it. Servers stay without torch; a worker process owns it, renders one job at a
time, and ends when there is nothing to do. What can be done with a job is :class:`Jobs`; another executor, such as a
cluster's, can stand behind the same six calls.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from flowzero.errors import InputError, ResourceError
from flowzero.plan import Plan
from flowzero.tools.job_store import JobStore, State

_POLL = 0.1
_RESTART = 2.0
"""Seconds between two tries to start a worker: one that cannot start shall not be started ten times a second."""


class RenderOptions(BaseModel):
    """How a job shall be drawn; None leaves it to the backbone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    steps: Annotated[int, Field(ge=1, le=900)] | None = None
    guidance_scale: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    width: Annotated[int, Field(ge=8, le=4096)] | None = None
    height: Annotated[int, Field(ge=8, le=4096)] | None = None
    frames: Annotated[int, Field(ge=1, le=512)] | None = None
    format: Literal["mp4", "webm", "gif", "webp"] = "mp4"
    backbone: str = "embedded"
    device: str = "auto"


class Job(BaseModel):
    """A render job as it stands now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: State
    progress: float = Field(description="0..1")
    message: str = Field(description="what happens now, or how it ended")
    prompt: str
    plan_id: str | None
    version: int | None
    cancelling: bool = Field(description="somebody asked to stop; it takes effect within one denoising step")
    waiting: int = Field(description="jobs before this one in the queue")
    attempts: int
    video: Path | None = Field(description="the video, once it is written")
    error: str | None
    result: dict[str, Any] | None = Field(description="how it was rendered: seed, backbone, size, seconds of each stage")
    seconds: float | None = Field(description="since it was begun, or that it took")

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("succeeded", "failed", "cancelled")


class Jobs(Protocol):
    """What can be done with render jobs."""

    def submit(self, plan: Plan, options: RenderOptions) -> Job:
        """Queue a render and return at once; the same render that still waits or runs is not queued again."""

    def status(self, id: str) -> Job:
        """The job as it stands now."""

    def wait(self, id: str, timeout: float) -> Job:
        """The job once it is finished, or as it stands after `timeout` seconds."""

    def cancel(self, id: str) -> Job:
        """Stop a job: at once if it waits, within one denoising step if it runs."""

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again."""

    def recent(self, limit: int) -> list[Job]:
        """The newest jobs, newest first."""


class LocalJobs:
    """Jobs on this machine.

    Args:
        home: the folder of the job store.
        videos: the folder that videos are written to, and nothing outside of it.
        limit: how many jobs may wait.
        idle: seconds after which a worker without work ends.
    """

    def __init__(self, home: Path, videos: Path | None = None, limit: int = 100, idle: float = 300.0) -> None:
        self.home = home
        self.videos = videos or home / "videos"
        self.limit = limit
        self.idle = idle
        self.store = JobStore(home / "jobs.sqlite3")
        self._starting = threading.Lock()
        self._started = -_RESTART

    def submit(self, plan: Plan, options: RenderOptions) -> Job:
        """Queue a render; see :class:`Jobs`.

        Raises:
            ResourceError: if the queue is full, or the job store cannot be used.
        """
        self.store.recover()
        row = self.store.same(plan.to_json(), options.model_dump_json())
        if row is None:
            if self.store.count("queued") >= self.limit:
                raise ResourceError(f"the queue is full: {self.limit} renders wait; wait for one to finish, or cancel one.")
            name = secrets.token_hex(4)
            stem = "-".join(re.findall(r"[a-z0-9]+", plan.dss.prompt.lower()))[:40].strip("-") or "video"
            self.store.add(name, plan, options.model_dump_json(), self.videos / f"{stem}-{name}.{options.format}")
            row = self.store.row(name)
        self._ensure_worker()
        return self._job(row)

    def status(self, id: str) -> Job:
        """The job as it stands now.

        Raises:
            InputError: if there is no such job.
        """
        self.store.recover()
        row = self.store.row(id)
        if row["state"] == "queued":
            self._ensure_worker()
        return self._job(row)

    def wait(self, id: str, timeout: float) -> Job:
        """The job once it is finished, or as it stands after `timeout` seconds.

        Raises:
            InputError: if there is no such job.
        """
        until = time.monotonic() + timeout
        while not (job := self.status(id)).finished and time.monotonic() < until:
            time.sleep(min(_POLL, max(until - time.monotonic(), 0)))
        return job

    def cancel(self, id: str) -> Job:
        """Stop a job that waits or runs; one that is finished stays as it is.

        Raises:
            InputError: if there is no such job.
        """
        self.store.row(id)
        self.store.recover()
        self.store.cancel(id)
        return self._job(self.store.row(id))

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again.

        Raises:
            InputError: if there is no such job, or it is not one of these.
        """
        job = self.status(id)
        if job.state not in ("failed", "cancelled"):
            raise InputError(f"job {id} is {job.state}: only a failed or cancelled one can be tried again.")
        self.store.requeue(id)
        self._ensure_worker()
        return self._job(self.store.row(id))

    def recent(self, limit: int = 20) -> list[Job]:
        """The newest jobs, newest first."""
        self.store.recover()
        return [self._job(row) for row in self.store.newest(limit)]

    def _job(self, row: sqlite3.Row) -> Job:
        begun, ended = row["started"], row["finished"]
        return Job(
            id=row["id"],
            state=row["state"],
            progress=row["progress"],
            message=row["message"],
            prompt=row["prompt"],
            plan_id=row["plan_id"],
            version=row["version"],
            cancelling=bool(row["cancelling"]) and row["state"] == "running",
            waiting=self.store.before(row["number"]) if row["state"] == "queued" else 0,
            attempts=row["attempts"],
            video=Path(row["video"]) if row["state"] == "succeeded" else None,
            error=row["error"],
            result=json.loads(row["result"]) if row["result"] else None,
            seconds=round((ended or time.time()) - begun, 3) if begun else None,
        )

    def _ensure_worker(self) -> None:
        """Start a worker process if jobs wait and none is alive."""
        with self._starting:
            if time.monotonic() - self._started < _RESTART or not self.store.count("queued") or self.store.workers():
                return
            self._started = time.monotonic()
            log = self.home / "worker.log"
            if log.exists() and log.stat().st_size > 1_000_000:
                log.unlink()
            token = secrets.token_hex(8)
            command = [sys.executable, "-m", "flowzero.tools.worker", str(self.home), token, str(self.idle)]
            with log.open("ab") as output:
                process = subprocess.Popen(  # noqa: S603
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
                )
            self.store.beat(token, process.pid)
            threading.Thread(target=process.wait, daemon=True).start()
