"""A PostgreSQL server that goes away, or hangs: a clear error soon, nothing lost, and on it goes by itself.

`DOORSTEP_AWAY_S` says for how many seconds it is away: 3, or 30 in `make faults`.
"""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.api.service import postgres, story
from tests.faults.served import Running, made, running

AWAY_S = float(os.environ.get("DOORSTEP_AWAY_S", "3"))
BACK_WITHIN_S = 15  # of its return, every request is answered again
TOLD_WITHIN_S = 20


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgres.server(binaries) as own:
        yield own


def test_a_database_that_is_stopped_is_told_and_comes_back(server, tmp_path):
    with running(made(tmp_path, server.url)) as service:
        acknowledged = _village(service)
        server.stop()
        _asked_while_away(service)
        server.start()
        _comes_back(service, acknowledged)


def test_a_database_that_hangs_is_told_and_comes_back(server, tmp_path):
    with running(made(tmp_path, server.url)) as service:
        acknowledged = _village(service)
        server.signal(signal.SIGSTOP)
        try:
            _asked_while_away(service)
        finally:
            server.signal(signal.SIGCONT)
        _comes_back(service, acknowledged)


def _village(service: Running) -> set[str]:
    assert service.client.post("/v1/programmes", json=story.programme()).status_code == 201
    assert service.add("before").status_code == 201
    return {"c1", "c2", "before"}


def _asked_while_away(service: Running) -> None:
    """Ask for as long as it is away, several at once: everybody is told, and soon."""
    until = time.monotonic() + AWAY_S
    with ThreadPoolExecutor(4) as pool:
        while time.monotonic() < until:
            asked = [
                pool.submit(service.client.get, "/v1/programmes"),
                pool.submit(service.add, "away"),
                pool.submit(service.client.get, "/readyz"),
            ]
            assert service.client.get("/healthz").status_code == 200
            for answer in (each.result() for each in asked):
                assert (answer.status_code, answer.json()["code"]) == (503, "database_away"), answer.text
                assert answer.elapsed.total_seconds() < TOLD_WITHIN_S


def _comes_back(service: Running, acknowledged: set[str]) -> None:
    """Require that reading and writing go on, and that what was acknowledged is there, and nothing that was refused."""
    until = time.monotonic() + BACK_WITHIN_S
    while service.client.get("/v1/programmes").status_code != httpx.codes.OK:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert service.client.get("/readyz").status_code == 200
    assert service.add("after").status_code == 201
    assert service.kept() == acknowledged | {"after"}
