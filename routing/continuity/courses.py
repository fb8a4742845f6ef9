"""Rule 3 for courses whose doses are counted: the day of the course advances with doses taken, not with the calendar.

Law: such a course is a row of doses, one a day and without breaks; what was missed comes later, and the end with it.
"""

from __future__ import annotations

from datetime import date, timedelta

from routing.continuity.day import ONE_DAY, Day
from routing.continuity.dose_days import DoseDays, steps_of
from routing.domain.clients import DoseStep, Regimen
from routing.domain.policies import Phase, Policy


def is_counted(regimen: Regimen) -> bool:
    """Whether a course goes by its doses."""
    return regimen.phase is Phase.COURSE and regimen.doses_taken is not None


def begins_on(regimen: Regimen) -> date:
    """Return the first day of the first step."""
    return min(step.from_on for step in regimen.steps)


def at_count(regimen: Regimen, policy: Policy) -> DoseDays:
    """Return the dose-days as they lay ahead when doses at home were counted."""
    return _after(regimen, policy, regimen.doses_taken or 0, regimen.home.as_of_on)


def from_today(regimen: Regimen, policy: Policy, day: Day) -> DoseDays:
    """Return the dose-days from the day on: the doses that have not been taken."""
    return _after(regimen, policy, _taken(regimen, policy, day), day.on)


def missed(regimen: Regimen, policy: Policy, day: Day) -> int:
    """Return the days since the last dose taken on which the course stood still; 0 where that is unknown."""
    if regimen.last_taken_on is None or not from_today(regimen, policy, day).steps:
        return 0
    every = DoseDays.of(regimen, policy)._replace(steps=(DoseStep(from_on=begins_on(regimen)),))
    return every.count_between(regimen.last_taken_on + ONE_DAY, day.on - ONE_DAY)


def _taken(regimen: Regimen, policy: Policy, day: Day) -> int:
    """Return the doses taken before the day, those observed at the site too."""
    since_on, until_on = max(regimen.home.as_of_on, begins_on(regimen)), day.on - ONE_DAY
    gone = max(0, (until_on - since_on).days + 1)
    if regimen.last_taken_on is None:
        return (regimen.doses_taken or 0) + gone
    every = DoseDays.of(regimen, policy)._replace(
        steps=(DoseStep(from_on=begins_on(regimen)),), prescription_ends_on=None
    )
    still = every.count_between(max(regimen.last_taken_on + ONE_DAY, since_on), until_on)
    return (regimen.doses_taken or 0) + gone - still


def _after(regimen: Regimen, policy: Policy, taken: int, on: date) -> DoseDays:
    """Lay what follows `taken` doses from a date on, or from the first step's."""
    next_on = max(on, begins_on(regimen))
    laid = []
    for step in steps_of(regimen, policy):
        if step.to_on is None:
            laid.append(step.changed(from_on=next_on))
            break
        left = (step.to_on - step.from_on).days + 1 - taken
        taken = max(0, -left)
        if left > 0:
            laid.append(step.changed(from_on=next_on, to_on=next_on + timedelta(days=left - 1)))
            next_on += timedelta(days=left)
    return DoseDays.of(regimen, policy)._replace(steps=tuple(laid))
