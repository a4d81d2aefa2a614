"""The tables of render jobs and approvals in SQLite, and every change of state that servers and workers make in them."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from flowzero.errors import InputError, ResourceError
from flowzero.files import reason
from flowzero.plan import Plan

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]

MAX_ATTEMPTS = 2
"""How often a job is begun by itself: a worker that dies twice over the same job would die again."""
BEAT = 1.0
"""Seconds between a worker's signs of life."""
SILENCE = 30.0
"""Seconds without a sign of life after which a worker counts as dead."""
KEEP_DAYS = 30

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, state TEXT NOT NULL, plan TEXT NOT NULL,
    options TEXT NOT NULL, video TEXT NOT NULL, prompt TEXT NOT NULL, plan_id TEXT, version INTEGER,
    progress REAL NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
    cancelling INTEGER NOT NULL DEFAULT 0, worker TEXT, error TEXT, result TEXT,
    created REAL NOT NULL, started REAL, finished REAL
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS approvals (plan TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (plan, version));
CREATE TABLE IF NOT EXISTS workers (token TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, beat REAL NOT NULL);
"""


class JobStore:
    """The jobs of one home folder, safe to use from many threads and processes.

    Raises:
        ResourceError: from every method, if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ResourceError(f"cannot make {str(path.parent)!r}: {reason(error)}; set FLOWZERO_HOME.") from None
        self._connection: sqlite3.Connection | None = None
        with self._guarded() as db:
            db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file; the next call opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def add(self, id: str, plan: Plan, options: str, video: Path) -> None:
        """Put a new job at the end of the queue."""
        values = (id, plan.to_json(), options, str(video), plan.dss.prompt, plan.id, plan.version, time.time())
        with self._transaction() as db:
            db.execute(
                "INSERT INTO jobs (id, state, plan, options, video, prompt, plan_id, version, created, message)"
                " VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, 'waiting')",
                values,
            )

    def row(self, id: str) -> sqlite3.Row:
        """A job's row.

        Raises:
            InputError: if there is no such job.
        """
        row = self._one("SELECT * FROM jobs WHERE id = ?", id)
        if row is None:
            raise InputError(f"there is no render job {id[:40]!r}: list the jobs to see their ids.")
        return row

    def same(self, plan: str, options: str) -> sqlite3.Row | None:
        """A job for the same plan with the same options that still waits or runs."""
        query = "SELECT * FROM jobs WHERE state IN ('queued', 'running') AND NOT cancelling AND options = ? AND plan = ?"
        return self._one(query, options, plan)

    def newest(self, limit: int) -> list[sqlite3.Row]:
        """The newest jobs, newest first."""
        return self._all("SELECT * FROM jobs ORDER BY number DESC LIMIT ?", limit)

    def count(self, state: State) -> int:
        """How many jobs are in that state."""
        return self._number("SELECT count(*) FROM jobs WHERE state = ?", state)

    def unfinished(self) -> set[str]:
        """The ids of jobs that may go on where they were: those that wait or run, and those that can be retried."""
        return {row["id"] for row in self._all("SELECT id FROM jobs WHERE state IN ('queued', 'running', 'failed')")}

    def before(self, number: int) -> int:
        """How many jobs are run before the one with that number."""
        return self._number("SELECT count(*) FROM jobs WHERE state = 'running' OR (state = 'queued' AND number < ?)", number)

    def claim(self, token: str) -> sqlite3.Row | None:
        """Take the oldest waiting job, unless one is running already: the device is for one at a time."""
        with self._transaction() as db:
            if db.execute("SELECT 1 FROM jobs WHERE state = 'running'").fetchone():
                return None
            row: sqlite3.Row | None = db.execute(
                "UPDATE jobs SET state = 'running', worker = ?, started = ?, attempts = attempts + 1, progress = 0,"
                " message = 'starting' WHERE id = (SELECT id FROM jobs WHERE state = 'queued' ORDER BY number LIMIT 1)"
                " RETURNING *",
                (token, time.time()),
            ).fetchone()
            return row

    def report(self, id: str, token: str, progress: float, message: str) -> None:
        """Say how far a running job is."""
        with self._transaction() as db:
            db.execute(
                "UPDATE jobs SET progress = ?, message = ? WHERE id = ? AND worker = ? AND state = 'running'",
                (progress, message, id, token),
            )

    def wanted(self, id: str, token: str) -> bool:
        """Whether the worker is to go on with this job."""
        query = "SELECT 1 FROM jobs WHERE id = ? AND worker = ? AND state = 'running' AND NOT cancelling"
        return self._one(query, id, token) is not None

    def finish(self, id: str, token: str, state: State, *, error: str | None = None, result: str | None = None) -> None:
        """End a running job; nothing happens if it has been taken from this worker meanwhile."""
        message = {"succeeded": "done", "cancelled": "cancelled"}.get(state, error or "")
        with self._transaction() as db:
            db.execute(
                "UPDATE jobs SET state = ?, message = ?, error = ?, result = ?, finished = ?, worker = NULL,"
                " progress = CASE WHEN ? THEN 1 ELSE progress END WHERE id = ? AND worker = ? AND state = 'running'",
                (state, message, error, result, time.time(), state == "succeeded", id, token),
            )

    def put_back(self, id: str, token: str) -> None:
        """Return a job to the queue as if it had not been begun, when its worker is asked to end."""
        with self._transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'queued', worker = NULL, started = NULL, progress = 0, message = 'waiting',"
                " attempts = attempts - 1 WHERE id = ? AND worker = ? AND state = 'running'",
                (id, token),
            )

    def cancel(self, id: str) -> None:
        """Cancel a job that waits; ask the worker of one that runs."""
        with self._transaction() as db:
            db.execute("UPDATE jobs SET cancelling = 1, message = 'stopping' WHERE id = ? AND state = 'running'", (id,))
            db.execute(
                "UPDATE jobs SET state = 'cancelled', message = 'cancelled', finished = ? WHERE id = ? AND state = 'queued'",
                (time.time(), id),
            )

    def requeue(self, id: str) -> None:
        """Give a failed or cancelled job its attempts back and put it into the queue."""
        with self._transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'queued', message = 'waiting', attempts = 0, cancelling = 0, progress = 0,"
                " error = NULL, started = NULL, finished = NULL WHERE id = ? AND state IN ('failed', 'cancelled')",
                (id,),
            )

    def recover(self) -> int:
        """Deal with running jobs whose worker has died: queue them again, or give up after the last attempt.

        Returns:
            How many there were.
        """
        running = self._all("SELECT id, worker, attempts, cancelling FROM jobs WHERE state = 'running'")
        alive = self.workers() if running else set()
        lost = [row for row in running if row["worker"] not in alive]
        for row in lost:
            state, text = _after_death(row)
            values = (state, text, text if state == "failed" else None, None if state == "queued" else time.time())
            with self._transaction() as db:
                db.execute(
                    "UPDATE jobs SET state = ?, message = ?, error = ?, finished = ?, worker = NULL, progress = 0"
                    " WHERE id = ? AND worker = ? AND state = 'running'",
                    (*values, row["id"], row["worker"]),
                )
        return len(lost)

    def beat(self, token: str, pid: int) -> None:
        """A worker's sign of life."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO workers VALUES (?, ?, ?, ?) ON CONFLICT (token) DO UPDATE SET beat = excluded.beat",
                (token, socket.gethostname(), pid, time.time()),
            )

    def leave(self, token: str) -> None:
        """A worker's farewell."""
        with self._transaction() as db:
            db.execute("DELETE FROM workers WHERE token = ?", (token,))

    def workers(self) -> set[str]:
        """The tokens of workers that are alive; the dead are forgotten."""
        rows = self._all("SELECT * FROM workers")
        dead = [row["token"] for row in rows if not _alive(row)]
        for token in dead:
            self.leave(token)
        return {row["token"] for row in rows} - set(dead)

    def approve(self, plan: str, version: int) -> None:
        """Note that a person has approved a plan's version."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO approvals VALUES (?, ?)", (plan, version))

    def approved(self, plan: str, version: int) -> bool:
        """Whether a person has approved that version."""
        return self._one("SELECT 1 FROM approvals WHERE plan = ? AND version = ?", plan, version) is not None

    def forget(self, days: float = KEEP_DAYS) -> None:
        """Remove the records of jobs that finished so long ago; their videos stay."""
        with self._transaction() as db:
            db.execute("DELETE FROM jobs WHERE finished IS NOT NULL AND finished < ?", (time.time() - days * 86_400,))

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._guarded() as db:
            return db.execute(query, values).fetchall()

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        return next(iter(self._all(query, *values)), None)

    def _number(self, query: str, *values: Any) -> int:
        return int(self._all(query, *values)[0][0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One change that happens whole or not at all."""
        with self._guarded() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time, with its errors as ours."""
        try:
            with self._lock:
                yield self._open()
        except sqlite3.Error as error:
            raise ResourceError(f"the job store {str(self._path)!r} cannot be used: {reason(error)}.") from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=15, isolation_level=None, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
        return self._connection


def _alive(row: sqlite3.Row) -> bool:
    """Whether a worker still is: it said so lately and, where that can be seen, its process exists."""
    if time.time() - row["beat"] > SILENCE:
        return False
    if row["host"] != socket.gethostname() or os.name == "nt":
        return True
    try:
        os.kill(row["pid"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _after_death(row: sqlite3.Row) -> tuple[State, str]:
    """What becomes of a job whose worker has died, and how that is said."""
    if row["cancelling"]:
        return "cancelled", "cancelled"
    if row["attempts"] < MAX_ATTEMPTS:
        return "queued", "interrupted; waiting to be rendered again"
    return "failed", f"the renderer was killed {row['attempts']} times over this job; memory may be short. It can be retried."
