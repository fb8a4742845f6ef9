"""Rule 11: how late is too late, and when somebody comes next. Law: instants are UTC, days are local dates."""

from __future__ import annotations

from datetime import date

from routing.continuity.case import Case
from routing.continuity.day import ONE_DAY, Deadline, days_between


def latest_safe(case: Case, run_out: date) -> Deadline:
    """Return the instant by which handing over must be finished.

    The end of the run-out day's window; where nobody may come on that date, the end of the last day before it on
    which somebody may, and of today if there is none: then today is the last chance, whatever it takes.
    """
    window = case.day.window_end(case.policy, run_out)
    if window.on <= case.day.on or case.is_visit_day(window.on):
        return window
    earlier = reversed(list(days_between(case.day.on + ONE_DAY, window.on - ONE_DAY)))
    last_on = next((on for on in earlier if case.is_visit_day(on)), case.day.on)
    return Deadline(case.day.end_of(last_on), last_on)


def next_visit_on(case: Case) -> date | None:
    """Return the next feasible visit after today: as the policy foresees, on a day when somebody may come.

    `visit_weekdays` decide; else `visits_per_week`, spaced evenly and rounded up (two a week: four days later).
    """
    return case.day.next_visit_on(case.client.client_id, case.policy, _spacing_days(case))


def is_scheduled(case: Case) -> bool:
    """Whether the policy says when visits come."""
    return bool(case.policy.visit_weekdays) or case.policy.visits_per_week is not None


def days_apart(visits_per_week: int) -> int:
    """Return how many days lie from one visit to the next."""
    return -(-7 // visits_per_week)


def _spacing_days(case: Case) -> int:
    if case.policy.visit_weekdays or case.policy.visits_per_week is None:
        return 1
    return days_apart(case.policy.visits_per_week)
