"""Files that appear whole or not at all.

Whoever writes a file checks first that it may be written (:func:`check_writable`), works, and writes inside :func:`atomic`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flowzero.errors import OutputError, ResourceError

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def check_writable(path: Path, overwrite: bool = False) -> None:
    """Make sure, before any work, that a file may be written there.

    Raises:
        OutputError: if it exists and may not be replaced, is not a regular file, or its folder takes no new files.
        ResourceError: if the disk is full.
    """
    try:
        if "\0" in str(path):
            raise ValueError("embedded null character")
        if path.exists() and not path.is_file():
            kind = "folder" if path.is_dir() else "device or pipe"
            raise OutputError(f"{str(path)!r} is a {kind}, not a file: choose another name.")
        if (path.exists() or path.is_symlink()) and not overwrite:
            raise OutputError(f"{str(path)!r} exists: choose another name, or allow it to be replaced (--force).")
        check_folder(path.parent)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {str(path)!r}: {reason(error)}; choose another name.") from None


def check_folder(folder: Path) -> None:
    """Make sure that the folder, or the nearest one above it that exists, takes new files and folders, by making one.

    Raises:
        OutputError: if it does not.
        ResourceError: if the disk is full.
        OSError: if the name itself is not usable.
    """
    nearest = nearest_folder(folder)
    if not nearest.is_dir():
        raise OutputError(f"cannot write into {str(folder)!r}: {str(nearest)!r} is not a folder; choose another.")
    probe = nearest / f".{secrets.token_hex(8)}.part"
    try:
        # Only trying tells: permissions say nothing of /proc, of full quotas, or of what root may not do either.
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ResourceError(f"the disk is full: nothing can be written into {str(nearest)!r}; make room first.") from None
        text = f"cannot write into {str(nearest)!r}: it takes no new files ({reason(error)}); choose another folder."
        raise OutputError(text) from None


def nearest_folder(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


@contextlib.contextmanager
def atomic(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """A path beside `path` to write to; it becomes `path` when the block succeeds and disappears when it does not.

    Raises:
        OutputError: if the file cannot be written, or `path` came to exist meanwhile and may not be replaced.
        ResourceError: if the disk is full.
    """
    part = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        _move(part, path, overwrite)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ResourceError(f"the disk is full: {str(path)!r} was not written; make room and run it again.") from None
        raise OutputError(f"cannot write {str(path)!r}: {reason(error)}; choose another name.") from None
    finally:
        _remove(part)


@contextlib.contextmanager
def saying_full_disk(folder: Path) -> Iterator[None]:
    """Say it in a sentence if the disk fills up while the block writes to a file in `folder` that has no name.

    Raises:
        ResourceError: then.
        OutputError: if it cannot be written otherwise.
    """
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ResourceError(f"the disk is full: {str(folder)!r} takes no more; make room and run it again.") from None
        raise OutputError(f"cannot write into {str(folder)!r}: {reason(error)}; choose another folder.") from None


def nameless(folder: Path) -> IO[bytes]:
    """A file in `folder` that has no name (on Linux it never had one), so that whatever ends the process takes it along.

    Raises:
        ResourceError, OutputError: as :func:`saying_full_disk`.
    """
    with saying_full_disk(folder):
        return tempfile.TemporaryFile(dir=folder)


def write_text(path: Path, text: str, overwrite: bool = False) -> None:
    """Write UTF-8 text, whole or not at all.

    Raises:
        OutputError: if the file exists and may not be replaced, or cannot be written.
        ResourceError: if the disk is full.
    """
    check_writable(path, overwrite)
    with atomic(path, overwrite) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def reason(error: Exception) -> str:
    """Why something failed, as the middle of a sentence."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:].rstrip(".")


def _move(part: Path, path: Path, overwrite: bool) -> None:
    if part.is_dir():
        if overwrite and path.is_dir():
            shutil.rmtree(path)
        part.rename(path)
    elif overwrite:
        part.replace(path)
    else:
        try:
            os.link(part, path)
        except FileExistsError:
            raise OutputError(f"{str(path)!r} came to exist meanwhile and was left alone: choose another name.") from None
        except OSError:  # a file system without hard links
            part.replace(path)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
