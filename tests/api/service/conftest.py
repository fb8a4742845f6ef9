"""One running service for all tests, once on each database: a real server on a port of its own, spoken to over HTTP.

Two organisations, `north` and `south`, each with a user and a key for every role, and a user with all roles of care.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

from api.identity.people import add_organisation, add_user, find_user
from api.identity.roles import CARE, Role, joined
from api.identity.tokens import COOKIE, KEY_PREFIX, csrf_token, hash_token, new_id, new_token
from api.installation import Installation, Opened
from api.security.field_cipher import Cell
from api.serving import Listening, Server, make_server
from api.settings import read_settings
from api.storage.sessions import EVERY
from api.storage.tables import ApiKey, SignIn, User
from tests.api.service import postgres, story

PASSPHRASE = "four words nobody guesses"
ORGANISATIONS = ("north", "south")
_numbers = itertools.count(1)


@dataclass
class Service:
    """A service that runs, and how to speak to it."""

    url: str
    installation: Installation
    log: Path
    database: str
    server: Server
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def opened(self) -> Opened:
        assert self.installation.opened is not None
        return self.installation.opened

    def held(self) -> int:
        """How many connections there are."""
        return len(list(self.server.visitors))

    def unread(self) -> int:
        """How many bytes of answers nobody takes."""
        transports = [one.protocol.transport for one in self.server.visitors if one.protocol]
        return sum(transport.get_write_buffer_size() for transport in transports)

    def sweep(self, later_s: float) -> None:
        """Have the service look after its connections as it will do later."""
        done = threading.Event()

        def look() -> None:
            self.server.visitors.sweep(time.monotonic() + later_s)
            done.set()

        self.server.servers[0].get_loop().call_soon_threadsafe(look)
        assert done.wait(10)

    def anonymous(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=300, headers=headers, trust_env=False)

    def signed_in(self, role: str, organisation_id: str = "north", **headers: str) -> httpx.Client:
        """Return a client with a session that has begun, without its password."""
        token, now = new_token(), datetime.now(UTC)
        with self.opened.store.writing(EVERY) as session:
            user = find_user(session, self.opened.cipher, organisation_id, role)
            session.add(
                SignIn(
                    organisation_id=organisation_id,
                    token_hash=hash_token(token),
                    user_id=user.user_id,
                    created_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
        csrf = csrf_token(token, self.opened.keyring.of_root("csrf"))
        return self.anonymous(**headers, **{"Cookie": f"{COOKIE}={token}", "X-CSRF-Token": csrf})

    def as_role(self, role: str, organisation_id: str = "north") -> httpx.Client:
        """Return a client that holds a key: of a role, or `care` for all that the whole document needs."""
        return self.anonymous(Authorization=f"Bearer {self.keys[organisation_id, role]}")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The setting of the database: none for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgres.running(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def service(database_url: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service, unlocked, on a port of its own."""
    folder = tmp_path_factory.mktemp("service")
    environment = {"DOORSTEP_HOME": str(folder), "DOORSTEP_DATABASE_URL": database_url or ""}
    installation = Installation(read_settings(environment))
    installation.make([("passphrase", PASSPHRASE)])
    installation.unlock(PASSPHRASE)
    running = serving(installation)
    with running as url:
        name = "sqlite" if database_url is None else "postgresql"
        made = Service(url, installation, folder / "log", name, running.server)
        for organisation_id in ORGANISATIONS:
            add_people(made, organisation_id)
        yield made


class serving:  # noqa: N801 - used like a function
    """Run a server in a thread for as long as a block lasts."""

    def __init__(self, installation: Installation, **listening: object) -> None:
        self.server = make_server(installation, Listening(port=0, **listening))
        self._thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


def add_people(made: Service, organisation_id: str) -> None:
    with made.opened.store.writing(EVERY) as session:
        add_organisation(session, made.opened.cipher, organisation_id, "Canary Ibis")
        for name, roles in (*((role, {role}) for role in Role), ("care", CARE), ("all", set(Role))):
            user, _ = add_user(session, made.opened.cipher, organisation_id, str(name), roles)
            user.password_expires_at = None  # as if they had changed it
            session.flush()
            made.keys[organisation_id, str(name)] = key_of(made, session, user, joined(roles))


def key_of(
    made: Service, session: Session, user: User, roles: str, scopes: str = "read write", **changed: object
) -> str:
    """Write a key straight into the database; return its secret."""
    secret, key_id, now = KEY_PREFIX + new_token(), new_id(), datetime.now(UTC)
    fields = {
        "organisation_id": user.organisation_id,
        "key_id": key_id,
        "secret_hash": hash_token(secret),
        "user_id": user.user_id,
        "sealed_name": made.opened.cipher.seal(
            Cell(table="api_key", column="sealed_name", row=key_id, organisation_id=user.organisation_id), b"test"
        ),
        "roles": roles,
        "scopes": scopes,
        "created_at": now,
        "expires_at": now + timedelta(days=1),
    }
    session.add(ApiKey(**(fields | changed)))
    return secret


@pytest.fixture
def programme_id(service: Service) -> str:
    """A programme of north's, of this test alone."""
    return add_programme(service, "north")


def add_programme(service: Service, organisation_id: str) -> str:
    programme_id = f"village-{next(_numbers)}"
    with service.as_role("care", organisation_id) as client:
        done = client.post("/v1/programmes", json=story.programme(programme_id))
    assert done.status_code == 201, done.text
    return programme_id
