"""A service in a process of its own, made ready with one key that may do all that care needs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.identity.people import add_organisation, add_user
from api.identity.roles import Role, joined
from api.identity.tokens import KEY_PREFIX, hash_token, new_id, new_token
from api.installation import Installation
from api.security.field_cipher import Cell
from api.settings import read_settings
from api.storage.sessions import EVERY
from api.storage.tables import ApiKey
from tests.api.service.story import client as person

PASSPHRASE = "four words nobody guesses"
STARTED_WITHIN_S = 60


@dataclass(frozen=True, kw_only=True)
class Served:
    """A service that can be started, and the key to it."""

    home: Path
    key: str
    password: str
    environment: Mapping[str, str]

    def told(self, **more: str) -> "Served":
        """Return it with other settings."""
        return replace(self, environment={**self.environment, **more})


def made(home: Path, database_url: str = "") -> Served:
    """Make an installation with the organisation `north`, one user of every role, and a key."""
    passphrase = home / "passphrase"
    passphrase.write_text(PASSPHRASE, encoding="utf-8")
    own = {"DOORSTEP_HOME": str(home / "home"), "DOORSTEP_DATABASE_URL": database_url}
    installation = Installation(read_settings(own))
    installation.make([("passphrase", PASSPHRASE)])
    opened = installation.unlock(PASSPHRASE)
    secret, key_id, now = KEY_PREFIX + new_token(), new_id(), datetime.now(UTC)
    cell = Cell(table="api_key", column="sealed_name", row=key_id, organisation_id="north")
    with opened.store.writing(EVERY) as session:
        add_organisation(session, opened.cipher, "north", "North")
        user, password = add_user(session, opened.cipher, "north", "first", set(Role))
        user.password_expires_at = None
        session.add(
            ApiKey(
                organisation_id="north",
                key_id=key_id,
                secret_hash=hash_token(secret),
                user_id=user.user_id,
                sealed_name=opened.cipher.seal(cell, b"test"),
                roles=joined(Role),
                scopes="read write",
                created_at=now,
                expires_at=now + timedelta(days=3650),
            )
        )
    installation.close()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    environment = {**kept, **own, "DOORSTEP_PASSPHRASE_FILE": str(passphrase)}
    return Served(home=home, key=secret, password=password, environment=environment)


@dataclass
class Running:
    """A process that serves, and somebody who asks it."""

    process: subprocess.Popen[str]
    client: httpx.Client
    log: Path

    def add(self, client_id: str) -> httpx.Response:
        """Add a client to the programme `village`."""
        return self.client.post("/v1/programmes/village/clients", json=person(client_id, f"Heron {client_id}"))

    def kept(self) -> set[str]:
        """Return the ids of all clients of `village`."""
        found: set[str] = set()
        asked: dict[str, str] = {}
        while True:
            page = self.client.get("/v1/programmes/village/clients", params=asked).raise_for_status().json()
            found |= {item["client_id"] for item in page["items"]}
            if page["next_cursor"] is None:
                return found
            asked = {"cursor": page["next_cursor"]}


@contextmanager
def running(served: Served, ends: signal.Signals = signal.SIGTERM, port: int | None = None) -> Iterator[Running]:
    """Start it, wait until it answers, end it by a signal; nothing may have broken inside."""
    port, log = port or free_port(), served.home / "log"
    line = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with log.open("a", encoding="utf-8") as file:
        process = subprocess.Popen(
            line, env=dict(served.environment), stdin=subprocess.DEVNULL, stdout=file, stderr=file, text=True
        )
    headers = {"Authorization": f"Bearer {served.key}"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False, headers=headers) as client:
            _wait(client, process, log)
            yield Running(process, client, log)
    finally:
        process.send_signal(ends)
        process.wait(timeout=60)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _wait(client: httpx.Client, process: subprocess.Popen[str], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    process.kill()
    pytest.fail(f"it does not serve: {log.read_text(encoding='utf-8')}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
