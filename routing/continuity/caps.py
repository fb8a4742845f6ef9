"""Rules 8 and 9: how many dose-days may be handed over, how many are needed, and what binds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from routing.continuity.case import Case
from routing.continuity.timing import is_scheduled


@dataclass(frozen=True)
class Cap:
    """A limit in dose-days from the run-out on, and the field it comes from."""

    name: str
    days: int


def tightest_cap(case: Case, ahead: tuple[date, ...]) -> Cap:
    """Return the smallest cap; of equal ones the first in the order of rule 8, then the end of the course.

    `ahead`: the free dose-days from the run-out on, as many as one delivery may hold. The site's stock is shared
    out later, over all orders (`stock.py`).
    """
    return min(_caps(case, ahead), key=lambda cap: cap.days)


def _caps(case: Case, ahead: tuple[date, ...]) -> Iterator[Cap]:
    policy, regimen = case.policy, case.regimen
    yield Cap("max_days_a_delivery", policy.max_days_a_delivery)
    yield Cap("max_days_on_hand", max(0, policy.max_days_on_hand - case.doses))
    if regimen.prescription_ends_on is not None:
        yield Cap("prescription_ends_on", len(ahead))
    if regimen.review_on is not None:
        yield Cap("review_on", sum(on < regimen.review_on for on in ahead))
    affordable = affordable_days(case)
    if affordable is not None:
        yield Cap("affordable_days", affordable)
    if len(ahead) < policy.max_days_a_delivery:
        yield Cap("course_end", len(ahead))


def affordable_days(case: Case) -> int | None:
    """Return the dose-days the client can pay for at once; None where nobody asks."""
    if case.regimen.subsidised or case.policy.subsidised:
        return None
    return case.regimen.affordable_days or case.policy.affordable_days_per_week


def needed_days(case: Case, run_out: date, visit_on: date | None) -> int | None:
    """Return the free dose-days up to the next visit and the policy's buffer; None: as many as the caps allow."""
    if not is_scheduled(case) or visit_on is None:
        return None
    until_on = visit_on + timedelta(days=case.policy.buffer_days)
    return sum(1 for _ in takewhile(lambda on: on < until_on, case.free_days(run_out)))
