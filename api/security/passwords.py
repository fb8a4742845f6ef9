"""Passwords of people. Law: kept as Argon2id hashes only; no more are reckoned at once than memory allows.

And no more wait for that than leaves threads for others: a flood of sign-ins slows sign-ins down, and nothing else.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.manners.errors import UnavailableError, UnprocessableError
from api.security.sealing import SHORTEST_PASSPHRASE

AT_ONCE, WAITING = 4, 16
MEMORY_KIB, ROUNDS, LANES = 19 * 1024, 2, 1  # OWASP's first choice for Argon2id; the file they lie in is encrypted, too
LONGEST = 1024
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
_turn = BoundedSemaphore(AT_ONCE)
_room = BoundedSemaphore(AT_ONCE + WAITING)


def hash_password(password: str) -> str:
    """Return what is kept of a password.

    Raises
    ------
    UnprocessableError
        `password_too_short`: fewer than 12 characters, or more than 1,024.
    UnavailableError
        `busy`.
    """
    if not SHORTEST_PASSPHRASE <= len(password) <= LONGEST:
        raise UnprocessableError(
            "password_too_short",
            f"a password has {SHORTEST_PASSPHRASE} characters at least, and {LONGEST} at most",
            where="/password",
            remedy="take four or more words that nobody would guess together",
        )
    with _reckoning():
        return _hasher.hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one kept; takes as long where there is none, so that the time tells nothing.

    Raises
    ------
    UnavailableError
        `busy`.
    """
    with _reckoning():
        try:
            return _hasher.verify(kept or _NOBODYS, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """Return a password of 80 random bits, easy to copy by hand."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


@contextmanager
def _reckoning() -> Iterator[None]:
    if not _room.acquire(blocking=False):
        raise UnavailableError("busy", "too many sign in at once", remedy="try again", params={"retry_after_s": 2})
    try:
        with _turn:
            yield
    finally:
        _room.release()


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFC", password[: LONGEST + 1]).encode("utf-8", "surrogatepass")


_NOBODYS = _hasher.hash(secrets.token_bytes(32))
