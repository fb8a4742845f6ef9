"""Rule 3: the dates for which a dose has to be at home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from routing.continuity.day import days_between
from routing.domain.clients import DoseStep, Regimen
from routing.domain.hours import Weekday
from routing.domain.policies import Policy

FARTHEST_DAYS = 1_100
"""Nothing is looked for further off than three years, so that an open end is no endless search."""


@dataclass(frozen=True, kw_only=True)
class DoseDays:
    """Dates within a dose step, up to the prescription's end, without those observed at the site."""

    steps: tuple[DoseStep, ...]
    observed: frozenset[Weekday]
    prescription_ends_on: date | None

    @classmethod
    def of(cls, regimen: Regimen, policy: Policy) -> DoseDays:
        """Return the dose-days of a regimen under a policy."""
        observed = policy.observed_weekdays if policy.observed_counts else ()
        return cls(
            steps=regimen.steps,
            observed=frozenset(observed),
            prescription_ends_on=regimen.prescription_ends_on,
        )

    def as_if_prescribed(self) -> DoseDays:
        """Return the dose-days as they would be had the prescription no end."""
        return replace(self, prescription_ends_on=None)

    def step_on(self, on: date) -> DoseStep | None:
        """Return the dose step of a date, or None."""
        for step in self.steps:
            if step.from_on <= on and (step.to_on is None or on <= step.to_on):
                return step
        return None

    def __contains__(self, on: date) -> bool:
        if self.prescription_ends_on is not None and on > self.prescription_ends_on:
            return False
        return self.step_on(on) is not None and not (self.observed and Weekday.of(on) in self.observed)

    def between(self, first_on: date, last_on: date) -> Iterator[date]:
        """Yield the dose-days from one date to another, both included."""
        return (on for on in days_between(first_on, last_on) if on in self)

    def since(self, first_on: date) -> Iterator[date]:
        """Yield the dose-days from a date on, three years far."""
        last = min(first_on.toordinal() + FARTHEST_DAYS, date.max.toordinal() - FARTHEST_DAYS)
        return self.between(first_on, date.fromordinal(last))
