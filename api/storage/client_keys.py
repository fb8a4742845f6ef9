"""One key a client, in `keys.db`. Law: they lie apart from data, are wrapped, and what is destroyed here is gone.

The file is encrypted, has no write-ahead log to linger in, and overwrites what it deletes. It belongs into no backup of
the data: a restored client whose key was destroyed stays unreadable.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

from sqlcipher3.dbapi2 import OperationalError

from api.security.field_cipher import Cell, FieldCipher
from api.security.keyring import KEY_BYTES
from api.storage.engine import open_encrypted
from api.storage.faults import database_away
from routing.domain.errors import InternalError

FILE_NAME = "keys.db"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS client_key (key_id TEXT PRIMARY KEY, organisation_id TEXT, wrapped BLOB) WITHOUT ROWID"
)


class ClientKeys:
    """The clients' keys; those used lately are held in memory."""

    def __init__(self, path: Path, file_key: bytes, cipher: FieldCipher) -> None:
        self._cipher = cipher
        self._lock = Lock()
        self._known: dict[str, bytes] = {}
        self._connection = open_encrypted(path, file_key)
        self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.execute(_TABLE)

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
            self._run("INSERT INTO client_key VALUES (?, ?, ?)", rows)
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
            self._run("DELETE FROM client_key WHERE key_id = ?", [(key_id,) for key_id in doomed])
            for key_id in doomed:
                self._known.pop(key_id, None)

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

    def _run(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._connection:  # commits, or takes everything back
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(sql, rows)
        except OperationalError as error:
            raise database_away() from error


def _cell(organisation_id: str, key_id: str) -> Cell:
    return Cell(table="client_key", column="wrapped", row=key_id, organisation_id=organisation_id)
