"""Files whose time is over. Law: only what Doorstep wrote, told as `wipe` tells it; overwritten, then removed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from api.security.private_files import PART_PREFIX, PASSWORD_NAME
from api.security.wiping import is_sheet, overwrite

PASSWORD_KEPT = timedelta(minutes=15)
PARTS_KEPT = timedelta(days=1)
_DATE_SIGNS = 10


def due_files(service: Path, plans: Path, today: date) -> Iterator[tuple[str, Path]]:
    """Yield the files that are due, each with the name of its rule.

    Parameters
    ----------
    service
        Folder of the installation.
    plans
        Folder of plans that the command line wrote.
    today
        Sheets of earlier days are due.
    """
    yield from (("sheets", path) for path in _sheets(plans, today))
    yield from (("first_password", path) for path in service.glob(PASSWORD_NAME) if _is_older(path, PASSWORD_KEPT))
    for folder in (service, service / "networks"):
        yield from (("parts", path) for path in folder.glob(f"{PART_PREFIX}*") if _is_older(path, PARTS_KEPT))


def remove_file(path: Path) -> None:
    """Overwrite a file and remove it."""
    with path.open("r+b") as file:
        overwrite(file)
    path.unlink()


def _sheets(plans: Path, today: date) -> Iterator[Path]:
    for folder in plans.glob("*/*/sheets"):
        on = _date_of(folder.parent.name)
        if on is not None and on < today:
            yield from (path for path in sorted(folder.iterdir()) if is_sheet(path))


def _date_of(name: str) -> date | None:
    try:
        return date.fromisoformat(name[:_DATE_SIGNS])
    except ValueError:
        return None


def _is_older(path: Path, keeps: timedelta) -> bool:
    return path.is_file() and time.time() - path.stat().st_mtime > keeps.total_seconds()
