"""Rules 5 and 6: what is at home, when it runs out, what was missed.

Law: doses held and doses taken are two facts. What was handed over lies at home for the days it was made for; what was
counted beyond that, for the first days there is nothing for.
"""

from __future__ import annotations

from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from routing.continuity.claims import Claims
from routing.continuity.day import ONE_DAY, Day
from routing.continuity.dose_days import DoseDays
from routing.domain.clients import HomeSupply, Regimen
from routing.domain.ledger import LedgerState

NOTHING: frozenset[date] = frozenset()


class AtHome(NamedTuple):
    """What lies at home from the day on.

    Attributes
    ----------
    doses
        S.
    labelled
        The dose-days for which something was handed over, before the count or since.
    loose
        Doses beyond these.
    """

    doses: int
    labelled: frozenset[date]
    loose: int


def at_home(
    doses: int, home: HomeSupply, counted_days: DoseDays, dose_days: DoseDays, claims: Claims, day: Day
) -> AtHome:
    """Return what lies at home where so many doses were counted."""
    left = left_of(doses, home, counted_days, day)
    if day.on > claims.last_on:
        return AtHome(left, NOTHING, left)
    before, since, fetched = set[date](), set[date](), 0
    for on in dose_days.between(day.on, claims.last_on):
        entry = claims.deciding(on)
        if entry is not None and entry.state is LedgerState.HANDED_OVER:
            (since if home.as_of_on <= day.local_date(entry.at) else before).add(on)
        fetched += _was_counted_and_fetched(on, home, claims, day)
    left = max(0, left - fetched)
    return AtHome(left + len(since), frozenset(before | since), max(0, left - len(before)))


def left_of(doses: int, home: HomeSupply, dose_days: DoseDays, day: Day) -> int:
    """Return what remains of a count after the dose-days gone by."""
    return max(0, doses - dose_days.count_between(home.as_of_on, day.on - ONE_DAY))


def _was_counted_and_fetched(on: date, home: HomeSupply, claims: Claims, day: Day) -> bool:
    """Whether a day's dose was among those counted, and has been taken back since."""
    since = [entry for entry in claims.about(on) if home.as_of_on <= day.local_date(entry.at)]
    return any(
        entry.state is LedgerState.FETCHED and (before is None or before.state is not LedgerState.HANDED_OVER)
        for entry, before in zip_longest(since, since[1:])
    )


def first_open_on(home: AtHome, dose_days: DoseDays, claims: Claims, day: Day) -> date | None:
    """Return the first dose-day from today on for which nothing is at home and that nobody has claimed."""
    if not home.labelled:
        for on in dose_days.after(day.on, home.loose):
            if on > claims.last_on or not claims.is_claimed(on):
                return on
        return None
    loose = home.loose
    for on in dose_days.since(day.on):
        if on in home.labelled:
            continue
        if loose == 0 and not claims.is_claimed(on):
            return on
        loose = max(0, loose - 1)
    return None


def days_since_last(regimen: Regimen, dose_days: DoseDays, day: Day) -> int:
    """Return the dose-days after the last dose taken and before today; 0 where that is unknown."""
    if regimen.last_taken_on is None:
        return 0
    return dose_days.count_between(regimen.last_taken_on + ONE_DAY, day.on - ONE_DAY)


def surplus(home: HomeSupply) -> int:
    """Return by how many doses a count or report differs from the records; below zero where they are too few."""
    return 0 if home.expected is None else home.doses - home.expected
