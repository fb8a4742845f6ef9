"""One installation of the service: locked, or opened. Law: nothing is read or written before it is unlocked.

Its folder is `service` in DOORSTEP_HOME: `keyring.json`, `doorstep.db` (unless PostgreSQL is used), `keys.db`, and
`networks`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, select

from api.audit.chain import Event
from api.audit.recording import Recorder
from api.days.remembering import forget_days
from api.jobs.runner import Runner
from api.networks.unfinished import end_unfinished
from api.plans.bases import KeptBases
from api.plans.desks import Desks
from api.plans.kept_plans import KeptPlans
from api.plans.printing import Printer
from api.programmes.kept import KeptProgrammes
from api.retention.purging import Daily
from api.security.field_cipher import FieldCipher
from api.security.keyring import FILE_NAME, Keyring, SlotKind, new_keyring, open_keyring, with_slot
from api.security.private_files import write_private
from api.settings import Settings
from api.storage import client_keys
from api.storage.engine import postgresql_engine, psycopg_url, sqlite_engine
from api.storage.migrating import migrate
from api.storage.sessions import EVERY, Store
from api.storage.tables import Erasure
from routing.domain.errors import UsageError
from routing.domain.geometry import forget_pins

DATABASE, NETWORKS, LOCK = "doorstep.db", "networks", "service.lock"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What there is once the keys are known. `owner`: by which the ledger of jobs knows this installation."""

    keyring: Keyring
    cipher: FieldCipher
    store: Store
    client_keys: client_keys.ClientKeys
    kept: KeptProgrammes
    plans: KeptPlans
    bases: KeptBases
    desks: Desks
    printer: Printer
    networks: Path
    audit: Recorder
    daily: Daily
    owner: str

    def close(self) -> None:
        """Close the databases."""
        self.daily.close()
        self.printer.close()
        self.audit.close()
        self.client_keys.close()
        self.store.close()


