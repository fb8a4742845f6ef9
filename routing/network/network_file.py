"""Arrays in one file that is mapped into memory, not read: several processes share it, and it is there at once.

Law: a file is whole and of the kind asked for, or it is nothing: a checksum covers all of it. Nothing is unpickled.

Layout: MAGIC; the CRC-32 of all that follows, and the header's length (8 bytes each, little-endian); the header (JSON:
stamp, and for every array its type, shape and offset); then the data, each array at a multiple of 64 bytes.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAGIC = b"DOORSTEP NETWORK\n"
_ALIGNMENT = 64
_HEADER_AT = len(MAGIC) + 16
_TYPES = frozenset({"<i8", "<i4", "<f8", "<f4", "|b1", "|u1"})


def write_arrays(path: Path, stamp: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays for `read_arrays`; readers see the whole file or none. Raises OSError."""
    offset, entries, parts = 0, {}, []
    for name, given in arrays.items():
        array = np.ascontiguousarray(given)
        padding = -offset % _ALIGNMENT
        parts += [b"\0" * padding, array.tobytes()]
        offset += padding
        entries[name] = [array.dtype.str, list(array.shape), offset]
        offset += array.nbytes
    header = json.dumps({"stamp": stamp, "arrays": entries}).encode()
    header += b" " * (-(_HEADER_AT + len(header)) % _ALIGNMENT)
    body = b"".join((len(header).to_bytes(8, "little"), header, *parts))
    # mkstemp opens with mode 0600, which the rename keeps.
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines((MAGIC, zlib.crc32(body).to_bytes(8, "little"), body))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_arrays(path: Path, stamp: str) -> dict[str, Array] | None:
    """Return read-only arrays mapped from a file, or None if it is missing, damaged or of another stamp."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # lives as long as the arrays
        if not _is_whole(mapped):
            return None
        start, header = _header(mapped)
        return _arrays(mapped, start, header["arrays"]) if header["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _is_whole(mapped: mmap.mmap) -> bool:
    crc32 = int.from_bytes(mapped[len(MAGIC) : len(MAGIC) + 8], "little")
    with memoryview(mapped) as view, view[len(MAGIC) + 8 :] as body:
        return mapped[: len(MAGIC)] == MAGIC and zlib.crc32(body) == crc32


def _header(mapped: mmap.mmap) -> tuple[int, dict[str, Any]]:
    """Return where the data begin, and the header; raise ValueError or TypeError."""
    start = _HEADER_AT + int.from_bytes(mapped[_HEADER_AT - 8 : _HEADER_AT], "little")
    header = json.loads(mapped[_HEADER_AT:start])
    if not isinstance(header, dict):
        raise TypeError("no header")
    return start, header


def _arrays(mapped: mmap.mmap, start: int, entries: Mapping[str, tuple[str, list[int], int]]) -> dict[str, Array]:
    if any(kind not in _TYPES for kind, _, _ in entries.values()):
        raise ValueError("an array of no known type")
    return {
        name: np.frombuffer(mapped, np.dtype(kind), count=prod(shape), offset=start + offset).reshape(shape)
        for name, (kind, shape, offset) in entries.items()
    }
