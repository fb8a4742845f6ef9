"""The day that is planned, and on which other days somebody may come. Law: dates are local, instants are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.domain.hours import Weekday, at
from routing.domain.orders import Reach
from routing.domain.policies import Policy
from routing.domain.programme import Calendar

LOOK_AHEAD_DAYS = 14
"""So many days, the planned one counted, `reach` has to know."""

MOST_DAYS_TO_A_VISIT = 366
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Yield the dates from one to another, both included; none where the last lies before the first."""
    for ordinal in range(first_on.toordinal(), last_on.toordinal() + 1):
        yield date.fromordinal(ordinal)


@dataclass(frozen=True, kw_only=True)
class Day:
    """The planned date with what is known about visits on it and on the days after it.

    Attributes
    ----------
    reach
        Dates on which somebody may go to a client. A client who is missing in it, and every date after
        `known_to_on`, is unknown: taken for reachable on each day that is not closed.
    """

    on: date
    zone: ZoneInfo
    calendar: Calendar
    reach: Reach
    known_to_on: date

    def is_open(self, client_id: str, on: date) -> bool:
        """Whether somebody may go to the client on a date: not closed, and reachable as far as is known."""
        if self.calendar.is_closed(on):
            return False
        reachable = self.reach.get(client_id)
        return reachable is None or on > self.known_to_on or on in reachable

    def is_visit_day(self, client_id: str, policy: Policy, on: date) -> bool:
        """Whether a date is open and one of the policy's visit weekdays (none named: any)."""
        foreseen = not policy.visit_weekdays or Weekday.of(on) in policy.visit_weekdays
        return foreseen and self.is_open(client_id, on)

    def local_date(self, instant: datetime) -> date:
        """Return the date of an instant in the programme's zone."""
        return instant.astimezone(self.zone).date()

    def end_of(self, on: date) -> datetime:
        """Return the last second of a local date, in UTC."""
        return at(on + ONE_DAY, time(), self.zone) - ONE_SECOND
