"""A register as rows of cells, before anybody asks what they mean. Law: an unreadable row is kept, and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.exchange.cells import Cell


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row; `number` counts from 1 as spreadsheets do. `is_broken`: a quotation mark in it does not close."""

    number: int
    cells: Sequence[Cell]
    is_broken: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Rows of one sheet. `number`: 0 for a text file, which has one; else from 1."""

    number: int
    rows: Sequence[Row]
    is_hidden: bool = False

    def place(self, row: int | None = None, column: int | None = None) -> str:
        """Return how people find a place in it; columns count from 0."""
        parts = [f"sheet {self.number}"] if self.number else []
        parts += [f"row {row}"] if row is not None else []
        parts += [f"column {letters(column)}"] if column is not None else []
        return ", ".join(parts)


def letters(column: int) -> str:
    """Return a column's letters, as spreadsheets name it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
