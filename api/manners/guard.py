"""The outermost layer. Law: what is too much is refused before it is read, and every answer carries the same care.

It reads bodies into memory up to a limit (an extract is streamed to its endpoint), refuses packed bodies, asks that a
browser's request comes from the service's own pages, and writes one line a request to the log: method, route, status,
time; never an address, a body or a query.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.manners.bodies import BODY
from api.manners.errors import (
    BadRequestError,
    ForbiddenError,
    MediaTypeError,
    ServiceError,
    TooLargeError,
    UnavailableError,
)
from api.manners.log import log_line, write_log
from api.manners.problems import problem_response

MOST_BYTES = 1024 * 1024
MOST_DOCUMENT_BYTES = 32 * 1024 * 1024
MOST_AT_ONCE_BYTES = 256 * 1024 * 1024  # of all bodies in memory
PATIENCE_S = 30  # between two pieces of a body
_STREAMED = "/v1/networks/"
_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Authorization, Cookie",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """An ASGI layer around the application."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], *, debug: bool) -> None:
        self._app = app
        self._debug = debug
        self._hosts = frozenset(hosts)
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        seen: dict[str, object] = {"status": 500}

        async def send_with_care(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        held = bytearray()
        try:
            await self._serve(scope, receive, send_with_care, held)
        except Exception as error:  # it has been answered; its text and its traceback may hold personal data
            if self._debug:
                raise
            write_log(event="broken", error=type(error).__name__)
        finally:
            self._held_bytes -= len(held)
            log_line(scope, seen["status"], time.monotonic() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, held: bytearray) -> None:
        try:
            streamed = await self._admitted(scope, receive, held)
        except ServiceError as error:
            await problem_response(error, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, receive if streamed else _replay(scope, bytes(held), receive), send)

    async def _admitted(self, scope: Scope, receive: Receive, held: bytearray) -> bool:
        """Take the body in, unless it is one to be streamed (True); raise what the request is refused for."""
        headers = Headers(scope=scope)
        self._refuse_foreign(headers)
        if headers.get("content-encoding", "identity") != "identity":
            raise MediaTypeError("body_packed", "the body is packed", remedy="send it without Content-Encoding")
        if scope["method"] == "PUT" and scope["path"].startswith(_STREAMED):
            return True
        await self._read(headers, receive, _limit(scope), held)
        return False

    async def _read(self, headers: Headers, receive: Receive, most: int, held: bytearray) -> None:
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said) > most:
            raise _too_large(most)
        more = True
        while more:
            message = await _next(receive)
            piece = message.get("body", b"")
            held += piece
            self._held_bytes += len(piece)
            if len(held) > most:
                raise _too_large(most)
            if self._held_bytes > MOST_AT_ONCE_BYTES:
                raise UnavailableError("busy", "too much is being sent at once", remedy="try again")
            more = message["type"] == "http.request" and message.get("more_body", False)

    def _refuse_foreign(self, headers: Headers) -> None:
        """Refuse a name that is not ours (another site's, made to point here) and a page of another site."""
        host = headers.get("host", "")
        if self._hosts and (urlsplit(f"//{host}").hostname or "") not in self._hosts:
            raise BadRequestError("host_unknown", "the service is not known by this name", remedy="use its own name")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise ForbiddenError("foreign_origin", "the request comes from another site", remedy="use our own pages")


async def _next(receive: Receive) -> Message:
    try:
        return await asyncio.wait_for(receive(), PATIENCE_S)
    except TimeoutError:
        raise BadRequestError("body_too_slow", "the body does not come", remedy="send it at once") from None


def _replay(scope: Scope, body: bytes, receive: Receive) -> Receive:
    scope[BODY] = body
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _limit(scope: Scope) -> int:
    """Return how long a body may be: a whole programme is longer than anything else."""
    path: str = scope["path"]
    whole = path == "/v1/programmes" or (path.startswith("/v1/programmes/") and path.endswith("/document"))
    return MOST_DOCUMENT_BYTES if whole else MOST_BYTES


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(
        "body_too_large", f"the body is larger than {most} bytes", remedy="send less", params={"most_bytes": most}
    )
