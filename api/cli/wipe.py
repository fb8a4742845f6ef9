"""`doorstep wipe`: remove what Doorstep wrote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, plain, results, say
from api.settings import read_settings
from routing.domain.errors import UsageError

HONESTLY = (
    "The files were overwritten and removed. Flash disks (SSDs, cards), snapshots, backups and copies that somebody "
    "sent on may keep them all the same; only an encrypted disk protects from that."
)


def wipe(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file, or a folder that Doorstep wrote into.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Overwrite and remove what Doorstep wrote; all else stays.

    In a folder: plans, maps, and the open copies that update keeps. In DOORSTEP_HOME and the cache: those in all
    folders below, and compiled streets. A programme or another sealed file goes only when it is named itself.
    """
    from api.security.wiping import find_wipe
    from api.security.wiping import wipe as wipe_found

    found = find_wipe(path, read_settings())
    for file in found.files:
        say(notes(), f"  {file}")
    if not (yes or _confirmed(len(found.files))):
        say(results(), "nothing was removed")
        return
    wipe_found(found, wiped=lambda file: say(results(), f"removed {plain(file)}"))
    say(notes(), HONESTLY)


def _confirmed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(
            "confirmation_needed",
            "there is nobody at a terminal to confirm",
            where="--yes",
            remedy="add --yes if these files are to go",
        )
    return typer.confirm(f"Remove {'this file' if count == 1 else f'these {count} files'} for good?", err=True)
