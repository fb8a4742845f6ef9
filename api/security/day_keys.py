"""The key that the names of a day are made from. Law: made once, kept in DOORSTEP_HOME, and shown to nobody.

Who holds it can tell which names of two days mean the same client; without it, papers already handed out cannot be
read. It is no key of any document.
"""

from __future__ import annotations

import os

from api.security.private_files import write_private
from api.settings import Settings
from routing.domain.errors import InputError

KEY_NAME = "sheets.key"
KEY_BYTES = 32


def sheet_key(settings: Settings) -> bytes:
    """Return the key of this home; it is made where there is none.

    Raises
    ------
    InputError
        `sheet_key_damaged`.
    UsageError
        `cannot_write`.
    """
    path = settings.home / KEY_NAME
    if not path.exists():
        write_private(settings.home, {KEY_NAME: os.urandom(KEY_BYTES)})
    try:
        key = path.read_bytes()
    except OSError:
        key = b""
    if len(key) == KEY_BYTES:
        return key
    raise InputError(
        "sheet_key_damaged",
        "the key for the names of a day cannot be read, or was changed",
        where=str(path),
        remedy="put it back from where it was copied; or remove it, print all sheets anew and collect the old ones",
    )
