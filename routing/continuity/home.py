"""Rules 5 and 6: what is at home, when it runs out, what was missed.

Law: doses held and doses taken are two facts.
"""

from __future__ import annotations

from datetime import date

from routing.continuity.claims import Claims
from routing.continuity.day import ONE_DAY, Day
from routing.continuity.dose_days import DoseDays
from routing.domain.clients import HomeSupply, Regimen
from routing.domain.ledger import LedgerState


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
    for on in dose_days.after(day.on, doses):
        if on > claims.last_on or not claims.is_claimed(on):
            return on
    return None


def days_since_last(regimen: Regimen, dose_days: DoseDays, day: Day) -> int:
    """Return the dose-days after the last dose taken and before today; 0 where that is unknown."""
    if regimen.last_taken_on is None:
        return 0
    return dose_days.count_between(regimen.last_taken_on + ONE_DAY, day.on - ONE_DAY)


def surplus(home: HomeSupply) -> int:
    """Return by how many doses a count or report differs from the records; below zero where they are too few."""
    return 0 if home.expected is None else home.doses - home.expected
