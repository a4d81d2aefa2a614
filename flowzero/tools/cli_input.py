"""What commands are given: settings from options, prompts and plans from arguments, files and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flowzero.api import MAX_PLAN_FILE, load_plan
from flowzero.dss import DSS
from flowzero.errors import InputError, SettingsError
from flowzero.files import check_writable
from flowzero.plan import Plan, parse_plan
from flowzero.settings import Settings, load_settings
from flowzero.tools.cli_output import Screen


def begin(json: bool, quiet: bool, *, builtin: bool = False, **options: Any) -> tuple[Screen, Settings]:
    """Where the command speaks, and the settings that its options make.

    Raises:
        SettingsError: naming the option, or the variable, that is out of its range.
    """
    try:
        settings = load_settings(**options)
    except SettingsError as error:
        raise SettingsError(_named_after_option(str(error), options)) from None
    if builtin:
        settings = settings.model_copy(update={"llm_model": None, "llm_base_url": None, "small_planner": "off"})
    return Screen(json, quiet), settings


def _named_after_option(text: str, options: dict[str, Any]) -> str:
    for name, given in options.items():
        variable = f"setting FLOWZERO_{name}"
        if given is not None and text.startswith(variable):
            return f"--{name.replace('_', '-')}{text.removeprefix(variable)}"
    return text


def is_batch(single: str | None, batch: Path | None, what: str) -> bool:
    """Whether a batch is asked for.

    Raises:
        InputError: if both or neither of the two are.
    """
    if single is None and batch is None:
        raise InputError(f"nothing to work on: give a {what}, or --batch FILE.")
    if single is not None and batch is not None:
        raise InputError(f"give either a {what} or --batch FILE, not both.")
    return batch is not None


def read_source(source: str) -> str | Plan | DSS:
    """A prompt as it is; a plan from a file that ends in .json; either of them from standard input.

    Raises:
        PlanError: if the file cannot be read or holds no valid plan.
        InputError: if standard input is too long or not text.
    """
    if source == "-":
        text = read_stdin()
        return parse_plan(text) if text.lstrip().startswith("{") else text
    return load_plan(source) if source.lower().endswith(".json") else source


def read_plan(source: str | None) -> Plan | DSS:
    """A plan from a file or from standard input.

    Raises:
        PlanError: if it cannot be read or is not valid.
        InputError: if standard input is too long or not text.
    """
    return parse_plan(read_stdin()) if source == "-" else load_plan(str(source))


def read_stdin() -> str:
    """All of standard input, without the newline at its end.

    Raises:
        InputError: if it is too long or not text.
    """
    data = sys.stdin.buffer.read(MAX_PLAN_FILE + 1)
    if len(data) > MAX_PLAN_FILE:
        raise InputError(f"standard input is too long: {MAX_PLAN_FILE} bytes are read at most.")
    try:
        return data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError("standard input is not UTF-8 text: convert it first.") from None


def check_text_output(output: Path | None, force: bool) -> None:
    """Make sure, before any work, that the file for the answer may be written.

    Raises:
        OutputError: if it may not.
    """
    if output is not None:
        check_writable(output, force)
