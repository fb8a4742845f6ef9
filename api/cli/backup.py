"""`doorstep backup` and `doorstep restore`. Law: data and keys are two files, to be kept in two places."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say, working
from api.settings import read_settings
from routing.domain.errors import InputError, UsageError


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.")],
    *,
    keys: Annotated[
        bool, typer.Option("--keys", help="Write the keys instead; an earlier backup of keys there is overwritten.")
    ] = False,
) -> None:
    """Write an encrypted backup of the data, or of the keys. The service may be running."""
    from api.backup.writing import back_up_data, back_up_keys
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.looking import looking

    settings = read_settings()
    installation = Installation(settings)
    write = back_up_keys if keys else back_up_data
    with looking(installation, secret_needed(settings)) as looked, working("writing a backup"):
        write(installation, looked, file)
    say(results(), f"wrote {file}")
    if keys:
        say(notes(), "Keep it where no backup of the data is. The passphrase or the recovery code opens it.")
    else:
        say(notes(), "It holds no key: `doorstep backup --keys FILE` writes those, to be kept in another place.")


def restore(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A backup of the data.")] = None,
    *,
    keys: Annotated[Path | None, typer.Option(metavar="FILE", help="A backup of the keys.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in place of the data that are there.")] = False,
) -> None:
    """Put backups back. Who was erased since stays erased. The service must not be running."""
    from api.backup.restoring import restore_data, restore_keys
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.security.folders import refuse_shared_folder

    if file is None and keys is None:
        raise UsageError(
            "bad_usage", "no backup is named", where="FILE", remedy="name one of the data, --keys, or both"
        )
    for path in (file, keys):
        _refuse_missing(path)
    settings = read_settings()
    installation = Installation(settings)
    refuse_shared_folder(installation.folder)
    secret = secret_needed(settings)
    if keys is not None:
        restore_keys(installation, keys, secret)
        say(results(), "the keys are back")
    if file is not None:
        with working("putting the data back"):
            erased = restore_data(installation, file, secret, replace=replace)
        say(results(), f"the data are back; {erased} clients who were erased since stay erased")


def _refuse_missing(path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise InputError("file_not_found", "there is no such file", where=str(path), remedy="correct the path")
