"""Jalali and Bikram Sambat dates, against two libraries and dates that people know."""

from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nepali.datetime import nepalidate

from routing.sheets.languages.calendars import bikram_sambat, jalali


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2021, 3, 21), (1400, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),  # 1403 is a leap year
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2026, 3, 21), (1405, 1, 1)),
        (date(2026, 11, 23), (1405, 9, 2)),
        (date(1979, 2, 11), (1357, 11, 22)),
    ],
)
def test_jalali_dates_that_people_know(on: date, expected: tuple[int, int, int]):
    assert jalali(on) == expected


@given(st.dates(date(1922, 3, 22), date(2100, 3, 1)))
def test_jalali_agrees_with_jdatetime(on: date):
    other = jdatetime.date.fromgregorian(date=on)
    assert jalali(on) == (other.year, other.month, other.day)


def test_jalali_beyond_its_rule_is_not_told():
    assert jalali(date(1700, 1, 1)) is None
    assert jalali(date(2200, 1, 1)) is None


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2023, 4, 14), (2080, 1, 1)),
        (date(2024, 4, 13), (2081, 1, 1)),
        (date(2025, 4, 14), (2082, 1, 1)),
        (date(2026, 4, 14), (2083, 1, 1)),
        (date(2026, 11, 23), (2083, 8, 7)),
        (date(2015, 9, 20), (2072, 6, 3)),  # the constitution's day, 3 Asoj
    ],
)
def test_bikram_sambat_dates_that_people_know(on: date, expected: tuple[int, int, int]):
    assert bikram_sambat(on) == expected


@given(st.dates(date(2003, 4, 14), date(2034, 4, 12)))
def test_bikram_sambat_agrees_with_another_table(on: date):
    other = nepalidate.from_date(on)
    assert bikram_sambat(on) == (other.year, other.month, other.day)


def test_bikram_sambat_beyond_its_table_is_not_told():
    assert bikram_sambat(date(2003, 4, 14)) == (2060, 1, 1)
    assert bikram_sambat(date(2003, 4, 14) - timedelta(days=1)) is None
    assert bikram_sambat(date(2034, 4, 13)) == (2090, 12, 30)
    assert bikram_sambat(date(2034, 4, 14)) is None
