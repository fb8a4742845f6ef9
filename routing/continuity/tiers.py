"""Rule 12: how urgent an order is. Law: tiers are lexicographic; weights count only within one."""

from __future__ import annotations

from datetime import date

from routing.continuity.case import Case
from routing.continuity.day import ONE_DAY
from routing.domain.orders import Tier


def tier_of(case: Case, run_out: date, latest_on: date) -> Tier:
    """Return the first tier that applies; `run_out`: the first day for which something is wanted.

    That nobody may come between today and the latest safe instant needs no clause here: it has moved `latest_on`,
    the date of that instant, to today.
    """
    today = case.day.on
    without = case.run_out_on is not None and case.run_out_on <= today
    if without and crosses_threshold(case):
        return Tier.T0A
    if without and case.missed >= 1:
        return Tier.T0B
    if latest_on <= today:
        return Tier.T1
    if latest_on == today + ONE_DAY:
        return Tier.T2
    return Tier.T3 if today >= case.due_on(run_out) else Tier.T4


def crosses_threshold(case: Case) -> bool:
    """Whether tomorrow would be held under rule 6 if nothing is delivered today.

    A clearance is good for its day only. Where the last dose taken is unknown so is the count, tomorrow too: no
    threshold is crossed.
    """
    return case.regimen.last_taken_on is not None and case.missed + 1 > case.thresholds.resume_up_to
