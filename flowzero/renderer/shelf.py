"""Values kept in a file instead of memory: what a long video remembers of each chunk between two steps."""

from __future__ import annotations

import io
import weakref
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, TypeVar

import torch

from flowzero.files import nameless, saying_full_disk

_Value = TypeVar("_Value", bound=tuple[Any, ...])


class Shelf(MutableMapping[int, _Value]):
    """Named tuples of tensors and plain values, by number; what is put under a number again takes the place it had.

    Args:
        folder: where the file lies.
        kind: makes a value of its fields.
    """

    def __init__(self, folder: Path, kind: Callable[..., _Value]) -> None:
        self._folder, self._kind = folder, kind
        self._file = nameless(folder)
        weakref.finalize(self, self._file.close)
        self._places: dict[int, tuple[int, int, int]] = {}  # where it starts, its size, the room it has

    def __getitem__(self, key: int) -> _Value:
        start, size, _ = self._places[key]
        self._file.seek(start)
        packed = io.BytesIO(self._file.read(size))
        return self._kind(*torch.load(packed, weights_only=True))

    def __setitem__(self, key: int, value: _Value) -> None:
        packed = io.BytesIO()
        torch.save(tuple(value), packed)
        size = packed.tell()
        start, _, room = self._places.get(key, (0, 0, -1))
        with saying_full_disk(self._folder):
            if size > room:
                start = self._file.seek(0, io.SEEK_END)
            self._file.seek(start)
            self._file.write(packed.getbuffer())
            self._file.flush()
        self._places[key] = start, size, max(size, room)

    def __delitem__(self, key: int) -> None:
        del self._places[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
