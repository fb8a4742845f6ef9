"""Run the application in this process. Law: beyond this machine only with TLS; never more at once than it bears."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import make_app
from api.installation import Installation
from api.manners.addresses import is_loopback
from api.manners.doorway import BACKLOG, Doorway, Visitors, WatchedProtocol, open_doorways, room
from routing.domain.errors import UsageError

# Or else the thread that answers connections waits 5 ms, Python's default, for each thread that reckons something.
SWITCHES_AFTER_S = 0.0005
# Or else the collector looks about after every 700 objects: one answer makes thousands.
COLLECTS_AFTER = (20_000, 20, 20)
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
        remedy="make a certificate: doorstep tls init NAME; or give --tls-certificate and --tls-key; or listen on"
        " 127.0.0.1 --behind-proxy, one that does TLS",
    )


def serve(installation: Installation, listening: Listening) -> None:
    """Serve until told to end; the databases are closed then.

    Raises
    ------
    UsageError
        `tls_needed`, `cannot_listen`.
    """
    server = make_server(installation, listening)
    settle()
    server.run()


def settle() -> None:
    """Have the garbage collector pass over what is here to stay: a look at all modules stops every thread for 0.1 s."""
    gc.set_threshold(*COLLECTS_AFTER)
    gc.collect()
    gc.freeze()


class Server(uvicorn.Server):
    """A server that knows whom it has let in, and lays jobs down before it ends."""

    def __init__(
        self, installation: Installation, config: uvicorn.Config, listening: Listening, visitors: Visitors
    ) -> None:
        super().__init__(config)
        self._installation = installation
        self.listening = listening
        self.visitors = visitors

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door."""
        await super().startup(sockets or [*self._doorways()])

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections once a second; this is called ten times."""
        if counter % 10 == 0:
            self.visitors.sweep()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; nobody goes on to watch a job that is laid down."""
        await asyncio.to_thread(self._installation.rest)
        await super().shutdown(sockets)

    def _doorways(self) -> list[Doorway]:
        try:
            return open_doorways(self.listening.host, self.listening.port, self.visitors)
        except OSError as error:
            raise UsageError(
                "cannot_listen",
                (error.strerror or "there is no such address").lower(),
                where=f"{self.listening.host}:{self.listening.port}",
                remedy="end what listens there, or give another --port or --host",
            ) from error


def make_server(installation: Installation, listening: Listening) -> Server:
    """Return a server that has not begun."""
    refuse_open(listening)
    sys.setswitchinterval(SWITCHES_AFTER_S)
    visitors = Visitors(room())
    protocol = type("Protocol", (WatchedProtocol,), {"visitors": visitors})
    names = (*_LOOPBACK_NAMES, listening.host, *listening.names)
    config = uvicorn.Config(
        make_app(installation, names, reached_from_beyond=listening.reaches_beyond),
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
        log_config=None,
        log_level=None if installation.debug else "critical",  # its own lines are none of ours, and flood under attack
        access_log=False,
        server_header=False,
        proxy_headers=listening.behind_proxy,
        forwarded_allow_ips=list(_LOOPBACK_ADDRESSES),
        backlog=BACKLOG,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16 * 1024,
        http=protocol,
        ws="none",
    )
    return Server(installation, config, listening, visitors)
