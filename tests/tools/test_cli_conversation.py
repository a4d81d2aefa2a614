"""The commands of a conversation, on a store of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowzero.__main__ import main
from flowzero.plan import Plan, parse_plan

Cli = Callable[..., tuple[int, str, str]]
BALL = "a red ball rolls to the right and a dog sits on the left"


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command in this process, in an empty folder with an empty store: returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path / "home"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return call


def answer(result: tuple[int, str, str]) -> dict[str, Any]:
    """The JSON object of a command that went well."""
    code, out, err = result
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def ball(cli: Cli) -> str:
    """The id of a kept plan."""
    return str(answer(cli("keep", BALL, "--json"))["id"])


def test_a_kept_plan_is_revised_in_place_and_its_history_says_how(cli: Cli, ball: str) -> None:
    revised = answer(cli("revise", ball, "make the ball blue", "--json"))
    assert (revised["id"], revised["version"]) == (ball, 2)
    versions = answer(cli("history", ball, "--json"))["versions"]
    assert [(v["version"], v["parent"], v["instruction"]) for v in versions] == [(1, None, ""), (2, 1, "make the ball blue")]
    code, out, _ = cli("history", ball)
    assert code == 0
    assert "make the ball blue" in out


def test_diff_names_what_changed_and_nothing_else(cli: Cli, ball: str) -> None:
    cli("revise", ball, "make the ball blue", "-q")
    found = answer(cli("diff", ball, "--json"))
    assert (found["before"], found["after"]) == (1, 2)
    assert {edit.get("id") for edit in found["edits"]} <= {"ball", None}
    code, out, _ = cli("diff", ball, "--before", "1", "--after", "2")
    assert code == 0
    assert "Makes ball 'a blue ball'." in out


def test_undo_and_redo_walk_the_versions_and_write_the_plan_they_reach(cli: Cli, ball: str) -> None:
    cli("revise", ball, "make the ball blue", "-q")
    assert answer(cli("undo", ball, "-o", "first.json", "--json"))["version"] == 1
    first = parse_plan(Path("first.json").read_bytes())
    assert isinstance(first, Plan)
    assert first.dss.object("ball").phrase == "a red ball"
    assert answer(cli("redo", ball, "--json"))["version"] == 2
    assert answer(cli("revise", ball, "undo that", "--json"))["version"] == 1


def test_a_branch_goes_its_own_way(cli: Cli, ball: str) -> None:
    other = answer(cli("branch", ball, "--json"))["id"]
    cli("revise", other, "remove the dog", "-q")
    kept = answer(cli("history", "--json"))["plans"]
    assert {(plan["id"], plan["version"], plan["origin"]) for plan in kept} == {(other, 2, ball), (ball, 1, None)}


def test_a_file_can_be_kept_and_files_are_revised_as_before(cli: Cli) -> None:
    cli("plan", BALL, "-o", "ball.json", "-q")
    assert answer(cli("keep", "ball.json", "--json"))["version"] == 1
    assert answer(cli("revise", "ball.json", "make the ball blue", "--json"))["id"] is None


def test_an_empty_store_says_how_to_begin(cli: Cli) -> None:
    code, out, _ = cli("history")
    assert code == 0
    assert "flowzero keep" in out
    assert answer(cli("history", "--json")) == {"plans": []}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("revise", "nobody-0000", "make it blue"), "neither a plan file nor the id of a kept plan"),
        (("undo", "nobody-0000"), "there is no plan 'nobody-0000'"),
        (("history", "nobody-0000"), "there is no plan"),
        (("branch", "nobody-0000"), "there is no plan"),
        (("diff", "nobody-0000"), "there is no plan"),
    ],
)
def test_a_plan_that_is_not_kept_is_refused_in_one_sentence(cli: Cli, arguments: tuple[str, ...], part: str) -> None:
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert part in err
    assert "Traceback" not in err


def test_the_first_version_has_nothing_to_undo_redo_or_compare(cli: Cli, ball: str) -> None:
    for command in ("undo", "redo", "diff"):
        code, _, err = cli(command, ball)
        assert code == 2
        assert "nothing to" in err or "is its first" in err


def test_an_existing_file_is_not_replaced_and_the_store_stays_as_it_is(cli: Cli, ball: str) -> None:
    cli("revise", ball, "make the ball blue", "-q")
    Path("mine.json").write_text("mine")
    code, _, _ = cli("undo", ball, "-o", "mine.json")
    assert code == 2
    assert Path("mine.json").read_text() == "mine"
    assert [v["current"] for v in answer(cli("history", ball, "--json"))["versions"]] == [False, True]