class Installation:
    """The folder of a service, and what is open of it."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home / "service"
        self.debug = settings.debug
        self.settings = settings
        self._database_url = settings.database_url
        self._opening = Lock()
        self._lock_file: int | None = None
        self.opened: Opened | None = None
        self.runner: Runner | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is a keyring."""
        return (self.folder / FILE_NAME).exists()

    def make(self, secrets: Sequence[tuple[SlotKind, str]]) -> None:
        """Make the keyring, once.

        Raises
        ------
        UsageError
            `service_exists`, `passphrase_too_short`, `database_url_unknown`, `cannot_write`.
        """
        if self.is_made:
            raise UsageError(
                "service_exists",
                "there is a keyring here already",
                where=str(self.folder),
                remedy="use it, or set DOORSTEP_HOME to another folder",
            )
        if self._database_url is not None:
            psycopg_url(self._database_url)
        write_private(self.folder, {FILE_NAME: new_keyring(secrets)})

    def exchange(self, kind: SlotKind, secret: str, new: str) -> None:
        """Put another passphrase or recovery code in the place of the one there is; the keys stay the same.

        Raises
        ------
        UsageError
            `service_missing`, `passphrase_too_short`, `cannot_write`.
        InputError
            `cannot_unlock`, `keyring_damaged`.
        """
        data = self.keyring_bytes()
        write_private(self.folder, {FILE_NAME: with_slot(data, open_keyring(data, secret), kind, new)})

    def unlock(self, secret: str) -> Opened:
        """Open keyring and databases, and finish what was left unfinished.

        Raises
        ------
        UsageError
            `service_missing`, `service_runs_already`.
        InputError
            `cannot_unlock`, `keyring_damaged`, `database_damaged`, `database_newer`.
        """
        with self._opening:
            if self.opened is None:
                keyring = open_keyring(self.keyring_bytes(), secret)
                self._claim()
                try:
                    self.opened = self._open(keyring)
                except BaseException:
                    self.close()
                    raise
            return self.opened

    def work(self) -> None:
        """Begin to do jobs, if it is open; once."""
        with self._opening:
            if self.opened is not None and self.runner is None:
                self.runner = Runner(
                    self.opened,
                    self.settings.cache,
                    at_once=self.settings.plans_at_once,
                    most_bytes=self.settings.plan_memory_mb * 1_000_000,
                )
                self.runner.start()

    def rest(self) -> None:
        """Lay down what is under way."""
        if self.runner is not None:
            self.runner.end()
            self.runner = None

    def refuse_running(self) -> None:
        """Refuse where another process has it open; raise what `unlock` raises then."""
        if self.is_made:
            self._claim()
            self.close()

    def close(self) -> None:
        """Close everything; it is locked then."""
        self.rest()
        if self.opened is not None:
            self.opened.close()
            self.opened = None
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    @property
    def uses_postgresql(self) -> bool:
        """Whether the database is a server's."""
        return self._database_url is not None

    @property
    def keys_path(self) -> Path:
        """The file of the clients' keys."""
        return self.folder / client_keys.FILE_NAME

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process from opening it while a block lasts.

        Raises
        ------
        UsageError
            `service_runs_already`.
        """
        self._claim()
        try:
            yield
        finally:
            self.close()

    def keyring_bytes(self) -> bytes:
        """Return the keyring's file.

        Raises
        ------
        UsageError
            `service_missing`.
        """
        if not self.is_made:
            raise UsageError(
                "service_missing",
                "there is no service in this folder yet",
                where=str(self.folder),
                remedy="make one: doorstep init",
            )
        return (self.folder / FILE_NAME).read_bytes()

    def _claim(self) -> None:
        """Let one process only open these databases."""
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise UsageError(
                "service_runs_already",
                "another process has this service open",
                where=str(self.folder),
                remedy="end that one first, or set DOORSTEP_HOME to another folder",
            ) from error
        self._lock_file = handle

    def _open(self, keyring: Keyring) -> Opened:
        engine = self.engine(keyring)
        migrate(engine)
        cipher = FieldCipher(keyring)
        keys = client_keys.ClientKeys(self.keys_path, keyring.of_root("keys.db"), cipher)
        networks = self.folder / NETWORKS
        networks.mkdir(mode=0o700, exist_ok=True)
        store = Store(engine)
        plans = KeptPlans(cipher, keys)
        opened = Opened(
            keyring=keyring,
            cipher=cipher,
            store=store,
            client_keys=keys,
            kept=KeptProgrammes(cipher, keys, plans.forget),
            plans=plans,
            bases=KeptBases(cipher, keys),
            desks=Desks(networks, self.settings.cache),
            printer=Printer(),
            networks=networks,
            audit=Recorder(store, keyring, cipher),
            daily=Daily(store, keyring, self.folder, self.settings.plans, lambda: finish_erasures(opened)),
            owner=keyring.of_root("owner of jobs").hex()[:32],
        )
        try:
            finish_erasures(opened)
            end_unfinished(opened.store, networks)
        except BaseException:
            opened.close()
            raise
        return opened

    def engine(self, keyring: Keyring) -> Engine:
        """Return the database; of a file, it is made where there is none."""
        if self._database_url is not None:
            return postgresql_engine(self._database_url)
        return sqlite_engine(self.folder / DATABASE, keyring.of_root(DATABASE))


def finish_erasures(opened: Opened) -> None:
    """Destroy the keys of erased clients that are still there, whatever came between."""
    with opened.store.reading(EVERY) as session:
        due = session.scalars(select(Erasure.key_id).where(Erasure.done_at.is_(None))).all()
    if not due:
        return
    opened.client_keys.destroy(due)
    forget_pins()
    opened.printer.forget()
    forget_days()
    with opened.store.writing(EVERY) as session:
        now = datetime.now(UTC)
        done = session.scalars(select(Erasure).where(Erasure.key_id.in_(due))).all()
        for erasure in done:
            erasure.done_at = now
        opened.audit.note(session, *(_erased(erasure, now) for erasure in done))


def _erased(erasure: Erasure, at: datetime) -> Event:
    """Return the entry of an erasure; its subject is the id of the key, which told nothing while there was one."""
    return Event(organisation_id=erasure.organisation_id, at=at, action="client erased", subject=erasure.key_id)
