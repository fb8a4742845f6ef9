"""Write files that only their owner can read, all of them or none.

Law: nothing half-written is ever visible under its own name; folders are made with 0700 and files with 0600,
whatever the umask.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from routing.domain.errors import UsageError

PART_PREFIX = ".doorstep-"
PART_SUFFIX = ".part"
PASSWORD_NAME = "first-password"  # where a first password is written if nobody is at a terminal


def write_private(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files (name -> contents) into a folder, which is made where it is missing.

    Each file is complete on the disk under another name before the first takes its own. If anything fails, what
    was written is removed, and so are the folders that were made.

    Raises
    ------
    UsageError
        `cannot_write`.
    """
    made: list[Path] = []
    parts: dict[Path, Path] = {}
    try:
        made = _make_folders(folder)
        for name, data in contents.items():
            _write_part(folder, folder / name, data, parts)
        for target, part in parts.items():
            part.replace(target)
        flush_folder(folder)
    except BaseException as error:
        _undo(parts.values(), made)
        if isinstance(error, OSError):
            raise UsageError(
                "cannot_write",
                (error.strerror or "the file cannot be written").lower(),
                where=str(folder),
                remedy="give a folder that you may write to (--out)",
            ) from error
        raise


def _make_folders(folder: Path) -> list[Path]:
    """Make the missing folders, outermost first, and return them; those there before keep their mode."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    made: list[Path] = []
    try:
        for path in reversed(missing):
            path.mkdir(mode=0o700)
            made.append(path)
            path.chmod(0o700)
    except OSError:
        _undo((), made)
        raise
    if not folder.is_dir():
        raise NotADirectoryError(20, "there is a file where the folder should be")
    return made


def _write_part(folder: Path, target: Path, data: bytes, parts: dict[Path, Path]) -> None:
    if target.is_dir():
        raise IsADirectoryError(21, "there is a folder where the file should be")
    handle, name = tempfile.mkstemp(prefix=PART_PREFIX, suffix=PART_SUFFIX, dir=folder)
    parts[target] = Path(name)
    with os.fdopen(handle, "wb") as file:
        parts[target].chmod(0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Have the disk keep which files a folder has."""
    with suppress(OSError):  # not every platform can open a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _undo(parts: Iterable[Path], made: Sequence[Path]) -> None:
    for part in parts:
        part.unlink(missing_ok=True)
    for path in reversed(made):
        with suppress(OSError):  # somebody else may have put something there
            path.rmdir()
