"""A database that does not answer. Law: told as what it is, to be tried again; never as a fault of the request."""

from __future__ import annotations

from api.manners.errors import UnavailableError


def database_away() -> UnavailableError:
    """Return the error of a database that is away, too busy, or has no more room."""
    return UnavailableError(
        "database_away",
        "the database does not answer, or its disk is full",
        remedy="try again; if it lasts, look at the disk and at the database",
        params={"retry_after_s": 5},
    )


def no_room() -> UnavailableError:
    """Return the error of a file that cannot be written."""
    return UnavailableError(
        "no_room",
        "the file cannot be written: the disk is full, or broken",
        remedy="make room on the disk of the service, then send it again",
        params={"retry_after_s": 60},
    )
