"""A sealed stream of any length. Law: what was changed, cut, reordered or appended is found before the end is believed.

A file is::

    doorstep-backup/1                                       (a line)
    {"kind": "data", "backup_id": "…", "keyring_id": "…"…}  (a line)
    length (4 bytes), chunk                                 (as often as needed)

Each chunk is AES-256-GCM-SIV under a key of this backup alone, derived from the root key. The nonce is the number of
the chunk and whether it is the last one; both lines are associated data. So chunks stand in their order, all of them,
and in no other backup (the construction is STREAM, Hoang, Reyhanitabar, Rogaway and Vizár 2015).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from pydantic import ValidationError

from api.security.keyring import Keyring
from routing.domain.base import Document
from routing.domain.errors import InputError

MAGIC = b"doorstep-backup/1\n"
FAMILY = b"doorstep-backup/"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
MOST_HEADER_BYTES = 1 << 16
_LENGTH_BYTES, _NUMBER_BYTES = 4, 11

Kind = Literal["data", "keys"]


class Header(Document):
    """What is in the clear of a backup.

    Attributes
    ----------
    keyring_id
        Tells the keyring that it belongs to, and nothing else.
    key_version
        The keyring had so many versions of the data key.
    revision
        The form of the database.
    keyring
        Of a backup of keys: the keyring's file, which a passphrase or the recovery code opens.
    """

    kind: Kind
    backup_id: str
    keyring_id: str
    key_version: int
    revision: str
    made_at: datetime
    keyring: str = ""


def new_header(kind: Kind, keyring: Keyring, revision: str, keyring_file: str = "") -> Header:
    """Return the header of a new backup."""
    return Header(
        kind=kind,
        backup_id=secrets.token_hex(16),
        keyring_id=keyring_id(keyring),
        key_version=keyring.current,
        revision=revision,
        made_at=datetime.now(UTC).replace(microsecond=0),
        keyring=keyring_file,
    )


def keyring_id(keyring: Keyring) -> str:
    """Return what tells one keyring from another."""
    return keyring.of_root("keyring/id")[:8].hex()


class Sealing:
    """Writes a stream; without `finish` it is not whole."""

    def __init__(self, file: BinaryIO, header: Header, keyring: Keyring) -> None:
        self._file, self._number, self._held = file, 0, bytearray()
        self._opening = MAGIC + json.dumps(header.model_dump(mode="json")).encode() + b"\n"
        self._cipher = _cipher(header, keyring)
        file.write(self._opening)

    def write(self, data: bytes) -> None:
        """Write some more."""
        self._held += data
        while len(self._held) > CHUNK_BYTES:
            self._put(bytes(self._held[:CHUNK_BYTES]), is_last=False)
            del self._held[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write the end."""
        self._put(bytes(self._held), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), piece, self._opening)
        self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        self._number += 1


def read_header(file: BinaryIO, where: str) -> tuple[Header, bytes]:
    """Return the header of a backup and its bytes; the file is then at the first chunk.

    Raises
    ------
    InputError
        `not_a_backup`, `backup_newer`, `backup_damaged`.
    """
    magic = file.readline(MOST_HEADER_BYTES)
    if not magic.startswith(FAMILY):
        raise InputError("not_a_backup", "this is no backup of Doorstep's", where=where, remedy="name a file that is")
    if magic != MAGIC:
        raise InputError(
            "backup_newer",
            "the backup was written by a newer version of Doorstep",
            where=where,
            remedy="install that version",
        )
    line = file.readline(MOST_HEADER_BYTES)
    try:
        return Header.model_validate_json(line), magic + line
    except ValidationError as error:
        raise damaged(where) from error


def opened_pieces(file: BinaryIO, header: Header, opening: bytes, keyring: Keyring, where: str) -> Iterator[bytes]:
    """Yield what was sealed, piece by piece; only when it has ended without an error is it whole.

    Raises
    ------
    InputError
        `backup_damaged`.
    """
    cipher, number, is_last = _cipher(header, keyring), 0, False
    chunk = _chunk(file, where)
    while not is_last:
        following = _chunk(file, where)
        is_last = following == b""
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), chunk, opening)
        except (InvalidTag, ValueError) as error:
            raise damaged(where) from error
        number, chunk = number + 1, following


def damaged(where: str) -> InputError:
    """Return the error of a backup that is not as it was written."""
    return InputError(
        "backup_damaged",
        "the backup was changed, cut short, or is not of this keyring",
        where=where,
        remedy="take another copy of it, or an earlier backup",
    )


def _chunk(file: BinaryIO, where: str) -> bytes:
    """Return the next chunk; nothing at the end of the file."""
    told = file.read(_LENGTH_BYTES)
    length = int.from_bytes(told, "big")
    if told == b"":
        return b""
    if len(told) != _LENGTH_BYTES or not TAG_BYTES <= length <= CHUNK_BYTES + TAG_BYTES:
        raise damaged(where)
    chunk = file.read(length)
    if len(chunk) != length:
        raise damaged(where)
    return chunk


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last])


def _cipher(header: Header, keyring: Keyring) -> AESGCMSIV:
    return AESGCMSIV(keyring.of_root(f"backup/{header.backup_id}"))
