"""The morning's register: who has how much left, who took it when, who is there. Law: a row is taken or told.

What is wrong in a row keeps the whole row from being taken, and no other. What is right but has no place in a programme
(hours for one day alone) is told, and the rest of its row is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time

from api.exchange.cells import (
    Cell,
    CellError,
    Windows,
    folded,
    read_count,
    read_follow_up,
    read_past_date,
    read_status,
    read_time,
    read_windows,
    read_yes_or_no,
)
from api.exchange.columns import Column, Header, find_header
from api.exchange.facts import ClientFacts, Register, VolunteerFacts
from api.exchange.lines import Line
from api.exchange.people import People
from api.exchange.sheets import Row, Sheet
from api.exchange.texts import candidates
from api.exchange.workbooks import is_workbook, read_workbook
from routing.domain.clients import Client, Regimen
from routing.domain.errors import InputError, Problem
from routing.domain.hours import Hours, Weekday
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer

MOST_BYTES = 32 * 1024 * 1024

_OF_CLIENTS = (
    *(Column.PRODUCT, Column.DOSES_LEFT, Column.LAST_TAKEN, Column.STATUS, Column.FOLLOW_UP),
    *(Column.PAID, Column.WINDOWS),
)
_OF_VOLUNTEERS = (Column.PRESENT, Column.FROM, Column.TO)
_OF_REGIMENS = (Column.PRODUCT, Column.DOSES_LEFT, Column.LAST_TAKEN, Column.PAID)
_READ = (Column.CODE, Column.VOLUNTEER, *_OF_CLIENTS, *_OF_VOLUNTEERS)


def read_register(data: bytes, programme: Programme, on: date) -> Register:
    """Read a register of a day.

    Parameters
    ----------
    data
        The bytes of a CSV file or of an .xlsx workbook.
    on
        The day it tells about; dates after it are refused.

    Raises
    ------
    InputError
        `file_too_large`, `register_unreadable`, `register_too_long`, `register_without_header`,
        `register_column_twice`: nothing of it can be read.
    """
    if len(data) > MOST_BYTES:
        raise InputError("file_too_large", "the register is larger than 32 MiB", remedy="give one day's register")
    sheets, remarks = _with_headers(data)
    reader = _Reader(People.of(programme), on)
    for sheet, header in sheets:
        remarks += header.remarks
        for row in sheet.rows:
            if row.number > header.row:
                reader.take(sheet, header, row)
    return reader.register(remarks)


def _with_headers(data: bytes) -> tuple[list[tuple[Sheet, Header]], list[Problem]]:
    found = _of_workbook(data) if is_workbook(data) else (_of_text(data), [])
    if not found[0]:
        raise InputError(
            "register_without_header",
            "no row names the columns",
            remedy="begin with a row like: code, doses left, last taken, status, paid, windows, note",
        )
    return found


def _of_text(data: bytes) -> list[tuple[Sheet, Header]]:
    read = [(sheet, find_header(sheet)) for sheet in candidates(data)]
    known = [(sheet, header) for sheet, header in read if header is not None]
    return [max(known, key=lambda pair: len(pair[1].columns))] if known else []


def _of_workbook(data: bytes) -> tuple[list[tuple[Sheet, Header]], list[Problem]]:
    found, remarks = [], []
    for sheet in read_workbook(data):
        header = None if sheet.is_hidden else find_header(sheet)
        if header is not None:
            found.append((sheet, header))
        elif any(not cell.is_empty for row in sheet.rows for cell in row.cells):
            remarks.append(
                Problem(
                    code="sheet_not_read",
                    where=sheet.place(),
                    message="the sheet is hidden" if sheet.is_hidden else "no row of the sheet names its columns",
                    remedy="show it" if sheet.is_hidden else "write the names of the columns above, if it matters",
                )
            )
    return found, remarks


class _Reader:
    """Takes row after row; whose rows contradict each other is known at the end."""

    def __init__(self, people: People, on: date) -> None:
        self._people = people
        self._on = on
        self._lines: list[Line] = []

    def take(self, sheet: Sheet, header: Header, row: Row) -> None:
        """Read one row; empty ones count for nothing."""
        line = Line(sheet, header, row)
        if line.is_broken:
            line.refuse(
                CellError(
                    "row_broken",
                    "a quotation mark is not closed, or closed rows later, or there are more cells than columns",
                    remedy="put cells with commas or semicolons in quotation marks, or save the file as a spreadsheet",
                )
            )
        elif any(line.has(column) for column in _READ):
            self._read(line)
        else:
            return
        self._lines.append(line)

    def _read(self, line: Line) -> None:
        person = self._person(line)
        if isinstance(person, Client):
            line.whose = "client", person.client_id
            _refuse_columns(line, _OF_VOLUNTEERS, "a client")
            line.facts = self._client(line, person)
        elif isinstance(person, Volunteer):
            line.whose = "volunteer", person.volunteer_id
            _refuse_columns(line, _OF_CLIENTS, "a volunteer")
            line.facts = self._volunteer(line, person)

    def _person(self, line: Line) -> Client | Volunteer | None:
        named = [column for column in (Column.CODE, Column.VOLUNTEER) if line.has(column)]
        if len(named) == 1:
            only_volunteers = named[0] is Column.VOLUNTEER
            return line.read(named[0], lambda cell: self._people.find(cell.text, only_volunteers=only_volunteers))
        if named:
            error = CellError(
                "row_code_ambiguous", "the row names a client and a volunteer", remedy="give each a row of their own"
            )
        else:
            error = CellError("row_code_missing", "the row names nobody", remedy="write the code, or empty the row")
        line.refuse(error, named[0] if named else None)
        return None

    def _client(self, line: Line, client: Client) -> ClientFacts:
        regimen = self._regimen(line, client) if any(line.has(column) for column in _OF_REGIMENS) else None
        doses = line.read(Column.DOSES_LEFT, read_count)
        taken_on = line.read(Column.LAST_TAKEN, lambda cell: read_past_date(cell, self._on))
        if doses is not None and taken_on == self._on:
            line.remarks.append(_counted_after(line))
        if doses is not None and regimen is not None and regimen.home.as_of_on > self._on:
            line.leave(_older_count(regimen), Column.DOSES_LEFT)
            doses = None
        return ClientFacts(
            client_id=client.client_id,
            product_id=regimen.product_id if regimen else None,
            doses=doses,
            last_taken_on=taken_on,
            affordable_days=_paid(line),
            status=line.read(Column.STATUS, read_status),
            follow_up=line.read(Column.FOLLOW_UP, read_follow_up),
            windows=self._windows(line, client),
        )

    def _regimen(self, line: Line, client: Client) -> Regimen | None:
        """Return the regimen that a row is about: the one named, else the only one that goes on."""
        if line.has(Column.PRODUCT):
            return line.read(Column.PRODUCT, lambda cell: _named_regimen(cell, client))
        going_on = [
            regimen
            for regimen in client.regimens
            if any(step.to_on is None or step.to_on >= self._on for step in regimen.steps)
        ]
        if len(going_on) == 1:
            return going_on[0]
        if going_on:
            error = CellError(
                "row_product_needed",
                "the client takes several products, and the row does not say which is meant",
                remedy="add a column `product` with the product's id, and a row for each",
            )
        else:
            error = CellError(
                "row_without_regimen",
                "the client takes nothing daily, so there are no doses to count or pay",
                remedy="leave these cells empty, or write a regimen into the programme",
            )
        line.refuse(error)
        return None

    def _windows(self, line: Line, client: Client) -> tuple[Hours, ...] | None:
        """Return hours that hold from now on. A programme has none for one day alone: those that differ are told."""
        windows = line.read(Column.WINDOWS, read_windows)
        if windows is None:
            return None
        if windows.always:
            return windows.hours
        if not _same_today(windows, client, self._on):
            error = CellError(
                "windows_of_one_day",
                "a programme has no hours for one day alone, so these were not taken",
                remedy="if they hold from now on write `always` before them; else tell whoever goes there today",
            )
            line.leave(error, Column.WINDOWS)
        return None

    def _volunteer(self, line: Line, volunteer: Volunteer) -> VolunteerFacts:
        present = line.read(Column.PRESENT, read_yes_or_no)
        begins, ends = line.read(Column.FROM, read_time), line.read(Column.TO, read_time)
        if begins and ends and ends <= begins:
            error = CellError("cell_bad_time", "the hours end before they begin", remedy="correct one of the two")
            line.refuse(error, Column.TO)
        elif present is not False and not _within(volunteer, self._on, begins, ends):
            error = CellError(
                "hours_of_one_day",
                "a programme has no shift for one day alone, so these hours were not taken",
                remedy="change the volunteer's `shifts` in the programme before planning, or write no under `present`",
            )
            line.leave(error, Column.FROM if begins else Column.TO)
        return VolunteerFacts(volunteer_id=volunteer.volunteer_id, present=present)

    def register(self, remarks: Iterable[Problem]) -> Register:
        """Return all that was read, rows that contradict each other refused."""
        for line in _contradicting(self._lines):
            line.refuse(
                CellError(
                    "row_twice",
                    "another row is about the same person, or product of theirs, and nobody knows which of them counts",
                    remedy="keep one of the rows",
                )
            )
        taken = [line for line in self._lines if not line.refused]
        return Register(
            rows=len(self._lines),
            facts=tuple(line.facts for line in taken if line.facts is not None),
            refused=tuple(problem for line in self._lines for problem in line.refused),
            unplaced=tuple(problem for line in taken for problem in line.unplaced),
            remarks=(*remarks, *(problem for line in taken for problem in line.remarks)),
        )


def _refuse_columns(line: Line, columns: Iterable[Column], whose: str) -> None:
    for column in columns:
        if line.has(column):
            error = CellError(
                "cell_not_for_row",
                f"the row is about {whose}, whom `{column}` does not concern",
                remedy="empty the cell",
            )
            line.refuse(error, column)


def _counted_after(line: Line) -> Problem:
    return Problem(
        code="count_after_dose",
        where=line.place(Column.DOSES_LEFT),
        message="today's dose was taken already; doses left should count it, as of the start of the day",
        remedy="add one, if it was not counted",
    )


def _older_count(regimen: Regimen) -> CellError:
    return CellError(
        "count_is_older",
        f"the programme has a later count, of {regimen.home.as_of_on}, which was kept",
        remedy="give the register's own day with --date",
    )


def _named_regimen(cell: Cell, client: Client) -> Regimen:
    for regimen in client.regimens:
        if folded(regimen.product_id) == folded(cell.text):
            return regimen
    raise CellError(
        "row_product_unknown", "the client has no regimen of this product", remedy="write the id of one they take"
    )


def _paid(line: Line) -> int | None:
    days = line.read(Column.PAID, read_count)
    if days == 0:
        error = CellError(
            "paid_nothing",
            "a programme cannot hold that nothing can be paid, so this was not taken",
            remedy="subsidise the regimen in the programme, or talk with the site about today",
        )
        line.leave(error, Column.PAID)
        return None
    return days


def _same_today(windows: Windows, client: Client, on: date) -> bool:
    now = {(span.from_time, span.to_time) for span in client.windows if Weekday.of(on) in span.weekdays}
    return bool(now) and now == {(span.from_time, span.to_time) for span in windows.hours}


def _within(volunteer: Volunteer, on: date, begins: time | None, ends: time | None) -> bool:
    """Say whether the hours given take nothing from the shifts of the day."""
    today = [shift for shift in volunteer.shifts if Weekday.of(on) in shift.weekdays]
    early = all(begins is None or begins <= shift.from_time for shift in today)
    return early and all(ends is None or (ends >= shift.to_time and not shift.over_midnight) for shift in today)


def _contradicting(lines: Iterable[Line]) -> Iterator[Line]:
    together: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.whose is not None:
            together[line.whose].append(line)
    for same in together.values():
        if len(same) > 1 and not _apart(same):
            yield from same


def _apart(lines: list[Line]) -> bool:
    """Say whether rows about one person go together: each names another product, and only one says the rest."""
    products = [folded(line.cell(Column.PRODUCT).text) for line in lines]
    named = all(line.has(Column.PRODUCT) for line in lines) and len(set(products)) == len(lines)
    rest = sum(any(line.has(column) for column in (Column.STATUS, Column.WINDOWS)) for line in lines)
    return named and rest <= 1
