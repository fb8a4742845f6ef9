"""Keep compiled streets in one file per extract.

Law: a cache may only save time. What it holds is exactly what compiling gives, and a file that cannot be read,
is of another version or of another extract counts as absent. Nothing is unpickled.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from routing.network.street_arrays import Streets

# Raise it with every change to the arrays.
FORMAT_VERSION = 1

_ARRAYS = tuple(field.name for field in fields(Streets) if field.name not in ("extract_sha256", "names"))


def read_cached(folder: Path, extract_sha256: str) -> Streets | None:
    """Return the cached streets of an extract, or None where there are none that can be trusted."""
    try:
        # np.load given a path leaks its handle on a broken file
        with _file(folder, extract_sha256).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        if str(arrays.pop("stamp")) != _stamp(extract_sha256):
            return None
        names = dict(zip(arrays.pop("named_way").tolist(), arrays.pop("name").tolist(), strict=True))
        return Streets(extract_sha256=extract_sha256, names=names, **{key: arrays[key] for key in _ARRAYS})
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        return None


def write_cached(folder: Path, streets: Streets) -> None:
    """Write streets for `read_cached`; readers see the whole file or none.

    A folder that cannot be written to is no error: the next run compiles again.
    """
    arrays: dict[str, npt.ArrayLike] = {key: getattr(streets, key) for key in _ARRAYS}
    arrays["stamp"] = np.array(_stamp(streets.extract_sha256))
    arrays["named_way"] = np.array(list(streets.names), np.int64)
    arrays["name"] = np.array(list(streets.names.values()), np.str_)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(_file(folder, streets.extract_sha256), arrays)


def _write_whole(target: Path, arrays: dict[str, npt.ArrayLike]) -> None:
    # mkstemp opens with mode 0600, which os.replace keeps.
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file(folder: Path, extract_sha256: str) -> Path:
    return folder / f"streets-{extract_sha256[:32]}.npz"


def _stamp(extract_sha256: str) -> str:
    return f"{FORMAT_VERSION} {extract_sha256} {_law_digest()}"


@cache
def _law_digest() -> str:
    """Return a digest of what turns tags into streets: another law or speed table makes other streets."""
    folder = files("routing.network")
    sources = ("access.py", "speeds.json", "speeds.py", "streets.py")
    return sha256(b"".join((folder / name).read_bytes() for name in sources)).hexdigest()
