import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flowzero.__main__ import main
from flowzero.tools.doctor import examine


class Models(BaseHTTPRequestHandler):
    """An OpenAI-compatible server that lists one model, to whoever has the key."""

    def do_GET(self):
        allowed = self.headers.get("Authorization") == "Bearer sesame"
        self.send_response(200 if allowed and self.path == "/v1/models" else 401)
        self.end_headers()
        if allowed:
            self.wfile.write(json.dumps({"data": [{"id": "planner-7b"}]}).encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Models)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def listening(monkeypatch):
    """Begins a server on a port of its own that answers with a status and a body, and passes for the usual port of somebody."""
    servers, ports = [], {}

    def listen(name, status, body):
        class Answers(Models):
            def do_GET(self):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        servers.append((server, thread))
        ports[name] = server.server_port
        return f"http://127.0.0.1:{server.server_port}/v1"

    monkeypatch.setattr("flowzero.tools.doctor.LOCAL_SERVERS", ports)
    monkeypatch.setattr("flowzero.tools.doctor._LOCAL_TIMEOUT", 5)
    yield listen
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_listens_on_this_machine_is_named_by_what_it_says_of_itself(listening, capfd):
    qwen = listening("LM Studio", 200, {"data": [{"id": "qwen", "owned_by": "llamacpp"}]})
    empty = listening("Ollama", 200, {"object": "list", "data": None})
    locked = listening("vLLM", 401, {"error": "no key"})
    listening("llama.cpp", 200, b"<html>It works!</html>")
    data = found()
    assert data["llm"]["local"] == [
        {"name": "llama.cpp", "base_url": qwen, "models": ["qwen"], "wants_key": False},
        {"name": "Ollama", "base_url": empty, "models": [], "wants_key": False},
        {"name": "something on the port of vLLM", "base_url": locked, "models": [], "wants_key": True},
    ]
    assert any(qwen in sentence and "FLOWZERO_LLM_MODEL=qwen" in sentence for sentence in data["advice"])
    assert main(["doctor", "--quiet"]) == 0
    shown = " ".join(capfd.readouterr().out.split())
    for line in (f"llama.cpp at {qwen}: qwen", f"Ollama at {empty}: no model yet", "it wants a key"):
        assert line in shown


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"data": 3}', b'{"data": [1, {"x": 2}]}', b"\xff\xfe"])
def test_what_lists_no_models_is_no_language_model_and_breaks_nothing(listening, body):
    listening("vLLM", 200, body)
    assert all(server["models"] == [] for server in found()["llm"]["local"])


def found() -> dict:
    return examine(lambda event: None)


def test_doctor_tells_people_and_programs_the_same(capfd):
    assert main(["doctor", "--json", "--quiet"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert {"llm", "backbone", "device", "codecs", "extras", "vocabulary", "home", "advice"} <= data.keys()
    assert data["codecs"][".mp4"]["found"]
    assert data["device"]["devices"][-1] == "cpu"
    assert data["vocabulary"]["nouns"] == len(data["vocabulary"]["names"]) >= 40
    assert main(["doctor", "--quiet"]) == 0
    shown = capfd.readouterr().out
    assert "built-in mind" in shown
    assert f"{data['vocabulary']['nouns']} nouns" in shown


def test_a_language_model_that_answers_is_found(monkeypatch, server):
    monkeypatch.setenv("FLOWZERO_LLM_BASE_URL", server)
    monkeypatch.setenv("FLOWZERO_LLM_MODEL", "planner-7b")
    monkeypatch.setenv("FLOWZERO_LLM_API_KEY", "sesame")
    llm = found()["llm"]
    assert llm["reachable"]
    assert llm["summary"].endswith("answers")
    monkeypatch.setenv("FLOWZERO_LLM_MODEL", "another")
    assert "does not list it" in found()["llm"]["summary"]


def test_a_refused_key_and_a_silent_server_are_said(monkeypatch, server):
    monkeypatch.setenv("FLOWZERO_LLM_BASE_URL", server)
    monkeypatch.setenv("FLOWZERO_LLM_MODEL", "planner-7b")
    refused = found()
    assert not refused["llm"]["reachable"]
    assert "FLOWZERO_LLM_API_KEY" in refused["llm"]["summary"]
    monkeypatch.setenv("FLOWZERO_LLM_BASE_URL", "http://user:secret@127.0.0.1:9/v1")
    silent = found()
    assert "does not answer" in silent["llm"]["summary"]
    assert "secret" not in json.dumps(silent)
    assert any("FLOWZERO_LLM_BASE_URL" in sentence for sentence in silent["advice"])


def test_a_backbone_that_is_missing_is_said_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWZERO_BACKBONE", str(tmp_path / "nowhere"))
    data = found()
    assert not data["backbone"]["found"]
    assert any("FLOWZERO_BACKBONE" in sentence for sentence in data["advice"])
