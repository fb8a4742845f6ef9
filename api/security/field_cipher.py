"""Seal what is personal, cell by cell. Law: a sealed cell opens in its own place only, and says which key it needs.

A sealed cell is the version of its key (2 bytes), a nonce (12), and AES-256-GCM-SIV's ciphertext with its tag. Table,
column, row and organisation are associated data: a cell that is moved does not open. A cell that belongs to a client is
sealed by that client's own key, so that destroying the key destroys the cell wherever a copy of it lies.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from api.security.keyring import NONCE_BYTES, Keyring
from routing.domain.errors import InternalError

VERSION_BYTES = 2
OWN_KEY = 0  # the version of cells under a key of their own, which no rotation concerns


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Where something is kept."""

    table: str
    column: str
    row: str
    organisation_id: str

    def label(self, version: int) -> bytes:
        """Return the associated data; no part can be taken for another."""
        parts = (str(version), self.organisation_id, self.table, self.column, self.row)
        return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


class FieldCipher:
    """Seals and opens cells under an organisation's keys, and makes blind indexes."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._key = cache(self._derive)

    def seal(self, cell: Cell, data: bytes, own_key: bytes | None = None) -> bytes:
        """Seal data for a cell, by the organisation's current key or by one given."""
        version = self._keyring.current if own_key is None else OWN_KEY
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(cell, version, own_key).encrypt(nonce, data, cell.label(version))
        return version.to_bytes(VERSION_BYTES, "big") + nonce + sealed

    def open(self, cell: Cell, sealed: bytes, own_key: bytes | None = None) -> bytes:
        """Return what was sealed for this cell.

        Raises
        ------
        InternalError
            `sealed_field_damaged`.
        """
        version = version_of(sealed)
        nonce, rest = sealed[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES], sealed[VERSION_BYTES + NONCE_BYTES :]
        try:
            return self._cipher(cell, version, own_key).decrypt(nonce, rest, cell.label(version))
        except (InvalidTag, KeyError, ValueError) as error:
            raise InternalError(
                "sealed_field_damaged",
                f"something kept in `{cell.table}` cannot be opened: it was changed, moved, or its key is gone",
                remedy="put the database and the keyring back from the same backup",
            ) from error

    def is_old(self, sealed: bytes) -> bool:
        """Whether a cell was sealed under an earlier version of the data key."""
        return version_of(sealed) not in (OWN_KEY, self._keyring.current)

    def reseal(self, cell: Cell, sealed: bytes) -> bytes:
        """Return a cell of an earlier version under the current one."""
        return self.seal(cell, self.open(cell, sealed))

    def blind_index(self, organisation_id: str, about: str, text: str) -> bytes:
        """Return what stands for a text where equal texts have to be found: an HMAC, other in each organisation."""
        key = self._keyring.of_root(f"index/{organisation_id}/{about}")
        return hmac.digest(key, text.encode(), sha256)

    def _cipher(self, cell: Cell, version: int, own_key: bytes | None) -> AESGCMSIV:
        return AESGCMSIV(self._key(cell.organisation_id, version) if own_key is None else own_key)

    def _derive(self, organisation_id: str, version: int) -> bytes:
        return self._keyring.of_data(f"fields/{organisation_id}", version)


def version_of(sealed: bytes) -> int:
    """Return the version of the key that a cell was sealed under; 0: a key of its own."""
    return int.from_bytes(sealed[:VERSION_BYTES], "big")
