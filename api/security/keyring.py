"""The keys of an installation. Law: no key is ever written but wrapped by another.

A file `keyring.json` holds the root key once in each of its slots, sealed by what opens the slot: a passphrase, a
recovery code, or on servers the contents of a key file. The root key wraps the data keys, one a version; all other keys
are derived from those two by HKDF. A new version is used for what is written from then on; the old ones still open.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError

from api.security.sealing import seal, unseal
from routing.domain.base import Document
from routing.domain.errors import InputError

FILE_NAME = "keyring.json"
KEY_BYTES = 32
NONCE_BYTES = 12
_RECOVERY_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: it is copied by hand
_RECOVERY_GROUPS, _GROUP_SIGNS = 8, 4  # 32 signs of 5 bits each

SlotKind = Literal["passphrase", "recovery", "file"]


class Slot(Document):
    """The root key, sealed by one secret."""

    kind: SlotKind
    sealed: str


class KeyringFile(Document):
    """The contents of `keyring.json`."""

    schema_: Literal["doorstep.keyring/1"] = "doorstep.keyring/1"
    slots: tuple[Slot, ...]
    current: int = 1
    data_keys: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """The keys, opened. `repr` shows none of them.

    Attributes
    ----------
    data_keys
        Version -> key. `current` is the version that new data are sealed under.
    """

    root: bytes = field(repr=False)
    data_keys: Mapping[int, bytes] = field(repr=False)
    current: int

    def of_root(self, purpose: str) -> bytes:
        """Return a key for one purpose that outlives every rotation."""
        return _derived(self.root, purpose)

    def of_data(self, purpose: str, version: int) -> bytes:
        """Return a key for one purpose under one version; raise `KeyError` where there is no such version."""
        return _derived(self.data_keys[version], purpose)


def new_keyring(secrets_of_slots: Sequence[tuple[SlotKind, str]]) -> bytes:
    """Return the file of a new keyring with one slot for each secret.

    Raises
    ------
    UsageError
        `passphrase_too_short`.
    """
    root = os.urandom(KEY_BYTES)
    slots = tuple(_slot(kind, secret, root) for kind, secret in secrets_of_slots)
    return _written(KeyringFile(slots=slots, data_keys={1: _wrapped(root, 1, os.urandom(KEY_BYTES))}))


def open_keyring(data: bytes, secret: str) -> Keyring:
    """Open a keyring by whichever slot the secret fits.

    Raises
    ------
    InputError
        `keyring_damaged`, `cannot_unlock`.
    """
    read = _read(data)
    for slot in read.slots:
        root = _opened(slot, secret)
        if root is not None:
            return Keyring(root=root, data_keys=_unwrapped(read, root), current=read.current)
    raise InputError(
        "cannot_unlock", "this opens none of the keyring's slots", remedy="try again, or use the recovery code"
    )


def with_next_version(data: bytes, keyring: Keyring) -> bytes:
    """Return the file with one more data key, which is the current one from then on."""
    read = _read(data)
    version = max(read.data_keys) + 1
    keys = {**read.data_keys, version: _wrapped(keyring.root, version, os.urandom(KEY_BYTES))}
    return _written(read.changed(data_keys=keys, current=version))


def without_older(data: bytes) -> bytes:
    """Return the file without the data keys that are not current; what is sealed under those is gone then."""
    read = _read(data)
    return _written(read.changed(data_keys={read.current: read.data_keys[read.current]}))


def with_slot(data: bytes, keyring: Keyring, kind: SlotKind, secret: str) -> bytes:
    """Return the file with another secret in the slot of a kind; the one before opens it no more.

    Raises
    ------
    UsageError
        `passphrase_too_short`.
    """
    read = _read(data)
    others = tuple(slot for slot in read.slots if slot.kind != kind)
    return _written(read.changed(slots=(*others, _slot(kind, secret, keyring.root))))


def recovery_code() -> str:
    """Return a new recovery code of 160 random bits, in groups."""
    return "-".join(
        "".join(secrets.choice(_RECOVERY_SIGNS) for _ in range(_GROUP_SIGNS)) for _ in range(_RECOVERY_GROUPS)
    )


def _slot(kind: SlotKind, secret: str, root: bytes) -> Slot:
    return Slot(kind=kind, sealed=base64.b64encode(seal(root, secret)).decode())


def _opened(slot: Slot, secret: str) -> bytes | None:
    try:
        return unseal(base64.b64decode(slot.sealed), secret)
    except InputError:
        return None


def _wrapped(root: bytes, version: int, key: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + AESGCMSIV(root).encrypt(nonce, key, _label(version))).decode()


def _unwrapped(read: KeyringFile, root: bytes) -> dict[int, bytes]:
    keys = {}
    for version, text in read.data_keys.items():
        data = base64.b64decode(text)
        keys[version] = AESGCMSIV(root).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _label(version))
    return keys


def _label(version: int) -> bytes:
    return f"doorstep data key {version}".encode()


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"doorstep/{purpose}".encode()).derive(key)


def _written(keyring: KeyringFile) -> bytes:
    return keyring.model_dump_json(indent=1).encode() + b"\n"


def _read(data: bytes) -> KeyringFile:
    try:
        return KeyringFile.model_validate(json.loads(data), strict=False)
    except (ValueError, ValidationError) as error:
        raise InputError(
            "keyring_damaged",
            "the keyring cannot be read",
            where=FILE_NAME,
            remedy="put it back from a backup; without it nothing can be opened",
        ) from error
