"""Spans of time: what touches, what is left, nights, days of 23 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.domain.hours import ALL_WEEK, Hours, Weekday
from routing.passes.intervals import MARGIN, day_span, hours_around, intersect, overlap, subtract, validity

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, second, tzinfo=UTC)


def span(start: int, end: int):
    return at(start), at(end)


def test_spans_that_meet_in_an_instant_have_nothing_in_common_to_work_in():
    assert intersect([span(8, 12)], [span(12, 14)]) == []
    assert overlap(span(8, 12), span(12, 14))
    assert not overlap(span(8, 12), (at(12) + MARGIN, at(14)))


def test_intersections_are_sorted_and_never_joined():
    assert intersect([span(6, 20)], [span(12, 15), span(8, 12)]) == [span(8, 12), span(12, 15)]
    assert intersect([span(8, 10), span(11, 13)], [span(9, 12)]) == [span(9, 10), span(11, 12)]
    assert intersect([], [span(9, 12)]) == []


@pytest.mark.parametrize(
    ("hole", "left"),
    [
        (span(5, 7), [span(8, 12)]),
        # Both ends of a forbidden span are forbidden: a second is kept.
        (span(6, 8), [(at(8, 0, 1), at(12))]),
        (span(12, 13), [(at(8), at(11, 59, 59))]),
        (span(9, 10), [(at(8), at(8, 59, 59)), (at(10, 0, 1), at(12))]),
        (span(8, 12), []),
        (span(7, 13), []),
        ((at(8, 0, 1), at(13)), []),
        ((at(8, 0, 2), at(13)), [(at(8), at(8, 0, 1))]),
    ],
)
def test_a_forbidden_span_is_cut_out_with_its_ends(hole, left):
    assert subtract([span(8, 12)], [hole]) == left


def test_several_forbidden_spans():
    assert subtract([span(8, 12), span(13, 15)], [span(9, 10), span(14, 16)]) == [
        (at(8), at(8, 59, 59)), (at(10, 0, 1), at(12)), (at(13), at(13, 59, 59)),
    ]  # fmt: skip
    assert subtract([span(8, 12)], []) == [span(8, 12)]


def test_a_night_begins_on_three_dates_around_a_day():
    night = Hours(from_time=time(21), to_time=time(4))
    zone = ZoneInfo("Asia/Makassar")  # UTC+8
    starts = [start.astimezone(zone) for start, _ in hours_around([night], MONDAY, zone)]
    assert [(start.day, start.hour) for start in starts] == [(22, 21), (23, 21), (24, 21)]
    assert all(end - start == timedelta(hours=7) for start, end in hours_around([night], MONDAY, zone))


def test_weekdays_are_those_of_the_date_a_span_starts():
    sundays = Hours(from_time=time(21), to_time=time(4), weekdays=(Weekday.SUN,))
    found = hours_around([sundays], MONDAY, ZoneInfo("UTC"))
    assert found == [(at(21) - timedelta(days=1), at(4))]


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (MONDAY, 24)])
def test_a_day_lasts_as_long_as_its_clock_does(on, hours):
    start, end = day_span(on, BERLIN)
    assert end - start == timedelta(hours=hours)
    assert start.astimezone(BERLIN).hour == 0


def test_a_night_of_the_clock_change_is_an_hour_longer():
    # On 25 October 2026 the clock goes back from 03:00 to 02:00: from 22:00 to 04:00 are seven hours.
    night = Hours(from_time=time(22), to_time=time(4), weekdays=ALL_WEEK)
    found = hours_around([night], date(2026, 10, 25), BERLIN)
    assert [(end - start).total_seconds() / 3600 for start, end in found] == [7, 6, 6]


def test_a_validity_without_an_end_holds_for_ever():
    start, end = validity(at(8), None)
    assert (start, end.year) == (at(8), 9999)
    assert validity(at(8), at(9)) == span(8, 9)
