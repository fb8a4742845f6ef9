"""Where a passphrase comes from: the file named by the settings, or somebody at the terminal.

Law: it is never an argument, never an environment variable's value, and never printed.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from api.security.sealing import is_sealed, unseal
from api.settings import Settings
from routing.domain.errors import UsageError

Ask = Callable[[str], str]


class Passphrases:
    """The passphrases of one run; one that opened a document is tried on the next and seals what is written."""

    def __init__(self, settings: Settings, ask: Ask | None = None) -> None:
        self._file = settings.passphrase_file
        self._ask = ask or (_ask_terminal if sys.stdin.isatty() else None)
        self._known: str | None = None

    def open(self, data: bytes, where: str) -> bytes:
        """Return a document's bytes, unsealed where it is sealed.

        Raises
        ------
        UsageError
            `passphrase_needed`.
        InputError
            `cannot_unseal`.
        """
        if not is_sealed(data):
            return data
        if self._known is not None:
            return unseal(data, self._known, where=where)
        passphrase = self._given() or self._asked("Passphrase")
        opened = unseal(data, passphrase, where=where)
        self._known = passphrase
        return opened

    def for_sealing(self) -> str:
        """Return the passphrase to seal with: the one in use, else a new one, asked twice on a terminal.

        Raises
        ------
        UsageError
            `passphrase_needed`, `passphrases_differ`.
        """
        if self._known is None:
            self._known = self._given() or self._asked_twice()
        return self._known

    def to_unlock(self) -> str | None:
        """Return the passphrase of the service: the file's, else one asked for; None where nobody can be asked."""
        return self._given() or (None if self._ask is None else self._asked("Passphrase of the service"))

    def _given(self) -> str | None:
        return None if self._file is None else _first_line(self._file)

    def _asked(self, question: str) -> str:
        if self._ask is None:
            raise UsageError(
                "passphrase_needed",
                "this needs a passphrase, and there is nobody at a terminal to ask",
                remedy="set DOORSTEP_PASSPHRASE_FILE to a file whose first line is the passphrase",
            )
        return self._ask(f"{question}: ")

    def _asked_twice(self) -> str:
        passphrase = self._asked("New passphrase (it cannot be recovered)")
        if self._asked("The same again") != passphrase:
            raise UsageError("passphrases_differ", "the two passphrases differ", remedy="start again")
        return passphrase


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "passphrase_needed",
            "the passphrase file cannot be read",
            where=str(path),
            remedy="correct DOORSTEP_PASSPHRASE_FILE",
        ) from error
    if not lines or not lines[0]:
        raise UsageError(
            "passphrase_needed",
            "the passphrase file's first line is empty",
            where=str(path),
            remedy="write the passphrase there",
        )
    return lines[0]


def _ask_terminal(question: str) -> str:
    return getpass.getpass(question, stream=sys.stderr)
