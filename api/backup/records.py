"""A backup's contents as lines of JSON. Law: the same lines whatever the database, so that one restores into the other.

`{"table": …, "columns": […]}`, then `{"row": […]}` for each row; `{"file": …}`, then `{"piece": …}`; at last
`{"end": …}` with how many lines came before. Bytes are `{"b": "base64"}`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select

from api.storage.every_table import every_table
from routing.domain.errors import InputError

VERSIONS = "alembic_version"  # where the database's own form is told; the backup's header has it
PASSING = frozenset({"failed_sign_in", "sign_in", "answered"})  # what ends within a day is not kept for longer
PIECE_BYTES = 1 << 18
_ROWS_AT_ONCE = 500


def write_tables(connection: Connection, write: Callable[[bytes], None]) -> int:
    """Write every row of every table, as they are at one moment; return how many lines that made."""
    count = 0
    for table in tables_of(connection):
        if table.name in {VERSIONS, *PASSING}:
            continue
        write(line({"table": table.name, "columns": [column.name for column in table.columns]}))
        count += 1
        rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(
            select(table).order_by(*table.primary_key.columns)
        )
        for row in rows:
            write(line({"row": [told(value) for value in row]}))
            count += 1
    return count


def write_file(path: Path, write: Callable[[bytes], None]) -> int:
    """Write a file's bytes; return how many lines that made."""
    write(line({"file": path.name}))
    count = 1
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            write(line({"piece": told(piece)}))
            count += 1
    return count


def write_end(count: int, write: Callable[[bytes], None]) -> None:
    """Write the last line."""
    write(line({"end": count}))


def lines_of(pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the lines that pieces of bytes are made of, but the last one, which says that they were all.

    Raises
    ------
    InputError
        `backup_damaged`.
    """
    count, ended = 0, False
    for text in _split(pieces):
        read: dict[str, Any] = json.loads(text)
        ended = read.get("end") == count
        if not ended:
            count += 1
            yield read
    if not ended:
        raise InputError(
            "backup_damaged", "the backup has no end", remedy="take another copy of it, or an earlier backup"
        )


def value_of(kept: object) -> object:
    """Return a value as the database has it."""
    return base64.b64decode(kept["b"]) if isinstance(kept, Mapping) else kept


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables of Doorstep's that there are, those that others point at first."""
    own = {*every_table().tables, VERSIONS}
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in own)
    return metadata.sorted_tables


def _split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        *whole, held = (held + piece).split(b"\n")
        yield from whole


def told(value: object) -> object:
    """Return a value as a line has it."""
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def line(value: object) -> bytes:
    """Return a line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
