"""Make backups. Law: of one moment, sealed, complete on the disk before they have their name; the service may run.

A backup of the data holds everything but the clients' keys, and is of no use without the keyring. A backup of the keys
holds the keyring, which a passphrase opens, and the clients' keys. Whoever is erased stays readable for whoever has
both an older backup of the data and an older one of the keys: so there is one backup of the keys, and the next takes
its place.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError

from api.audit.chain import SERVICE
from api.audit.recording import append, event_now
from api.backup.records import line, told, write_end, write_file, write_tables
from api.backup.stream import Sealing, new_header, read_header
from api.installation import NETWORKS, Installation
from api.looking import Looked
from api.security.private_files import PART_PREFIX, PART_SUFFIX, flush_folder
from api.security.wiping import overwrite
from api.storage.client_keys import ClientKeys
from api.storage.migrating import newest_revision
from api.storage.sessions import EVERY
from routing.domain.errors import InputError, UsageError

DATA, KEYS = "doorstep backup", "doorstep backup --keys"  # as the record calls them


def back_up_data(installation: Installation, looked: Looked, target: Path) -> None:
    """Write a backup of the data.

    Raises
    ------
    UsageError
        `file_exists`, `cannot_write`.
    InputError
        `backup_disturbed`.
    """
    _refuse_taken(target)
    with _new_file(target) as file, looked.engine.connect() as connection:
        sealing = Sealing(file, new_header("data", looked.keyring, newest_revision()), looked.keyring)
        count = write_tables(connection, sealing.write)
        for path in sorted((installation.folder / NETWORKS).glob("[!.]*")):
            count += _write_network(path, sealing)
        write_end(count, sealing.write)
        sealing.finish()
    _record(looked, DATA)


def back_up_keys(installation: Installation, looked: Looked, target: Path) -> None:
    """Write a backup of the keys; one that is there is overwritten and gone.

    Raises
    ------
    UsageError
        `file_exists`: something else is there; `cannot_write`.
    """
    _refuse_other_than_keys(target)
    keys = ClientKeys(installation.keys_path, looked.keyring.of_root("keys.db"), looked.cipher)
    try:
        _write_keys(installation, looked, target, keys)
    finally:
        keys.close()
    _record(looked, KEYS)


def _write_keys(installation: Installation, looked: Looked, target: Path, keys: ClientKeys) -> None:
    keyring_file = installation.keyring_bytes().decode()
    with _new_file(target) as file:
        header = new_header("keys", looked.keyring, newest_revision(), keyring_file)
        sealing = Sealing(file, header, looked.keyring)
        rows, destroyed = keys.rows(), sorted(keys.destroyed())
        for row in rows:
            sealing.write(line({"key": [told(value) for value in row]}))
        for key_id in destroyed:
            sealing.write(line({"destroyed": key_id}))
        write_end(len(rows) + len(destroyed), sealing.write)
        sealing.finish()


def _write_network(path: Path, sealing: Sealing) -> int:
    try:
        return write_file(path, sealing.write)
    except FileNotFoundError as error:
        raise InputError(
            "backup_disturbed", "an extract was removed while it was copied", remedy="start again"
        ) from error


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file for its owner alone, which takes its name when the block has ended well."""
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=PART_PREFIX, suffix=PART_SUFFIX, dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _take_place(part, target)
    except OSError as error:
        raise UsageError(
            "cannot_write",
            (error.strerror or "the file cannot be written").lower(),
            where=str(target),
            remedy="give a place that you may write to, with enough room",
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _take_place(part: Path, target: Path) -> None:
    """Give a file its name; what had that name is overwritten, and only once the new one is there."""
    with suppress(FileNotFoundError), target.open("r+b") as before:
        part.replace(target)
        flush_folder(target.parent)
        overwrite(before)
        return
    part.replace(target)
    flush_folder(target.parent)


def _refuse_taken(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise UsageError(
            "file_exists",
            "there is a file of this name already",
            where=str(target),
            remedy="give another name: an earlier backup is not written over",
        )


def _refuse_other_than_keys(target: Path) -> None:
    """Refuse to write over anything but an earlier backup of keys."""
    if not target.exists():
        return
    with target.open("rb") as file:
        try:
            kind = read_header(file, str(target))[0].kind
        except InputError:
            kind = "data"
    if kind != "keys":
        _refuse_taken(target)


def _record(looked: Looked, action: str) -> None:
    """Record it in the service's own chain; the service may be writing the next entry of that one at the same time."""
    for is_last in (False, True):
        try:
            with looked.store.writing(EVERY) as session:
                append(session, looked.keyring, event_now(SERVICE, action))
        except IntegrityError:
            if is_last:
                raise
        else:
            return
