"""Ctrl-C that is heard wherever it falls: KeyboardInterrupt is raised in the midst of whatever runs, which may swallow it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_asked: list[int] = []


@contextmanager
def heard() -> Iterator[None]:
    """Note every Ctrl-C until the end of the block, besides raising KeyboardInterrupt for it."""
    _asked.clear()
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals come to the main thread alone.
        return
    before = signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def asked_to_stop() -> bool:
    """Whether there was a Ctrl-C in the block of :func:`heard` that runs or has run last."""
    return bool(_asked)


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt if there was a Ctrl-C that never came out; for work that goes on after errors."""
    if _asked:
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> None:
    _asked.append(number)
    raise KeyboardInterrupt
