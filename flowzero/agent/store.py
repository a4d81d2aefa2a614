"""Plans and their versions, kept in one SQLite file.

A plan has an id and versions; each version knows its parent, the instruction that made it, and all its rounds. Nothing is ever
overwritten: undoing moves a plan's head back to the parent, and what is kept next becomes a sibling. Every call opens the file
anew and is one transaction, so that threads and processes may share a store.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flowzero.agent.edits import Edit, describe, diff
from flowzero.dss import DSS
from flowzero.errors import OutputError, PlanError
from flowzero.plan import Plan, parse_plan

_TABLES = """
CREATE TABLE IF NOT EXISTS plans (
    id TEXT PRIMARY KEY, prompt TEXT NOT NULL, created TEXT NOT NULL, head INTEGER NOT NULL,
    origin TEXT, origin_version INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS versions (
    plan TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE, version INTEGER NOT NULL, parent INTEGER,
    instruction TEXT NOT NULL, created TEXT NOT NULL, confidence REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (plan, version)
) STRICT;
"""

_POLITE = (
    r"(please |no |oh |ok |okay |hmm |sorry |actually |wait |that was wrong |(can|could|would|will) (you|we) |"
    r"i (d like|would like|want) to |let s |let us |just )*"
)
_LAST = r"( (that|it|this|again|please|now|to|the|my|your|last|previous|one|a|change|edit|step|version|revision))*"
_UNDO = re.compile(
    rf"{_POLITE}(undo|revert|go (one step |a step )?back|step back|roll( (that|it|this))? back|never ?mind|"
    r"(take|put) (that|it|this) back|"
    rf"(scratch|cancel|forget|discard) (that|it|this|the last (change|edit)))( undo| revert)?{_LAST}"
)
_REDO = re.compile(rf"{_POLITE}(redo|undo (the|that|my) (last )?undo|bring (that|it|this) back){_LAST}")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Version(_Value):
    """One version of a plan, without its body."""

    version: int
    parent: int | None = Field(description="the version it was made from; None for the first")
    instruction: str = Field(description="what was asked for; empty for the first")
    created: str = Field(description="when, in UTC, as ISO 8601")
    confidence: float
    current: bool = Field(description="whether this is the plan's head")


class Summary(_Value):
    """One stored plan in a list."""

    id: str
    prompt: str
    created: str
    version: int = Field(description="its head")
    versions: int = Field(description="how many there are")
    origin: str | None = Field(description="the plan that it was branched from")


class Diff(_Value):
    """What differs between two plans: the edits that lead from one to the other, and each as a sentence."""

    edits: tuple[Edit, ...]
    changes: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.changes) or "Nothing differs."


def difference(before: DSS, after: DSS) -> Diff:
    """What differs between two plans."""
    edits = diff(before, after)
    return Diff(edits=edits, changes=tuple(describe(edit) for edit in edits))


class PlanStore:
    """The plans in one file, which is made on first use.

    Every method raises :class:`~flowzero.errors.PlanError` for a plan or version that is not there, and
    :class:`~flowzero.errors.OutputError` if the file cannot be used.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._turn = threading.Lock()
        """SQLite sleeps where it waits; threads of one process queue here instead."""
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file; the store opens it again when it is used."""
        with self._turn:
            if self._db is not None:
                self._db.close()
                self._db = None

    def __del__(self) -> None:
        if self._db is not None:
            self._db.close()

    def keep(self, plan: Plan, instruction: str = "") -> Plan:
        """Keep a plan: as a new version of the one it was made from, or as a new plan. Gives it back with id and version."""
        with self._open() as db:
            parent = plan.version if plan.id is not None and _exists(db, plan.id) else None
            if plan.id is None or parent is None:
                return _insert(db, plan, instruction)
            _row(db, plan.id, parent)
            return _append(db, plan, plan.id, parent, instruction)

    def load(self, id: str, version: int | None = None) -> Plan:
        """A plan's version; its head when none is named."""
        with self._open() as db:
            return _load(db, id, version)

    def history(self, id: str) -> tuple[Version, ...]:
        """All versions of a plan, the oldest first."""
        with self._open() as db:
            head = _head(db, id)
            rows = db.execute(
                "SELECT version, parent, instruction, created, confidence FROM versions WHERE plan = ? ORDER BY version", (id,)
            )
            return tuple(Version(**dict(row), current=row["version"] == head) for row in rows)

    def plans(self, limit: int = 100) -> tuple[Summary, ...]:
        """The stored plans, the newest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT id, prompt, created, head AS version, origin,"
                " (SELECT count(*) FROM versions WHERE plan = id) AS versions FROM plans ORDER BY rowid DESC LIMIT ?",
                (limit,),
            )
            return tuple(Summary(**dict(row)) for row in rows)

    def undo(self, id: str) -> Plan:
        """Go back to the version that the head was made from; nothing is lost.

        Raises:
            PlanError: at the first version, too.
        """
        with self._open() as db:
            head = _head(db, id)
            parent = _row(db, id, head)["parent"]
            if parent is None:
                raise PlanError(f"there is nothing to undo in plan {id!r}: this is its first version.")
            return _move(db, id, parent)

    def redo(self, id: str) -> Plan:
        """Go forward again to the newest version that was made from the head.

        Raises:
            PlanError: if nothing was made from it, too.
        """
        with self._open() as db:
            row = db.execute(
                "SELECT max(version) AS version FROM versions WHERE plan = ? AND parent = ?", (id, _head(db, id))
            ).fetchone()
            if row["version"] is None:
                raise PlanError(f"there is nothing to redo in plan {id!r}: nothing was made from its current version.")
            return _move(db, id, row["version"])

    def walk(self, id: str, instruction: str) -> Plan | None:
        """Undo or redo, if that is what the instruction says; None if it says anything else."""
        words = " ".join(re.findall(r"[a-z]+", instruction.lower()))
        if _REDO.fullmatch(words):
            return self.redo(id)
        return self.undo(id) if _UNDO.fullmatch(words) else None

    def branch(self, id: str, version: int | None = None) -> Plan:
        """A new plan that begins as a version of another; the two go separate ways from there."""
        with self._open() as db:
            source = _load(db, id, version)
            return _insert(db, source, "", origin=(id, source.version))

    def diff(self, id: str, before: int, after: int | None = None) -> Diff:
        """What differs between two versions of a plan; `after` is its head when not given."""
        with self._open() as db:
            return difference(_load(db, id, before).dss, _load(db, id, after).dss)

    def delete(self, id: str) -> None:
        """Forget a plan and all its versions."""
        with self._open() as db:
            _head(db, id)
            db.execute("DELETE FROM plans WHERE id = ?", (id,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._turn:
                db = self._connect()
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    db.execute("ROLLBACK")
                    raise
                db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise OutputError(
                f"the plan store {str(self.path)!r} cannot be used: {error}; check the file and its folder."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        if self._db is not None and self.path.exists():
            return self._db
        if self._db is not None:
            self._db.close()
            self._db = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=15, isolation_level=None, check_same_thread=False)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA foreign_keys = ON")
            # With a write-ahead log, a killed process loses nothing; only a power cut can take the last change.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(_TABLES)
        except BaseException:
            db.close()
            raise
        self._db = db
        return db


def _insert(db: sqlite3.Connection, plan: Plan, instruction: str, origin: tuple[str | None, int | None] = (None, None)) -> Plan:
    name = _new_name(db, plan.dss.prompt)
    db.execute("INSERT INTO plans VALUES (?, ?, ?, ?, ?, ?)", (name, plan.dss.prompt, _now(), 1, *origin))
    return _append(db, plan, name, None, instruction)


def _append(db: sqlite3.Connection, plan: Plan, id: str, parent: int | None, instruction: str) -> Plan:
    last = db.execute("SELECT max(version) AS last FROM versions WHERE plan = ?", (id,)).fetchone()["last"] or 0
    kept = plan.model_copy(update={"id": id, "version": last + 1})
    values = (id, last + 1, parent, instruction, _now(), kept.confidence, kept.model_dump_json())
    db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    db.execute("UPDATE plans SET head = ? WHERE id = ?", (last + 1, id))
    return kept


def _load(db: sqlite3.Connection, id: str, version: int | None) -> Plan:
    body = _row(db, id, _head(db, id) if version is None else version)["body"]
    plan = parse_plan(body)
    if not isinstance(plan, Plan):
        raise PlanError(f"plan {id!r} is damaged in the store: it holds no plan.")
    return plan


def _move(db: sqlite3.Connection, id: str, version: int) -> Plan:
    db.execute("UPDATE plans SET head = ? WHERE id = ?", (version, id))
    return _load(db, id, version)


def _exists(db: sqlite3.Connection, id: str) -> bool:
    return db.execute("SELECT 1 FROM plans WHERE id = ?", (id,)).fetchone() is not None


def _head(db: sqlite3.Connection, id: str) -> int:
    row = db.execute("SELECT head FROM plans WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise PlanError(f"there is no plan {id[:60]!r} in the store: list the stored plans.")
    head: int = row["head"]
    return head


def _row(db: sqlite3.Connection, id: str, version: int) -> sqlite3.Row:
    query = "SELECT * FROM versions WHERE plan = ? AND version = ?"
    row: sqlite3.Row | None = db.execute(query, (id, version)).fetchone() if 0 < version < 2**31 else None
    if row is None:
        _head(db, id)
        last = db.execute("SELECT max(version) AS last FROM versions WHERE plan = ?", (id,)).fetchone()["last"]
        raise PlanError(
            f"plan {id!r} has no version {version if abs(version) < 2**31 else 'of that number'}: it has 1..{last}."
        )
    return row


def _new_name(db: sqlite3.Connection, prompt: str) -> str:
    """A name that says a little of the prompt and is not taken."""
    words = [word for word in re.findall(r"[a-z]+", prompt.lower()) if len(word) > 2 and word not in ("the", "and", "from")]
    stem = "-".join(words[:3])[:32] or "plan"
    while True:
        name = f"{stem}-{secrets.token_hex(2)}"
        if not _exists(db, name):
            return name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
