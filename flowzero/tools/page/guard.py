"""Who may talk to the page's server: the browser that was given the token, from the page itself, and nobody else.

The server listens on the loopback address, which other users of the machine and any web page in the browser can reach, too.
Other users lack the token. A web page of somebody else makes the browser send the cookie along when it is served from another
port of the same machine; its requests are known by their Origin and Sec-Fetch-Site headers, and by a Host header that is not
ours when its name was made to point here.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000
"""Bytes of a request. The largest plan's edit is smaller."""
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SAFE = ("GET", "HEAD")
_UNKNOWN = "This page is for the browser that was given its address: open the one that `flowzero studio` has printed."
_TOO_LONG = "That is too much at once."
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Guard:
    """ASGI middleware that passes on what the page itself has sent, and refuses the rest.

    Args:
        app: what stands behind it.
        token: what the browser must have been given.
        port: where the server listens; part of the cookie's name, since cookies do not know ports.
        policy: the content security policy of every answer.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, policy: str) -> None:
        self._app = app
        self._token = token
        self._cookie = f"flowzero-{port}"
        self._hosts = {f"{name}:{port}" for name in _NAMES} | ({*_NAMES} if port == 80 else set())
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in {**_HEADERS, "Content-Security-Policy": self._policy}.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                message["headers"] = headers.raw
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, guarded_send)
            return
        try:
            await self._app(scope, _limited(receive), guarded_send)
        except _TooLongError:
            await _no(_TOO_LONG, 413)(scope, receive, guarded_send)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that is not passed on; None for one that is."""
        headers = Headers(scope=scope)
        document = scope["path"] == "/" and scope["method"] in _SAFE
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("This server goes by another name.", 421)
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none") and not (document and headers.get("sec-fetch-mode") == "navigate"):
            return _no("Only the page itself may ask for this.", 403)
        if document and (shown := parse_qs(scope["query_string"].decode("latin-1")).get("token")):
            return self._welcome(shown[0])
        if not self._knows(headers.getlist("cookie")):
            return PlainTextResponse(_UNKNOWN, 401) if document else _no(_UNKNOWN, 401)
        return None if scope["method"] in _SAFE else _forged(headers)

    def _welcome(self, shown: str) -> Response:
        """Keep the token in a cookie, out of the address."""
        if not self._same(shown):
            return PlainTextResponse(_UNKNOWN, 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return answer

    def _knows(self, cookies: Iterable[str]) -> bool:
        for text in cookies:
            jar: MutableMapping[str, Any] = SimpleCookie(text)
            if self._cookie in jar and self._same(jar[self._cookie].value):
                return True
        return False

    def _same(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self._token.encode())


def _forged(headers: Headers) -> Response | None:
    """The answer to a change that the page has not sent like this; None for one that it has."""
    if headers.get("origin") != f"http://{headers.get('host')}":
        return _no("Only the page itself may change anything.", 403)
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _no("Send JSON.", 415)
    size = headers.get("content-length", "0")
    if not (size.isascii() and size.isdigit()) or int(size) > MAX_BODY:
        return _no(_TOO_LONG, 413)
    return None


class _TooLongError(Exception):
    """A body grew larger than it may be."""


def _limited(receive: Receive) -> Receive:
    """The same body, up to where it grows larger than it may be."""
    left = MAX_BODY

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _TooLongError
        return message

    return limited


def _no(reason: str, status: int) -> Response:
    return JSONResponse({"error": reason}, status)
