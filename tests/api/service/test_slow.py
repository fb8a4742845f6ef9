"""Connections that keep the service waiting: more than it has room for, and everybody else is served all the same."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from api.manners.doorway import BACKLOG, HEAD_S, MOST_CONNECTIONS, RESERVED, UNREAD_S, room
from api.manners.guard import PATIENCE_S, SLOWEST_BYTES_S

SLOW_ONES = Path(__file__).with_name("slow_ones.py")
WANTED = 10_000


def connected(service, address: str = "127.0.0.1") -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10, source_address=(address, 0))


def is_over(connection: socket.socket) -> bool:
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True


@contextmanager
def attack(service, count: int) -> Iterator[subprocess.Popen[str]]:
    port = service.url.rpartition(":")[2]
    line = [sys.executable, str(SLOW_ONES), port, str(count)]
    process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def memory_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1_000_000


def test_ten_thousand_slow_connections_cost_nobody_else_anything(service):
    # As many as this machine lets a process open, if it is fewer than ten thousand.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard - 100)
    before_mb, took = memory_mb(), []
    with attack(service, count) as attackers:
        assert attackers.stdout.readline() == "attacking\n"
        for _ in range(20):
            began = time.monotonic()
            with service.as_role("dispatcher") as client:  # a connection of its own
                assert client.get("/v1/programmes").status_code == 200
            took.append(time.monotonic() - began)
            assert service.held() <= MOST_CONNECTIONS
            assert len(list(Path("/proc/self/fd").iterdir())) <= MOST_CONNECTIONS + BACKLOG + RESERVED
        assert service.held() > 100  # they are still there
        assert memory_mb() - before_mb < 300
        opened = int(attackers.communicate(timeout=120)[0].removeprefix("opened "))
    assert opened > count * 0.9
    assert sorted(took)[-3] < 5, took  # on a machine that does ten thousand other things besides
    with service.anonymous() as client:
        assert client.get("/readyz").status_code == 200


def test_whoever_does_not_say_what_they_want_is_hung_up_on(service):
    with connected(service) as silent, connected(service) as slow, connected(service) as idle:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += idle.recv(65536)
        idle.sendall(b"GET /healthz HTTP/1.1\r\n")  # the head of a second one, which never ends
        service.sweep(0)
        service.sweep(HEAD_S - 1)
        for connection in (silent, slow, idle):
            connection.settimeout(0.2)
            with pytest.raises(TimeoutError):
                is_over(connection)
            connection.settimeout(10)
        service.sweep(HEAD_S + 1)
        assert [is_over(connection) for connection in (silent, slow, idle)] == [True] * 3


def test_whoever_does_not_take_an_answer_is_hung_up_on(service):
    with connected(service) as reader:  # asks for 200 descriptions of the service, some 40 MB, and reads none
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200)
        until = time.monotonic() + 60
        while not service.unread() and time.monotonic() < until:
            time.sleep(0.05)
        service.sweep(0)
        service.sweep(UNREAD_S - 1)
        assert service.unread() > 50_000
        service.sweep(UNREAD_S + 1)
        service.sweep(UNREAD_S + 1)  # what was hung up on is gone the next time
        assert service.unread() == 0


def test_a_slow_body_is_refused_with_a_reason(service, monkeypatch):
    monkeypatch.setattr("api.manners.guard.PATIENCE_S", 0.3)
    with connected(service) as slow:
        slow.sendall(b"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n")
        for _ in range(20):
            slow.sendall(b" ")
            time.sleep(0.05)
            slow.settimeout(0.01)
            with suppress(TimeoutError):
                answer = slow.recv(65536)
                break
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"body_too_slow" in answer


def test_how_much_time_a_body_has():
    # 30 s, and a second more for every 500 bytes that have come.
    assert (PATIENCE_S, SLOWEST_BYTES_S) == (30, 500)


def test_there_is_room_for_a_thousand_where_the_system_grants_it():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = hard == resource.RLIM_INFINITY or hard >= MOST_CONNECTIONS + BACKLOG + RESERVED
    assert room() == MOST_CONNECTIONS if granted else room() == max(16, hard - BACKLOG - RESERVED)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(soft, MOST_CONNECTIONS)
