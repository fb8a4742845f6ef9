"""Spans of the day, over midnight and over changes of the clock. Expected instants are derived beside each."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.domain.hours import ALL_WEEK, Hours, Weekday, at

BERLIN = ZoneInfo("Europe/Berlin")  # UTC+1; UTC+2 from 29 March, 02:00, to 25 October 2026, 03:00
MAKASSAR = ZoneInfo("Asia/Makassar")  # UTC+8 all year
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
HOUR = timedelta(hours=1)


def hours(from_time: str, to_time: str, *weekdays: Weekday) -> Hours:
    return Hours(
        from_time=time.fromisoformat(from_time),
        to_time=time.fromisoformat(to_time),
        weekdays=weekdays or ALL_WEEK,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def length(entry: Hours, on: date) -> timedelta:
    span = entry.span(on, BERLIN)
    assert span is not None
    return span[1] - span[0]


def test_a_span_is_in_utc():
    # 09:00 and 17:30 in Makassar are eight hours earlier in UTC.
    span = hours("09:00", "17:30").span(date(2026, 11, 23), MAKASSAR)
    assert span == (utc("2026-11-23 01:00"), utc("2026-11-23 09:30"))
    assert span[0].utcoffset() == timedelta(0)


def test_a_span_over_midnight_ends_on_the_next_day():
    night = hours("21:00", "05:00")
    assert night.over_midnight
    assert night.span(date(2026, 11, 23), MAKASSAR) == (utc("2026-11-23 13:00"), utc("2026-11-23 21:00"))


@pytest.mark.parametrize(("to_time", "over"), [("20:59", True), ("21:00", True), ("21:01", False)])
def test_a_span_that_ends_at_or_before_its_start_goes_over_midnight(to_time: str, over: bool):
    assert hours("21:00", to_time).over_midnight is over


def test_a_span_from_midnight_to_midnight_is_the_whole_day():
    assert length(hours("00:00", "00:00"), date(2026, 11, 23)) == 24 * HOUR


def test_a_night_belongs_to_the_weekday_on_which_it_starts():
    monday_night = hours("21:00", "05:00", Weekday.MON)
    assert monday_night.span(date(2026, 11, 23), MAKASSAR) is not None
    assert monday_night.span(date(2026, 11, 24), MAKASSAR) is None


def test_weekdays_are_those_of_iso_8601():
    assert [Weekday.of(date(2026, 11, 23) + timedelta(days=index)) for index in range(7)] == list(ALL_WEEK)
    assert ALL_WEEK[0] is Weekday.MON


def test_the_whole_day_has_23_hours_in_spring_and_25_in_autumn():
    whole = hours("00:00", "00:00")
    assert (length(whole, SPRING), length(whole, AUTUMN)) == (23 * HOUR, 25 * HOUR)


def test_a_night_shift_over_the_change_is_an_hour_shorter_or_longer():
    night = hours("22:00", "06:00")
    assert length(night, SPRING - timedelta(days=1)) == 7 * HOUR
    assert length(night, AUTUMN - timedelta(days=1)) == 9 * HOUR
    assert length(night, SPRING) == 8 * HOUR


def test_a_span_over_the_change_on_the_day_itself():
    # In spring 01:00 is UTC+1 and 04:00 is UTC+2; in autumn the other way round.
    entry = hours("01:00", "04:00")
    assert entry.span(SPRING, BERLIN) == (utc("2026-03-29 00:00"), utc("2026-03-29 02:00"))
    assert entry.span(AUTUMN, BERLIN) == (utc("2026-10-24 23:00"), utc("2026-10-25 03:00"))


def test_where_the_clock_repeats_an_hour_the_earlier_one_is_meant():
    # 02:30 comes at 00:30 and again at 01:30 UTC.
    assert at(AUTUMN, time(2, 30), BERLIN) == utc("2026-10-25 00:30")
    assert hours("02:15", "02:45").span(AUTUMN, BERLIN) == (utc("2026-10-25 00:15"), utc("2026-10-25 00:45"))


def test_a_time_that_the_clock_skips_is_read_with_the_offset_before_the_change():
    # 02:30 in UTC+1 is 01:30 UTC, which clocks show as 03:30.
    assert at(SPRING, time(2, 30), BERLIN) == utc("2026-03-29 01:30")


def test_a_span_whose_start_is_skipped_never_ends_before_it_begins():
    # 03:15 in UTC+2 is 01:15 UTC, before the 01:30 that the skipped 02:30 would be: an instant is left.
    assert hours("02:30", "03:15").span(SPRING, BERLIN) == (utc("2026-03-29 01:15"), utc("2026-03-29 01:15"))
    assert hours("02:30", "03:45").span(SPRING, BERLIN) == (utc("2026-03-29 01:30"), utc("2026-03-29 01:45"))


TIMES = st.times(timezones=st.none()).map(lambda drawn: drawn.replace(microsecond=0))
ZONES = st.sampled_from(["Europe/Berlin", "Asia/Makassar", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])


@given(from_time=TIMES, to_time=TIMES, on=st.dates(date(2025, 1, 1), date(2027, 12, 31)), zone=ZONES)
def test_a_span_runs_forward_and_stays_within_a_day_and_the_change(from_time: time, to_time: time, on: date, zone: str):
    span = Hours(from_time=from_time, to_time=to_time).span(on, ZoneInfo(zone))
    assert span is not None
    assert timedelta(0) <= span[1] - span[0] <= 25 * HOUR
