"""Batches: a file in, JSON lines out, one answer a line and in the same order; a line that fails does not stop the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from flowzero.dss import DSS, parse_dss
from flowzero.errors import FlowZeroError, InputError, PlanError, PromptError, SettingsError
from flowzero.events import Event
from flowzero.files import check_writable, reason
from flowzero.plan import Plan
from flowzero.tools.cli_output import Screen, dumps, plan_record
from flowzero.tools.stopping import stop_if_asked

BELOW_THRESHOLD = 3
FAULT = 1
MAX_LINE = 16_000_000
"""Bytes. A longer line is answered with an error and skipped."""


def run_batch(answer: Callable[[str], Plan], source: Path | None, output: Path | None, overwrite: bool, screen: Screen) -> int:
    """Answer every line of a file.

    Until the batch is done its answers stand in OUTPUT.part; what was done stays there if it is stopped.

    Args:
        answer: makes the plan of one line.
        source: the file to read; `-` is standard input.
        output: the JSON lines file to write; standard output when not given.
        overwrite: replace an existing file.
        screen: shows progress, and the summary if it speaks JSON.

    Returns:
        The exit code: the first failed line's, else 3 if a plan stays below the threshold, else 0.

    Raises:
        InputError: if the file cannot be read, or the output not be written.
    """
    if screen.json and output is None:
        raise SettingsError("--json with --batch sums up in one object: name the file for the answers with -o.")
    assert source is not None
    if output is not None:
        check_writable(output, overwrite)
    count = {"lines": 0, "passed": 0, "below": 0, "errors": 0}
    failure = 0
    total = _count(source)
    with _opened(source) as lines, screen.working() as listener, _written(output, screen) as write:
        for raw in _lines(lines):
            record, code = _answer(answer, raw)
            stop_if_asked()
            write(dumps(record, indent=None) + "\n")
            count["lines"] += 1
            count["errors" if "error" in record else "below" if code else "passed"] += 1
            failure = failure or (code if "error" in record else 0)
            done = count["lines"]
            listener(Event(stage="plan", message=f"{done} of {total or '?'} lines", done=done, total=total))
    summary = (
        f"{count['lines']} lines: {count['passed']} passed, {count['below']} below the threshold, {count['errors']} errors"
    )
    screen.note(summary + (f"; wrote {output}." if output else "."))
    if screen.json:
        screen.emit(count | {"output": str(output)})
    return failure or (BELOW_THRESHOLD if count["below"] else 0)


def prompt_of(line: str) -> str:
    """The prompt in a line that is one, or that is a JSON object or string with one.

    Raises:
        PromptError: if a JSON object has none.
    """
    if line.lstrip().startswith(("{", '"')):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            if line.lstrip().startswith('"'):
                return line
            raise PromptError("this line starts like JSON and is not: correct it, or write the prompt alone.") from None
        return _text(data) if isinstance(data, dict) else str(data)
    return line


def pair_of(line: str) -> tuple[DSS, str | None]:
    """The DSS and the prompt of a line such as `{"prompt": ..., "dss": ...}`; without a prompt the DSS's own counts.

    Raises:
        PlanError: if the line is not such an object, or its DSS is not valid.
        PromptError: if its prompt is not a text.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"this line is not JSON ({reason(error)}): write one object with prompt and dss.") from None
    if not isinstance(data, dict) or not isinstance(data.get("dss"), dict):
        raise PlanError("this line has no dss: write one object with prompt and dss.")
    return parse_dss(data["dss"]), None if data.get("prompt") is None else _text(data)


def _text(data: dict[str, Any]) -> str:
    prompt = data.get("prompt")
    if not isinstance(prompt, str):
        raise PromptError('this line has no prompt: give it a text, as in {"prompt": "a red ball"}.')
    return prompt


def _answer(answer: Callable[[str], Plan], raw: bytes) -> tuple[dict[str, Any], int]:
    """The record of one line, and its exit code."""
    line = raw[: MAX_LINE + 1].decode("utf-8", "backslashreplace")
    try:
        if len(raw) > MAX_LINE:
            raise InputError(f"this line is longer than {MAX_LINE} bytes: shorten it.")
        raw.decode("utf-8")
        result = answer(line)
    except UnicodeDecodeError:
        return {"prompt": line, "error": "this line is not UTF-8 text: convert it first."}, InputError.exit_code
    except FlowZeroError as error:
        return {"prompt": _shown(line), "error": str(error)}, error.exit_code
    except Exception as error:  # one line's fault of ours must not lose the others' answers
        text = f"a fault in FlowZero ({type(error).__name__}: {error}): please report it with this line."
        return {"prompt": _shown(line), "error": text}, FAULT
    return plan_record(result), 0 if result.passed else BELOW_THRESHOLD


def _shown(line: str) -> str:
    """The prompt of a failed line, as far as it can be told, for the reader to recognise it."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return line[:2000]
    prompt = data.get("prompt") if isinstance(data, dict) else data
    return (prompt if isinstance(prompt, str) else "" if isinstance(data, dict) else line)[:2000]


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines ended by a newline and by nothing else, each cut after what is certainly too long."""
    first = True
    while raw := file.readline(MAX_LINE + 2):
        rest = raw
        while not rest.endswith(b"\n") and (rest := file.readline(MAX_LINE)):
            pass
        line = raw.removesuffix(b"\n").removesuffix(b"\r")
        yield line.removeprefix(b"\xef\xbb\xbf") if first else line
        first = False


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    if str(source) == "-":
        import sys

        yield sys.stdin.buffer
        return
    try:
        file = source.open("rb")
        file.peek(1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the batch {str(source)!r}: {reason(error)}; check the name.") from None
    with file:
        yield file


def _count(source: Path) -> int | None:
    """How many lines there will be, if that can be known beforehand."""
    if not source.is_file():
        return None
    with _opened(source) as file:
        return sum(1 for _ in _lines(file))


@contextmanager
def _written(output: Path | None, screen: Screen) -> Iterator[Callable[[str], object]]:
    """A function that writes a line at once, so that a stopped batch has lost nothing."""
    if output is None:
        yield screen.write
        return
    part = output.with_name(output.name + ".part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n", buffering=1) as file:
            try:
                yield file.write
            except BaseException:
                screen.note(f"stopped; the answers so far are in {part}.")
                raise
        part.replace(output)
    except OSError as error:
        raise InputError(f"cannot write {str(output)!r}: {reason(error)}.") from None
