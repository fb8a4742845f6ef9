"""Seal a document with a passphrase, and open it again. Law: whatever was changed, cut or guessed wrongly is one error.

A sealed file is::

    doorstep-sealed/1                                                         (a line)
    {"cipher":"aes-256-gcm-siv","kdf":"argon2id",…,"salt":"…","nonce":"…"}    (a line)
    ciphertext with its tag                                                   (bytes to the end)

The key comes from the passphrase by Argon2id with RFC 9106's second recommended parameters (64 MiB, for small
machines). The cipher is AES-256-GCM-SIV (RFC 8452), which stays safe should a nonce ever come twice. Both header
lines are associated data: no parameter can be exchanged. There is no second cipher to fall back to: where the
platform's OpenSSL lacks this one (before 3.2; the wheels of `cryptography` bring their own), sealing says so.
"""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from typing import Annotated, Literal

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import Field, ValidationError

from routing.domain.base import Document
from routing.domain.errors import InputError, InternalError, UsageError

MAGIC = b"doorstep-sealed/1\n"
SUFFIX = ".sealed"
MOST_HEADER_BYTES = 1024
TAG_BYTES = 16
KEY_BYTES = 32
SHORTEST_PASSPHRASE = 12


class _Header(Document):
    """How the key is derived. The limits keep a forged header from exhausting memory before it is found out."""

    cipher: Literal["aes-256-gcm-siv"] = "aes-256-gcm-siv"
    kdf: Literal["argon2id"] = "argon2id"
    iterations: Annotated[int, Field(ge=1, le=16)] = 3
    lanes: Annotated[int, Field(ge=1, le=16)] = 4
    memory_kib: Annotated[int, Field(ge=1024, le=1024 * 1024)] = 64 * 1024
    salt: str
    nonce: str


def is_sealed(data: bytes) -> bool:
    """Say whether data begin like a sealed file."""
    return data.startswith(MAGIC)


def seal(data: bytes, passphrase: str) -> bytes:
    """Encrypt data with a passphrase.

    Raises
    ------
    UsageError
        `passphrase_too_short`: fewer than 12 characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(
            "passphrase_too_short",
            f"the passphrase has fewer than {SHORTEST_PASSPHRASE} characters",
            remedy="take four or more words that nobody would guess together",
        )
    header = _Header(salt=_to_text(os.urandom(16)), nonce=_to_text(os.urandom(12)))
    opening = MAGIC + json.dumps(header.model_dump(), separators=(",", ":")).encode() + b"\n"
    return opening + _cipher(header, passphrase).encrypt(_bytes(header.nonce), data, opening)


def unseal(sealed: bytes, passphrase: str, *, where: str = "") -> bytes:
    """Decrypt what `seal` made.

    Parameters
    ----------
    where
        The file, for the error.

    Raises
    ------
    InputError
        `cannot_unseal`: another passphrase, or a file that was changed or cut short. Which of the two, nobody can tell.
    """
    try:
        opening, header, ciphertext = _parts(sealed)
        return _cipher(header, passphrase).decrypt(_bytes(header.nonce), ciphertext, opening)
    except (InvalidTag, ValidationError, ValueError) as error:
        raise InputError(
            "cannot_unseal",
            "the passphrase is another one, or the file was changed or cut short",
            where=where,
            remedy="try the passphrase again; else take the file from where it was copied",
        ) from error


def _parts(sealed: bytes) -> tuple[bytes, _Header, bytes]:
    end = sealed.find(b"\n", len(MAGIC), len(MAGIC) + MOST_HEADER_BYTES)
    if not is_sealed(sealed) or end < 0 or len(sealed) < end + 1 + TAG_BYTES:
        raise ValueError("not a whole sealed file")
    header = _Header.model_validate_json(sealed[len(MAGIC) : end])
    return sealed[: end + 1], header, sealed[end + 1 :]


def _cipher(header: _Header, passphrase: str) -> AESGCMSIV:
    derive = Argon2id(
        salt=_bytes(header.salt),
        length=KEY_BYTES,
        iterations=header.iterations,
        lanes=header.lanes,
        memory_cost=header.memory_kib,
    )
    try:
        # NFC: the same passphrase typed on two keyboards is the same bytes.
        return AESGCMSIV(derive.derive(unicodedata.normalize("NFC", passphrase).encode()))
    except UnsupportedAlgorithm as error:
        raise InternalError(
            "cipher_unavailable",
            "this build of the cryptography library has no AES-GCM-SIV",
            remedy="install the locked wheels, which bring it",
        ) from error


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
