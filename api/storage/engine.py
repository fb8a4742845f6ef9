"""Connections to the database. Law: a SQLite file is encrypted as a whole, and what was acknowledged is on the disk.

`sqlcipher3` brings a SQLite of its own: write-ahead log, `synchronous=FULL`, reads in a plain `BEGIN`, writes in `BEGIN
IMMEDIATE`, deleted content overwritten. PostgreSQL is used where `DOORSTEP_DATABASE_URL` names one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from api.storage.patience import PatientConnection
from routing.domain.errors import InputError, UsageError

WRITES = "doorstep_writes"  # an execution option: this connection is going to write
POOLED, OVERFLOW, PATIENCE_S, CONNECTS_WITHIN_S = 8, 56, 10, 5
_PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
)


def sqlite_engine(path: Path, key: bytes) -> Engine:
    """Return an engine on an encrypted file, which is made where there is none.

    Raises
    ------
    InputError
        `database_damaged`: another key, or no database.
    """
    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: open_encrypted(path, key),
        poolclass=QueuePool,
        pool_size=POOLED,
        max_overflow=OVERFLOW,
        pool_timeout=PATIENCE_S,
    )
    event.listen(engine, "begin", _begin)
    return engine


def postgresql_engine(url: str) -> Engine:
    """Return an engine on a PostgreSQL database.

    Raises
    ------
    UsageError
        `database_url_unknown`.
    """
    engine = create_engine(
        psycopg_url(url),
        pool_size=POOLED,
        max_overflow=OVERFLOW,
        pool_timeout=PATIENCE_S,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": CONNECTS_WITHIN_S, "application_name": "doorstep"},
    )
    event.listen(engine, "do_connect", _connect_patiently)
    return engine


def _connect_patiently(*told: Any) -> PatientConnection:
    _, _, arguments, options = told
    return PatientConnection.connect(*arguments, **options)


def open_encrypted(path: Path, key: bytes, journal: Literal["WAL", "DELETE"] = "WAL") -> Any:
    """Return a connection to an encrypted SQLite file, as the driver gives it.

    Parameters
    ----------
    journal
        `WAL`: readers and a writer go on side by side; `DELETE`: nothing lingers in a log.

    Raises
    ------
    InputError
        `database_damaged`.
    """
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlcipher3.dbapi2.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=PATIENCE_S, cached_statements=256
    )
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in (f"journal_mode = {journal}", *_PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")
    except sqlcipher3.dbapi2.DatabaseError as error:
        connection.close()
        raise InputError(
            "database_damaged",
            "the database cannot be opened with this installation's key",
            where=path.name,
            remedy="put database and keyring back from the same backup",
        ) from error
    return connection


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def psycopg_url(text: str) -> URL:
    """Return the URL of a PostgreSQL database for its driver.

    Raises
    ------
    UsageError
        `database_url_unknown`.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise UsageError(
            "database_url_unknown",
            "DOORSTEP_DATABASE_URL names no PostgreSQL database",
            remedy="write it like postgresql://user@host/database, or leave it out for a file of Doorstep's own",
        )
    return url.set(drivername="postgresql+psycopg")
