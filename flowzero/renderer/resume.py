"""Snapshots: a render that was killed goes on from its last step, and gives the same bytes.

A snapshot file is a zip archive of tensors and plain values, written and read one record at a time, however long the video.
It is read with `weights_only`: a file of unknown origin cannot run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from flowzero.dss import Frame
from flowzero.errors import SettingsError
from flowzero.files import atomic

_FORMAT = 2


@dataclass(frozen=True)
class Resume:
    """How far a run has come; what it has made so far is kept apart from it."""

    step: int
    """How many steps are done, or frames where they are drawn one after the other."""
    chunk_size: int
    """How many frames one pass takes."""
    generator: Tensor
    """State of the random generator."""


_SAMPLES = 64


def weights_digest(parts: Iterable[Any], scheduler: Any) -> str:
    """Tells one set of weights and sampler from another: 16 hex digits, whatever the precision of what is loaded.

    Takes up to 64 numbers of every tensor, spread evenly, rounded to bfloat16: quick for any size, and a model that was trained
    further differs in them.
    """
    digest = hashlib.sha256()
    for part in parts:
        for name, tensor in part.state_dict().items():
            flat = tensor.detach().flatten()
            sample = flat[:: max(1, flat.numel() // _SAMPLES)].to(torch.bfloat16).view(torch.int16)
            digest.update(name.encode() + sample.cpu().numpy().tobytes())
    settings = {name: value for name, value in scheduler.config.items() if not name.startswith("_")}
    digest.update(json.dumps([type(scheduler).__name__, settings], sort_keys=True, default=str).encode())
    return digest.hexdigest()[:16]


def fingerprint(frames: Sequence[Frame], options: Mapping[str, Any], weights: str) -> str:
    """Tells one render from another: its frames, its options, and the digest of its weights with the place they work at."""
    data = [[frame.model_dump() for frame in frames], dict(options), weights]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def save_snapshot(path: Path, resume: Resume, records: Iterable[Any], key: str) -> None:
    """Write a snapshot whole or not at all, in place of an earlier one.

    Args:
        path: the file.
        resume: how far the run has come.
        records: what it has made: tensors and plain values.
        key: tells this render from others.

    Raises:
        OutputError, ResourceError: if the file cannot be written.
    """
    head = {"format": _FORMAT, "key": key, "step": resume.step, "chunk_size": resume.chunk_size, "generator": resume.generator}
    with atomic(path, overwrite=True) as beside, zipfile.ZipFile(beside, "w") as archive:
        for name, value in (("head", head), *((f"{k}", record) for k, record in enumerate(records))):
            packed = io.BytesIO()
            torch.save(value, packed)
            archive.writestr(name, packed.getbuffer())


def load_snapshot(path: Path, key: str) -> tuple[Resume, Iterator[Any]] | None:
    """Read a snapshot: how far the run had come, and one record after the other; None if there is no file.

    Raises:
        SettingsError: if it is no snapshot, or that of another render; for a damaged record when it is reached.
    """
    if not path.exists():
        return None
    with _reading(path):
        head = _read(path, "head")
        known = head.pop("format") == _FORMAT
        same = head.pop("key") == key
        resume = Resume(**head)
        count = len(zipfile.ZipFile(path).namelist()) - 1
    if not (known and same):
        raise SettingsError(f"{str(path)!r} belongs to a render of another plan, backbone or option: name another file.")
    return resume, (_read(path, f"{k}") for k in range(count))


def _read(path: Path, name: str) -> Any:
    with _reading(path), zipfile.ZipFile(path) as archive:
        return torch.load(io.BytesIO(archive.read(name)), weights_only=True)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise SettingsError(f"{str(path)!r} is no snapshot of a render: name another file.") from error
