"""The process that owns torch: renders queued jobs, one at a time, and ends when there has been nothing to do for a while."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from flowzero import __version__
from flowzero.errors import FlowZeroError, RenderCancelledError, ResourceError
from flowzero.plan import Plan
from flowzero.tools.job_store import BEAT, JobStore
from flowzero.tools.jobs import RenderOptions

if TYPE_CHECKING:
    import sqlite3

    from flowzero.events import Event

_LOG = logging.getLogger(__name__)
_PAUSE = 0.1
_KEEP_EVERY = 2.0
"""Seconds of drawing that a kill may cost; to keep more often would slow short renders down."""
_WRITE_EVERY = 0.2
"""Seconds between progress reports."""


class Worker:
    """One worker.

    Args:
        home: the folder of the job store.
        token: its name in the store.
        idle: seconds without work after which it ends.
    """

    def __init__(self, home: Path, token: str, idle: float) -> None:
        self.home = home
        self.store = JobStore(home / "jobs.sqlite3")
        self.token = token
        self.idle = idle
        self._ended = threading.Event()

    def run(self) -> None:
        """Work until there is nothing to do."""
        heart = threading.Thread(target=self._beat, daemon=True)
        heart.start()
        try:
            self.store.forget()
            self._sweep()
            until = time.monotonic() + self.idle
            while time.monotonic() < until:
                self.store.recover()
                row = self.store.claim(self.token)
                if row is None:
                    time.sleep(_PAUSE)
                    continue
                self._render(row)
                until = time.monotonic() + self.idle
        finally:
            self._ended.set()
            heart.join()
            self.store.leave(self.token)
            self.store.close()

    def _beat(self) -> None:
        while True:
            with contextlib.suppress(ResourceError):  # a store that is busy now takes the next sign
                self.store.beat(self.token, os.getpid())
            if self._ended.wait(BEAT):
                return

    def _render(self, row: sqlite3.Row) -> None:
        """Render one claimed job and write down how it ended."""
        from flowzero import api

        job = row["id"]
        options = RenderOptions.model_validate_json(row["options"])
        snapshot = self._snapshot(row)
        try:
            video = api.render(
                Plan.model_validate_json(row["plan"]),
                row["video"],
                overwrite=True,
                snapshot=snapshot,
                snapshot_every=_KEEP_EVERY,
                on_event=_Progress(self.store, job, self.token),
                should_cancel=lambda: not self.store.wanted(job, self.token),
                **options.model_dump(exclude={"format"}),
            )
            self.store.finish(job, self.token, "succeeded", result=video.model_dump_json(exclude={"plan", "path"}))
        except RenderCancelledError:
            self.store.finish(job, self.token, "cancelled")
        except FlowZeroError as error:
            self.store.finish(job, self.token, "failed", error=str(error))
        except MemoryError:
            self.store.finish(job, self.token, "failed", error="memory ran out: ask for fewer frames or a smaller size.")
        except Exception as error:
            self.store.finish(job, self.token, "failed", error=f"a fault in FlowZero ({type(error).__name__}: {error}).")
            _LOG.exception("job %s failed", job)
        except BaseException:
            self.store.put_back(job, self.token)
            raise
        snapshot.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove the states of jobs that are forgotten or done."""
        going_on = self.store.unfinished()
        for path in (self.home / "snapshots").glob("*.pt"):
            if path.name.partition("-")[0] not in going_on:
                path.unlink(missing_ok=True)

    def _snapshot(self, row: sqlite3.Row) -> Path:
        """Where a job's state is kept on its way; what an earlier version of the package has left there is of no use."""
        folder = self.home / "snapshots"
        folder.mkdir(exist_ok=True)
        path = folder / f"{row['id']}-{__version__}.pt"
        for other in folder.glob(f"{row['id']}-*.pt"):
            if other != path:
                other.unlink(missing_ok=True)
        return path


class _Progress:
    """Passes events on to the job store."""

    def __init__(self, store: JobStore, id: str, token: str) -> None:
        self._store, self._id, self._token = store, id, token
        self._written = 0.0

    def __call__(self, event: Event) -> None:
        now = time.monotonic()
        if now - self._written >= _WRITE_EVERY or event.done is None:
            self._store.report(self._id, self._token, _fraction(event), event.message)
            self._written = now


def _fraction(event: Event) -> float:
    """How much of a job is done: nearly all of its time goes into denoising."""
    if event.stage == "render" and event.done is not None and event.total:
        return 0.05 + 0.9 * event.done / event.total
    return {"load": 0.02, "render": 0.05, "write": 0.97}.get(event.stage, 0.01)


def _give_way() -> None:
    """Where memory runs out, the kernel shall end this process rather than the server or the user's other programs."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    _give_way()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    Worker(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])).run()
