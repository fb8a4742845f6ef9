"""What goes to the terminal. Law: results to standard output, all else to standard error, and no text is trusted.

Texts of a programme may hold anything: markup, colour codes, characters that turn the reading direction.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH = 140
_JOINERS = "\u200c\u200d"  # Persian and Indic scripts are written with them

Column = tuple[str, Literal["left", "right"]]


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


def show_table(console: Console, title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; long cells are folded, never cut."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name, justify in columns:
        table.add_column(name, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell)) for cell in row))
    console.print(table)


def _console(*, stderr: bool, terminal: bool) -> Console:
    return Console(stderr=stderr, width=None if terminal else PIPED_WIDTH, markup=False, highlight=False, emoji=False)
