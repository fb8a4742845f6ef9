"""Seal everything anew under a new data key. Law: killed at any instant, it goes on when it is called again.

First the new key is in the keyring, on the disk; then the cells follow, a few at a time, each batch committed by
itself. Every cell says which version it needs and both versions are in the keyring, so whatever is done in between can
be read. There is no state besides: what has an earlier version is what is left to do. The clients' own keys stay as
they are (a client's cells are sealed by that key); how they are wrapped in keys.db is renewed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, LargeBinary, RowMapping, Table, func, or_, select, type_coerce

from api.audit.chain import SERVICE
from api.audit.recording import append, event_now
from api.installation import Installation
from api.security.field_cipher import OWN_KEY, VERSION_BYTES, Cell, FieldCipher
from api.security.keyring import FILE_NAME, Keyring, open_keyring, with_next_version, without_older
from api.security.private_files import write_private
from api.storage.client_keys import ClientKeys
from api.storage.engine import WRITES
from api.storage.every_table import every_table
from api.storage.migrating import migrate
from api.storage.sessions import EVERY, Store

ROTATE = "doorstep rotate-keys"  # as the record calls it
SEALED = "sealed"  # how the names of sealed columns begin
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What was done: to which version, how many rows, and whether an earlier rotation was finished."""

    version: int
    rows: int
    resumed: bool


def rotate(
    installation: Installation,
    secret: str,
    *,
    forget_old: bool = False,
    batch_done: Callable[[int], None] = lambda _: None,
) -> Rotated:
    """Rotate the data key, or finish a rotation that was cut off. The service must not be running.

    Parameters
    ----------
    forget_old
        Take the earlier keys out of the keyring when nothing needs them; earlier backups cannot be read then.
    batch_done
        Is told how many rows have been sealed anew.

    Raises
    ------
    UsageError
        `service_missing`, `service_runs_already`.
    """
    with installation.alone():
        keyring = open_keyring(installation.keyring_bytes(), secret)
        with _engine(installation, keyring) as engine:
            migrate(engine)
            resumed = bool(unfinished(engine, keyring))
        if not resumed:
            keyring = _next(installation, secret, keyring)
        rows = _reseal_all(installation, keyring, batch_done)
        if forget_old:
            write_private(installation.folder, {FILE_NAME: without_older(installation.keyring_bytes())})
        return Rotated(version=keyring.current, rows=rows, resumed=resumed)


def unfinished(engine: Engine, keyring: Keyring) -> int:
    """Return how many rows wait to be sealed anew."""
    with engine.connect() as connection:
        return sum(_count(connection, table, keyring.current) for table in sealed_tables())


def sealed_tables() -> list[Table]:
    """Return the tables that have sealed columns."""
    return [table for table in every_table().sorted_tables if sealed_columns(table)]


def sealed_columns(table: Table) -> list[str]:
    """Return the names of a table's sealed columns."""
    return [column.name for column in table.columns if column.name.startswith(SEALED)]


def cell_of(table: Table, column: str, row: RowMapping) -> Cell:
    """Return where something is kept: its row is told by its key, but for the organisation, unless that is all."""
    key = [row[one.name] for one in table.primary_key.columns if one.name != "organisation_id"]
    parts = [part.hex() if isinstance(part, bytes) else str(part) for part in key]
    owner = str(row["organisation_id"])
    return Cell(table=table.name, column=column, row="/".join(parts) or owner, organisation_id=owner)


@contextmanager
def _engine(installation: Installation, keyring: Keyring) -> Iterator[Engine]:
    engine = installation.engine(keyring)
    try:
        yield engine
    finally:
        engine.dispose()


def _next(installation: Installation, secret: str, keyring: Keyring) -> Keyring:
    data = with_next_version(installation.keyring_bytes(), keyring)
    write_private(installation.folder, {FILE_NAME: data})
    return open_keyring(data, secret)


def _reseal_all(installation: Installation, keyring: Keyring, batch_done: Callable[[int], None]) -> int:
    cipher = FieldCipher(keyring)
    keys = ClientKeys(installation.keys_path, keyring.of_root("keys.db"), cipher)
    store = Store(installation.engine(keyring))
    try:
        rows = keys.reseal()
        batch_done(rows)
        for done in _batches(store, cipher, keyring.current):
            rows += done
            batch_done(rows)
        with store.writing(EVERY) as session:
            append(session, keyring, event_now(SERVICE, ROTATE))
        return rows
    finally:
        keys.close()
        store.close()


def _batches(store: Store, cipher: FieldCipher, version: int) -> Iterator[int]:
    """Seal rows anew, a batch in a transaction; yield how many there were in each."""
    for table in sealed_tables():
        done = BATCH
        while done == BATCH:
            with store.engine.execution_options(**{WRITES: True}).begin() as connection:
                done = _reseal_some(connection, table, cipher, version)
            yield done


def _reseal_some(connection: Connection, table: Table, cipher: FieldCipher, version: int) -> int:
    rows = connection.execute(select(table).where(_is_old(table, version)).limit(BATCH)).mappings().all()
    for row in rows:
        changed = {
            name: cipher.reseal(cell_of(table, name, row), row[name])
            for name in sealed_columns(table)
            if row[name] is not None and cipher.is_old(row[name])
        }
        same = [column == row[column.name] for column in table.primary_key.columns]
        connection.execute(table.update().where(*same).values(changed))
    return len(rows)


def _count(connection: Connection, table: Table, version: int) -> int:
    return connection.execute(select(func.count()).select_from(table).where(_is_old(table, version))).scalar_one()


def _is_old(table: Table, version: int) -> ColumnElement[bool]:
    current = [one.to_bytes(VERSION_BYTES, "big") for one in (OWN_KEY, version)]
    firsts = [func.substr(table.c[name], 1, VERSION_BYTES) for name in sealed_columns(table)]
    return or_(*(type_coerce(first, LargeBinary).not_in(current) for first in firsts))
