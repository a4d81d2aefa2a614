"""Ctrl-C that is heard wherever it falls: KeyboardInterrupt is raised in the midst of whatever runs, which may swallow it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

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


def between_callbacks(stop: Callable[[], None]) -> None:
    """Call what raises an exception that ends the program: at once, or between two callbacks of the event loop that runs.

    Raised within the loop's own steps it may lose a callback that the loop has just taken out, and the task that this
    callback was to wake then waits forever.
    """
    loop = _running_loop()
    if loop is None:
        stop()
    else:
        loop.call_soon_threadsafe(stop)


def _note(number: int, frame: FrameType | None) -> None:
    _asked.append(number)
    if len(_asked) > 1:
        raise KeyboardInterrupt  # Whoever asks again waits for nothing.
    between_callbacks(_interrupt)


def _interrupt() -> None:
    if len(_asked) == 1:
        raise KeyboardInterrupt


def _running_loop() -> asyncio.AbstractEventLoop | None:
    if "asyncio" not in sys.modules:  # nor imported for this, as Ctrl-C must be heard from the first moment
        return None
    import asyncio

    try:
        return asyncio.get_running_loop()
    except (RuntimeError, AttributeError):  # none runs, or the module is only half loaded
        return None
