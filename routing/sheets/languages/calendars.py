"""Dates in the Solar Hijri (Jalali) and Bikram Sambat calendars. Law: what a table does not hold is not guessed.

Jalali leap years follow the cycle of 33 years, which agrees with the observed equinox from 1206 to 1498 (1827 to
2120). Bikram Sambat months follow no rule: their lengths are published year by year, and stand in a table.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple

CYCLE = 33
LEAP_IN_CYCLE = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
JALALI_1400_ON = date(2021, 3, 21)  # 1 Farvardin 1400
JALALI_YEARS = range(1206, 1499)
JALALI_MONTH_DAYS = (31,) * 6 + (30,) * 5


class CalendarDay(NamedTuple):
    """A day in some calendar; months from 1."""

    year: int
    month: int
    day: int


def jalali(on: date) -> CalendarDay | None:
    """Return a date in the Jalali calendar; None beyond the years for which the rule is known to hold."""
    left, year = (on - JALALI_1400_ON).days, 1400
    while left < 0:
        year -= 1
        left += _jalali_days(year)
    while left >= _jalali_days(year):
        left -= _jalali_days(year)
        year += 1
    return _placed(year, left, JALALI_MONTH_DAYS) if year in JALALI_YEARS else None


def bikram_sambat(on: date) -> CalendarDay | None:
    """Return a date in Nepal's official calendar; None beyond the table."""
    first_on, first_year, years = _bikram_sambat_table()
    left = (on - first_on).days
    if left < 0:
        return None
    for year, months in enumerate(years, start=first_year):
        if left < sum(months):
            return _placed(year, left, months)
        left -= sum(months)
    return None


def _jalali_days(year: int) -> int:
    return 366 if year % CYCLE in LEAP_IN_CYCLE else 365


def _placed(year: int, day_of_year: int, months: tuple[int, ...]) -> CalendarDay:
    """Return the day so many days after the first of a year; what exceeds the months named lies in the last one."""
    starts = (0, *accumulate(months))[:12]
    month = max(index for index, start in enumerate(starts) if start <= day_of_year)
    return CalendarDay(year, month + 1, day_of_year - starts[month] + 1)


@cache
def _bikram_sambat_table() -> tuple[date, int, tuple[tuple[int, ...], ...]]:
    table = json.loads(files(__package__).joinpath("bikram_sambat.json").read_text(encoding="utf-8"))
    return date.fromisoformat(table["first_day_on"]), table["first_year"], tuple(map(tuple, table["month_days"]))
