"""The render command's files: manifests, snapshots, frames, tracks; and what is left when it ends early."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flowzero.renderer.video import read_frames
from tests.tools.test_cli import ball, cli, one_sentence  # noqa: F401 (fixtures)

SMALL = ("--steps", "2", "--frames", "3", "--device", "cpu")


def start(*arguments, cwd, limited=False):
    """The command as a process of its own; limited to files of a kilobyte, as on a disk that is nearly full."""
    command = [sys.executable, "-m", "flowzero", "render", *map(str, arguments)]
    limit = ["sh", "-c", 'ulimit -f 1 && exec "$0" "$@"'] if limited else []
    return subprocess.Popen([*limit, *command], cwd=cwd, stderr=subprocess.PIPE, text=True)


def test_a_manifest_renders_the_same_bytes_again_in_another_process(cli, ball, checkpoint, tmp_path):  # noqa: F811
    def render(*arguments):
        command = [sys.executable, "-m", "flowzero", "render", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    options = ("--backbone", checkpoint, "--noise", "wrap", "--attention", "first_prev", "--negative", "fog", *SMALL, "--json")
    first = render(str(ball), "-o", "a.mp4", "--seed", "7", *options)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["manifest"] == "a.mp4.manifest.json"
    again = render("--manifest", "a.mp4.manifest.json", "-o", "b.mp4")
    assert again.returncode == 0, again.stderr
    assert "This video is the first one, byte for byte." in again.stderr
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_frames_and_tracks_are_written_beside_the_video(cli, ball, checkpoint, tmp_path):  # noqa: F811
    places = ("--sheet", "s.png", "--frames-dir", "f", "--tracks", "t", "--no-manifest")
    code, out, err = cli("render", str(ball), "-o", "a.gif", "--backbone", checkpoint, *places, *SMALL)
    assert code == 0, err
    assert [line.split()[1].rstrip(":") for line in out.splitlines()] == ["a.gif", "s.png", "f", "t"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.gif", "s.png", "f", "t"}
    assert len(read_frames(tmp_path / "f")) == 3
    assert (tmp_path / "t" / "tracks.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to render"),
        (("a ball", "--manifest", "x.json"), "not both"),
        (("a.mp4.manifest.json",), "--manifest a.mp4.manifest.json"),
        (("--manifest", "x.json", "--seed", "3"), "--seed"),
        (("--manifest", "x.json", "--noise", "wrap"), "--noise"),
        (("--manifest", "x.json", "--guidance", "2"), "--guidance"),
        (("--manifest", "x.json", "--fps", "2"), "--fps"),
        (("--manifest", "x.json"), "cannot read the manifest"),
        (("a ball", "-o", "a.mp4", "--tracks", "/proc/nowhere/t"), "/proc"),
        (("a ball", "-o", "a.mp4", "--frames-dir", "/proc/nowhere/f"), "/proc"),
        (("a ball", "-o", "a.mp4", "--sheet", "/proc/nowhere/s.png"), "/proc"),
        (("a ball", "-o", "a.mp4", "--resume", "/proc/nowhere/state"), "/proc"),
        (("a ball", "-o", "a.mp4", "--frames-dir", "f.png"), "without suffix"),
    ],
)
def test_what_cannot_be_rendered_or_written_is_refused_before_any_work(cli, tmp_path, arguments, said):  # noqa: F811
    code, _, err = cli("render", *arguments, "--backbone", "nowhere/at/all")
    assert code == 2
    assert said in one_sentence(err)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_render_goes_on_and_gives_the_same_bytes(cli, ball, checkpoint, tmp_path):  # noqa: F811
    options = (str(ball), "--backbone", checkpoint, "--steps", "120", "--frames", "2", "--device", "cpu")
    with start(*options, "-o", "a.mp4", "--resume", "state", cwd=tmp_path) as process:
        for line in process.stderr:
            if line.startswith("[render] step"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert {path.name for path in tmp_path.iterdir()} == {"state"}
    assert cli("render", *options, "-o", "a.mp4", "--resume", "state", "--quiet")[0] == 0
    assert cli("render", *options, "-o", "b.mp4", "--quiet")[0] == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert not (tmp_path / "state").exists()


def test_a_full_disk_is_said_and_leaves_nothing(ball, checkpoint, tmp_path):  # noqa: F811
    options = (ball, "-o", "a.mp4", "--backbone", checkpoint, "--frames-dir", "f", "--tracks", "t", *SMALL)
    with start(*options, cwd=tmp_path, limited=True) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 5, err
    assert "the disk is full" in one_sentence(err)
    assert list(Path(tmp_path).iterdir()) == []
