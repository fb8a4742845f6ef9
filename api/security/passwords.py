"""Passwords of people. Law: kept as Argon2id hashes only; no more are reckoned at once than memory allows."""

from __future__ import annotations

import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.manners.errors import UnprocessableError
from api.security.sealing import SHORTEST_PASSPHRASE

AT_ONCE = 4
MEMORY_KIB, ROUNDS, LANES = 19 * 1024, 2, 1  # OWASP's first choice for Argon2id; the file they lie in is encrypted, too
LONGEST = 1024
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
_turn = BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return what is kept of a password.

    Raises
    ------
    UnprocessableError
        `password_too_short`: fewer than 12 characters, or more than 1,024.
    """
    if not SHORTEST_PASSPHRASE <= len(password) <= LONGEST:
        raise UnprocessableError(
            "password_too_short",
            f"a password has {SHORTEST_PASSPHRASE} characters at least, and {LONGEST} at most",
            where="/password",
            remedy="take four or more words that nobody would guess together",
        )
    with _turn:
        return _hasher.hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept; takes as long where there is none, so that the time tells nothing."""
    with _turn:
        try:
            return _hasher.verify(kept or _NOBODYS, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """Return a password of 80 random bits, easy to copy by hand."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "surrogatepass")


_NOBODYS = _hasher.hash(secrets.token_bytes(32))
