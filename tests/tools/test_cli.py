import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flowzero.__main__ import main
from flowzero.dss import parse_dss
from flowzero.plan import Plan, parse_plan
from flowzero.renderer.video import read_frames
from flowzero.tools.batch import pair_of, prompt_of
from flowzero.tools.words import confidence

BALL = "a red ball rolls from the left to the right across a green meadow"


def flowzero(*arguments: str, stdin: str | bytes = b"", **options) -> subprocess.CompletedProcess:
    """The real command in a fresh process; its outputs as text."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "flowzero", *arguments], input=data, capture_output=True, check=False, **options
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def cli(capfd, tmp_path, monkeypatch):
    """The command in this process, in an empty folder: returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="session")
def ball(tmp_path_factory) -> Path:
    """A plan file that the command wrote."""
    path = tmp_path_factory.mktemp("plans") / "ball.json"
    assert main(["plan", BALL, "-o", str(path), "--quiet"]) == 0
    return path


def one_sentence(err: str) -> str:
    """What stderr says beside progress, made sure to be a single line without a traceback."""
    lines = [line for line in err.strip().split("\n") if not line.startswith("[")]
    assert len(lines) == 1, err
    assert lines[0].startswith("flowzero: ")
    assert "Traceback" not in err
    return lines[0]


# plan


def test_plan_shows_what_moves_where_and_how_sure_it_is(cli):
    code, out, _ = cli("plan", BALL)
    assert code == 0
    assert "a red ball" in out
    assert "left → bottom right" in out
    assert "Confidence" in out
    assert "\x1b" not in out


def test_plan_json_is_one_object_and_nothing_else():
    done = flowzero("plan", BALL, "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["prompt"] == BALL
    assert data["passed"] is True
    assert data["confidence"] >= data["threshold"]
    assert {"dss", "findings", "unread", "rounds", "mind"} <= data.keys()
    assert isinstance(parse_plan(done.stdout), Plan)


def test_plan_reads_a_prompt_from_standard_input():
    done = flowzero("plan", "-", "--json", "--quiet", stdin=f"{BALL}\n")
    assert json.loads(done.stdout)["prompt"] == BALL
    assert done.stderr == ""


def test_a_plan_below_the_threshold_is_written_and_exits_with_3(cli, ball, tmp_path):
    code, out, err = cli("check", str(ball), "--prompt", "three blue elephants fly to the left", "-o", "low.json")
    assert code == 3
    assert "stays below" in out
    assert "is below" in err
    assert parse_plan((tmp_path / "low.json").read_bytes()).passed is False


@pytest.mark.parametrize(
    "prompt",
    ["", "   \n ", "x" * 100_000, "a ball\x07", "a ball \x1b[31m rolls", "\ud800"],
    ids=["empty", "blank", "long", "bell", "escape", "surrogate"],
)
def test_a_prompt_that_is_not_one_is_refused_in_one_sentence(cli, prompt):
    code, out, err = cli("plan", prompt)
    assert code == 2
    assert out == ""
    assert "\x1b" not in one_sentence(err)


@pytest.mark.parametrize(
    "prompt", ["🐈🐈 🚗", "ein roter Ball rollt nach rechts", "红色的球滚过草地", "$(rm -rf /) `id` %s {0}"]
)
def test_a_strange_prompt_gives_a_plan_or_a_sentence(cli, prompt):
    code, out, err = cli("plan", prompt, "--json", "--quiet")
    assert code in (0, 2, 3)
    if code == 2:
        assert one_sentence(err)
        assert json.loads(out)["exit_code"] == 2
    else:
        assert json.loads(out)["prompt"] == prompt


def test_plan_keeps_an_existing_file_unless_forced(cli, tmp_path):
    (tmp_path / "a.json").write_text("precious")
    code, _, err = cli("plan", BALL, "-o", "a.json")
    assert code == 2
    assert "exists" in one_sentence(err)
    assert (tmp_path / "a.json").read_text() == "precious"
    assert cli("plan", BALL, "-o", "a.json", "--force", "--quiet")[0] == 0
    assert parse_plan((tmp_path / "a.json").read_bytes()).dss.prompt == BALL


@pytest.mark.parametrize(
    "option", ["--seconds=nan", "--seconds=-1", "--seconds=1e9", "--fps=0", "--threshold=7", "--max-rounds=0"]
)
def test_an_option_out_of_range_is_named(cli, option):
    code, _, err = cli("plan", BALL, option)
    assert code == 2
    assert option.split("=")[0] in one_sentence(err)


def test_a_variable_out_of_range_is_named(cli, monkeypatch):
    monkeypatch.setenv("FLOWZERO_THRESHOLD", "lots")
    code, _, err = cli("plan", BALL)
    assert code == 2
    assert "threshold" in one_sentence(err).lower()


def test_a_language_model_that_is_not_there_exits_with_4(cli, monkeypatch):
    monkeypatch.setenv("FLOWZERO_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("FLOWZERO_LLM_MODEL", "nobody")
    monkeypatch.setenv("FLOWZERO_LLM_RETRIES", "0")
    code, out, err = cli("plan", BALL, "--json", "--quiet")
    assert code == 4
    assert json.loads(out)["exit_code"] == 4
    assert one_sentence(err)
    assert cli("plan", BALL, "--json", "--quiet", "--builtin")[0] == 0


# check, fix, revise


def test_check_measures_and_changes_nothing(cli, ball):
    code, out, _ = cli("check", str(ball), "--json")
    before, after = parse_plan(ball.read_bytes()), json.loads(out)
    assert code == 0
    assert after["dss"] == json.loads(before.dss.to_json())
    assert after["findings"]


def test_check_reads_a_bare_dss_and_a_pair_as_well(cli, ball, tmp_path):
    data = json.loads(ball.read_text())
    (tmp_path / "dss.json").write_text(json.dumps(data["dss"]))
    (tmp_path / "pair.json").write_text(json.dumps({"prompt": data["prompt"], "dss": data["dss"]}))
    assert cli("check", "dss.json", "--quiet")[0] == 0
    assert cli("check", "pair.json", "--quiet")[0] == 0


def broken(data: dict, where: tuple, value: object) -> dict:
    """A copy of nested JSON with one value replaced."""
    copy = json.loads(json.dumps(data))
    inner = copy
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("objects", 0, "path", 0, "box", "x"), float("nan"), "finite"),
        (("objects", 0, "path", 0, "box", "w"), "wide", "objects[0].path[0].box.w"),
        (("objects", 0, "path", 0, "box", "x"), -40, "objects[0].path[0].box.x"),
        (("objects", 0, "id"), "Ball One!", "objects[0].id"),
        (("fps",), 0, "fps"),
        (("scenes",), [], "scenes"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_a_faulty_plan_is_refused_by_field(cli, ball, tmp_path, where, value, said):
    dss = json.loads(ball.read_text())["dss"]
    (tmp_path / "bad.json").write_text(json.dumps(broken(dss, where, value)))
    code, _, err = cli("check", "bad.json")
    assert code == 2
    assert said in one_sentence(err)


def test_ten_thousand_objects_are_refused(cli, ball, tmp_path):
    dss = json.loads(ball.read_text())["dss"]
    (tmp_path / "many.json").write_text(json.dumps(broken(dss, ("objects",), dss["objects"] * 10_000)))
    code, _, err = cli("check", "many.json")
    assert code == 2
    assert "objects" in one_sentence(err)


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b"null", b"\xff\xfe", b'{"a":' * 5000, b"{}"])
def test_a_file_that_is_no_plan_is_refused(cli, tmp_path, content):
    (tmp_path / "bad.json").write_bytes(content)
    code, _, err = cli("check", "bad.json")
    assert code == 2
    assert one_sentence(err)


