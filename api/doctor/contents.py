"""What is kept, looked at with the keys. Law: read beside a service that may be running; nothing is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from api.audit.chain import SERVICE
from api.audit.verifying import verify
from api.backup.writing import KEYS
from api.installation import Installation
from api.looking import Looked
from api.networks.paths import network_path
from api.rotating import ROTATE, unfinished
from api.storage.audit_tables import AuditEntry
from api.storage.client_keys import ClientKeys
from api.storage.tables import Entry, Erasure, Network
from routing.domain.errors import Problem

OLDEST_POSTGRESQL = 140000  # as the server tells its version: 14.0
ENCODING = "UTF8"
MOST_OF_RECORD = 5  # findings of one kind that are shown


def integrity(engine: Engine) -> Iterator[Problem]:
    """Yield whether SQLite finds its file damaged."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        found = [
            row[0]
            for check in ("cipher_integrity_check", "integrity_check")
            for row in connection.execute(text(f"PRAGMA {check}"))
        ]
    if [one for one in found if one != "ok"]:
        yield damaged()


def damaged() -> Problem:
    """Return that the database's file is damaged."""
    return Problem(
        code="database_pages_damaged",
        message="parts of the database cannot be read",
        where="",
        remedy="look at the disk; then put a backup back: doorstep restore FILE --replace",
    )


def server(engine: Engine) -> Iterator[Problem]:
    """Yield what is unfit about a PostgreSQL server."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        version = int(str(connection.execute(text("SHOW server_version_num")).scalar()))
        encoding = str(connection.execute(text("SHOW server_encoding")).scalar())
    yield from unfit_server(version, encoding)


def unfit_server(version: int, encoding: str) -> Iterator[Problem]:
    """Yield what is unfit about a version and an encoding."""
    if version < OLDEST_POSTGRESQL:
        yield Problem(
            code="postgresql_old",
            message=f"PostgreSQL {version // 10000} is older than {OLDEST_POSTGRESQL // 10000}",
            where="",
            remedy="bring the server up to date",
        )
    if encoding != ENCODING:
        yield Problem(
            code="postgresql_encoding",
            message=f"the database's encoding is {encoding}, not {ENCODING}",
            where="",
            remedy="make one with ENCODING 'UTF8', and restore a backup into it",
        )


def record(session: Session, looked: Looked) -> Iterator[Problem]:
    """Yield what is wrong with the record of what was done."""
    yield from islice(verify(session, looked.keyring), MOST_OF_RECORD)


def last_recorded(session: Session) -> datetime | None:
    """Return when the last thing was recorded."""
    return session.scalar(select(func.max(AuditEntry.at)))


def unfinished_work(session: Session, looked: Looked) -> Iterator[Problem]:
    """Yield erasures and rotations that were cut off."""
    waiting = session.scalar(select(func.count()).select_from(Erasure).where(Erasure.done_at.is_(None)))
    if waiting:
        yield Problem(
            code="erasure_unfinished",
            message=f"the keys of {waiting} erased clients are still to be destroyed",
            where="",
            remedy="start the service: it finishes that first",
        )
    left = unfinished(looked.engine, looked.keyring)
    if left:
        yield Problem(
            code="rotation_unfinished",
            message=f"{left} rows are still sealed under an earlier data key",
            where="",
            remedy="end the service and call `doorstep rotate-keys`, which goes on where it was cut off",
        )


def clients_keys(session: Session, looked: Looked, installation: Installation) -> Iterator[Problem]:
    """Yield clients without a key, and a backup of the keys that is out of date."""
    if not installation.keys_path.exists():
        ids = set()
    else:
        keys = ClientKeys(installation.keys_path, looked.keyring.of_root("keys.db"), looked.cipher)
        ids = {key_id for key_id, _, _ in keys.rows()}
        keys.close()
    needed = set(session.scalars(select(Entry.key_id).where(Entry.key_id.is_not(None), Entry.kind == "clients")))
    if needed - ids:
        yield Problem(
            code="client_keys_lacking",
            message=f"the keys of {len(needed - ids)} clients are not in keys.db: their programmes cannot be opened",
            where=str(installation.keys_path),
            remedy="put them back: doorstep restore --keys FILE",
        )
    yield from _backup_of_keys(session)


def _backup_of_keys(session: Session) -> Iterator[Problem]:
    backed_up = _last(session, KEYS)
    erased = session.scalar(select(func.max(Erasure.done_at)))
    rotated = _last(session, ROTATE)
    since = max((at for at in (erased, rotated) if at is not None), default=None)
    if backed_up is None or (since is not None and since > backed_up):
        yield Problem(
            code="keys_backup_outdated",
            message="there is no backup of the keys" + (" since the last erasure or rotation" if backed_up else ""),
            where="",
            remedy="doorstep backup --keys FILE, over the earlier one",
        )


def networks(session: Session, installation: Installation) -> Iterator[Problem]:
    """Yield extracts whose files are missing or are other ones."""
    for network in session.scalars(select(Network).order_by(Network.organisation_id, Network.network_id)):
        path = network_path(installation.folder / "networks", network)
        if not path.is_file():
            yield _network("network_file_missing", "the file of an extract is missing", network)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != network.sha256:
            yield _network("network_file_damaged", "the file of an extract is not what was sent", network)


def _network(code: str, message: str, network: Network) -> Problem:
    return Problem(
        code=code,
        message=message,
        where=f"{network.organisation_id}/{network.network_id}",
        remedy="upload it again: PUT /v1/networks/{network_id}",
    )


def _last(session: Session, action: str) -> datetime | None:
    found = select(func.max(AuditEntry.at)).where(AuditEntry.organisation_id == SERVICE, AuditEntry.action == action)
    return session.scalar(found)
