"""Arrays in one file that is mapped into memory, not read: several processes share it, and it is there at once.

Law: a file is whole and of the kind asked for, or it is nothing. What it says of its own arrays is checked before use,
its bytes against a checksum. Nothing is unpickled.

Layout: MAGIC, the header's length (8 bytes, little-endian), the header (JSON: stamp, checksum of the data, and for
every array its type, shape and offset), then the data, each array at a multiple of 64 bytes.
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
    data = b"".join(parts)
    header = json.dumps({"stamp": stamp, "crc32": zlib.crc32(data), "size": len(data), "arrays": entries}).encode()
    header += b" " * (-(len(MAGIC) + 8 + len(header)) % _ALIGNMENT)
    # mkstemp opens with mode 0600, which the rename keeps.
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines((MAGIC, len(header).to_bytes(8, "little"), header, data))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_arrays(path: Path, stamp: str) -> dict[str, Array] | None:
    """Return read-only arrays mapped from a file, or None if it is missing, damaged or of another stamp."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            # the arrays keep a mapping of their own: this one only judges
            start, header = _header(mapped)
            if header["stamp"] != stamp or not _is_whole(mapped, start, header):
                return None
        return _arrays(path, start, header["arrays"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def _header(mapped: mmap.mmap) -> tuple[int, dict[str, Any]]:
    """Return where the data begin, and the header; raise ValueError."""
    first = len(MAGIC) + 8
    if mapped[: len(MAGIC)] != MAGIC:
        raise ValueError("another kind of file")
    start = first + int.from_bytes(mapped[len(MAGIC) : first], "little")
    header = json.loads(mapped[first:start])
    if not isinstance(header, dict):
        raise TypeError("no header")
    return start, header


def _is_whole(mapped: mmap.mmap, start: int, header: Mapping[str, Any]) -> bool:
    with memoryview(mapped) as view, view[start:] as data:
        return bool(len(data) == header["size"] and zlib.crc32(data) == header["crc32"])


def _arrays(path: Path, start: int, entries: Mapping[str, tuple[str, list[int], int]]) -> dict[str, Array]:
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if any(kind not in _TYPES for kind, _, _ in entries.values()):
        raise ValueError("an array of no known type")
    return {
        name: np.frombuffer(mapped, np.dtype(kind), count=prod(shape), offset=start + offset).reshape(shape)
        for name, (kind, shape, offset) in entries.items()
    }
