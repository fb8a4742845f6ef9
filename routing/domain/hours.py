"""Times of day that recur. Law: local wall-clock times; both ends belong to the window."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from routing.domain.base import Document, LocalTime


class Weekday(StrEnum):
    """A day of the week, Monday first as in ISO 8601."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @classmethod
    def of(cls, on: date) -> Weekday:
        """Return the weekday of a date."""
        return ALL_WEEK[on.weekday()]


ALL_WEEK: tuple[Weekday, ...] = tuple(Weekday)


class Hours(Document):
    """A span of the day on some weekdays.

    `to_time` at or before `from_time` ends on the next day; the span belongs to the date it starts.
    """

    from_time: LocalTime
    to_time: LocalTime
    weekdays: tuple[Weekday, ...] = ALL_WEEK

    @model_validator(mode="after")
    def _some_weekday(self) -> Self:
        if not self.weekdays:
            raise ValueError("no weekday is named; leave `weekdays` out for every day")
        return self

    @property
    def over_midnight(self) -> bool:
        """Whether the span ends on the day after it starts."""
        return self.to_time <= self.from_time

    def span(self, on: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """Return the span that starts on a date, in UTC, or None on other weekdays.

        UTC, because arithmetic on local times is wrong on the day the clocks change.
        """
        if Weekday.of(on) not in self.weekdays:
            return None
        ends_on = on + timedelta(days=1) if self.over_midnight else on
        start_at, end_at = at(on, self.from_time, zone), at(ends_on, self.to_time, zone)
        # a start that the clocks skip counts as later than it is, perhaps later than the end
        return min(start_at, end_at), end_at


def at(on: date, local: LocalTime, zone: ZoneInfo) -> datetime:
    """Return a local time on a date as a UTC instant (the earlier one where the clock repeats)."""
    return datetime.combine(on, local, tzinfo=zone).astimezone(ZoneInfo("UTC"))
