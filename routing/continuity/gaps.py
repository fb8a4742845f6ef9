"""Rule 9: dose-days that no legal supply covers, with what binds and until when somebody can act.

Law: a gap is said as soon as it is known, also where an order is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice, takewhile

from routing.continuity import courses
from routing.continuity.caps import AFFORDABLE, Cap, affordable_days, days_left, least_days, tightest_cap
from routing.continuity.case import Case
from routing.continuity.day import MOST_DAYS_TO_A_VISIT, ONE_DAY, days_between
from routing.continuity.derived import derived
from routing.continuity.timing import days_apart, next_visit_on
from routing.continuity.units import Lot
from routing.domain.orders import Gap

WORDS = {
    "prescription_ends_on": "prescribed",
    "review_on": "before the prescriber's review",
    "affordable_days": "affordable",
    "course_end": "left of the course",
    "custody": "within what one volunteer may have in custody",
    "site_stock": "in stock",
}


def no_visit_gap(case: Case, run_out: date) -> Gap | None:
    """Return the gap where no visit day lies between the earliest refill and the end of the dose window."""
    first_on = max(case.day.on, case.earliest_on(run_out))
    last_on = case.day.window_end(case.policy, run_out).on
    if last_on > case.day.known_to_on or case.first_visit_on(first_on, last_on) is not None:
        return None
    visit_on = case.first_visit_on(last_on + ONE_DAY, date.fromordinal(last_on.toordinal() + MOST_DAYS_TO_A_VISIT))
    uncovered = _uncovered(case, run_out, visit_on, frozenset())
    message = f"nobody may come from {first_on} to {last_on}: {_not_covered(case, uncovered, visit_on)}"
    return _gap(case, uncovered, "no_visit_day", message)


def gap_of(case: Case, first: date, lots: Sequence[Lot], cap: Cap) -> Gap | None:
    """Return the gap that remains after today's delivery of `lots`: for want of a visit day, or by the cap.

    `first`: the first dose-day to be supplied.
    """
    return no_visit_gap(case, first) or _cap_gap(case, first, lots, cap)


def _cap_gap(case: Case, first: date, lots: Sequence[Lot], cap: Cap) -> Gap | None:
    if not lots and cap.name == "max_days_on_hand" and first > case.day.on:
        return None  # what is at home grows less: a later day may bring what this one may not
    visit_on = next_visit_on(case)
    if lots and visit_on is not None and lots[-1].covers[-1] >= visit_on - ONE_DAY:
        return None
    supplied = frozenset(on for lot in lots for on in lot.covers)
    uncovered = _uncovered(case, first, visit_on, supplied)
    if not uncovered:
        return None
    limits = _limits(case, cap) if lots else f"{_limits(case, cap)}, {_too_little(case, cap)}"
    message = (
        f"{limits}: {_not_covered(case, uncovered, visit_on)}{_offer(case, first, cap, len(supplied) + len(uncovered))}"
    )
    return _gap(case, uncovered, cap.name, message)


def _offer(case: Case, first: date, cap: Cap, wanted: int) -> str:
    """Say which subsidy, or how many visits a week, would cover `wanted` dose-days that are more than affordable."""
    own, visits = affordable_days(case), case.policy.visits_per_week
    if cap.name != AFFORDABLE or own is None:
        return ""
    ahead = tuple(islice(case.free_days(first), case.policy.max_days_a_delivery))
    left = days_left(case, first, ahead)
    least = least_days(case, left)
    most = tightest_cap(case, ahead, left, but=AFFORDABLE).days
    subsidy = max(wanted, least) - own
    offers = [f"a subsidy of {_days(subsidy)}"] if own + subsidy <= most else []
    if visits is not None and not case.policy.visit_weekdays and own >= least:
        more = (number for number in range(visits + 1, 8) if days_apart(number) <= own)
        offers += [f"{number} visits a week" for number in islice(more, 1)]
    return f"; {' or '.join(offers)} would cover it" if offers else ""


def _uncovered(case: Case, first: date, visit_on: date | None, supplied: frozenset[date]) -> list[date]:
    """Return the dose-days before a visit that are not supplied; a counted course stands still until somebody comes."""
    until_on = visit_on or case.day.known_to_on + ONE_DAY
    days = [on for on in takewhile(lambda on: on < until_on, case.wanted_days(first)) if on not in supplied]
    if not days or not courses.is_counted(case.regimen):
        return days
    return list(takewhile(lambda on: on < until_on, case.standing_days(days[0])))


def _limits(case: Case, cap: Cap) -> str:
    allowed = case.policy.max_days_a_delivery
    if cap.name == "max_days_a_delivery":
        return f"{_days(allowed)} allowed"
    if cap.name == "max_days_on_hand":
        return f"{_days(case.policy.max_days_on_hand)} allowed at home, {case.doses} there already"
    return f"{_days(allowed)} allowed, {cap.days} {WORDS[cap.name]}"


def _too_little(case: Case, cap: Cap) -> str:
    pack_days = case.product.pack_days
    if pack_days is not None and cap.days < pack_days:
        return f"a pack lasts {pack_days}"
    return f"a delivery is at least {case.policy.min_days_a_delivery}"


def _not_covered(case: Case, uncovered: Sequence[date], visit_on: date | None) -> str:
    """Say how many days; a visit later than is looked ahead is not known to come, so it is not named."""
    is_known = visit_on is not None and visit_on <= case.day.known_to_on
    before = f"before the visit of {visit_on}" if is_known else f"up to {uncovered[-1]}"
    count = len(uncovered)
    return f"1 dose-day {before} is not covered" if count == 1 else f"{count} dose-days {before} are not covered"


def _gap(case: Case, uncovered: Sequence[date], cap: str, message: str) -> Gap:
    return derived(
        Gap,
        client_id=case.client.client_id,
        product_id=case.product.product_id,
        from_on=uncovered[0],
        to_on=uncovered[-1],
        act_by_on=_act_by_on(case, uncovered[0]),
        binding_cap=cap,
        message=message,
    )


def _act_by_on(case: Case, from_on: date) -> date:
    """Return the last day before the gap on which somebody may come; today where there is none."""
    before = reversed(list(days_between(case.day.on, from_on - ONE_DAY)))
    return next((on for on in before if case.is_open(on)), case.day.on)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
