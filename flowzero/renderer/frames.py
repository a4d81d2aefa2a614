"""The frames of a video: an array, or a file that is read like one, a frame at a time. Nothing here imports torch."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from flowzero.files import nameless, saying_full_disk

MAX_SIDE = 4096
"""Pixels; no model of this kind draws more at once."""


class Frames(Protocol):
    """uint8 [F, H, W, 3], RGB: an array, or what gives out one frame after the other by its number."""

    @property
    def shape(self) -> tuple[int, ...]:
        """F, H, W, 3."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


class Film:
    """Pictures in a file: behaves like a uint8 array [F, H, W, 3] of which one reads and writes whole frames."""

    def __init__(self, shape: tuple[int, int, int, int], folder: Path) -> None:
        self.shape = shape
        self.dtype = np.dtype(np.uint8)
        self._folder = folder
        self._file = nameless(folder)
        weakref.finalize(self, self._file.close)
        self._size = int(np.prod(shape[1:]))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Frame `index`, 0..F-1, as an array [H, W, 3] of its own."""
        self._file.seek(self._at(index))
        return np.frombuffer(self._file.read(self._size), np.uint8).reshape(self.shape[1:])

    def __setitem__(self, index: int, picture: NDArray[np.uint8]) -> None:
        with saying_full_disk(self._folder):
            self._file.seek(self._at(index))
            self._file.write(np.ascontiguousarray(picture, np.uint8).data)
            self._file.flush()

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All of it in memory."""
        return np.stack(list(self)).astype(dtype or self.dtype)

    def _at(self, index: int) -> int:
        if not 0 <= index < len(self):
            raise IndexError(f"there is no frame {index} among {len(self)}")
        return index * self._size


class Cut:
    """The middle of another's frames: uint8 [F, H, W, 3] of which one reads whole frames."""

    def __init__(self, frames: Frames, height: int, width: int) -> None:
        count, high, wide, channels = frames.shape
        top, left = (high - height) // 2, (wide - width) // 2
        self.shape = (count, height, width, channels)
        self.dtype = frames.dtype
        self._frames = frames
        self._middle = (slice(top, top + height), slice(left, left + width))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Frame `index`, 0..F-1, as an array [H, W, 3]."""
        picture: NDArray[np.uint8] = self._frames[index][self._middle]
        return picture

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (self[index] for index in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All of it in memory."""
        return np.stack(list(self)).astype(dtype or self.dtype)


def cut(frames: NDArray[np.uint8] | Film, width: int | None, height: int | None) -> NDArray[np.uint8] | Film | Cut:
    """Frames of a width and a height, from the middle of larger ones; None is as wide or as high as they are."""
    _, high, wide, _ = frames.shape
    middle = Cut(frames, height or high, width or wide)
    if middle.shape == frames.shape:
        return frames
    return middle if isinstance(frames, Film) else np.asarray(middle)
