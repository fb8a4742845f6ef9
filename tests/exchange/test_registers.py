"""Reading a register: every dialect says the same, a bad row is told and takes no other with it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exchange.cells import STATUS_WORDS
from api.exchange.columns import SYNONYMS
from api.exchange.facts import ClientFacts, FollowUp, Register, VolunteerFacts
from api.exchange.registers import read_register
from routing.domain.clients import ClientStatus
from routing.domain.errors import InputError
from routing.domain.hours import Hours
from tests.domain.source_codes import ROOT
from tests.exchange.registers import HEADINGS, ON, as_csv, as_workbook, person, row, town, usual

TOWN = town()


def read(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> Register:
    return read_register(as_csv([headings, *rows]), TOWN, ON)


def only_refusal(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> tuple[str, str]:
    (problem,) = read(*rows, headings=headings).refused
    assert problem.message
    assert problem.remedy
    return problem.code, problem.where


GOOD = (
    row("Heron", doses_left=2, last_taken="22/11/2026", paid=3),
    row("Egret", status="in hospital", note="canary: canäry"),
)
UNDERSTOOD = (
    ClientFacts(client_id="c1", product_id="p1", doses=2, last_taken_on=date(2026, 11, 22), affordable_days=3),
    ClientFacts(client_id="c2", status=ClientStatus.HOSPITAL),
)

# Dialects and encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_dialect_says_the_same(sign: str, encoding: str):
    found = read_register(as_csv([HEADINGS, *GOOD], sign, encoding), TOWN, ON)
    assert (found.facts, found.is_whole, found.rows) == (UNDERSTOOD, True, 2)


def test_titles_above_and_empty_rows_between_change_nothing():
    rows = [("sep=;",), ("Register of Monday",), (), HEADINGS, GOOD[0], (), ("", "-", "?"), GOOD[1]]
    assert read_register(as_csv(rows, ";"), TOWN, ON).facts == UNDERSTOOD


def test_columns_come_in_any_order_and_spelling():
    rows = [("STATUS", " Doses_at-home ", "Client code", "Days paid", "Last dose"), ("", 2, "heron", 3, "2026-11-22")]
    assert read_register(as_csv(rows), TOWN, ON).facts == UNDERSTOOD[:1]


@pytest.mark.parametrize(
    ("cell", "follow_up"),
    [
        ("2026-12-02", FollowUp(on=date(2026, 12, 2))),  # later than the register, as it should be
        ("02/12/2026", FollowUp(on=date(2026, 12, 2))),
        ("2026-11-20", FollowUp(on=date(2026, 11, 20))),
        ("Done", FollowUp(on=None)),
        ("", None),
        ("-", None),
    ],
)
def test_the_next_follow_up_is_a_day_or_done(cell: str, follow_up: FollowUp | None):
    found = read_register(as_csv([("code", "next visit", "paid"), ("Stork", cell, "")]), TOWN, ON)
    assert found.is_whole
    assert [fact.follow_up for fact in found.facts if isinstance(fact, ClientFacts)] == (
        [follow_up] if follow_up else [None] * len(found.facts)
    )


@pytest.mark.parametrize("cell", ["soon", "32/12/2026", "2300-01-01", "1"])
def test_a_follow_up_on_no_day_is_refused(cell: str):
    found = read_register(as_csv([("code", "follow up"), ("Heron", cell)]), TOWN, ON)
    assert [(each.code, each.where) for each in found.refused] == [("cell_bad_date", "row 2, column B")]
    assert "done" in found.refused[0].remedy
    assert found.facts == ()


def test_a_volunteer_is_not_followed_up():
    found = read_register(as_csv([("code", "follow up"), ("Kingfisher", "done")]), TOWN, ON)
    assert (found.facts, len(found.refused)) == ((), 1)


def test_a_code_is_a_code_name_or_an_id_in_any_case():
    found = read(row("HERON", paid=3), row("C2", paid=3))
    assert [fact.client_id for fact in found.facts if isinstance(fact, ClientFacts)] == ["c1", "c2"]


def test_a_column_that_is_not_known_is_told_by_its_place_alone():
    found = read_register(as_csv([("code", "doses lefft", "canary", "paid"), ("Heron", 3, "canary", 1)]), TOWN, ON)
    assert [(each.code, each.where) for each in found.remarks] == [
        ("column_unknown", "row 1, column B"),
        ("column_unknown", "row 1, column C"),
    ]
    assert "doses left" in found.remarks[0].remedy
    assert "canary" not in str(found.remarks)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "register_without_header"),
        (b"Heron,2\nEgret,3\n", "register_without_header"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "register_unreadable"),
        (b"PK\x03\x04 no folder", "register_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "register_unreadable"),
        (b"code,doses left,doses at home\nHeron,1,2\n", "register_column_twice"),
        (b"code,doses left\n" + b"Heron,1\n" * 50_001, "register_too_long"),
        (b" " * (32 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_one_error(data: bytes, code: str):
    with pytest.raises(InputError) as caught:
        read_register(data, TOWN, ON)
    assert caught.value.code == code


# Rows


@pytest.mark.parametrize(
    ("bad", "code", "column"),
    [
        (row("Nobody", doses_left=1), "row_code_unknown", "A"),
        (row("Crane", doses_left=1), "row_code_ambiguous", "A"),
        (row("", doses_left=1), "row_code_missing", ""),
        (row("Ibis", doses_left=1), "row_product_needed", ""),
        (row("Ibis", product="p9", doses_left=1), "row_product_unknown", "B"),
        (row("Stork", doses_left=1), "row_without_regimen", ""),
        (row("Heron", doses_left=-1), "cell_bad_count", "C"),
        (row("Heron", doses_left="2.5"), "cell_bad_count", "C"),
        (row("Heron", doses_left="three"), "cell_bad_count", "C"),
        (row("Heron", doses_left=401), "cell_bad_count", "C"),
        (row("Heron", last_taken="11/23/2026"), "cell_bad_date", "D"),
        (row("Heron", last_taken="22/11/26"), "cell_bad_date", "D"),
        (row("Heron", last_taken="46348"), "cell_bad_date", "D"),
        (row("Heron", last_taken="1405-09-01"), "cell_bad_date", "D"),
        (row("Heron", last_taken="2026-11-24"), "cell_future_date", "D"),
        (row("Heron", status="fine"), "cell_unknown_status", "E"),
        (row("Heron", windows="always 11:00-09:00"), "cell_bad_windows", "G"),
        (row("Heron", windows="always"), "cell_bad_windows", "G"),
        (row("Heron", windows="09:00-25:00"), "cell_bad_windows", "G"),
    ],
)
def test_a_bad_row_is_told_with_row_and_column_and_the_others_are_taken(
    bad: tuple[object, ...], code: str, column: str
):
    found = read(GOOD[0], bad, GOOD[1]) if bad[0] != "Heron" else read(GOOD[1], bad)
    (problem,) = found.refused
    number = 3
    assert problem.code == code
    assert problem.where == (f"row {number}, column {column}" if column else f"row {number}")
    assert found.facts == (UNDERSTOOD if bad[0] != "Heron" else UNDERSTOOD[1:])


def test_all_that_is_wrong_with_a_row_is_told():
    codes = [each.code for each in read(row("Heron", doses_left="x", last_taken="x", status="x")).refused]
    assert codes == ["cell_bad_count", "cell_bad_date", "cell_unknown_status"]


def test_of_two_rows_about_one_person_neither_is_taken():
    found = read(row("Heron", doses_left=1), GOOD[1], row("c1", doses_left=2))
    assert [(each.code, each.where) for each in found.refused] == [("row_twice", "row 2"), ("row_twice", "row 4")]
    assert found.facts == UNDERSTOOD[1:]


def test_a_bad_row_makes_the_good_one_about_the_same_person_doubtful():
    assert {each.code for each in read(GOOD[0], row("Heron", doses_left="x")).refused} == {
        "cell_bad_count",
        "row_twice",
    }


def test_a_row_for_each_product_is_no_row_twice():
    found = read(row("Ibis", product="p1", doses_left=1, status="active"), row("Ibis", product="P2", doses_left=4))
    assert found.is_whole
    assert [(fact.product_id, fact.doses) for fact in found.facts if isinstance(fact, ClientFacts)] == [
        ("p1", 1),
        ("p2", 4),
    ]


@pytest.mark.parametrize("written", ["2026-11-02", "2026/11/2", "02/11/2026", "2.11.2026", "2-11-2026", "۰۲/۱۱/۲۰۲۶"])
def test_dates_are_iso_or_day_first(written: str):
    (fact,) = read(row("Heron", last_taken=written)).facts
    assert isinstance(fact, ClientFacts)
    assert fact.last_taken_on == date(2026, 11, 2)


def test_today_is_no_future_and_a_count_beside_it_is_remarked():
    found = read(row("Heron", doses_left=1, last_taken="2026-11-23"))
    assert found.is_whole
    assert [(each.code, each.where) for each in found.remarks] == [("count_after_dose", "row 2, column C")]


# What a programme cannot hold


def test_hours_hold_from_now_on_only_if_they_say_so():
    (fact,) = read(row("Heron", windows="Always 9:00 – 11.00; 14:00 to 16:00")).facts
    assert isinstance(fact, ClientFacts)
    assert fact.windows == (
        Hours(from_time=time(9), to_time=time(11)),
        Hours(from_time=time(14), to_time=time(16)),
    )


def test_hours_of_one_day_are_told_and_the_rest_of_the_row_is_taken():
    found = read(row("Heron", doses_left=2, windows="09:00-11:00"))
    assert [(each.code, each.where) for each in found.unplaced] == [("windows_of_one_day", "row 2, column G")]
    assert (found.is_whole, found.facts) == (False, (ClientFacts(client_id="c1", product_id="p1", doses=2),))


def test_hours_that_hold_anyway_are_no_news():
    at_nine = (Hours(from_time=time(9), to_time=time(11)),)
    told = town(person("c1", "Heron", usual(), windows=at_nine))
    assert read_register(as_csv([HEADINGS, row("Heron", windows="09:00-11:00")]), told, ON).is_whole


def test_that_nothing_can_be_paid_is_told():
    found = read(row("Heron", doses_left=2, paid=0))
    assert [each.code for each in found.unplaced] == ["paid_nothing"]
    assert len(found.facts) == 1


def test_a_count_older_than_the_programmes_is_not_taken():
    found = read_register(as_csv([HEADINGS, row("Heron", doses_left=2)]), TOWN, date(2026, 11, 20))
    assert [each.code for each in found.unplaced] == ["count_is_older"]


# Volunteers

DUTY = ("code", "volunteer", "doses left", "present", "from", "to")


def test_volunteers_stand_under_either_code():
    found = read(("Kingfisher", "", "", "no", "", ""), ("", "v2", "", "YES", "08:00", "16:00"), headings=DUTY)
    assert found.is_whole
    assert found.facts == (
        VolunteerFacts(volunteer_id="v1", present=False),
        VolunteerFacts(volunteer_id="v2", present=True),
    )


def test_a_shift_of_one_day_is_told():
    found = read(("Kingfisher", "", "", "yes", "10:00", "16:00"), headings=DUTY)
    assert [(each.code, each.where) for each in found.unplaced] == [("hours_of_one_day", "row 2, column E")]
    assert found.facts == (VolunteerFacts(volunteer_id="v1", present=True),)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (("Kingfisher", "", "", "maybe", "", ""), "cell_not_yes_or_no"),
        (("Kingfisher", "", 2, "yes", "", ""), "cell_not_for_row"),
        (("Heron", "", "", "yes", "", ""), "cell_not_for_row"),
        (("Heron", "v1", "", "", "", ""), "row_code_ambiguous"),
        (("", "Heron", "", "yes", "", ""), "row_code_unknown"),
        (("Kingfisher", "", "", "yes", "morning", ""), "cell_bad_time"),
        (("Kingfisher", "", "", "yes", "16:00", "08:00"), "cell_bad_time"),
    ],
)
def test_a_volunteers_bad_row_is_told(bad: tuple[object, ...], code: str):
    assert only_refusal(bad, headings=DUTY)[0] == code


# Quotation marks


def test_a_quotation_mark_that_never_closes_takes_no_other_row_with_it():
    data = b'code,doses left,note\nHeron,2,"came late\nEgret,3,\n'
    found = read_register(data, TOWN, ON)
    assert [(each.code, each.where) for each in found.refused] == [("row_broken", "row 2")]
    assert [fact.client_id for fact in found.facts if isinstance(fact, ClientFacts)] == ["c2"]


def test_a_quotation_mark_that_closes_rows_later_hides_no_row():
    data = b'code,doses left,note\nHeron,2,"came late\nEgret,3,"\nIbis,,\n'
    assert [(each.code, each.where) for each in read_register(data, TOWN, ON).refused] == [("row_broken", "row 2")]


def test_a_row_with_more_cells_than_columns_is_told():
    data = b"code;doses left;windows\nHeron;2;always 09:00-11:00; 14:00-16:00\nEgret;3;;;\n"
    found = read_register(data, TOWN, ON)
    assert [(each.code, each.where) for each in found.refused] == [("row_broken", "row 2")]
    assert [fact.client_id for fact in found.facts if isinstance(fact, ClientFacts)] == ["c2"]


def test_a_note_of_several_lines_is_a_note():
    assert read_register(b'code,doses left,note\nHeron,2,"late,\nill"\n', TOWN, ON).is_whole


# Whatever comes


@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_crash(data: bytes):
    with suppress(InputError):
        read_register(data, TOWN, ON)


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_arbitrary_rows_below_a_header_never_crash(text: str, encoding: str):
    with suppress(InputError):
        read_register(("code,doses left,last taken,status,windows\n" + text).encode(encoding, "replace"), TOWN, ON)


_CELLS = st.sampled_from(["", "x", "-1", "2", "2026-11-22", "31/02/2026", "active", "09:00-08:00", "always 9:00-10:00"])
_BAD = st.tuples(st.sampled_from(["Nobody", "Crane", "", "canary 0812"]), *[_CELLS] * (len(HEADINGS) - 1)).filter(
    lambda cells: any(cell for cell in cells[:-1])
)


@settings(max_examples=60)
@given(st.lists(_BAD, max_size=6), st.randoms(use_true_random=False), st.sampled_from(["csv", "xlsx"]))
def test_the_good_rows_among_bad_ones_are_taken_exactly(bad: list[tuple[str, ...]], order: object, form: str):
    rows: list[tuple[object, ...]] = [*GOOD, *bad]
    order.shuffle(rows)  # type: ignore[attr-defined]
    made = as_csv([HEADINGS, *rows]) if form == "csv" else as_workbook([HEADINGS, *rows])
    found = read_register(made, TOWN, ON)
    assert sorted(map(repr, found.facts)) == sorted(map(repr, UNDERSTOOD))
    assert len({each.where.split(",")[-2 if "column" in each.where else -1] for each in found.refused}) == len(bad)
    assert "canary" not in str((found.refused, found.unplaced, found.remarks))


# The page


def test_the_page_names_every_column_and_word():
    page = (ROOT / "docs/registers.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([a-z ]+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert {name: tuple(re.findall(r"`([^`]+)`", other)) for name, other in table.items() if name in set(SYNONYMS)} == {
        str(column): tuple(name for name in names if name != column) for column, names in SYNONYMS.items()
    }
    statuses = {
        name: {name, *re.findall(r"`([^`]+)`", other)} for name, other in table.items() if name in set(ClientStatus)
    }
    assert statuses == {
        str(status): {word for word, meant in STATUS_WORDS.items() if meant is status} for status in ClientStatus
    }
