"""The page's server: the document, and a small JSON interface for it alone. Loopback only, and without torch."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from flowzero.dss import explain
from flowzero.errors import FlowZeroError, InputError, LLMError, ResourceError, SettingsError
from flowzero.events import Event, Listener
from flowzero.tools.page.bundle import document
from flowzero.tools.page.desk import Desk, PlanPage
from flowzero.tools.page.guard import Guard
from flowzero.tools.page.pictures import picture
from flowzero.tools.studio import Studio

ADDRESS = "127.0.0.1"
_MEDIA = {".mp4": "video/mp4", ".webm": "video/webm", ".gif": "image/gif", ".webp": "image/webp"}
_FOR_EVER = {"Cache-Control": "private, max-age=86400"}

Body = TypeVar("Body", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _New(_Body):
    prompt: str
    seconds: float | None = None
    fps: float | None = None


class _OfVersion(_Body):
    version: int | None = None


class _Revision(_OfVersion):
    instruction: str


class _EditList(_OfVersion):
    edits: Annotated[list[dict[str, Any]], Field(max_length=500)]


class _Render(_OfVersion):
    seed: int | None = None
    steps: int | None = None


class Pages:
    """The endpoints over one desk."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.desk = Desk(studio)

    def routes(self) -> list[Route]:
        """What can be asked for, and by which method."""
        plan, render = "/api/plans/{plan_id}", "/api/renders/{job_id}"
        return [
            Route("/", self.document),
            Route("/api/plans", self.plans, methods=["GET"]),
            Route("/api/plans", self.plan, methods=["POST"]),
            Route(plan, self.look, methods=["GET"]),
            Route(f"{plan}/revise", self.revise, methods=["POST"]),
            Route(f"{plan}/edit", self.edit, methods=["POST"]),
            Route(f"{plan}/mend", self.mend, methods=["POST"]),
            Route(f"{plan}/undo", self.undo, methods=["POST"]),
            Route(f"{plan}/redo", self.redo, methods=["POST"]),
            Route(f"{plan}/approve", self.approve, methods=["POST"]),
            Route(f"{plan}/render", self.render, methods=["POST"]),
            Route("/api/renders", self.renders, methods=["GET"]),
            Route(render, self.status, methods=["GET"]),
            Route(f"{render}/cancel", self.cancel, methods=["POST"]),
            Route(f"{render}/video", self.video, methods=["GET"]),
            Route("/api/pictures/{name}", self.picture, methods=["GET"]),
        ]

    async def document(self, request: Request) -> Response:
        """The page itself."""
        return HTMLResponse(document().html)

    async def plans(self, request: Request) -> Response:
        """The newest plans."""
        return _json(await self.studio.recent_plans(50))

    async def plan(self, request: Request) -> Response:
        """Plan a video, with progress."""
        body = await _read(request, _New)
        return told(lambda tell: self.desk.plan(body.prompt, body.seconds, body.fps, tell))

    async def look(self, request: Request) -> Response:
        """One version of a plan."""
        version = request.query_params.get("version", "")
        if version and not (version.isascii() and version.isdigit() and len(version) < 10):
            raise InputError("a version is a whole number.")
        return _json(await self.desk.look(request.path_params["plan_id"], int(version) if version else None))

    async def revise(self, request: Request) -> Response:
        """Change what an instruction names, with progress."""
        body, plan_id = await _read(request, _Revision), request.path_params["plan_id"]
        return told(lambda tell: self.desk.revise(plan_id, body.instruction, body.version, tell))

    async def edit(self, request: Request) -> Response:
        """Make typed edits."""
        body, plan_id = await _read(request, _EditList), request.path_params["plan_id"]
        return told(lambda tell: self.desk.edit(plan_id, body.edits, body.version, tell))

    async def mend(self, request: Request) -> Response:
        """Let the fixer mend what is broken."""
        body, plan_id = await _read(request, _OfVersion), request.path_params["plan_id"]
        return told(lambda tell: self.desk.mend(plan_id, body.version, tell))

    async def undo(self, request: Request) -> Response:
        """Back to the version before."""
        return _json(await self.desk.undo(request.path_params["plan_id"]))

    async def redo(self, request: Request) -> Response:
        """Forward again."""
        return _json(await self.desk.redo(request.path_params["plan_id"]))

    async def approve(self, request: Request) -> Response:
        """Note an approval."""
        body = await _read(request, _OfVersion)
        return _json(await self.desk.approve(request.path_params["plan_id"], body.version))

    async def render(self, request: Request) -> Response:
        """Queue a render."""
        body = await _read(request, _Render)
        return _json(await self.studio.render(request.path_params["plan_id"], **body.model_dump()))

    async def renders(self, request: Request) -> Response:
        """The newest renders."""
        return _json(await self.studio.recent_renders(100))

    async def status(self, request: Request) -> Response:
        """A render as it stands."""
        return _json(await self.studio.status(request.path_params["job_id"]))

    async def cancel(self, request: Request) -> Response:
        """Stop a render."""
        return _json(await self.studio.cancel(request.path_params["job_id"]))

    async def video(self, request: Request) -> Response:
        """A render's video; browsers ask for parts of it."""
        path = await self.studio.video(request.path_params["job_id"])
        return FileResponse(path, media_type=_MEDIA.get(path.suffix, "application/octet-stream"))

    async def picture(self, request: Request) -> Response:
        """A sprite or a backdrop."""
        data = await asyncio.to_thread(picture, request.path_params["name"])
        return Response(data, media_type="image/webp", headers=_FOR_EVER)


