"""Rules 5 and 6: what is at home, when it runs out, what was missed. Law: doses held and doses taken are two facts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from routing.continuity.claims import Claims
from routing.continuity.day import ONE_DAY, Day
from routing.continuity.dose_days import DoseDays
from routing.domain.clients import HomeSupply, Regimen
from routing.domain.ledger import LedgerState


def doses_at_home(home: HomeSupply, dose_days: DoseDays, claims: Claims, day: Day) -> int:
    """Return S: what was counted, less the dose-days gone by, plus what was handed over since."""
    gone = sum(1 for _ in dose_days.between(home.as_of_on, day.on - ONE_DAY))
    return max(0, home.doses - gone) + _handed_over(home, dose_days, claims, day)


def _handed_over(home: HomeSupply, dose_days: DoseDays, claims: Claims, day: Day) -> int:
    since = [
        entry
        for entry in claims.entries
        if entry.state is LedgerState.HANDED_OVER and day.local_date(entry.at) >= home.as_of_on
    ]
    days = {
        on
        for entry in since
        if entry.from_on is not None and entry.to_on is not None
        for on in dose_days.between(max(entry.from_on, day.on), entry.to_on)
        if claims.deciding(on) is entry
    }
    return len(days)


def run_out_on(doses: int, dose_days: DoseDays, claims: Claims, day: Day) -> date | None:
    """Return r: the first dose-day from today on that is neither among the first S nor claimed."""
    uncovered = islice(dose_days.since(day.on), doses, None)
    return next((on for on in uncovered if not claims.is_claimed(on)), None)


def missed_days(regimen: Regimen, dose_days: DoseDays, day: Day) -> int:
    """Return m: the dose-days after the last dose taken and before today; 0 where that is unknown."""
    if regimen.last_taken_on is None:
        return 0
    return sum(1 for _ in dose_days.between(regimen.last_taken_on + timedelta(days=1), day.on - ONE_DAY))
