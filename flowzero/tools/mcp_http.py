"""The MCP server on HTTP, for hosts on other machines: tokens, allowed names, limits on size and rate."""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from flowzero.errors import SettingsError
from flowzero.tools.mcp_server import build_server
from flowzero.tools.studio import Studio

PATH = "/mcp"
MAX_BODY = 1_000_000
"""Bytes of a request. The largest plan is smaller."""
_KNOWN_CALLERS = 10_000
_CONNECTIONS = 1_000
"""Open at once; more are told to come back later."""


@dataclass(frozen=True)
class Address:
    """Where the server listens and who may call it."""

    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None
    """What callers must show; needed everywhere but on the loopback address."""
    names: Sequence[str] = ()
    """Names under which callers reach the server, beside the address itself: the Host header must be one of them."""
    origins: Sequence[str] = ()
    """Web pages that may call it: the Origin header, where there is one, must be one of them."""
    rate: float = 20.0
    """Requests a second that one caller may send in the long run; five seconds' worth at once."""


def build_app(studio: Studio, address: Address) -> Starlette:
    """The ASGI application.

    Raises:
        SettingsError: if it would listen to other machines without a token, or without knowing its own name.
    """
    local = _is_loopback(address.host)
    if not local and not address.token:
        raise SettingsError(
            f"{address.host} can be reached by others: set FLOWZERO_MCP_TOKEN to a secret that callers must show."
        )
    if address.host in ("0.0.0.0", "::") and not address.names:  # noqa: S104
        raise SettingsError("a server on every address must know its name: give --allow-host with the name that callers use.")
    hosts = [pattern for name in (address.host, *address.names) for pattern in _with_port(name)]
    hosts += [pattern for name in ("127.0.0.1", "localhost", "[::1]") for pattern in _with_port(name)] if local else []
    origins = [*address.origins, *(("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*") if local else ())]
    server = build_server(studio, **_authentication(address))
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_BODY,
        transport_security=TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins),
        host=address.host,
    )
    app.add_middleware(RateLimit, rate=address.rate, token=address.token)
    if address.origins:
        # Browsers ask before they call, and ask without the token.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(address.origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["Mcp-Session-Id", "WWW-Authenticate"],
        )
    return app


def serve(studio: Studio, address: Address) -> None:
    """Serve until stopped.

    Raises:
        SettingsError: as :func:`build_app`.
    """
    import uvicorn

    app = build_app(studio, address)
    uvicorn.run(app, host=address.host, port=address.port, log_level="warning", limit_concurrency=_CONNECTIONS)


class OneToken:
    """Verifies the one token that callers share."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who shows the token, or None; takes the same time for every wrong one."""
        if not hmac.compare_digest(token.encode(), self._token):
            return None
        return AccessToken(token=token, client_id="flowzero", scopes=[])


class RateLimit:
    """Answers 429 to a caller who sends more than `rate` requests a second.

    Callers are told apart by the token where they show the right one, and else by their address, so that a wrong token does not
    buy another try.
    """

    def __init__(self, app: ASGIApp, rate: float, token: str | None = None) -> None:
        self._app = app
        self._rate = rate
        self._credential = f"Bearer {token}".encode() if token else None
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and not self._allows(self._caller(scope)):
            refusal = PlainTextResponse("Too many requests: wait a second.", status_code=429, headers={"Retry-After": "1"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _caller(self, scope: Scope) -> str:
        shown = dict(scope["headers"]).get(b"authorization", b"")
        if self._credential is not None and hmac.compare_digest(shown, self._credential):
            return "token"
        return f"at {(scope.get('client') or ('',))[0]}"

    def _allows(self, caller: str) -> bool:
        """Take a drop from the caller's bucket, which fills at `rate` and holds five seconds' worth."""
        now = time.monotonic()
        left, then = self._buckets.pop(caller, (5 * self._rate, now))
        left = min(5 * self._rate, left + (now - then) * self._rate)
        self._buckets[caller] = (max(left - 1, 0.0), now)
        if len(self._buckets) > _KNOWN_CALLERS:
            self._buckets.popitem(last=False)
        return left >= 1


def _authentication(address: Address) -> dict[str, Any]:
    if not address.token:
        return {}
    base = f"http://{address.names[0] if address.names else address.host}:{address.port}"
    auth = AuthSettings(issuer_url=AnyHttpUrl(base), resource_server_url=AnyHttpUrl(base + PATH), validate_token_resource=False)
    return {"auth": auth, "token_verifier": OneToken(address.token)}


def _with_port(name: str) -> list[str]:
    """A name as the Host header may bear it: alone, and with any port."""
    return [name, f"{name}:*"]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
