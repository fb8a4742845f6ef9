"""One row of a register on its way to facts. Law: whatever a cell is refused for is noted with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from api.exchange.cells import Cell, CellError, refuse_unread
from api.exchange.columns import Column, Header
from api.exchange.facts import Facts
from api.exchange.sheets import Row, Sheet
from routing.domain.errors import Problem

T = TypeVar("T")


@dataclass
class Line:
    """One row on its way: its cells by column, and what was found wrong in it."""

    sheet: Sheet
    header: Header
    row: Row
    refused: list[Problem] = field(default_factory=list)
    unplaced: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    facts: Facts | None = None
    whose: tuple[str, str] | None = None

    @property
    def is_broken(self) -> bool:
        """Whether its cells cannot be told apart: a stray quotation mark, or in a text file a sign that parts cells."""
        spilled = self.sheet.number == 0 and any(not cell.is_empty for cell in self.row.cells[self.header.width :])
        return self.row.is_broken or spilled

    def cell(self, column: Column) -> Cell:
        """Return a cell; an empty one where the sheet has no such column, or the row ends before it."""
        index = self.header.columns.get(column)
        return self.row.cells[index] if index is not None and index < len(self.row.cells) else Cell()

    def has(self, column: Column) -> bool:
        """Say whether a cell says anything."""
        return not self.cell(column).is_empty

    def place(self, column: Column | None = None) -> str:
        """Return how people find the row, or a cell of it."""
        index = None if column is None else self.header.columns.get(column)
        return self.sheet.place(self.row.number, index)

    def read(self, column: Column, reading: Callable[[Cell], T]) -> T | None:
        """Return what a cell says; None where it says nothing, or something wrong, which is noted."""
        cell = self.cell(column)
        if cell.is_empty:
            return None
        try:
            refuse_unread(cell)
            return reading(cell)
        except CellError as error:
            self.refuse(error, column)
            return None

    def refuse(self, error: CellError, column: Column | None = None) -> None:
        """Note what keeps the row from being taken."""
        self.refused.append(_problem(error, self.place(column)))

    def leave(self, error: CellError, column: Column) -> None:
        """Note what no programme can hold; the rest of the row is taken."""
        self.unplaced.append(_problem(error, self.place(column)))


def _problem(error: CellError, where: str) -> Problem:
    return Problem(code=error.code, where=where, message=error.message, remedy=error.remedy, params=error.params)
