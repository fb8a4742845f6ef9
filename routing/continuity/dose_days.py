"""Rule 3: the dates for which a dose has to be at home."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from routing.domain.clients import DoseStep, Regimen
from routing.domain.hours import ALL_WEEK
from routing.domain.policies import Phase, Policy

FARTHEST_DAYS = 1_100
"""Nothing is looked for further off than three years, so that an open end is no endless search."""

NEVER: frozenset[int] = frozenset()


class DoseDays(NamedTuple):
    """Dates within a dose step, up to the prescription's end, without those observed at the site.

    Attributes
    ----------
    observed
        Numbers of the weekdays observed, Monday 0.
    """

    steps: tuple[DoseStep, ...]
    observed: frozenset[int] = NEVER
    prescription_ends_on: date | None = None

    @classmethod
    def of(cls, regimen: Regimen, policy: Policy) -> DoseDays:
        """Return the dose-days of a regimen under a policy, by the calendar."""
        observed = policy.observed_weekdays if policy.observed_counts else ()
        return cls(
            steps=steps_of(regimen, policy),
            observed=frozenset(map(ALL_WEEK.index, observed)) if observed else NEVER,
            prescription_ends_on=regimen.prescription_ends_on,
        )

    @property
    def unending(self) -> DoseDays:
        """The dose-days as they would be had the prescription no end."""
        return self if self.prescription_ends_on is None else self._replace(prescription_ends_on=None)

    @property
    def last_on(self) -> date | None:
        """The last day of the last step; None: open, or nothing left."""
        return self.steps[-1].to_on if self.steps else None

    def step_on(self, on: date) -> DoseStep | None:
        """Return the dose step of a date, or None."""
        held = (step for step in self.steps if step.from_on <= on and (step.to_on is None or on <= step.to_on))
        return next(held, None)

    def count_between(self, first_on: date, last_on: date) -> int:
        """Return how many dose-days lie from one date to another, both included, without walking over them."""
        days = 0
        if last_on < first_on:
            return days
        for first, last in self._spans(first_on.toordinal(), last_on.toordinal()):
            days += last - first + 1
            for weekday in self.observed:
                days -= (last - 1 - weekday) // 7 - (first - 2 - weekday) // 7
        return days

    def between(self, first_on: date, last_on: date) -> Iterator[date]:
        """Yield the dose-days from one date to another, both included."""
        for first, last in self._spans(first_on.toordinal(), last_on.toordinal()):
            if self.observed:
                # day 1 of the calendar, 1 January of the year 1, is a Monday
                ordinals = (ordinal for ordinal in range(first, last + 1) if (ordinal - 1) % 7 not in self.observed)
                yield from map(date.fromordinal, ordinals)
            else:
                yield from map(date.fromordinal, range(first, last + 1))

    def since(self, first_on: date) -> Iterator[date]:
        """Yield the dose-days from a date on, three years far."""
        return self.between(first_on, date.fromordinal(_farthest(first_on)))

    def after(self, first_on: date, days: int) -> Iterator[date]:
        """Yield the dose-days from a date on without the first so many, three years far."""
        if self.observed:
            yield from islice(self.since(first_on), days, None)
            return
        for first, last in self._spans(first_on.toordinal(), _farthest(first_on)):
            begins = first + days  # jumped over, not walked
            days = max(0, begins - last - 1)
            yield from map(date.fromordinal, range(begins, last + 1))

    def _spans(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the parts of the steps that lie within two ordinals, both included."""
        if self.prescription_ends_on is not None:
            last = min(last, self.prescription_ends_on.toordinal())
        spans = []
        for step in self.steps:
            begins = max(first, step.from_on.toordinal())
            ends = last if step.to_on is None else min(last, step.to_on.toordinal())
            if begins <= ends:
                spans.append((begins, ends))
        return spans


_LAST_ORDINAL = date.max.toordinal() - FARTHEST_DAYS


def _farthest(first_on: date) -> int:
    return min(first_on.toordinal() + FARTHEST_DAYS, _LAST_ORDINAL)


def steps_of(regimen: Regimen, policy: Policy) -> tuple[DoseStep, ...]:
    """Return a regimen's steps by their first day; a course has no more doses than the policy gives it."""
    steps = in_order(regimen.steps)
    if regimen.phase is not Phase.COURSE or policy.course_days is None:
        return steps
    left, kept = policy.course_days, []
    for step in steps:
        last_on = step.from_on + timedelta(days=left - 1)
        ends_on = last_on if step.to_on is None else min(step.to_on, last_on)
        if left > 0:
            kept.append(step.changed(to_on=ends_on))
        left -= (ends_on - step.from_on).days + 1
    return tuple(kept)


def in_order(steps: tuple[DoseStep, ...]) -> tuple[DoseStep, ...]:
    """Return the steps by their first day."""
    return steps if len(steps) == 1 else tuple(sorted(steps, key=lambda step: step.from_on))
