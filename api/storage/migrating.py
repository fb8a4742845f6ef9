"""Bring a database to the form this version needs. Law: a database of a newer version is refused, never guessed at."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from api.storage.engine import WRITES
from api.storage.patience import unhurried
from routing.domain.errors import InputError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run what is missing, all of it in one transaction.

    Raises
    ------
    InputError
        `database_newer`.
    """
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        refuse_newer(connection)
        bring_to(connection, "head")


def refuse_newer(connection: Connection) -> None:
    """Refuse a database that a newer Doorstep has migrated."""
    found = MigrationContext.configure(connection).get_current_heads()
    if not known_revisions().issuperset(found):
        raise InputError(
            "database_newer",
            "the database was written by a newer version of Doorstep",
            remedy="install that version, or put back a backup made by this one",
        )


def refuse_other(connection: Connection) -> None:
    """Refuse a database that has not the form of this version, where it is not to be changed.

    Raises
    ------
    InputError
        `database_newer`, `database_older`.
    """
    refuse_newer(connection)
    if MigrationContext.configure(connection).get_current_heads() != (newest_revision(),):
        raise InputError(
            "database_older",
            "the database was written by an older version of Doorstep, and has not been brought up to date",
            remedy="start the service once: doorstep serve",
        )


def newest_revision() -> str:
    """Return the form that this version needs."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def known_revisions() -> set[str]:
    """Return every form that this version can bring up to date."""
    return {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}


def bring_to(connection: Connection, revision: str) -> None:
    """Bring a database to a form, in the transaction of whoever asks."""
    with unhurried(connection):
        command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
