"""On which days somebody could visit a client: what moves `latest_safe_at` earlier (rule 11).

Law: dates and areas only, as the rules have it; hours, shifts and modes are the route's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import shapely

from routing.checking.case import Case
from routing.domain.clients import Client
from routing.domain.hours import Weekday
from routing.domain.passes import Pass, PassStatus, RuleKind


def visit_possible(case: Case, client: Client, on: date, weekdays: Sequence[Weekday]) -> bool:
    """Whether calendar, the policy's weekdays (none: all) and some pass allow a visit on a date."""
    if case.programme.calendar.is_closed(on) or (weekdays and Weekday.of(on) not in weekdays):
        return False
    return not _pass_required(case, on) or _pass_reaches(case, client, on)


def _pass_required(case: Case, on: date) -> bool:
    return any(
        rule.kind is RuleKind.PASS_REQUIRED and _in_force(case, on, rule.valid_from_at, rule.valid_to_at)
        for rule in case.programme.movement_rules
    )


def _pass_reaches(case: Case, client: Client, on: date) -> bool:
    places = [place.location.point for place in (client.place, client.edge_place) if place and place.location]
    points = [case.areas.frame.metres(shapely.Point(place)) for place in places]
    return any(
        case.areas.pass_covers(permit, point)
        for permit in case.programme.passes
        if _usable(permit) and _in_force(case, on, permit.valid_from_at, permit.valid_to_at)
        for point in points
    )


def _usable(permit: Pass) -> bool:
    return permit.status is PassStatus.ACTIVE and not permit.used


def _in_force(case: Case, on: date, from_at: datetime, to_at: datetime | None) -> bool:
    starts_at, ends_at = case.end_of(on - timedelta(days=1)), case.end_of(on)
    return from_at < ends_at and (to_at is None or to_at >= starts_at)
