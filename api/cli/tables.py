"""Tables on the terminal. Law: nothing is cut; a code name, date or number stays on one line as long as there is room.

Where a terminal is narrow, columns that can be missed go first, and the table says which; then texts get narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.console import plain

WHOLE_UP_TO = 36  # a longer "name" is a text
READABLE_TEXT = 24  # narrower than this a sentence is a ladder
NARROWEST_TEXT = 10  # from here on even long words are folded
FAR = timedelta(days=180)

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Column:
    """A column and how it gives way.

    Attributes
    ----------
    whole
        Ids, dates, code names and numbers: not broken.
    missed
        0: always shown; else the order in which columns go where all do not fit.
    """

    name: str
    justify: Literal["left", "right"] = "left"
    whole: bool = False
    missed: int = 0


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of text that wraps between words."""
    return tuple(Column(name) for name in names)


def wholes(*names: str) -> tuple[Column, ...]:
    """Return columns whose cells stay on one line."""
    return tuple(Column(name, whole=True) for name in names)


def numbers(*names: str) -> tuple[Column, ...]:
    """Return columns of numbers."""
    return tuple(Column(name, "right", whole=True) for name in names)


def day_month(on: date | None, near: date) -> str:
    """Return a date as people say it, "23 Nov"; with its year where it is far from a day that was told."""
    if on is None:
        return "–"
    return f"{on:%d %b}" if abs(on - near) < FAR else f"{on:%d %b %Y}"


def show_table(console: Console, title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as wide as the console allows."""
    cells = [[_plain_lines(cell) for cell in row] for row in rows]
    shown, widths = _fitted(columns, cells, console.width)
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        caption=_left_out(columns, shown),
        caption_justify="left",
    )
    for place, width in zip(shown, widths, strict=True):
        table.add_column(columns[place].name, justify=columns[place].justify, overflow="fold", width=width)
    for row in cells:
        table.add_row(*(Text(row[place]) for place in shown))
    console.print(table)


def _plain_lines(value: object) -> str:
    return "\n".join(map(plain, str(value).split("\n")))


def _left_out(columns: Sequence[Column], shown: Sequence[int]) -> str | None:
    names = [column.name for place, column in enumerate(columns) if place not in shown]
    return f"too narrow for: {', '.join(names)}" if names else None


def _fitted(columns: Sequence[Column], cells: Cells, room: int) -> tuple[list[int], list[int | None]]:
    """Return the places of the columns shown, and their widths; None: as Rich folds them."""
    shown = list(range(len(columns)))
    going = sorted((place for place in shown if columns[place].missed), key=lambda place: columns[place].missed)
    for gone in (None, *going):
        shown = [place for place in shown if place != gone]
        widths = _widths(columns, cells, shown, room, (READABLE_TEXT, room))
        if widths:
            return shown, widths
    for limits in ((0, room), (0, NARROWEST_TEXT)):
        widths = _widths(columns, cells, shown, room, limits)
        if widths:
            return shown, widths
    return shown, [None] * len(shown)


def _widths(
    columns: Sequence[Column], cells: Cells, shown: Sequence[int], room: int, limits: tuple[int, int]
) -> list[int | None] | None:
    """Return widths that fit, or None.

    A text gets at least the first of the limits, and more for its longest word, up to the second. What is
    left of the room goes, sign by sign, to the text that would need the most lines.
    """
    wanted: list[int] = []
    widths: list[int] = []
    for place in shown:
        lines = [line for row in cells for line in row[place].split("\n")]
        name = _longest_word([columns[place].name])
        natural = max(map(cell_len, [*lines, *columns[place].name.split("\n")]))
        if columns[place].whole and natural <= WHOLE_UP_TO:
            widths.append(max([name, *map(cell_len, lines)]))
        else:
            widths.append(min(natural, max(name, limits[0], min(_longest_word(lines), limits[1]))))
        wanted.append(natural)
    left = room - sum(widths) - 2 * len(shown) - 1  # an edge on each side, and a space and a gap between two columns
    if left < 0:
        return None
    while left > 0 and widths != wanted:
        neediest = max(range(len(shown)), key=lambda at: (wanted[at] > widths[at], wanted[at] / widths[at]))
        widths[neediest] += 1
        left -= 1
    return list(widths)


def _longest_word(lines: Iterable[str]) -> int:
    return max((cell_len(word) for line in lines for word in line.split()), default=1)
