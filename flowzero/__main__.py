"""The `flowzero` command: runs the command line and turns whatever goes wrong into one sentence and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import NoReturn

from flowzero.tools.stopping import asked_to_stop, between_callbacks, heard

FAULT = 1
USAGE = 2
INTERRUPTED = 130
_QUIET = {"DIFFUSERS_VERBOSITY": "error", "TRANSFORMERS_VERBOSITY": "error"}
"""What libraries say of themselves is no concern of people who want a video; what they set in their environment goes first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: what follows the program's name; the process's own when not given.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    words = [word for word in given if word != "--debug"]
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")
    with heard():
        try:
            from flowzero.tools.cli import app

            code = int(app(words, prog_name="flowzero", standalone_mode=False) or 0)
            return code if code != INTERRUPTED else _explain("stopped.", INTERRUPTED, words)
        except KeyboardInterrupt:
            return _explain("stopped.", INTERRUPTED, words)
        except BrokenPipeError:
            # Whoever read us has gone; leave nothing for the interpreter to flush at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAULT
        except Exception as error:
            if "--debug" in given:
                raise
            return _explain("stopped.", INTERRUPTED, words) if asked_to_stop() else _failed(error, words)


def run() -> NoReturn:
    """The program: run its command and end the process."""
    if "--debug" not in sys.argv:
        _hush()
    code = main()
    if code == INTERRUPTED:
        # Everything has unwound and is told; the interpreter's own end would complain of tasks that nobody finished.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    raise SystemExit(code)


def _hush() -> None:
    """What finalizers of half-made objects say after a Ctrl-C would be a second voice beside ours."""
    import logging
    import warnings

    sys.unraisablehook = lambda _: None
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def _failed(error: Exception, words: list[str]) -> int:
    from flowzero.errors import FlowZeroError

    if isinstance(error, FlowZeroError):
        return _explain(str(error), error.exit_code, words, type(error).__name__)
    format_message = getattr(error, "format_message", None)
    if format_message is not None:
        return _explain(_usage(" ".join(format_message().split()), words), USAGE, words, "UsageError")
    if isinstance(error, MemoryError):
        return _explain("memory ran out: ask for fewer frames or a smaller size.", 5, words, "ResourceError")
    text = (
        f"a fault in FlowZero ({type(error).__name__}: {error}): please report what flowzero --debug prints for this command."
    )
    return _explain(text, FAULT, words, type(error).__name__)


def _explain(text: str, code: int, words: list[str], kind: str = "Interrupted") -> int:
    """One sentence on stderr, and for programs the same as a JSON object on stdout."""
    from flowzero.tools.cli_output import Screen, say

    say(f"flowzero: {text}")
    if "--json" in words:
        Screen(json=True).emit({"error": text, "kind": kind, "exit_code": code})
    return code


def _usage(text: str, words: list[str]) -> str:
    """What is wrong with the command, and where to read how it is meant."""
    text = text if text.endswith((".", "?", "!")) else text + "."
    if text.startswith("No such command"):
        return text + (' Did you mean: flowzero render "PROMPT"?' if " " in words[0] else " See flowzero --help.")
    return text + (f" See flowzero {words[0]} --help." if words and words[0].isalpha() else " See flowzero --help.")


def _stop(number: int, frame: FrameType | None) -> None:
    """A polite kill unwinds, so that half-written files are removed."""
    between_callbacks(partial(sys.exit, 128 + number))


if __name__ == "__main__":
    run()
