"""What the machine has to offer. Law: no key is needed; nothing of the installation's contents is read."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography import x509

from api.installation import LOCK
from api.settings import Settings
from routing.domain.errors import Problem

LEAST_FREE_BYTES = 512 * 1024 * 1024
CERTIFICATE_WARNING = timedelta(days=30)
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ZONE = "Asia/Makassar"  # any that is not built in


def permissions(folder: Path) -> Iterator[Problem]:
    """Yield what others than its owner could read or write."""
    for path in (folder, *sorted(folder.rglob("*"))):
        if path.lstat().st_mode & _OF_OTHERS and not path.is_symlink():
            yield Problem(
                code="open_to_others",
                message="others than its owner can read or change it",
                where=str(path),
                remedy=f"chmod {'700' if path.is_dir() else '600'} it; then think about who may have read it",
            )


def disk(folder: Path) -> Iterator[Problem]:
    """Yield whether there is too little room."""
    yield from too_little(shutil.disk_usage(folder).free, folder)


def too_little(free_bytes: int, folder: Path) -> Iterator[Problem]:
    """Yield whether so much is too little."""
    if free_bytes < LEAST_FREE_BYTES:
        yield Problem(
            code="disk_nearly_full",
            message=f"{free_bytes // 2**20} MiB are free, fewer than {LEAST_FREE_BYTES // 2**20}",
            where=str(folder),
            remedy="make room, or move DOORSTEP_HOME to a larger disk",
        )


def lock(folder: Path) -> Iterator[Problem]:
    """Yield whether the lock file is unusable; one that a dead process left is none: the system lets go of it."""
    path = folder / LOCK
    if path.exists() and (not path.is_file() or not os.access(path, os.R_OK | os.W_OK)):
        yield Problem(
            code="lock_unusable",
            message="the lock file cannot be opened, so the service cannot start",
            where=str(path),
            remedy="remove it while no service runs; it is made anew",
        )


def cache(settings: Settings) -> Iterator[Problem]:
    """Yield whether compiled code and streets cannot be kept, so that every start is slow."""
    path = settings.cache
    nearest = next(one for one in (path, *path.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Problem(
            code="cache_unwritable",
            message="nothing can be kept in the cache, so compiling is done again at every start",
            where=str(path),
            remedy="make the folder writable for the service's user, or set DOORSTEP_HOME or XDG_CACHE_HOME",
        )


def time_zones() -> Iterator[Problem]:
    """Yield whether time zones are not known."""
    try:
        ZoneInfo.no_cache(_ZONE)
    except ZoneInfoNotFoundError:
        yield Problem(
            code="time_zones_missing",
            message="there are no time zone data, so no programme can be read",
            where="",
            remedy="install the locked packages (tzdata is one of them)",
        )


def certificate(path: Path | None, now: datetime) -> Iterator[Problem]:
    """Yield whether the certificate cannot be used, or ends soon."""
    if path is None:
        return
    try:
        ends_at = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        yield Problem(
            code="certificate_unreadable",
            message="there is no certificate that can be read",
            where=str(path),
            remedy="give a PEM file whose first certificate is the service's own",
        )
        return
    if ends_at - now < CERTIFICATE_WARNING:
        yield Problem(
            code="certificate_ends",
            message=f"the certificate {'has ended' if ends_at <= now else 'ends'} on {ends_at.date()}",
            where=str(path),
            remedy="have it renewed, and start the service again",
        )


def clock(now: datetime, last_at: datetime | None) -> Iterator[Problem]:
    """Yield whether the clock stands before what has already been recorded."""
    if last_at is not None and now < last_at - timedelta(minutes=5):
        yield Problem(
            code="clock_behind",
            message=f"the clock says {_said(now)}, and something was recorded at {_said(last_at)}",
            where="",
            remedy="set the clock (have it set by NTP); sessions and passwords end by it",
        )


def _said(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
