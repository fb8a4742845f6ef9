"""Put a backup back. Law: all of it or nothing; who was erased since stays erased; nothing foreign or newer is let in.

The database is emptied, filled and brought up to date in one transaction, so that a restore that is cut off at any
instant leaves what was there before. A client whose key has been destroyed is taken out, as if `DELETE` had just been
asked for. A key that is missing and was never destroyed is another matter: then keys.db is not the one that belongs to
the data.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Column, Connection, Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session

from api.audit.chain import SERVICE
from api.audit.recording import append, event_now
from api.backup.records import VERSIONS, lines_of, tables_of, value_of
from api.backup.stream import Header, damaged, keyring_id, opened_pieces, read_header
from api.installation import NETWORKS, Installation
from api.programmes.kept import KeptProgrammes, without_client
from api.security.field_cipher import FieldCipher
from api.security.keyring import FILE_NAME, Keyring, open_keyring
from api.security.private_files import PART_PREFIX, write_private
from api.storage.client_keys import ClientKeys
from api.storage.engine import WRITES
from api.storage.migrating import bring_to, known_revisions
from api.storage.sessions import EVERY, Store
from api.storage.tables import Entry, Erasure, Organisation
from routing.domain.errors import InputError, UsageError

RESTORE = "doorstep restore"  # as the record calls it
_ROWS_AT_ONCE = 500


def restore_keys(installation: Installation, source: Path, secret: str) -> None:
    """Put keyring and clients' keys back; what is there already stays, and what was destroyed here stays away.

    Raises
    ------
    InputError
        `not_a_backup`, `backup_newer`, `backup_damaged`, `backup_foreign`, `cannot_unlock`.
    """
    with source.open("rb") as file:
        header, opening = _header(file, source, "keys")
        keyring = open_keyring(header.keyring.encode(), secret)
        lines = list(lines_of(opened_pieces(file, header, opening, keyring, str(source))))
    if not installation.is_made:
        write_private(installation.folder, {FILE_NAME: header.keyring.encode()})
    here = open_keyring(installation.keyring_bytes(), secret)
    _refuse_foreign(header, here, source)
    with installation.alone():
        if keyring.current > here.current:
            write_private(installation.folder, {FILE_NAME: header.keyring.encode()})
            here = keyring
        keys = _client_keys(installation, here)
        rows = [tuple(value_of(value) for value in one["key"]) for one in lines if "key" in one]
        keys.put(rows, (one["destroyed"] for one in lines if "destroyed" in one))  # type: ignore[arg-type]
        keys.close()


def restore_data(installation: Installation, source: Path, secret: str, *, replace: bool) -> int:
    """Put the data back; return how many clients were taken out because they were erased since.

    Raises
    ------
    UsageError
        `service_missing`, `service_runs_already`, `database_in_use`: there are data, and they were not to be replaced.
    InputError
        `not_a_backup`, `backup_newer`, `backup_damaged`, `backup_foreign`, `keyring_older`, `client_keys_missing`.
    """
    keyring = open_keyring(installation.keyring_bytes(), secret)
    with source.open("rb") as file:
        header, opening = _header(file, source, "data")
        _refuse_foreign(header, keyring, source)
        _refuse_unfit(header, keyring, source)
        lines = lines_of(opened_pieces(file, header, opening, keyring, str(source)))
        with installation.alone():
            return _Restore(installation, keyring, header, source).run(lines, replace=replace)


class _Restore:
    """One restore, while nobody else has the installation open."""

    def __init__(self, installation: Installation, keyring: Keyring, header: Header, source: Path) -> None:
        self._keyring, self._header, self._where = keyring, header, str(source)
        self._cipher = FieldCipher(keyring)
        self._keys = _client_keys(installation, keyring)
        self._networks = installation.folder / NETWORKS
        self._store = Store(installation.engine(keyring))

    def run(self, lines: Iterator[dict[str, Any]], *, replace: bool) -> int:
        """Do it."""
        self._networks.mkdir(mode=0o700, exist_ok=True)
        try:
            with self._store.engine.execution_options(**{WRITES: True}).begin() as connection:
                erased = self._keys.destroyed() | _erased_here(connection)
                _empty(connection, replace=replace)
                bring_to(connection, self._header.revision)
                self._fill(connection, lines)
                bring_to(connection, "head")
                count = self._take_out(connection, erased)
            self._keys.destroy(erased)
            return count
        finally:
            self._keys.close()
            self._store.close()

    def _fill(self, connection: Connection, lines: Iterator[dict[str, Any]]) -> None:
        tables = {table.name: table for table in tables_of(connection)}
        taking = _Taking(connection, self._networks, self._where)
        for line in lines:
            if "table" in line:
                taking.begin_table(self._table(tables, line["table"]), line["columns"])
            elif "row" in line:
                taking.take_row(line["row"])
            elif "file" in line:
                taking.begin_file(line["file"])
            else:
                taking.take_piece(value_of(line["piece"]))
        taking.end()

    def _table(self, tables: dict[str, Table], name: str) -> Table:
        if name not in tables:
            raise damaged(self._where)
        return tables[name]

    def _take_out(self, connection: Connection, erased: set[str]) -> int:
        """Erase again who was erased since; return how many that were."""
        with self._store.session_on(connection, EVERY) as session:
            known = set(session.scalars(select(Erasure.key_id)))
            rows = list(session.scalars(select(Entry).where(Entry.key_id.is_not(None))))
            self._refuse_missing({str(row.key_id) for row in rows} - erased - known)
            again = [row for row in rows if row.key_id in erased | known]
            for row in again:
                session.delete(row)
            session.flush()
            clients = [row for row in again if row.kind == "clients"]
            for row in clients:
                self._unlink(session, row)
                if row.key_id not in known:
                    session.add(_erasure(row))
            owners = [SERVICE, *session.scalars(select(Organisation.organisation_id))]
            append(session, self._keyring, *(event_now(owner, RESTORE) for owner in owners))
            return len(clients)

    def _unlink(self, session: Session, row: Entry) -> None:
        """Write a programme without what points at a client whose rows are gone."""
        kept = KeptProgrammes(self._cipher, self._keys)
        document = without_client(kept.load(session, row.organisation_id, row.programme_id), row.entry_id)
        kept.change(session, row.organisation_id, row.programme_id, document)

    def _refuse_missing(self, needed: set[str]) -> None:
        missing = needed - {key_id for key_id, _, _ in self._keys.rows()}
        if missing:
            raise InputError(
                "client_keys_missing",
                f"the keys of {len(missing)} clients are not in keys.db, and were never destroyed",
                where=self._where,
                remedy="give the backup of the keys, too: --keys FILE",
                params={"count": len(missing)},
            )


class _Taking:
    """Takes rows and files in, in batches."""

    def __init__(self, connection: Connection, networks: Path, where: str) -> None:
        self._connection, self._networks, self._where = connection, networks, where
        self._table: Table | None = None
        self._columns: list[str] = []
        self._rows: list[dict[str, object]] = []
        self._name = ""
        self._file: BinaryIO | None = None
        self._part: Path | None = None
        self._digest = hashlib.sha256()

    def begin_table(self, table: Table, columns: list[str]) -> None:
        """Go on with the rows of another table."""
        self.end()
        self._table, self._columns = table, columns

    def take_row(self, values: Iterable[object]) -> None:
        """Take a row in."""
        self._rows.append(dict(zip(self._columns, map(value_of, values), strict=True)))
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._write_rows()

    def begin_file(self, name: str) -> None:
        """Go on with the pieces of a file, which is named by its digest."""
        self.end()
        handle, part = tempfile.mkstemp(prefix=PART_PREFIX, dir=self._networks)
        self._name, self._part, self._file = name, Path(part), os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()

    def take_piece(self, data: object) -> None:
        """Take a piece of a file in."""
        if self._file is None or not isinstance(data, bytes):
            raise damaged(self._where)
        self._digest.update(data)
        self._file.write(data)

    def end(self) -> None:
        """Write what is left of a table or file."""
        self._write_rows()
        if self._table is not None:
            _count_on(self._connection, self._table)
        if self._file is not None and self._part is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._put_file(self._part)
        self._table, self._file, self._part = None, None, None

    def _put_file(self, part: Path) -> None:
        if Path(self._name).name != self._name or not self._name.startswith(self._digest.hexdigest()):
            part.unlink()
            raise damaged(self._where)
        part.replace(self._networks / self._name)

    def _write_rows(self) -> None:
        if self._table is not None and self._rows:
            self._connection.execute(insert(self._table), self._rows)
        self._rows = []


def _header(file: BinaryIO, source: Path, kind: str) -> tuple[Header, bytes]:
    header, opening = read_header(file, str(source))
    if header.kind != kind:
        raise UsageError(
            "backup_of_other_kind",
            f"this is a backup of {'the keys' if header.kind == 'keys' else 'the data'}",
            where=str(source),
            remedy="`doorstep restore DATA --keys KEYS`: each at its place",
        )
    return header, opening


def _refuse_foreign(header: Header, keyring: Keyring, source: Path) -> None:
    if header.keyring_id != keyring_id(keyring):
        raise InputError(
            "backup_foreign",
            "the backup belongs to another keyring",
            where=str(source),
            remedy="set DOORSTEP_HOME to its own installation, or to an empty folder and give --keys",
        )


def _refuse_unfit(header: Header, keyring: Keyring, source: Path) -> None:
    if header.revision not in known_revisions():
        raise InputError(
            "backup_newer",
            "the backup was written by a newer version of Doorstep",
            where=str(source),
            remedy="install that version",
        )
    if header.key_version not in keyring.data_keys and header.key_version < keyring.current:
        raise InputError(
            "backup_key_forgotten",
            "the backup is sealed under a data key that was forgotten: doorstep rotate-keys --forget-old",
            where=str(source),
            remedy="take a backup made since; this one can be read by nobody, as was asked for",
        )
    if header.key_version > keyring.current:
        raise InputError(
            "keyring_older",
            "the keyring is older than the backup, and lacks a key that was made since",
            where=str(source),
            remedy="give the newest backup of the keys, too: --keys FILE",
        )


def _erasure(row: Entry) -> Erasure:
    now = datetime.now(UTC)
    return Erasure(organisation_id=row.organisation_id, key_id=str(row.key_id), asked_at=now, done_at=now)


def _erased_here(connection: Connection) -> set[str]:
    """Return whose erasure the database that is there knows of."""
    if not inspect(connection).has_table("erasure"):
        return set()
    return set(connection.execute(text("SELECT key_id FROM erasure")).scalars())


def _empty(connection: Connection, *, replace: bool) -> None:
    tables = tables_of(connection)
    organisation = next((table for table in tables if table.name == "organisation"), None)
    if organisation is not None and not replace:
        _refuse_filled(connection, organisation)
    for table in reversed(tables):
        table.drop(connection)


def _refuse_filled(connection: Connection, organisation: Table) -> None:
    if connection.execute(select(func.count()).select_from(organisation)).scalar():
        raise UsageError(
            "database_in_use",
            "there are data in the database",
            remedy="add --replace if they are to go; back them up first",
        )


def _count_on(connection: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows from behind those that were put in."""
    column: Column[Any] | None = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None or table.name == VERSIONS:
        return
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
    if sequence is not None:
        last = connection.execute(select(func.max(column))).scalar()
        connection.execute(select(func.setval(sequence, last or 1, last is not None)))


def _client_keys(installation: Installation, keyring: Keyring) -> ClientKeys:
    return ClientKeys(installation.keys_path, keyring.of_root("keys.db"), FieldCipher(keyring))
