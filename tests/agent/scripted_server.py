"""An OpenAI-compatible server on loopback that answers by a script, faults included; real sockets, real HTTP.

with ScriptedServer(Say({"objects": []}), Fail(429, headers={"Retry-After": "1"})) as server: ... server.url ... server.requests
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Say:
    """A chat completion with this text, or this value as JSON."""

    content: Any
    finish: str = "stop"
    refusal: str | None = None
    tokens: tuple[int, int] | None = (100, 50)
    sure: float | None = None
    """The probability of the whole answer, told token by token where the request asks for that."""


@dataclass(frozen=True)
class Fail:
    """An HTTP error in OpenAI's form."""

    status: int
    message: str = "scripted failure"
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None


@dataclass(frozen=True)
class Hang:
    """No answer at all for so long."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Reset:
    """The connection is reset: at once, or after half of a valid answer."""

    halfway: bool = False


@dataclass(frozen=True)
class Drip:
    """A valid answer, a byte at a time, slower than anybody waits for."""

    content: Any
    pause: float = 0.05


@dataclass(frozen=True)
class Late:
    """A valid answer of which only the head comes at once, and the rest after so many seconds."""

    content: Any
    seconds: float = 1.0


@dataclass(frozen=True)
class Raw:
    """These bytes with status 200, whatever they are."""

    body: bytes
    kind: str = "application/json"


Step = Say | Fail | Hang | Reset | Drip | Late | Raw


class ScriptedServer:
    """Serves the steps in order, one a request; a request beyond the script fails with HTTP 418 and is counted in `surplus`."""

    def __init__(self, *script: Step, refuse: Callable[[dict[str, Any]], str | None] = lambda _request: None) -> None:
        self.script = list(script)
        self.refuse = refuse
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.surplus = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        owner = self

        class Handler(_Handler):
            script = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next_step(self, request: dict[str, Any]) -> Step:
        with self._lock:
            self.requests.append(request)
            self.times.append(time.monotonic())
            if complaint := self.refuse(request):
                return Fail(400, complaint)
            if not self.script:
                self.surplus += 1
                return Fail(418, "the script is over")
            return self.script.pop(0)

    def pause(self, seconds: float) -> None:
        self._stop.wait(seconds)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def user_data(self, index: int) -> dict[str, Any]:
        """The data of the index-th request: what its first user message says, parsed."""
        data: dict[str, Any] = json.loads(self.requests[index]["messages"][1]["content"])
        return data


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedServer
    protocol_version = "HTTP/1.1"
    body: Callable[[Say], bytes]
    kind: str

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        request["_path"], request["_authorization"] = self.path, self.headers.get("Authorization")
        step = self.script.next_step(request)
        told = bool(request.get("logprobs"))
        body = events if request.get("stream") else completion
        self.body = lambda step: body(step if told else replace(step, sure=None))
        self.kind = "text/event-stream" if request.get("stream") else "application/json"
        with contextlib.suppress(ConnectionError):
            self._do(step)

    def _do(self, step: Step) -> None:
        if isinstance(step, Say):
            self._send(200, self.body(step), self.kind)
        elif isinstance(step, Fail):
            error = {"error": {"message": step.message, "type": "scripted", "code": step.code}}
            self._send(step.status, json.dumps(error).encode(), headers=step.headers)
        elif isinstance(step, Hang):
            self.script.pause(step.seconds)
            self.close_connection = True
        elif isinstance(step, Late):
            body = self.body(Say(step.content))
            self._head(200, len(body), self.kind, {})
            self.wfile.flush()
            self.script.pause(step.seconds)
            self.wfile.write(body)
        elif isinstance(step, Reset):
            if step.halfway:
                body = self.body(Say({"objects": []}))
                self._head(200, len(body), self.kind, {})
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif isinstance(step, Drip):
            body = self.body(Say(step.content))
            self._head(200, len(body), self.kind, {})
            for k in range(len(body)):
                if self.script.stopped:
                    break
                self.wfile.write(body[k : k + 1])
                self.wfile.flush()
                self.script.pause(step.pause)
            self.close_connection = True
        else:
            self._send(200, step.body, kind=step.kind)

    def _send(self, status: int, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), kind, headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def completion(step: Say) -> bytes:
    """The body of a chat completion."""
    text = step.content if isinstance(step.content, str) else json.dumps(step.content)
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "finish_reason": step.finish,
                "message": {"role": "assistant", "content": None if step.refusal else text, "refusal": step.refusal},
            }
        ],
    }
    if step.sure is not None:
        body["choices"][0]["logprobs"] = _logprobs([text], step.sure)
    if step.tokens is not None:
        body["usage"] = {"prompt_tokens": step.tokens[0], "completion_tokens": step.tokens[1], "total_tokens": sum(step.tokens)}
    return json.dumps(body).encode()


def events(step: Say) -> bytes:
    """The same completion as a stream of server-sent events, a few characters each."""
    text = step.content if isinstance(step.content, str) else json.dumps(step.content)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if step.refusal:
        deltas.append({"refusal": step.refusal})
    else:
        deltas += [{"content": text[k : k + 16]} for k in range(0, len(text), 16)]
    rows = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    for row, delta in zip(rows[1:], deltas[1:], strict=True):
        if step.sure is not None:
            row["choices"][0]["logprobs"] = _logprobs([delta["content"]], step.sure ** (1 / len(deltas[1:])))
    rows.append({"choices": [{"index": 0, "delta": {}, "finish_reason": step.finish}]})
    if step.tokens is not None:
        usage = {"prompt_tokens": step.tokens[0], "completion_tokens": step.tokens[1], "total_tokens": sum(step.tokens)}
        rows.append({"choices": [], "usage": usage})
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    return b"".join(f"data: {json.dumps({**head, **row})}\n\n".encode() for row in rows) + b"data: [DONE]\n\n"


def _logprobs(tokens: list[str], probability: float) -> dict[str, Any]:
    return {"content": [{"token": token, "logprob": math.log(probability), "top_logprobs": []} for token in tokens]}
