"""Remove what Doorstep wrote, and nothing else. Law: a file goes only if its name and its first bytes are ours.

Of a PDF it is the last bytes, since the format fixes the first.

Overwriting before removal helps on plain magnetic disks. Flash disks, journals, snapshots and backups may keep
copies all the same; whoever asks is told so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from api.security.day_keys import KEY_BYTES, KEY_NAME
from api.security.private_files import PART_PREFIX, PART_SUFFIX
from api.security.sealing import MAGIC, SUFFIX
from api.settings import Settings
from routing.domain.errors import UsageError
from routing.maps.marks import GEOJSON_MARK, PAGE_MARK
from routing.sheets import marks

PLAN_NAME = "plan.json"
GEOJSON_NAME = "plan.geojson"
PAGE_NAME = "map.html"
_SHEET_NAME = re.compile(
    r"(sheet|card|letter|custody|labels)-[A-Za-z0-9_.-]+\.(pdf|html|gpx|geojson|csv)|run-sheet\.pdf"
)
_SHEET_MARKS = {
    ".html": marks.PAGE_MARK,
    ".gpx": marks.GPX_MARK,
    ".geojson": marks.GEOJSON_MARK,
    ".csv": marks.CSV_MARK,
}
_OUTPUT_NAMES = (PLAN_NAME, GEOJSON_NAME, PAGE_NAME)
BLOCK_BYTES = 1 << 20
FIRST_BYTES = 4096

_DOCUMENT = re.compile(rb'\s*\{\s*"schema"\s*:\s*"doorstep\.(plan|programme)/')
_PLAN = re.compile(rb'\s*\{\s*"schema"\s*:\s*"doorstep\.plan/')
_PROGRAMME = re.compile(rb'"schema"\s*:\s*"doorstep\.programme/')
_BACKUP_NAME = re.compile(r".+\.bak-\d{4}-\d{2}-\d{2}(-\d+)?")
_STREETS_NAME = re.compile(r"streets-[0-9a-f]{32}\.(network|npz)")  # npz: of earlier versions


@dataclass(frozen=True)
class Wipe:
    """What would be removed: the files, and the folders that would then be empty, innermost first."""

    files: tuple[Path, ...]
    folders: tuple[Path, ...]


def find_wipe(path: Path, settings: Settings) -> Wipe:
    """Find what Doorstep wrote at a path: a file, an output folder, or (with all below) its own home and cache.

    Raises
    ------
    UsageError
        `nothing_to_wipe`: nothing there is known to be Doorstep's.
    """
    found = _in_folder(path, settings) if path.is_dir() and not path.is_symlink() else _one_file(path)
    if not found.files and not found.folders:
        raise UsageError(
            "nothing_to_wipe",
            "nothing there was written by Doorstep" if path.exists() else "there is no such file or folder",
            where=str(path),
            remedy="name a plan, a map, a programme, a copy that `update` kept, a sealed file, or a folder with plans, "
            "maps or open copies; a folder keeps its programmes and other sealed files, which go when named themselves",
        )
    return found


def wipe(found: Wipe, *, wiped: Callable[[Path], None] = lambda _: None) -> None:
    """Overwrite and remove files, then remove the folders that are empty.

    Raises
    ------
    UsageError
        `cannot_write`.
    """
    for path in found.files:
        try:
            with path.open("r+b") as file:
                overwrite(file)
            path.unlink()
        except OSError as error:
            raise UsageError(
                "cannot_write",
                (error.strerror or "the file cannot be removed").lower(),
                where=str(path),
                remedy="make the file writable for you, then wipe again",
            ) from error
        wiped(path)
    for folder in found.folders:
        with suppress(OSError):
            folder.rmdir()


def is_output(path: Path) -> bool:
    """Say whether a file is one that `doorstep plan` or `doorstep sheets` wrote, or was writing."""
    name = path.name
    if path.is_symlink() or not path.is_file():
        return False
    if name.startswith(PART_PREFIX) and name.endswith(PART_SUFFIX):
        return True
    if is_sheet(path):
        return True
    beginning = _beginning(path)
    if name.endswith(SUFFIX):
        return name.removesuffix(SUFFIX) in _OUTPUT_NAMES and beginning.startswith(MAGIC)
    if name == PLAN_NAME:
        return _PLAN.match(beginning) is not None
    return (name == GEOJSON_NAME and GEOJSON_MARK in beginning) or (name == PAGE_NAME and PAGE_MARK in beginning)


def is_sheet(path: Path) -> bool:
    """Say whether a file is one that `doorstep sheets` wrote."""
    if path.is_symlink() or not _SHEET_NAME.fullmatch(path.name) or not path.is_file():
        return False
    if path.suffix == ".pdf":
        return _ending(path).endswith(marks.PDF_MARK)
    return _SHEET_MARKS[path.suffix] in _beginning(path)


def _is_backup(path: Path) -> bool:
    """Say whether a file is an open programme that `doorstep update` kept; its keys may stand in any order."""
    if path.is_symlink() or not _BACKUP_NAME.fullmatch(path.name) or not path.is_file():
        return False
    try:
        return _PROGRAMME.search(path.read_bytes()) is not None
    except OSError:
        return False


def _one_file(path: Path) -> Wipe:
    """Find a file that somebody names outright: any document or sealed file of ours, whatever its name."""
    if path.is_symlink() or not path.is_file():
        return Wipe((), ())
    beginning = _beginning(path)
    known = is_output(path) or _is_backup(path) or _is_cache(path)
    ours = known or _DOCUMENT.match(beginning) or beginning.startswith(MAGIC) or GEOJSON_MARK in beginning
    return Wipe((path,) if ours else (), ())


def _in_folder(folder: Path, settings: Settings) -> Wipe:
    own = any(folder.resolve().is_relative_to(own.resolve()) for own in (settings.home, settings.cache))
    if not own:
        files = tuple(path for path in sorted(folder.iterdir()) if is_output(path) or _is_backup(path))
        return Wipe(files, (folder,) if files else ())
    below = list(_below(folder))
    files = tuple(path for path in below if is_output(path) or _is_backup(path) or _is_cache(path) or _is_key(path))
    return Wipe(files, (*(path for path in reversed(below) if path.is_dir()), folder) if below else ())


def _below(folder: Path) -> Iterator[Path]:
    """Yield all below a folder, each folder before what it holds; links are not followed."""
    for path in sorted(folder.iterdir()):
        if not path.is_symlink():
            yield path
            if path.is_dir():
                yield from _below(path)


def _is_cache(path: Path) -> bool:
    return bool(_STREETS_NAME.fullmatch(path.name)) and path.is_file()


def _is_key(path: Path) -> bool:
    return path.name == KEY_NAME and path.is_file() and path.stat().st_size == KEY_BYTES


def _ending(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - FIRST_BYTES))
            return file.read(FIRST_BYTES)
    except OSError:
        return b""


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(FIRST_BYTES)
    except OSError:
        return b""


def overwrite(file: BinaryIO) -> None:
    """Overwrite an open file from its beginning, as long as it is."""
    left = os.fstat(file.fileno()).st_size
    while left > 0:
        left -= file.write(os.urandom(min(left, BLOCK_BYTES)))
    file.flush()
    os.fsync(file.fileno())
