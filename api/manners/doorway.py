"""Connections. Law: whoever is slow costs their own connection, and never somebody else's.

A connection is taken in before anything is known of it: before its TLS handshake, its request, its body. There is room
for so many; when it is full, one that still keeps us waiting makes room: the oldest of the address that has most of
them. Whoever sends no whole head of a request for 15 seconds, or takes nothing of an answer for 30, is hung up on. (How
fast a body has to come is said in `guard.py`.)
"""

from __future__ import annotations

import asyncio
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.manners.addresses import network_of
from api.manners.guard import raw_refusal

MOST_CONNECTIONS = 1000
BACKLOG = 256  # taken in at one go, before any of those that have to go is closed
RESERVED = 200  # of what may be open: databases, extracts, logs
HEAD_S, UNREAD_S = 15, 30


class Stage(Enum):
    """What a connection is busy with."""

    HANDSHAKE = "handshake"
    HEAD = "head"  # or nothing, between two requests
    BODY = "body"
    ANSWER = "answer"


@dataclass(eq=False)
class Visitor:
    """One connection.

    Attributes
    ----------
    number
        Its file descriptor, which the system gives to another one once it is closed.
    since_s
        When its stage began, as far as anybody has looked.
    unread
        Bytes of answers that the other side has not taken, at the last look.
    moved_s
        When those last became fewer.
    """

    connection: socket.socket
    number: int
    network: str
    since_s: float
    moved_s: float
    unread: int = 0
    protocol: WatchedProtocol | None = None
    seen: tuple[Stage, object] = field(default=(Stage.HANDSHAKE, None))

    @property
    def stage(self) -> Stage:
        """What it is busy with now."""
        return self._now()[0]

    def look(self, now_s: float) -> bool:
        """Look at it; return whether it has kept us waiting for too long."""
        seen = self._now()
        if seen != self.seen:
            self.seen, self.since_s = seen, now_s
        unread = 0 if self.protocol is None else self.protocol.transport.get_write_buffer_size()
        if unread == 0 or unread < self.unread:
            self.moved_s = now_s
        self.unread = unread
        idle = self.stage in {Stage.HANDSHAKE, Stage.HEAD} and unread == 0
        return (idle and now_s - self.since_s > HEAD_S) or now_s - self.moved_s > UNREAD_S

    def hang_up(self) -> None:
        """End it at once. A socket that is shut down is closed by whoever reads from it, even in a handshake."""
        if self.protocol is not None:
            self.protocol.transport.abort()
        else:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _now(self) -> tuple[Stage, object]:
        if self.protocol is None:
            return Stage.HANDSHAKE, None
        cycle = self.protocol.cycle  # one request and its answer
        if cycle is None or cycle.response_complete:
            return Stage.HEAD, cycle
        return (Stage.BODY if cycle.more_body else Stage.ANSWER), cycle


class Visitors:
    """All connections, by their file descriptor."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: dict[int, Visitor] = {}

    def __iter__(self) -> Iterator[Visitor]:
        return iter(list(self._held.values()))

    def take_in(self, connection: socket.socket, host: str) -> None:
        """Note a connection; where there are too many, one of those that keep us waiting goes."""
        now_s = time.monotonic()
        number = connection.fileno()
        self._held.pop(
            number, None
        )  # closed, since the system has given its number away; the oldest have to stay first
        self._held[number] = Visitor(connection, number, network_of(host), since_s=now_s, moved_s=now_s)
        if len(self._held) > self.most:
            self._forget_closed()
        if len(self._held) > self.most:
            leaving = self._slowest()
            leaving.hang_up()
            self.forget(leaving)

    def entered(self, protocol: WatchedProtocol) -> Visitor | None:
        """Note that a connection speaks HTTP now, and return it; one that had to go meanwhile is ended."""
        found = self._held.get(protocol.transport.get_extra_info("socket").fileno())
        if found is None:
            protocol.transport.abort()
        else:
            found.protocol = protocol
        return found

    def forget(self, visitor: Visitor) -> None:
        """Forget a connection that has ended."""
        if self._held.get(visitor.number) is visitor:
            del self._held[visitor.number]

    def sweep(self, now_s: float | None = None) -> None:
        """End whoever has kept us waiting for too long."""
        self._forget_closed()
        now_s = time.monotonic() if now_s is None else now_s
        for visitor in self:
            if visitor.look(now_s):
                visitor.hang_up()

    def _slowest(self) -> Visitor:
        """Return the oldest that keeps us waiting, of the address that has most of those; else the newcomer."""
        waiting = [visitor for visitor in self if visitor.stage is not Stage.ANSWER]
        crowded, _ = Counter(visitor.network for visitor in waiting).most_common(1)[0]
        return next(visitor for visitor in waiting if visitor.network == crowded)

    def _forget_closed(self) -> None:
        for visitor in self:
            if visitor.connection.fileno() < 0:
                self.forget(visitor)


class Doorway(socket.socket):
    """A listening socket that notes whom it lets in."""

    visitors: Visitors

    def accept(self) -> tuple[socket.socket, object]:
        """Take a connection in."""
        connection, address = super().accept()
        self.visitors.take_in(connection, str(address[0]))
        return connection, address


class WatchedProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, watched. What is read of its `cycle` is uvicorn's own, and held by the tests."""

    visitors: ClassVar[Visitors]
    visitor: Visitor | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        self.visitor = self.visitors.entered(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self.visitor is not None:
            self.visitors.forget(self.visitor)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours is the same for whatever was wrong
        """Answer what is no HTTP, if nothing has been answered yet; hang up."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE} and not (self.cycle and self.cycle.response_started):
            self.transport.write(raw_refusal())
        self.transport.close()


def open_doorways(host: str, port: int, visitors: Visitors) -> list[Doorway]:
    """Return a bound socket for each address of a host; raise `OSError` where one cannot be bound."""
    made: list[Doorway] = []
    try:
        for family, kind, proto, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            doorway = Doorway(family, kind, proto)
            made.append(doorway)
            doorway.visitors = visitors
            doorway.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                doorway.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            doorway.bind(address)
    except OSError:
        for doorway in made:
            doorway.close()
        raise
    return made


def room() -> int:
    """Return for how many connections there is room, after asking the system for as much as it grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + BACKLOG + RESERVED
    if soft < wanted and soft != resource.RLIM_INFINITY:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    most = MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft - BACKLOG - RESERVED)
    return max(most, 16)
