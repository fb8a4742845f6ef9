"""Which column is which. Law: a header is known by its words alone, in any order; the list is in docs/registers.md."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.exchange.cells import Cell, folded
from api.exchange.sheets import Row, Sheet
from routing.domain.errors import InputError, Problem

FIRST_ROWS = 20
"""A header stands in one of the first rows; titles may stand above it."""


class Column(StrEnum):
    """What a column holds."""

    CODE = "code"
    PRODUCT = "product"
    DOSES_LEFT = "doses left"
    LAST_TAKEN = "last taken"
    STATUS = "status"
    FOLLOW_UP = "follow up"
    PAID = "paid"
    WINDOWS = "windows"
    NOTE = "note"
    VOLUNTEER = "volunteer"
    PRESENT = "present"
    FROM = "from"
    TO = "to"


SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.CODE: ("code", "code name", "client", "client code", "client id"),
    Column.PRODUCT: ("product", "product id"),
    Column.DOSES_LEFT: ("doses left", "doses at home", "doses", "remaining doses"),
    Column.LAST_TAKEN: ("last taken", "last dose", "last dose taken", "last taken on", "date last taken"),
    Column.STATUS: ("status", "client status"),
    Column.FOLLOW_UP: ("follow up", "follow up on", "next visit", "next follow up"),
    Column.PAID: ("paid", "paid days", "days paid", "affordable days", "payment"),
    Column.WINDOWS: ("windows", "window", "hours", "time windows"),
    Column.NOTE: ("note", "notes", "remark", "remarks", "comment", "comments"),
    Column.VOLUNTEER: ("volunteer", "volunteer code", "volunteer id"),
    Column.PRESENT: ("present", "attendance"),
    Column.FROM: ("from", "from time", "start", "starts"),
    Column.TO: ("to", "to time", "until", "end", "ends"),
}
_KNOWN = {name: column for column, names in SYNONYMS.items() for name in names}
CODES = (Column.CODE, Column.VOLUNTEER)


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where a sheet's columns are: column -> index; how many there are; and what is said about those not known."""

    row: int
    width: int
    columns: dict[Column, int]
    remarks: tuple[Problem, ...]


def find_header(sheet: Sheet) -> Header | None:
    """Return the header: the first row with a column of codes and another known one; None: there is none.

    Raises
    ------
    InputError
        `register_column_twice`.
    """
    for row in sheet.rows[:FIRST_ROWS]:
        found = [_column(cell) for cell in row.cells]
        known = [column for column in found if column is not None]
        if len(set(known)) > 1 and set(known) & set(CODES):
            _refuse_twice(sheet, row, found)
            columns = {column: index for index, column in enumerate(found) if column is not None}
            return Header(row=row.number, width=len(row.cells), columns=columns, remarks=_unknown(sheet, row, found))
    return None


def _column(cell: Cell) -> Column | None:
    return _KNOWN.get(_words(cell))


def _words(cell: Cell) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", folded(cell.text)).split())


def _refuse_twice(sheet: Sheet, row: Row, found: Sequence[Column | None]) -> None:
    for index, column in enumerate(found):
        if column is not None and found.index(column) != index:
            raise InputError(
                "register_column_twice",
                f"two columns are called `{column}`, or mean it",
                where=sheet.place(row.number, index),
                remedy="leave one of them, or give the other a name that is not in the list",
                params={"column": str(column)},
            )


def _unknown(sheet: Sheet, row: Row, found: Sequence[Column | None]) -> tuple[Problem, ...]:
    """Name columns by their place alone: a heading may be anything."""
    return tuple(
        Problem(
            code="column_unknown",
            where=sheet.place(row.number, index),
            message="the column is not known, and was not read",
            remedy=_suggestion(cell),
        )
        for index, (cell, column) in enumerate(zip(row.cells, found, strict=True))
        if column is None and not cell.is_empty
    )


def _suggestion(cell: Cell) -> str:
    close = difflib.get_close_matches(_words(cell), list(_KNOWN), n=1, cutoff=0.7)
    if close:
        return f"did you mean `{close[0]}`?"
    return "leave it, if nothing in it belongs to the programme; else see docs/registers.md"
