"""Ask a server. Law: certificates are checked, no proxy of the environment and no redirect is followed.

What may succeed a moment later (503, a connection that breaks) is asked again for a while, with the same idempotency
key, so that nothing is done twice. What will not (a certificate, a name nobody knows, a wrong key) is told at once.
"""

from __future__ import annotations

import itertools
import socket
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import httpx

from api.remote.address import checked_url, read_key, trust
from api.remote.answers import document_of, refuse_error
from api.remote.asked import Server
from routing.domain.errors import DoorstepError, InputError

PATIENCE_S = 15.0
ANSWER_S = 90.0  # papers are made one at a time
QUIET_S = 45.0  # a stream says every 15 s that it is there
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
LONGEST_PAUSE_S = 10.0


class Connection:
    """A server, spoken to with a program's key."""

    def __init__(self, server: Server) -> None:
        url = checked_url(server.url)
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {read_key(server.key_file)}", "User-Agent": "doorstep"},
            verify=trust(server.authority) if url.startswith("https:") else True,
            timeout=httpx.Timeout(ANSWER_S, connect=10.0),
            trust_env=False,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **query: object) -> dict[str, Any]:
        """Return the object at a path.

        Raises
        ------
        DoorstepError
            `server_away`, `server_not_trusted`, `server_answer_unreadable`, or what the server tells.
        """
        return document_of(self._asked("GET", path, params=_given(query)))

    def listed(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield all entries of a list, page by page; raise what `get` raises."""
        cursor: str | None = None
        while True:
            page = self.get(path, limit=200, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def fetched(self, path: str, **query: object) -> bytes | None:
        """Return a file; None: there is none. Raise what `get` raises."""
        answer = self._asked("GET", path, params=_given(query))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        refuse_error(answer)
        return answer.content

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Have something done, once; raise what `get` raises."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return document_of(self._asked("POST", path, json=body, headers=headers))

    @contextmanager
    def stream(self, path: str, last_event_id: int) -> Iterator[Iterator[str]]:
        """Open a stream of events behind one, once; lend its lines.

        Raises
        ------
        httpx.TransportError
            The connection broke.
        ToldError
            What the server tells.
        """
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last_event_id)}
        timeout = httpx.Timeout(QUIET_S, connect=10.0)
        with self._client.stream("GET", path, headers=headers, timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
            refuse_error(answer)
            yield answer.iter_lines()

    def _asked(self, method: str, path: str, **sent: Any) -> httpx.Response:
        ends_at, pauses = time.monotonic() + PATIENCE_S, pauses_s()
        while True:
            wait_s = next(pauses)
            try:
                answer = self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                if not may_come_back(error) or time.monotonic() + wait_s > ends_at:
                    raise unreached(error) from error
            else:
                wait_s = retry_after(answer) or wait_s
                if not _busy(answer) or time.monotonic() + wait_s > ends_at:
                    return answer
            time.sleep(wait_s)


def may_come_back(error: httpx.TransportError) -> bool:
    """Whether the same may succeed a moment later."""
    return not any(isinstance(cause, ssl.SSLError | socket.gaierror) for cause in _causes(error)) and not isinstance(
        error, httpx.UnsupportedProtocol | httpx.LocalProtocolError
    )


def unreached(error: httpx.TransportError) -> DoorstepError:
    """Return why a server was not reached."""
    refused = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if isinstance(refused, ssl.SSLCertVerificationError):
        return InputError(
            "server_not_trusted",
            f"the server's certificate is not trusted: {refused.verify_message}",
            where="--server",
            remedy="name its authority with --server-ca (authority.pem); or have its certificate renewed",
        )
    if refused is not None:
        return InputError(
            "server_not_trusted", "the server does not speak TLS there", where="--server", remedy="correct the address"
        )
    return InputError(
        "server_away",
        f"the server does not answer ({type(error).__name__})",
        where="--server",
        remedy="see whether it runs, and correct the address; then ask again",
    )


def retry_after(answer: httpx.Response) -> float | None:
    """Return for how long a server asks to wait, up to ten seconds."""
    said = answer.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE_S) if said.isascii() and said.isdecimal() else None


def _busy(answer: httpx.Response) -> bool:
    """Whether the server cannot do it now, and nobody has to do anything about it."""
    return answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and b'"locked"' not in answer.content


def pauses_s() -> Iterator[float]:
    """Yield how long to wait before the next try, without end."""
    return itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1]))


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _given(query: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in query.items() if value is not None}