def build_app(studio: Studio, token: str, port: int) -> Starlette:
    """The ASGI application for a server at that port, for the browser that shows the token."""

    @asynccontextmanager
    async def warmed_up(_: Starlette) -> AsyncIterator[None]:
        # Now that the server has loaded all of its own: two threads that load at once may find modules half loaded.
        threading.Thread(target=studio.warm_up, daemon=True).start()
        yield

    return Starlette(
        lifespan=warmed_up,
        routes=Pages(studio).routes(),
        middleware=[Middleware(Guard, token=token, port=port, policy=document().policy)],
        exception_handlers={FlowZeroError: _refused, HTTPException: _missing},
    )


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback address; any free port for 0. Who connects before :func:`serve` waits.

    Raises:
        SettingsError: if the port is taken.
    """
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let others take the port over
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((ADDRESS, port))
        server.listen()
    except OSError as error:
        server.close()
        raise SettingsError(f"port {port} cannot be used ({error.strerror}): name another with --port, or 0 for any.") from None
    return server


def serve(studio: Studio, server: socket.socket, token: str) -> None:
    """Serve on a bound socket until stopped."""
    import uvicorn

    app = build_app(studio, token, server.getsockname()[1])
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)).run(sockets=[server])


def new_token() -> str:
    """What the browser is given, once for each start of the server."""
    return secrets.token_urlsafe(24)


async def _read(request: Request, kind: type[Body]) -> Body:
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        raise InputError(explain(error)) from None


def told(begin: Callable[[Listener], Awaitable[PlanPage]]) -> Response:
    """The work's events and then its outcome, each as a line of JSON; a reader who goes away stops it."""
    return StreamingResponse(_lines(begin), media_type="application/x-ndjson")


async def _lines(begin: Callable[[Listener], Awaitable[PlanPage]]) -> AsyncIterator[str]:
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(event: Event) -> None:
        loop.call_soon_threadsafe(events.put_nowait, event)

    work = asyncio.ensure_future(begin(tell))
    work.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield json.dumps({"event": event.message}) + "\n"
        yield json.dumps({"plan": work.result().model_dump(mode="json")}) + "\n"
    except FlowZeroError as error:
        yield json.dumps({"error": str(error)}) + "\n"
    except Exception:
        yield json.dumps({"error": "FlowZero made a mistake: see the window that it runs in."}) + "\n"
        raise
    finally:
        work.cancel()


def _json(value: BaseModel) -> Response:
    return JSONResponse(value.model_dump(mode="json"))


async def _refused(request: Request, error: Exception) -> Response:
    """Our own errors as a sentence and a status."""
    statuses = ((InputError, 400), (LLMError, 502), (ResourceError, 503))
    status = next((status for kind, status in statuses if isinstance(error, kind)), 500)
    return JSONResponse({"error": str(error)}, status)


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": "There is nothing at this address."}, status)
