"""What goes to the terminal. Law: results to standard output, all else to standard error, and no text is trusted.

Texts of a programme may hold anything: markup, colour codes, characters that turn the reading direction.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

PIPED_WIDTH = 140
_JOINERS = "\u200c\u200d"  # Persian and Indic scripts are written with them


def results() -> Console:
    """Return the console of standard output; wide where nobody's terminal sets the width."""
    return _console(stderr=False, terminal=sys.stdout.isatty())


def notes() -> Console:
    """Return the console of standard error."""
    return _console(stderr=True, terminal=sys.stderr.isatty())


def plain(value: object) -> str:
    """Return a text without characters that would steer the terminal."""
    return "".join(sign if sign.isprintable() or sign in _JOINERS else "\ufffd" for sign in str(value))


def say(console: Console, line: str, style: str = "") -> None:
    """Print one line as it is, however long."""
    console.print(Text(plain(line), style=style), soft_wrap=True)


@contextmanager
def working(on: str) -> Iterator[None]:
    """Show on a terminal, while something takes its time, what it is; elsewhere say nothing."""
    console = notes()
    if not console.is_terminal:
        yield
        return
    with console.status(Text(plain(on))):
        yield


def _console(*, stderr: bool, terminal: bool) -> Console:
    return Console(stderr=stderr, width=None if terminal else PIPED_WIDTH, markup=False, highlight=False, emoji=False)
