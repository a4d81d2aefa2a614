"""A model hub on this machine: serves one folder as a repository, as far as huggingface_hub asks."""

from __future__ import annotations

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "0" * 40


class Hub:
    """Serves `folder` as `owner/model` while the context lasts, and remembers which files were fetched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._answer(body=False)

            def do_GET(self) -> None:
                self._answer(body=True)

            def _answer(self, body: bool) -> None:
                path = self.path.partition("?")[0]
                files = [file for file in sorted(hub.folder.rglob("*")) if file.is_file()]
                if path.startswith("/api/models/owner/model/tree/"):
                    self._send_json([hub.entry(file) for file in files])
                elif path.startswith("/api/models/owner/model"):
                    siblings = [{"rfilename": hub.entry(file)["path"]} for file in files]
                    self._send_json({"id": "owner/model", "sha": COMMIT, "siblings": siblings})
                elif path.startswith(f"/owner/model/resolve/{COMMIT}/"):
                    name = path.removeprefix(f"/owner/model/resolve/{COMMIT}/")
                    data = (hub.folder / name).read_bytes()
                    if body:
                        hub.fetched.append(name)
                    tag = hashlib.sha256(data).hexdigest()
                    self._send(200, data if body else b"", {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT}, len(data))
                else:
                    self._send(404, b"{}", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})

            def _send_json(self, data: object) -> None:
                self._send(200, json.dumps(data).encode(), {"Content-Type": "application/json"})

            def _send(self, status: int, data: bytes, headers: dict[str, str], length: int | None = None) -> None:
                self.send_response(status)
                for name, value in (headers | {"Content-Length": str(len(data) if length is None else length)}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def entry(self, file: Path) -> dict[str, object]:
        """A file as the hub lists it."""
        oid = hashlib.sha1(file.read_bytes()).hexdigest()
        return {"type": "file", "path": str(file.relative_to(self.folder)), "size": file.stat().st_size, "oid": oid}

    def __enter__(self) -> Hub:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def load_command(name: str) -> list[str]:
    """A fresh process that loads a backbone and prints what came of it; huggingface_hub reads its settings at import."""
    code = f"""
from flowzero.errors import BackboneError
from flowzero.renderer.backbones import load_backbone
try:
    print("loaded", type(load_backbone({name!r}, "cpu").unet).__name__)
except BackboneError as error:
    print(error)
"""
    return [sys.executable, "-c", code]
