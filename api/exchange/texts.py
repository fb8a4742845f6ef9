"""CSV in any common dialect and encoding as sheets of cells. Law: one bad line never takes others with it.

Which sign parts the cells is not guessed here: `candidates` gives a sheet for each, and the header decides.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from api.exchange.cells import Cell
from api.exchange.sheets import Row, Sheet
from routing.domain.errors import InputError

SIGNS = (",", ";", "\t")
MOST_ROWS = 50_000


def candidates(data: bytes) -> Iterator[Sheet]:
    """Yield the text as a sheet, parted by comma, by semicolon, by tab.

    Raises
    ------
    InputError
        `register_unreadable`.
    """
    text = _text(data)
    for sign in SIGNS:
        yield Sheet(number=0, rows=_rows(text, sign))


def _text(data: bytes) -> str:
    """Decode: what a byte order mark says; UTF-16 where every other byte is zero; UTF-8; else Windows-1252."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(
        "register_unreadable",
        "this is neither text nor a spreadsheet that can be read",
        remedy="save it as CSV (UTF-8), or as .xlsx without a password",
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    beginning = data[:2000]
    if beginning[1::2].count(0) > len(beginning) // 4:
        return ("utf-16-le",)
    if beginning[0::2].count(0) > len(beginning) // 4:
        return ("utf-16-be",)
    return "utf-8-sig", "cp1252"


def _rows(text: str, sign: str) -> list[Row]:
    try:
        rows = [_row(number, cells, sign) for number, cells in enumerate(_parsed(text, sign), start=1)]
    except csv.Error:  # a quotation mark that does not close: then each line stands for itself
        rows = [_line(number, line, sign) for number, line in enumerate(text.splitlines(), start=1)]
    if len(rows) > MOST_ROWS:
        raise InputError(
            "register_too_long", f"the register has more than {MOST_ROWS} rows", remedy="give one day's register"
        )
    return rows


def _parsed(text: str, sign: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)


def _line(number: int, line: str, sign: str) -> Row:
    try:
        return _row(number, next(_parsed(line, sign), []), sign)
    except csv.Error:
        return Row(number=number, cells=(), is_broken=True)


def _row(number: int, cells: list[str], sign: str) -> Row:
    swallowed = len(cells) > 1 and any(_looks_like_rows(cell, sign, len(cells)) for cell in cells)
    return Row(number=number, cells=tuple(Cell(text=cell) for cell in cells), is_broken=swallowed)


def _looks_like_rows(cell: str, sign: str, width: int) -> bool:
    """Say whether a cell of several lines has a line that is rather a row: a quotation mark closed too late."""
    return "\n" in cell and any(line.count(sign) >= width - 1 for line in cell.splitlines()[1:])
