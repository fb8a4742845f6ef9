"""Run the application in this process. Law: beyond this machine only with TLS; never more at once than it bears."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import make_app
from api.installation import Installation
from routing.domain.errors import UsageError

MOST_AT_ONCE = 1000  # connections; whoever comes beyond is told to wait
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where to listen, and how."""

    host: str = "127.0.0.1"
    port: int = 8040
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine can call."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """What to open."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' * (self.certificate is not None)}://{shown}:{self.port}"


def refuse_open(listening: Listening) -> None:
    """Refuse to be called from elsewhere without TLS.

    Raises
    ------
    UsageError
        `tls_needed`.
    """
    if listening.is_loopback or (listening.certificate and listening.key):
        return
    raise UsageError(
        "tls_needed",
        "beyond this machine the service is served with TLS only",
        where="--host",
        remedy="give --tls-certificate and --tls-key, or listen on 127.0.0.1 behind a proxy that does TLS",
    )


def serve(installation: Installation, listening: Listening) -> None:
    """Serve until told to end; the databases are closed then."""
    make_server(installation, listening).run()


def make_server(installation: Installation, listening: Listening) -> uvicorn.Server:
    """Return a server that has not begun."""
    refuse_open(listening)
    names = (*_LOOPBACK_NAMES, listening.host, *listening.names)
    return _Server(
        installation,
        uvicorn.Config(
            make_app(installation, names),
            host=listening.host,
            port=listening.port,
            ssl_certfile=listening.certificate,
            ssl_keyfile=listening.key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=16 * 1024,
            http="h11",
            ws="none",
        ),
    )


class _Server(uvicorn.Server):
    """A server that lays jobs down before it waits for its connections, so that nobody goes on to watch them."""

    def __init__(self, installation: Installation, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._installation = installation

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        await asyncio.to_thread(self._installation.rest)
        await super().shutdown(sockets)
