"""What the documents show of the command line is what it says; WRITE_DOCS=1 in the environment writes it anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flowzero.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
MARK = "## Commands\n"


def help_of(*command: str) -> str:
    environment = {**os.environ, "COLUMNS": "110", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "flowzero", *command, "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().split("\n"))


def words(text: str) -> list[str]:
    """What is said, whatever typer and rich draw around it."""
    return re.findall(r"[\w.-]+", re.sub(r"<[a-z]+>|\[(?:required|default)[^\]]*\]", "", text))


def section(name: str) -> str:
    return f"\n### flowzero {name}\n\n```\n{help_of(name)}\n```\n"


@pytest.mark.skipif(not DOCS.exists(), reason="not in a checkout")
def test_the_documented_help_is_what_the_commands_say():
    path = DOCS / "cli.md"
    written = path.read_text(encoding="utf-8")
    names = re.findall(r"(?m)^│ ([a-z]+) ", help_of().partition("Commands")[2])
    assert "render" in names
    expected = written.partition(MARK)[0] + MARK + "".join(section(name) for name in names)
    if os.environ.get("WRITE_DOCS"):
        path.write_text(expected, encoding="utf-8")
    assert words(written) == words(expected)


def test_every_documented_variable_is_a_setting():
    names = re.findall(r"FLOWZERO_([A-Z_]+)", (DOCS / "cli.md").read_text(encoding="utf-8"))
    assert names
    assert not {name.lower() for name in names} - set(Settings.model_fields)
