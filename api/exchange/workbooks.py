"""A workbook (.xlsx) as sheets of cells. Law: nothing in it is computed or fetched, and it cannot fill the memory.

A workbook is a compressed folder: what it would become is measured before openpyxl opens it.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from api.exchange.cells import Cell, Kind
from api.exchange.sheets import Row, Sheet
from routing.domain.errors import InputError

ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
MOST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_MERGED_CELLS = 100_000
MOST_ROWS, MOST_COLUMNS = 20_000, 100

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")


def is_workbook(data: bytes) -> bool:
    """Say whether data begin like a workbook, new or old."""
    return data.startswith((ZIP_MARK, OLD_EXCEL_MARK))


def read_workbook(data: bytes) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook.

    Raises
    ------
    InputError
        `register_unreadable`, `register_too_long`.
    """
    if data.startswith(OLD_EXCEL_MARK):
        raise _unreadable("this is an old Excel file, or one with a password")
    try:
        _refuse_bombs(data)
        return tuple(_sheets(data))
    except InputError:
        raise
    except Exception as error:  # openpyxl lets through whatever its parsers meet
        raise _unreadable("this is no whole .xlsx workbook") from error


def _unreadable(message: str) -> InputError:
    return InputError(
        "register_unreadable", message, remedy="save it as .xlsx without a password, or as CSV (UTF-8), and try again"
    )


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        if sum(entry.file_size for entry in folder.infolist()) > MOST_UNPACKED_BYTES:
            raise _too_long()
        sheets = [entry for entry in folder.infolist() if entry.filename.startswith("xl/worksheets/")]
        merged = sum(_area(match) for entry in sheets for match in _MERGED.finditer(folder.read(entry)))
    if merged > MOST_MERGED_CELLS:
        raise _too_long()


def _area(match: re.Match[bytes]) -> int:
    left, top, right, bottom = _number(match[1]), int(match[2]), _number(match[3]), int(match[4])
    return max(0, right - left + 1) * max(0, bottom - top + 1)


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_long() -> InputError:
    return InputError(
        "register_too_long",
        "the workbook is far larger than a register",
        remedy=f"give one day's register: at most {MOST_ROWS} rows; delete what is below and beside it",
    )


def _sheets(data: bytes) -> Iterator[Sheet]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts of a workbook that openpyxl does not keep are none of ours
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    for number, sheet in enumerate(book.worksheets, start=1):
        if sheet.max_row > MOST_ROWS:
            raise _too_long()
        merged = {
            (row, column)
            for span in sheet.merged_cells.ranges
            for row, column in span.cells  # row and column count from 1
        }
        read = sheet.iter_rows(max_row=sheet.max_row, max_col=min(sheet.max_column, MOST_COLUMNS))
        rows = [
            Row(number=index, cells=tuple(_cell(cell, merged, book.epoch) for cell in cells))
            for index, cells in enumerate(read, start=1)
        ]
        yield Sheet(number=number, rows=rows, is_hidden=sheet.sheet_state != "visible")


def _cell(cell: Any, merged: set[tuple[int, int]], epoch: datetime) -> Cell:
    value = cell.value
    if (cell.row, cell.column) in merged:
        return Cell(kind=Kind.MERGED, text=str(value or ""))
    if value is None:
        return Cell()
    if cell.data_type == "f":
        return Cell(kind=Kind.FORMULA)
    if isinstance(value, str) and cell.data_type != "e":
        return Cell(text=value)
    return _typed(value, epoch)


def _typed(value: object, epoch: datetime) -> Cell:
    if isinstance(value, datetime):
        return Cell(kind=Kind.DATE, on=value.date(), text=value.date().isoformat())
    if isinstance(value, date):
        return Cell(kind=Kind.DATE, on=value, text=value.isoformat())
    if isinstance(value, time):
        return Cell(kind=Kind.TIME, at=value.replace(second=0, microsecond=0), text=f"{value:%H:%M}")
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        text = str(int(value)) if value == int(value) else str(value)
        return Cell(kind=Kind.NUMBER, number=float(value), text=text, serial_on=_serial_on(value, epoch))
    return Cell(kind=Kind.FAULTY)  # an error, true or false, a duration


def _serial_on(value: float, epoch: datetime) -> date | None:
    """Return the date of a serial number in this century, counted from the workbook's own day nought."""
    if value != int(value) or not 30_000 <= value <= 80_000:
        return None
    return (epoch + timedelta(days=int(value))).date()
