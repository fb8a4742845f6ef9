"""The outermost layer. Law: what is too much is refused before it is read, and every answer carries the same care.

It reads bodies into memory up to a limit (an extract is streamed to its endpoint), which is a small one for whoever is
not known; refuses packed bodies and slow ones; asks that a browser's request comes from the service's own pages; and
writes one line a request to the log: method, route, status, time; never an address, a body or a query.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.access import ACCESS
from api.manners.bodies import BODY
from api.manners.errors import (
    BadRequestError,
    ForbiddenError,
    MediaTypeError,
    ServiceError,
    TooLargeError,
    UnavailableError,
    UnprocessableError,
)
from api.manners.log import CODE, log_line, write_log
from api.manners.problems import not_found, problem_response

MOST_HEAD_BYTES = 16 * 1024
STRANGERS_BYTES = 64 * 1024  # of whoever has not shown who they are
MOST_BYTES = 1024 * 1024
MOST_DOCUMENT_BYTES = 32 * 1024 * 1024
MOST_AT_ONCE_BYTES = 256 * 1024 * 1024  # of all bodies in memory
PATIENCE_S = 30  # until a body is there
SLOWEST_BYTES_S = 500  # and so much longer for a long one
FOREIGN = "foreign_origin"
_STREAMED = "/v1/networks/"
_STRANGERS = frozenset(path for (_, path), access in ACCESS.items() if access.anybody or access.by_link)
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
    """An ASGI layer around the application.

    `refuse_stranger` raises what a request is refused for if nobody knows who asks; `record_foreign` is called
    where one comes from another site's page.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str],
        refuse_stranger: Callable[[Scope], object],
        record_foreign: Callable[[], None],
        *,
        debug: bool,
    ) -> None:
        self._app = app
        self._record_foreign = record_foreign
        self._refuse_stranger = refuse_stranger
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
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
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
            if error.code == FOREIGN:
                await run_in_threadpool(self._record_foreign)
            scope[CODE] = error.code
            await problem_response(error, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _timely(receive) if streamed else _replay(scope, bytes(held), receive), send)

    async def _admitted(self, scope: Scope, receive: Receive, held: bytearray) -> bool:
        """Take the body in, unless it is one to be streamed (True); raise what the request is refused for."""
        headers = Headers(scope=scope)
        self._refuse_foreign(headers)
        _refuse_zero(scope)
        if sum(len(name) + len(value) for name, value in headers.raw) + len(scope["query_string"]) > MOST_HEAD_BYTES:
            raise BadRequestError("bad_request", "the head of the request is too long", remedy="send less")
        if "content-length" in headers and "transfer-encoding" in headers:  # a proxy might take it for two requests
            raise BadRequestError("bad_request", "the request says twice how long it is", remedy="say it once")
        if headers.get("content-encoding", "identity") != "identity":
            raise MediaTypeError("body_packed", "the body is packed", remedy="send it without Content-Encoding")
        if scope["method"] == "PUT" and scope["path"].startswith(_STREAMED):
            return True
        await self._read(scope, headers, _timely(receive), held)
        return False

    async def _read(self, scope: Scope, headers: Headers, receive: Receive, held: bytearray) -> None:
        most, known = _limit(scope), False
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said) > most:
            raise _too_large(most)
        more = True
        while more:
            if not known and max(len(held), int(said)) > STRANGERS_BYTES:
                await run_in_threadpool(self._refuse_stranger, scope)
                known = True
            message = await receive()
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


def _refuse_zero(scope: Scope) -> None:
    """Refuse the sign of zero where ids stand: none has it, and PostgreSQL takes no text with it."""
    if "\0" in scope["path"]:
        raise not_found()
    if b"%00" in scope["query_string"]:
        raise UnprocessableError(
            "bad_parameter", "a parameter cannot be read", where="/query", remedy="see /openapi.json for what it may be"
        )


def _timely(receive: Receive) -> Receive:
    """Receive a body that has to come at some speed; the time for the next piece grows with what has come."""
    began, came = time.monotonic(), 0

    async def timely() -> Message:
        nonlocal came
        left_s = began + PATIENCE_S + came / SLOWEST_BYTES_S - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(0, left_s))
        except TimeoutError:
            raise BadRequestError("body_too_slow", "the body does not come", remedy="send it at once") from None
        came += len(message.get("body", b""))
        return message

    return timely


def _replay(scope: Scope, body: bytes, receive: Receive) -> Receive:
    scope[BODY] = body
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _limit(scope: Scope) -> int:
    """Return how long a body may be: a whole programme is longer than anything else."""
    path: str = scope["path"]
    if path in _STRANGERS:
        return STRANGERS_BYTES
    whole = path == "/v1/programmes" or (path.startswith("/v1/programmes/") and path.endswith("/document"))
    return MOST_DOCUMENT_BYTES if whole else MOST_BYTES


def raw_refusal() -> bytes:
    """Return the whole answer to what is no HTTP."""
    answer = problem_response(BadRequestError("bad_request", "the request cannot be read", remedy="see /openapi.json"))
    headers = [(name.title(), value) for name, value in answer.headers.items()] + [*_ALWAYS.items()]
    lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + bytes(answer.body)


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(
        "body_too_large", f"the body is larger than {most} bytes", remedy="send less", params={"most_bytes": most}
    )
