"""One key a client, in `keys.db`. Law: they lie apart from data, are wrapped, and what is destroyed here is gone.

The file is encrypted, has no write-ahead log to linger in, and overwrites what it deletes. It belongs into no backup of
the data: a restored client whose key was destroyed stays unreadable. Which keys were destroyed is remembered by their
ids, so that a key that is missing is told from one that was destroyed, and none comes back with an older copy.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlcipher3.dbapi2 import OperationalError

from api.security.field_cipher import Cell, FieldCipher
from api.security.keyring import KEY_BYTES
from api.storage.engine import open_encrypted
from api.storage.faults import database_away
from routing.domain.errors import InternalError

FILE_NAME = "keys.db"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS client_key (key_id TEXT PRIMARY KEY, organisation_id TEXT, wrapped BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS destroyed (key_id TEXT PRIMARY KEY) WITHOUT ROWID",
)
Row = tuple[str, str, bytes]  # id of the key, organisation, the key as it is wrapped


class ClientKeys:
    """The clients' keys; those used lately are held in memory."""

    def __init__(self, path: Path, file_key: bytes, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._lock = Lock()
        self._known: dict[str, bytes] = {}
        self._connection = open_encrypted(path, file_key, journal="DELETE")
        for table in _TABLES:
            self._connection.execute(table)

    def make(self, organisation_id: str, count: int = 1) -> list[str]:
        """Make keys and return their ids once they are on the disk.

        Raises
        ------
        UnavailableError
            `database_away`.
        """
        made = {secrets.token_hex(16): os.urandom(KEY_BYTES) for _ in range(count)}
        rows = [
            (key_id, organisation_id, self._cipher.seal(_cell(organisation_id, key_id), key))
            for key_id, key in made.items()
        ]
        with self._lock:
            with self._changing() as connection:
                connection.executemany("INSERT INTO client_key VALUES (?, ?, ?)", rows)
            self._known |= made
        return list(made)

    def key(self, organisation_id: str, key_id: str) -> bytes:
        """Return a key.

        Raises
        ------
        InternalError
            `client_key_gone`.
        """
        with self._lock:
            if key_id not in self._known:
                self._known[key_id] = self._read(organisation_id, key_id)
            return self._known[key_id]

    def destroy(self, key_ids: Iterable[str]) -> None:
        """Destroy keys; those already gone are no error."""
        doomed = list(key_ids)
        with self._lock:
            with self._changing() as connection:
                connection.executemany("DELETE FROM client_key WHERE key_id = ?", [(key_id,) for key_id in doomed])
                connection.executemany("INSERT OR IGNORE INTO destroyed VALUES (?)", [(key_id,) for key_id in doomed])
            for key_id in doomed:
                self._known.pop(key_id, None)

    def reseal(self) -> int:
        """Wrap every key by the current data key; return how many were not."""
        rows = [(key_id, owner, wrapped) for key_id, owner, wrapped in self.rows() if self._cipher.is_old(wrapped)]
        again = [
            (self._cipher.reseal(_cell(organisation_id, key_id), wrapped), key_id)
            for key_id, organisation_id, wrapped in rows
        ]
        with self._lock, self._changing() as connection:
            connection.executemany("UPDATE client_key SET wrapped = ? WHERE key_id = ?", again)
        return len(again)

    def rows(self) -> list[Row]:
        """Return every key as it is wrapped."""
        with self._lock:
            return list(self._connection.execute("SELECT key_id, organisation_id, wrapped FROM client_key"))

    def destroyed(self) -> set[str]:
        """Return the ids of the keys that were destroyed."""
        with self._lock:
            return {key_id for (key_id,) in self._connection.execute("SELECT key_id FROM destroyed")}

    def is_destroyed(self, key_id: str) -> bool:
        """Whether a key was destroyed; one that is merely missing was not."""
        with self._lock:
            sql = "SELECT 1 FROM destroyed WHERE key_id = ?"
            return self._connection.execute(sql, (key_id,)).fetchone() is not None

    def put(self, rows: Iterable[Row], destroyed: Iterable[str] = ()) -> None:
        """Put wrapped keys in beside those that are here; what was destroyed here or there stays away."""
        with self._lock:
            with self._changing() as connection:
                connection.executemany("INSERT OR IGNORE INTO client_key VALUES (?, ?, ?)", rows)
                connection.executemany("INSERT OR IGNORE INTO destroyed VALUES (?)", [(one,) for one in destroyed])
                connection.execute("DELETE FROM client_key WHERE key_id IN (SELECT key_id FROM destroyed)")
            self._known.clear()

    def close(self) -> None:
        """Close the file and forget the keys."""
        with self._lock:
            self._known.clear()
            self._connection.close()

    def _read(self, organisation_id: str, key_id: str) -> bytes:
        sql = "SELECT wrapped FROM client_key WHERE key_id = ? AND organisation_id = ?"
        row = self._connection.execute(sql, (key_id, organisation_id)).fetchone()
        if row is None:
            raise InternalError(
                "client_key_gone",
                "a key is not in keys.db: what lay under it was erased, or the file is another one",
                remedy="put keys.db back if it was replaced; what was erased stays erased",
            )
        return self._cipher.open(_cell(organisation_id, key_id), row[0])

    @contextmanager
    def _changing(self) -> Iterator[Any]:
        try:
            with self._connection:  # commits, or takes everything back
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
        except OperationalError as error:
            raise database_away() from error


def _cell(organisation_id: str, key_id: str) -> Cell:
    return Cell(table="client_key", column="wrapped", row=key_id, organisation_id=organisation_id)
