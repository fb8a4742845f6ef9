"""Look at an installation beside a service that may be running. Law: nothing is changed, migrated or claimed.

SQLite's write-ahead log and PostgreSQL's snapshots let another process read one moment of the database while the
service writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from api.installation import DATABASE, Installation
from api.security.field_cipher import FieldCipher
from api.security.keyring import Keyring, open_keyring
from api.storage.migrating import refuse_other
from api.storage.sessions import Store
from routing.domain.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What can be read."""

    keyring: Keyring
    cipher: FieldCipher
    store: Store
    engine: Engine


@contextmanager
def looking(installation: Installation, secret: str) -> Iterator[Looked]:
    """Open what is there to be read.

    Raises
    ------
    UsageError
        `service_missing`.
    InputError
        `cannot_unlock`, `keyring_damaged`, `database_damaged`, `database_missing`, `database_older`, `database_newer`.
    """
    keyring = open_keyring(installation.keyring_bytes(), secret)
    if not installation.uses_postgresql and not (installation.folder / DATABASE).exists():
        raise InputError(
            "database_missing",
            "there is no database beside the keyring",
            where=str(installation.folder),
            remedy="put it back: doorstep restore",
        )
    engine = installation.engine(keyring)
    try:
        with engine.connect() as connection:
            refuse_other(connection)
        yield Looked(keyring=keyring, cipher=FieldCipher(keyring), store=Store(engine), engine=engine)
    finally:
        engine.dispose()
