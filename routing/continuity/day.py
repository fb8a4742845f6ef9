"""The day that is planned, and on which other days somebody may come. Law: dates are local, instants are UTC."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from routing.domain.hours import ALL_WEEK, at
from routing.domain.orders import Reach
from routing.domain.policies import Policy
from routing.domain.programme import Calendar

Worked = TypeVar("Worked")

LOOK_AHEAD_DAYS = 14
"""So many days, the planned one counted, `reach` has to know."""

MOST_DAYS_TO_A_VISIT = 366
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Yield the dates from one to another, both included; none where the last lies before the first."""
    for ordinal in range(first_on.toordinal(), last_on.toordinal() + 1):
        yield date.fromordinal(ordinal)


@dataclass(frozen=True)
class Deadline:
    """An instant, and its date in the programme's zone."""

    at: datetime
    on: date


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
    # What thousands of clients share is worked out once; policies are told apart by identity, since one run has one
    # programme.
    _windows: dict[tuple[int, date], Deadline] = field(default_factory=dict, repr=False, compare=False)
    _visits: dict[int, date | None] = field(default_factory=dict, repr=False, compare=False)
    _worked: dict[Hashable, tuple[object, Any]] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, alive: object, work: Callable[[], Worked]) -> Worked:
        """Return what `work` returned the first time; `alive` is what the key's identities are of."""
        if key not in self._worked:
            self._worked[key] = (alive, work())
        found: Worked = self._worked[key][1]
        return found

    @cached_property
    def _closed_on(self) -> frozenset[date]:
        return frozenset(closed.on for closed in self.calendar.closed_days)

    @cached_property
    def _closed_weekdays(self) -> frozenset[int]:
        return frozenset(ALL_WEEK.index(weekday) for weekday in self.calendar.closed_weekdays)

    def is_open(self, client_id: str, on: date) -> bool:
        """Whether somebody may go to the client on a date: not closed, and reachable as far as is known."""
        if on in self._closed_on or on.weekday() in self._closed_weekdays:
            return False
        reachable = self.reach.get(client_id)
        return reachable is None or on > self.known_to_on or on in reachable

    def is_visit_day(self, client_id: str, policy: Policy, on: date) -> bool:
        """Whether a date is open and one of the policy's visit weekdays (none named: any)."""
        foreseen = not policy.visit_weekdays or ALL_WEEK[on.weekday()] in policy.visit_weekdays
        return foreseen and self.is_open(client_id, on)

    def first_visit_on(self, client_id: str, policy: Policy, first_on: date, last_on: date) -> date | None:
        """Return the first visit day from one date to another, both included."""
        for on in days_between(first_on, last_on):
            if self.is_visit_day(client_id, policy, on):
                return on
        return None

    def next_visit_on(self, client_id: str, policy: Policy, spacing_days: int) -> date | None:
        """Return the first visit day so many days after today or later, a year far."""
        if client_id in self.reach:
            return self._search(client_id, policy, spacing_days)
        key = id(policy)
        if key not in self._visits:
            self._visits[key] = self._search(client_id, policy, spacing_days)
        return self._visits[key]

    def _search(self, client_id: str, policy: Policy, spacing_days: int) -> date | None:
        first_on = self.on + timedelta(days=spacing_days)
        last_on = date.fromordinal(min(first_on.toordinal() + MOST_DAYS_TO_A_VISIT, date.max.toordinal() - 1))
        return self.first_visit_on(client_id, policy, first_on, last_on)

    def window_end(self, policy: Policy, on: date) -> Deadline:
        """Return the end of a dose-day's window: the dose hour and the policy's hours of grace."""
        key = (id(policy), on)
        if key not in self._windows:
            ends_at = at(on, policy.dose_time, self.zone) + timedelta(hours=policy.grace_h)
            self._windows[key] = Deadline(ends_at, self.local_date(ends_at))
        return self._windows[key]

    def local_date(self, instant: datetime) -> date:
        """Return the date of an instant in the programme's zone."""
        return instant.astimezone(self.zone).date()

    def end_of(self, on: date) -> datetime:
        """Return the last second of a local date, in UTC."""
        return at(on + ONE_DAY, time(), self.zone) - ONE_SECOND
