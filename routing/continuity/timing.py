"""Rule 11: how late is too late, and when somebody comes next. Law: instants are UTC, days are local dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from routing.continuity.case import Case
from routing.continuity.day import MOST_DAYS_TO_A_VISIT, ONE_DAY, days_between
from routing.domain.hours import at


def window_ends_at(case: Case, run_out: date) -> datetime:
    """Return the end of a dose-day's window: the dose hour and the policy's hours of grace."""
    return at(run_out, case.policy.dose_time, case.day.zone) + timedelta(hours=case.policy.grace_h)


def latest_safe_at(case: Case, run_out: date) -> datetime:
    """Return the instant by which handing over must be finished.

    The end of the run-out day's window; where nobody may come on that date, the end of the last day before it on
    which somebody may, and of today if there is none: then today is the last chance, whatever it takes.
    """
    window_ends = window_ends_at(case, run_out)
    last_on = case.day.local_date(window_ends)
    if last_on <= case.day.on or case.is_visit_day(last_on):
        return window_ends
    earlier = reversed(list(days_between(case.day.on + ONE_DAY, last_on - ONE_DAY)))
    return case.day.end_of(next((on for on in earlier if case.is_visit_day(on)), case.day.on))


def next_visit_on(case: Case) -> date | None:
    """Return the next feasible visit after today: as the policy foresees, on a day when somebody may come.

    `visit_weekdays` decide; else `visits_per_week`, spaced evenly and rounded up (two a week: four days later).
    """
    first_on = case.day.on + timedelta(days=_spacing_days(case))
    return next((on for on in days_between(first_on, _far(first_on)) if case.is_visit_day(on)), None)


def is_scheduled(case: Case) -> bool:
    """Whether the policy says when visits come."""
    return bool(case.policy.visit_weekdays) or case.policy.visits_per_week is not None


def _spacing_days(case: Case) -> int:
    if case.policy.visit_weekdays or case.policy.visits_per_week is None:
        return 1
    return -(-7 // case.policy.visits_per_week)


def _far(on: date) -> date:
    return date.fromordinal(min(on.toordinal() + MOST_DAYS_TO_A_VISIT, date.max.toordinal() - 1))
