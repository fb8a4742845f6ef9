"""Run the application in this process. Law: beyond this machine only with TLS; never more at once than it bears."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import make_app
from api.identity.beyond import is_loopback
from api.installation import Installation
from routing.domain.errors import UsageError

MOST_AT_ONCE = 1000  # connections; whoever comes beyond is told to wait
_LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
_LOOPBACK_NAMES = ("localhost", *_LOOPBACK_ADDRESSES)


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where to listen, and how.

    Attributes
    ----------
    names
        By which it is called besides.
    behind_proxy
        A proxy on this machine does TLS; the address and the scheme that it passes on are believed.
    """

    host: str = "127.0.0.1"
    port: int = 8040
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()
    behind_proxy: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine can call."""
        return is_loopback(self.host)

    @property
    def reaches_beyond(self) -> bool:
        """Whether others may call: directly, or by way of a proxy, under a name of its own."""
        return not self.is_loopback or self.behind_proxy or not all(map(is_loopback, self.names))

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
    return uvicorn.Server(
        uvicorn.Config(
            make_app(installation, names, reached_from_beyond=listening.reaches_beyond),
            host=listening.host,
            port=listening.port,
            ssl_certfile=listening.certificate,
            ssl_keyfile=listening.key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=listening.behind_proxy,
            forwarded_allow_ips=list(_LOOPBACK_ADDRESSES),
            limit_concurrency=MOST_AT_ONCE,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=16 * 1024,
            http="h11",
            ws="none",
        )
    )
