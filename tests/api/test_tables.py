"""Tables: nothing is cut, names and dates stay whole, and what a narrow terminal has no room for is named."""

import io
from datetime import date

import pytest
from rich.console import Console

from api.cli import console as consoles
from api.cli.tables import Column, day_month, numbers, show_table, texts, wholes

COLUMNS = (*wholes("client", "until"), *numbers("days"), Column("bound by", whole=True, missed=1), *texts("why"))
WHY = "nobody may come on these days because of prescription_channel_not_permitted"
ROW = ("Frangipani", "23 Nov 16:00", 12, "affordable_days", WHY)


def shown(width: int, columns=COLUMNS, rows=(ROW,)) -> str:
    console = Console(file=io.StringIO(), width=width)
    show_table(console, "", columns, rows)
    return console.file.getvalue()


# Whole: 10 + 12 + 4 + 15, the longest word of the text 34, and two a column and one: 86.
@pytest.mark.parametrize(("width", "all_there"), [(85, False), (86, True), (140, True)])
def test_columns_that_can_be_missed_go_first_and_are_named(width: int, all_there: bool):
    text = shown(width)
    assert ("affordable_days" in text, "too narrow for: bound by" in text) == (all_there, not all_there)


@pytest.mark.parametrize("width", [60, 69, 80, 100, 140])
def test_names_dates_and_numbers_stay_on_one_line(width: int):
    first = next(line for line in shown(width).splitlines() if "Frangipani" in line)
    assert first.split()[:5] == ["Frangipani", "23", "Nov", "16:00", "12"]


@pytest.mark.parametrize("width", [20, 33, 40, 52, 60, 80, 100, 140])
def test_no_line_is_too_long_and_nothing_shown_is_cut(width: int):
    lines = shown(width, (*wholes("client"), *texts("why")), [("Frangipani", WHY)]).splitlines()
    assert max(map(len, lines)) <= width
    assert sum(map(str.isalpha, "".join(lines))) == sum(map(str.isalpha, "client why Frangipani" + WHY))


def test_a_name_as_long_as_a_text_is_folded_like_one():
    text = shown(40, wholes("client", "until"), [("x" * 200, "23 Nov")])
    assert (text.count("x"), "23 Nov" in text) == (200, True)


def test_a_line_break_of_ours_breaks_the_line_and_steers_nothing():
    text = shown(40, texts("why"), [("one\ntwo\x1b[31m",)])
    assert "one" in text.splitlines()[-3]
    assert "two\ufffd[31m" in text


def test_a_table_without_rows_has_its_heads():
    assert "client" in shown(80, COLUMNS, [])


# 180 days after 23 November 2026 is 22 May 2027.
@pytest.mark.parametrize(
    ("on", "said"),
    [
        (None, "–"),
        (date(2026, 11, 3), "03 Nov"),
        (date(2027, 5, 21), "21 May"),
        (date(2027, 5, 22), "22 May 2027"),
    ],
)
def test_a_date_has_its_year_only_where_it_is_far(on: date | None, said: str):
    assert day_month(on, date(2026, 11, 23)) == said


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("line", [["due", "denpasar"], ["policies"], ["due", "denpasar", "--days", "20"]])
def test_no_name_is_broken_on_a_terminal(doorstep, monkeypatch: pytest.MonkeyPatch, width: int, line: list[str]):
    monkeypatch.setattr(consoles, "PIPED_WIDTH", width)
    said = doorstep(*line).out
    wanted = ("mizoram_buprenorphine_2020", "2020-05-04") if line == ["policies"] else ("Frangipani", "Mon")
    assert [name for name in wanted if name not in said] == []
    tables = [text for text in said.splitlines() if not text.startswith(("A programme", "Iran"))]
    assert line[-1] == "20" or max(map(len, tables)) <= width
