"""Snapshots: a render that was killed goes on from its last step, and gives the same bytes.

A snapshot file holds tensors and plain values only and is read with `weights_only`: a file of unknown origin cannot run code.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from flowzero.dss import Frame
from flowzero.errors import SettingsError
from flowzero.files import atomic

_FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """A sampling run between two steps."""

    step: int
    """How many steps are done."""
    latents: Tensor
    """[F, C, h, w] in float32 on the CPU."""
    scheduler: dict[str, Any]
    """What the scheduler remembers: see :func:`scheduler_state`."""
    generator: Tensor
    """State of the random generator."""


def scheduler_state(scheduler: Any) -> dict[str, Any]:
    """Everything plain that a scheduler holds: counters, timesteps, earlier outputs of multi-step samplers."""
    return {name: _to(value, "cpu") for name, value in vars(scheduler).items() if _plain(value)}


def restore_scheduler(scheduler: Any, state: Mapping[str, Any], device: torch.device) -> None:
    """Put back what :func:`scheduler_state` read; each tensor goes to where the scheduler, freshly set, keeps its own."""
    for name, value in state.items():
        own = getattr(scheduler, name, None)
        setattr(scheduler, name, _to(value, own.device if isinstance(own, Tensor) else device))


def _plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, Tensor))


def _to(value: Any, device: torch.device | str) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_to(item, device) for item in value)
    return value.to(device) if isinstance(value, Tensor) else value


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


def save_snapshot(path: Path, snapshot: Snapshot, key: str) -> None:
    """Write a snapshot whole or not at all, in place of an earlier one.

    Raises:
        OutputError, ResourceError: if the file cannot be written.
    """
    packed = io.BytesIO()
    torch.save({"format": _FORMAT, "key": key} | asdict(snapshot), packed)
    with atomic(path, overwrite=True) as beside:
        beside.write_bytes(packed.getbuffer())


def load_snapshot(path: Path, key: str) -> Snapshot | None:
    """Read a snapshot; None if there is no file.

    Raises:
        SettingsError: if it is no snapshot, or that of another render.
    """
    if not path.exists():
        return None
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
        known = data.pop("format") == _FORMAT
        same = data.pop("key") == key
        snapshot = Snapshot(**data)
    except Exception as error:
        raise SettingsError(f"{str(path)!r} is no snapshot of a render: name another file.") from error
    if not (known and same):
        raise SettingsError(f"{str(path)!r} belongs to a render of another plan, backbone or option: name another file.")
    return snapshot
