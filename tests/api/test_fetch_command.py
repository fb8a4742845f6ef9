"""`doorstep network fetch`: the one command that opens a connection, here to a server on this machine."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.overpass import Asked, server


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    asks = socket.getaddrinfo
    asked = Asked()
    with server(asked) as address:
        monkeypatch.setenv("DOORSTEP_NOMINATIM", address)
        monkeypatch.setenv("DOORSTEP_OVERPASS", f"{address}/api")
        yield asked
    socket.getaddrinfo = asks


def test_a_fetched_place_is_an_extract(doorstep, servers: Asked, tmp_path: Path):
    out = tmp_path / "town.osm"
    done = doorstep("network", "fetch", "Canary town, Nowhere", "--out", out)
    assert done.code == 0
    assert "asking 127.0.0.1" in done.err
    assert "ODbL" in done.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert servers.questions[0] == "Canary town, Nowhere"
    told = json.loads(doorstep("network", "info", out, "--json").out)
    assert (told["dated"], told["restrictions"]["turns"]) == ("2026-11-20T10:00:00Z", 1)


def test_without_a_connection_nothing_is_written(doorstep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DOORSTEP_NOMINATIM", f"http://127.0.0.1:{unused.getsockname()[1]}")
        done = doorstep("network", "fetch", "Canary town, Nowhere", "--out", tmp_path / "town.osm")
    assert (done.code, done.out) == (3, "")
    assert "no_connection" in done.err
    assert "Canary" not in done.err
    assert list(tmp_path.glob("*.osm")) == []


def test_a_name_that_says_no_form_is_refused_before_anything_is_asked(doorstep, servers: Asked, tmp_path: Path):
    done = doorstep("network", "fetch", "Canary town", "--out", tmp_path / "town.pbf")
    assert done.code == 2
    assert "out_form_unknown" in done.err
    assert servers.questions == []
