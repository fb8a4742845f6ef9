"""Rules 8 and 9: how many dose-days may be handed over, how many are needed, and what binds."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from routing.continuity.case import Case
from routing.continuity.timing import is_scheduled

AFFORDABLE, COURSE_END, CUSTODY = "affordable_days", "course_end", "custody"


class Cap(NamedTuple):
    """A limit in dose-days from the run-out on, and the field it comes from."""

    name: str
    days: int


def tightest_cap(case: Case, ahead: tuple[date, ...], left: int, *, but: str = "") -> Cap:
    """Return the smallest cap; of equal ones the first in the order of rule 8, then the end of the course.

    `ahead`: the free dose-days from the first to be supplied on, as many as one delivery may hold; `left`: so many
    there would be had the prescription no end. `but`: leaves one cap out. Custody and the site's stock come later
    (`drafts.py`, `stock.py`).
    """
    caps = _caps(case, ahead, left)
    if but:
        caps = [cap for cap in caps if cap[0] != but]
    return Cap(*min(caps, key=itemgetter(1)))


def _caps(case: Case, ahead: tuple[date, ...], left: int) -> list[tuple[str, int]]:
    policy = case.policy
    caps = [
        ("max_days_a_delivery", policy.max_days_a_delivery),
        ("max_days_on_hand", max(0, policy.max_days_on_hand - case.doses)),
    ]
    if len(ahead) < left:
        caps.append(("prescription_ends_on", len(ahead)))
    review_on = case.review_on
    if review_on is not None:
        caps.append(("review_on", sum(on < review_on for on in ahead)))
    affordable = affordable_days(case)
    if affordable is not None:
        caps.append((AFFORDABLE, affordable))
    if left < policy.max_days_a_delivery:
        caps.append((COURSE_END, left))
    return caps


def days_left(case: Case, first: date, ahead: tuple[date, ...]) -> int:
    """Return how many free dose-days there would be had the prescription no end, up to one delivery's most."""
    most = case.policy.max_days_a_delivery
    if case.regimen.prescription_ends_on is None or len(ahead) == most:
        return len(ahead)
    days = case.dose_days.unending.since(first)
    return sum(1 for _ in islice((on for on in days if not case.claims.is_claimed(on)), most))


def least_days(case: Case, left: int) -> int:
    """Return the fewest dose-days worth a visit: the policy's least, or all that is left of a course."""
    return min(case.policy.min_days_a_delivery, left)


def affordable_days(case: Case) -> int | None:
    """Return the dose-days that can be paid for at once; None where nobody asks."""
    if case.regimen.subsidised or case.policy.subsidised:
        return None
    own = case.regimen.affordable_days or case.policy.affordable_days_per_week
    return None if own is None else own + case.regimen.subsidy_days


def needed_days(case: Case, first: date, visit_on: date | None) -> int | None:
    """Return the free dose-days up to the next visit and the policy's buffer; None: as many as the caps allow."""
    if not is_scheduled(case) or visit_on is None:
        return None
    return case.free_count(first, visit_on + timedelta(days=case.policy.buffer_days))
