"""Rules 3, 5 and 6: what is at home, when it runs out, what was missed.

Law: doses held and doses taken are two facts.
"""

from __future__ import annotations

from datetime import date
from itertools import islice

from routing.continuity.claims import Claims
from routing.continuity.day import ONE_DAY, Day
from routing.continuity.dose_days import DoseDays, in_order
from routing.domain.clients import HomeSupply, Regimen
from routing.domain.ledger import LedgerState
from routing.domain.policies import Phase


def delay_at_count(regimen: Regimen) -> int:
    """Return how many days a course lay behind its steps when doses at home were counted.

    A course's day advances with doses taken, observed ones too; without their number it goes by the calendar.
    """
    if regimen.phase is not Phase.COURSE or regimen.doses_taken is None:
        return 0
    steps = in_order(regimen.steps)
    scheduled = DoseDays(steps=steps).count_between(steps[0].from_on, regimen.home.as_of_on - ONE_DAY)
    return max(0, scheduled - regimen.doses_taken)


def delay_since(regimen: Regimen, dose_days: DoseDays, day: Day) -> int:
    """Return by how many days missed doses have put a course off since doses at home were counted."""
    if regimen.phase is not Phase.COURSE or regimen.doses_taken is None or regimen.last_taken_on is None:
        return 0
    first_on = max(regimen.last_taken_on + ONE_DAY, regimen.home.as_of_on)
    return dose_days.count_between(first_on, day.on - ONE_DAY)


def left_of(doses: int, home: HomeSupply, dose_days: DoseDays, day: Day) -> int:
    """Return what remains of a count after the dose-days gone by."""
    return max(0, doses - dose_days.count_between(home.as_of_on, day.on - ONE_DAY))


def handed_over(home: HomeSupply, dose_days: DoseDays, claims: Claims, day: Day, *, before: date | None = None) -> int:
    """Return how many dose-days from the day on have been handed over since the count (and before a date)."""
    if day.on > claims.last_on:
        return 0
    since = [
        entry
        for entry in claims.entries
        if entry.state is LedgerState.HANDED_OVER
        and home.as_of_on <= day.local_date(entry.at)
        and (before is None or day.local_date(entry.at) < before)
    ]
    days = {
        on
        for entry in since
        if entry.from_on is not None and entry.to_on is not None
        for on in dose_days.between(max(entry.from_on, day.on), entry.to_on)
        if claims.deciding(on) is entry
    }
    return len(days)


def first_open_on(doses: int, dose_days: DoseDays, claims: Claims, day: Day) -> date | None:
    """Return the first dose-day from today on that is neither among the first `doses` nor claimed."""
    uncovered = islice(dose_days.since(day.on), doses, None)
    return next((on for on in uncovered if not claims.is_claimed(on)), None)


def missed_days(regimen: Regimen, dose_days: DoseDays, day: Day) -> int:
    """Return m: dose-days after the last dose taken and before today, or doses at home too many; 0 where unknown."""
    reported = 0
    if regimen.last_taken_on is not None:
        reported = dose_days.count_between(regimen.last_taken_on + ONE_DAY, day.on - ONE_DAY)
    return max(reported, surplus(regimen.home))


def surplus(home: HomeSupply) -> int:
    """Return by how many doses a count or report differs from the records; below zero where they are too few."""
    return 0 if home.expected is None else home.doses - home.expected
