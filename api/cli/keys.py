"""`doorstep rotate-keys`, `change-passphrase`, `renew-recovery-code`. Law: a secret is never an argument."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say, working
from api.settings import read_settings

_BACK_UP = "Write the backup of the keys anew (`doorstep backup --keys FILE`): the one there is lacks this."


def rotate_keys(
    *,
    forget_old: Annotated[
        bool, typer.Option("--forget-old", help="Forget the earlier keys; earlier backups cannot be read then.")
    ] = False,
) -> None:
    """Make a new data key and seal everything anew; or finish what was cut off. The service must not be running."""
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.rotating import rotate

    settings = read_settings()
    with working("sealing anew"):
        done = rotate(Installation(settings), secret_needed(settings), forget_old=forget_old)
    said = "an earlier rotation was finished; " if done.resumed else ""
    say(
        results(), f"{said}everything is sealed under version {done.version} of the data key; {done.rows} rows were not"
    )
    say(notes(), _BACK_UP)


def change_passphrase(
    *,
    new_file: Annotated[
        Path | None, typer.Option("--new-file", metavar="FILE", help="File whose first line is the new one.")
    ] = None,
) -> None:
    """Exchange the passphrase of the service, which may be running. Passphrase, recovery code or key file open it."""
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.security.passphrases import Passphrases

    settings = read_settings()
    secret = secret_needed(settings)
    new = Passphrases(replace(settings, passphrase_file=new_file)).for_sealing()
    Installation(settings).exchange("passphrase", secret, new)
    say(results(), "the passphrase is another one from now on")
    say(notes(), _BACK_UP)


def renew_recovery_code() -> None:
    """Print a new recovery code; the one before opens nothing from then on. The service may be running."""
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.security.keyring import recovery_code

    settings = read_settings()
    code = recovery_code()
    Installation(settings).exchange("recovery", secret_needed(settings), code)
    say(notes(), "Recovery code: it opens everything should the passphrase be lost. Write it down and lock it away.")
    say(results(), code)
    say(notes(), _BACK_UP)