def test_a_plan_that_is_not_there_is_said(cli):
    assert "nowhere.json" in one_sentence(cli("render", "nowhere.json")[2])
    assert cli("check", "nowhere.json")[0] == 2
    assert cli("check", ".")[0] == 2


def test_fix_mends_what_breaks_the_promises(cli, ball, tmp_path):
    dss = json.loads(ball.read_text())["dss"]
    path = dss["objects"][0]["path"]
    for key, mirrored in zip(path, reversed([key["box"] for key in path]), strict=True):
        key["box"] = mirrored
    (tmp_path / "wrong.json").write_text(json.dumps(dss))
    assert cli("check", "wrong.json", "--quiet")[0] == 3
    code, out, _ = cli("fix", "wrong.json", "--json", "--quiet")
    assert code == 0
    fixed = json.loads(out)["dss"]["objects"][0]["path"]
    assert fixed[0]["box"]["x"] < fixed[-1]["box"]["x"]


def test_revise_changes_what_it_is_told(cli, ball):
    code, out, _ = cli("revise", str(ball), "make the ball blue", "--json", "--quiet")
    assert code == 0
    assert "blue" in json.loads(out)["dss"]["objects"][0]["phrase"]
    assert cli("revise", str(ball), " ")[0] == 2


# batches


def test_a_batch_of_prompts_gives_a_line_for_each_in_order(cli, tmp_path):
    lines = [BALL, json.dumps({"prompt": "a bird flies up"}), "", '{"prompt": 5}', '{"prompt": ', "a dog runs to the left"]
    (tmp_path / "in.txt").write_text("\n".join(lines) + "\n")
    code, out, _ = cli("plan", "--batch", "in.txt", "-o", "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert code == 2
    assert out == ""
    assert [("error" in row) for row in rows] == [False, False, True, True, True, False]
    assert [row["prompt"] for row in rows] == [BALL, "a bird flies up", "", "", '{"prompt": ', "a dog runs to the left"]
    assert set(rows[0]) >= {"prompt", "dss", "confidence", "passed", "findings", "unread", "rounds", "mind"}
    assert set(rows[2]) == {"prompt", "error"}
    assert list(tmp_path.glob("*.part")) == []


def test_a_batch_of_plans_is_checked_and_fixed_against_its_prompts(cli, ball, tmp_path):
    dss = json.loads(ball.read_text())["dss"]
    rows = [
        {"prompt": BALL, "dss": dss},
        {"prompt": BALL.replace("left to the right", "right to the left"), "dss": dss},
        {"prompt": BALL, "dss": broken(dss, ("objects", 0, "path", 0, "box", "x"), float("inf"))},
        {"prompt": BALL},
        7,
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert cli("check", "--batch", "in.jsonl", "-o", "checked.jsonl")[0] == 2
    checked = [json.loads(line) for line in (tmp_path / "checked.jsonl").read_text().splitlines()]
    assert [row.get("passed") for row in checked] == [True, False, None, None, None]
    broken_promises = [finding for finding in checked[1]["findings"] if finding["score"] < 0.5]
    assert broken_promises
    assert set(broken_promises[0]) >= {"constraint", "score", "frames", "ids", "message"}
    assert cli("fix", "--batch", "in.jsonl", "-o", "fixed.jsonl")[0] == 2
    fixed = [json.loads(line) for line in (tmp_path / "fixed.jsonl").read_text().splitlines()]
    assert [row.get("passed") for row in fixed] == [True, True, None, None, None]


def test_a_batch_that_passes_exits_with_0_and_sums_up_as_json(cli, tmp_path):
    (tmp_path / "in.txt").write_text(f"{BALL}\r\n")
    code, out, _ = cli("plan", "--batch", "in.txt", "-o", "out.jsonl", "--json")
    assert code == 0
    assert json.loads(out) == {"lines": 1, "passed": 1, "below": 0, "errors": 0, "output": "out.jsonl"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", BALL, "--batch", "in.txt"),
        ("plan", "--batch", "nowhere.txt", "-o", "out.jsonl"),
        ("plan", "--batch", ".", "-o", "out.jsonl"),
        ("plan", "--batch", "in.txt", "--json"),
        ("check", "--batch", "in.txt", "-o", "in.txt"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(cli, tmp_path, arguments):
    (tmp_path / "in.txt").write_text("a ball\n")
    code, _, err = cli(*arguments)
    assert code == 2
    assert one_sentence(err)
    assert (tmp_path / "in.txt").read_text() == "a ball\n"


def test_bytes_that_are_not_text_fail_their_line_alone(cli, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"\xef\xbb\xbfa ball rolls to the right\n\xff\xfe\n" + b"x" * 3000 + b"\n")
    assert cli("plan", "--batch", "in.txt", "-o", "out.jsonl")[0] == 2
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [("error" in row) for row in rows] == [False, True, True]
    assert rows[0]["prompt"] == "a ball rolls to the right"


def test_a_stopped_batch_keeps_what_it_has(tmp_path):
    (tmp_path / "in.txt").write_text(f"{BALL}\n" * 5000)
    process = subprocess.Popen(
        [sys.executable, "-m", "flowzero", "plan", "--batch", "in.txt", "-o", "out.jsonl"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    part = tmp_path / "out.jsonl.part"
    end = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "out.jsonl.part" in err
    assert err.endswith("flowzero: stopped.\n")
    assert not (tmp_path / "out.jsonl").exists()
    assert json.loads(part.read_text().splitlines()[0])["prompt"] == BALL


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("a ball", "a ball"),
        ('{"prompt": "a ball"}', "a ball"),
        ('"a ball"', "a ball"),
        ('"stop" says a sign', '"stop" says a sign'),
    ],
)
def test_a_batch_line_is_a_prompt_or_holds_one(line, prompt):
    assert prompt_of(line) == prompt


def test_a_pair_without_a_prompt_leaves_it_to_the_dss(ball):
    dss = json.loads(ball.read_text())["dss"]
    assert pair_of(json.dumps({"dss": dss})) == (parse_dss(dss), None)


# preview and schema


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.mp4", "a.png"])
def test_preview_draws_every_kind(cli, ball, tmp_path, name):
    code, out, _ = cli("preview", str(ball), "-o", name, "--width", "96", "--height", "96", "--json", "--quiet")
    assert code == 0
    assert json.loads(out)["output"] == name
    assert (tmp_path / name).stat().st_size > 500


def test_preview_refuses_a_kind_that_it_cannot_draw(cli, ball):
    assert ".gif" in one_sentence(cli("preview", str(ball), "-o", "a.avi")[2])


def test_schema_is_the_dss_and_describes_what_plans_hold(cli, ball):
    code, out, _ = cli("schema")
    assert code == 0
    assert set(json.loads(out)["properties"]) == set(json.loads(ball.read_text())["dss"])
    assert "confidence" in json.loads(cli("schema", "plan")[1])["properties"]
    assert cli("schema", "everything")[0] == 2


# usage


def test_help_shows_examples_for_every_command(cli):
    code, out, _ = cli("--help")
    assert code == 0
    commands = ["render", "plan", "check", "fix", "revise", "preview", "schema", "doctor"]
    assert [name for name in commands if name not in out] == []
    for name in commands:
        shown = cli(name, "--help")[1]
        assert "Examples:" in shown
        assert f"flowzero {name}" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rendr", "a ball"), "render"),
        (("a red ball",), "flowzero render"),
        (("render",), "give a prompt"),
        (("plan", "a ball", "--second", "2"), "--second"),
        (("plan", "a ball", "--seconds", "two"), "--seconds"),
        (("schema", "a", "b"), "schema --help"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exits_with_2(cli, arguments, said):
    code, out, err = cli(*arguments)
    assert (code, out) == (2, "")
    assert said in one_sentence(err)


def test_a_reader_that_leaves_early_is_no_error():
    process = subprocess.Popen(
        f"{sys.executable} -m flowzero schema plan | head -c 10",
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate(timeout=30)
    assert len(out) == 10
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_an_unexpected_fault_is_one_sentence_with_the_way_to_report_it(cli, monkeypatch, ball):
    monkeypatch.setattr("flowzero.api.check", lambda *args, **options: 1 / 0)
    code, _, err = cli("check", str(ball))
    assert code == 1
    assert "--debug" in one_sentence(err)
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "check", str(ball)])
    with pytest.raises(ZeroDivisionError):
        main(["check", str(ball), "--debug"])


# render


def weights() -> bool:
    from flowzero.renderer.backbones import EMBEDDED

    return any(Path(EMBEDDED.source, "unet").glob("*.safetensors"))


needs_weights = pytest.mark.skipif(not weights(), reason="the embedded model's weights are not in the package yet")


@needs_weights
def test_render_turns_a_prompt_into_a_video_and_a_sheet(tmp_path):
    done = flowzero("render", BALL, "-o", "a.mp4", "--sheet", "a.png", "--frames", "3", "--steps", "2", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert {"output", "confidence", "passed", "rounds", "seed", "backbone", "seconds", "plan"} <= data.keys()
    assert {"plan", "load", "write"} <= data["seconds"].keys()
    assert len(read_frames(tmp_path / "a.mp4")) == 3
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert "[render]" in done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith("[")] == []


@needs_weights
def test_a_video_without_a_name_is_named_after_its_prompt_and_never_replaces_another(cli, tmp_path, ball):
    for _ in range(2):
        assert cli("render", str(ball), "--frames", "1", "--steps", "1", "--quiet")[0] == 0
    assert len(list(tmp_path.glob("a-red-ball-rolls*.mp4"))) == 2


@needs_weights
def test_an_interrupted_render_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "flowzero", "render", BALL, "-o", "a.mp4", "--steps", "500"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("[render] step"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.avi", "exists.mp4", "file/a.mp4", "/proc/nowhere/a.mp4"])
def test_render_refuses_an_output_before_any_work(cli, tmp_path, ball, name):
    (tmp_path / "exists.mp4").write_text("precious")
    (tmp_path / "file").write_text("")
    began = time.perf_counter()
    code, _, err = cli("render", str(ball), "-o", name)
    assert code == 2
    assert one_sentence(err)
    assert time.perf_counter() - began < 2
    assert (tmp_path / "exists.mp4").read_text() == "precious"


def test_a_checkpoint_that_is_missing_or_corrupt_exits_with_5(cli, tmp_path, ball):
    (tmp_path / "corrupt" / "unet").mkdir(parents=True)
    (tmp_path / "corrupt" / "model_index.json").write_text("{")
    for folder in ("nowhere/at/all", "corrupt"):
        code, _, err = cli("render", str(ball), "-o", "a.mp4", "--backbone", folder, "--quiet")
        assert code == 5
        assert one_sentence(err)
        assert not (tmp_path / "a.mp4").exists()


def test_the_environment_of_these_tests_has_no_settings():
    assert [name for name in os.environ if name.startswith("FLOWZERO_")] == ["FLOWZERO_HOME"]


@pytest.mark.parametrize(("value", "said"), [(0.899, "0.89"), (0.9, "0.90"), (0.9999, "1.00"), (0.0, "0.00"), (0.29, "0.29")])
def test_a_confidence_below_the_threshold_is_never_said_to_reach_it(value, said):
    assert confidence(value, 0.9) == said
