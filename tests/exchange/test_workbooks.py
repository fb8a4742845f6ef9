"""Registers in real .xlsx files: typed cells, several sheets, and what spreadsheets do to cells."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from api.exchange.facts import ClientFacts, Register, VolunteerFacts
from api.exchange.registers import read_register
from routing.domain.errors import InputError
from tests.exchange.registers import HEADINGS, ON, as_workbook, row, saved, town

TOWN = town()


def read(*rows: tuple[object, ...]) -> Register:
    return read_register(as_workbook([HEADINGS, *rows]), TOWN, ON)


@pytest.mark.parametrize(
    "written", [date(2026, 11, 22), datetime.fromisoformat("2026-11-22T08:00"), 46348, "22/11/2026", "2026-11-22"]
)
def test_a_date_is_a_date_a_serial_number_or_text(written: object):
    found = read(row("Heron", last_taken=written))
    assert found.is_whole
    assert found.facts == (ClientFacts(client_id="c1", product_id="p1", last_taken_on=date(2026, 11, 22)),)


def test_a_serial_number_counts_from_the_workbooks_own_day_nought():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADINGS)
    book.active.append(row("Heron", last_taken=46348 - 1462))  # 1904 begins 1462 days after 1900 as Excel counts
    (fact,) = read_register(saved(book), TOWN, ON).facts
    assert isinstance(fact, ClientFacts)
    assert fact.last_taken_on == date(2026, 11, 22)


@pytest.mark.parametrize("written", [2, 2.0, "2", " 2 "])
def test_a_number_stored_as_text_is_a_number(written: object):
    (fact,) = read(row("Heron", doses_left=written)).facts
    assert isinstance(fact, ClientFacts)
    assert fact.doses == 2


def test_clients_and_volunteers_may_stand_on_two_sheets():
    duty = [("Volunteer", "Present", "From", "To"), ("Kingfisher", "no", time(8), time(16))]
    found = read_register(as_workbook([HEADINGS, row("Heron", doses_left=2)], duty), TOWN, ON)
    assert found.is_whole
    assert found.facts[1] == VolunteerFacts(volunteer_id="v1", present=False)


def with_sheet(change: Any) -> Register:
    book = openpyxl.Workbook()
    for cells in (HEADINGS, row("Heron", doses_left=2), row("Egret", doses_left=3)):
        book.active.append(cells)
    change(book)
    return read_register(saved(book), TOWN, ON)


@pytest.mark.parametrize(
    ("value", "code"),
    [("=1+1", "cell_formula"), ("#N/A", "cell_faulty"), (True, "cell_faulty"), (1e300, "cell_bad_count")],
)
def test_a_cell_nobody_typed_is_not_taken(value: object, code: str):
    found = with_sheet(lambda book: book.active.__setitem__("C2", value))
    assert [(each.code, each.where) for each in found.refused] == [(code, "sheet 1, row 2, column C")]
    assert [fact.doses for fact in found.facts if isinstance(fact, ClientFacts)] == [3]


def test_merged_cells_are_not_taken():
    found = with_sheet(lambda book: book.active.merge_cells("C2:C3"))
    places = [(each.code, each.where) for each in found.refused]
    assert places == [("cell_merged", f"sheet 1, row {number}, column C") for number in (2, 3)]


def test_a_formula_in_a_note_harms_nobody():
    assert with_sheet(lambda book: book.active.__setitem__("H2", '="canary"')).is_whole


def test_a_hidden_sheet_and_one_without_a_header_are_told():
    def change(book: openpyxl.Workbook) -> None:
        hidden = book.create_sheet("canary")
        hidden.append(HEADINGS)
        hidden.sheet_state = "hidden"
        book.create_sheet().append(("canary", 1))
        book.create_sheet()

    remarks = with_sheet(change).remarks
    assert [(each.code, each.where) for each in remarks] == [
        ("sheet_not_read", "sheet 2"),
        ("sheet_not_read", "sheet 3"),
    ]
    assert "canary" not in str(remarks)


def test_two_people_with_one_code_on_two_sheets_are_one_person_twice():
    sheet = [HEADINGS, row("Heron", doses_left=2)]
    assert {each.code for each in read_register(as_workbook(sheet, sheet), TOWN, ON).refused} == {"row_twice"}


def repacked(data: bytes, name: str, change: Any) -> bytes:
    """Return a workbook with one of its files rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
    return made.getvalue()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda text: text.replace(
                b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
            ),
            "register_too_long",
        ),
        (lambda text: text + b" " * (65 * 1024 * 1024), "register_too_long"),
        (lambda text: text.replace(b'r="2"', b'r="1048576"').replace(b'2"', b'1048576"'), "register_too_long"),
        (lambda text: text[:100], "register_unreadable"),
    ],
)
def test_a_workbook_cannot_fill_the_memory(change: Any, code: str):
    data = as_workbook([HEADINGS, row("Heron", doses_left=2)])
    with pytest.raises(InputError) as caught:
        read_register(repacked(data, "xl/worksheets/sheet1.xml", change), TOWN, ON)
    assert caught.value.code == code


def test_every_prefix_of_a_workbook_is_an_error_and_no_crash():
    data = as_workbook([HEADINGS, row("Heron", doses_left=2)])
    for end in range(4, len(data) - 1, 97):
        with pytest.raises(InputError):
            read_register(data[:end], TOWN, ON)
