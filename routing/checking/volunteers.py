"""May the volunteer work then, there and so long? Rules of `docs/rules.md`, section 4, first part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from routing.checking.case import Case, Stage, same_place
from routing.checking.times import within_one
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.hours import at
from routing.domain.places import Location
from routing.domain.plan import Route, Step, StepType
from routing.domain.volunteers import Break, Volunteer


def volunteer_violations(case: Case) -> Iterator[Violation]:
    """Judge the routes of every volunteer."""
    for index, route in enumerate(case.plan.routes):
        volunteer = case.volunteers.get(route.volunteer_id)
        if volunteer is not None:
            where = f"/routes/{index}"
            yield from _shift(case, where, route, volunteer)
            yield from _fit_for_duty(case, where, volunteer)
            yield from _mode(case, where, route)
            yield from _breaks(case, index, route, volunteer)
    for stage in case.stages:
        yield from _ends(stage)
    yield from _overlap(case)
    yield from _stops(case)


def route_span(route: Route) -> tuple[datetime, datetime]:
    """Return the time a route takes: its own word, and its steps' where they reach further."""
    steps = route.steps
    starts = [route.start_at, *([steps[0].departure_at] if steps else [])]
    ends = [route.end_at, *([steps[-1].arrival_at] if steps else [])]
    return min(starts), max(ends)


def _shift(case: Case, where: str, route: Route, volunteer: Volunteer) -> Iterator[Violation]:
    """Require that a route lies within one shift that starts on D."""
    spans = case.spans(volunteer.shifts, days_before=0, days_after=0)
    if not within_one(route_span(route), spans):
        text = "the route is not within one shift of volunteer {volunteer_id}"
        yield violation(Code.OUTSIDE_SHIFT, where, text, volunteer_id=volunteer.volunteer_id)


def _fit_for_duty(case: Case, where: str, volunteer: Volunteer) -> Iterator[Violation]:
    """Require that the volunteer is there on D, and cleared."""
    if case.on in volunteer.absent_on:
        text = "volunteer {volunteer_id} is absent"
        yield violation(Code.VOLUNTEER_ABSENT, where, text, volunteer_id=volunteer.volunteer_id)
    if volunteer.clearance_to_on is not None and volunteer.clearance_to_on < case.on:
        text = "the clearance of volunteer {volunteer_id} has expired"
        yield violation(Code.CLEARANCE_EXPIRED, where, text, volunteer_id=volunteer.volunteer_id)


def _mode(case: Case, where: str, route: Route) -> Iterator[Violation]:
    """Require that mode and plate are those of one of the volunteer's vehicles."""
    if case.vehicle(route) is None:
        text = "volunteer {volunteer_id} has no such vehicle"
        yield violation(Code.MODE_NOT_AVAILABLE, f"{where}/mode", text, volunteer_id=route.volunteer_id)


def _ends(stage: Stage) -> Iterator[Violation]:
    """Require that every step but a visit is where its site, start or end is, and a break where one was before."""
    step = stage.step
    if step.type is StepType.VISIT:
        return  # visits.py: zones have a say in it
    if step.type is StepType.BREAK:
        wanted: Location | None = stage.origin.step.location if stage.origin else None
    else:
        wanted = stage.place.location if stage.place else None
    if wanted is None or not same_place(step.location, wanted):
        yield violation(Code.WRONG_PLACE, f"{stage.where}/location", "the step is not where it ought to be")


def _overlap(case: Case) -> Iterator[Violation]:
    """Require that a volunteer's routes follow each other, each starting where the one before ended."""
    by_volunteer = defaultdict(list)
    for index, route in enumerate(case.plan.routes):
        by_volunteer[route.volunteer_id].append((route_span(route), index))
    for volunteer_id, routes in by_volunteer.items():
        ordered = sorted(routes)
        for ((_, ended_at), _), ((started_at, _), index) in pairwise(ordered):
            if started_at < ended_at:
                text = "two routes of volunteer {volunteer_id} overlap"
                yield violation(Code.ROUTES_OVERLAP, f"/routes/{index}", text, volunteer_id=volunteer_id)
        volunteer = case.volunteers.get(volunteer_id)
        if len(ordered) > 1 and volunteer is not None and not _returns_to_start(volunteer):
            text = "volunteer {volunteer_id} does not end a route where the next one starts"
            where = f"/routes/{ordered[1][1]}"
            yield violation(Code.WRONG_PLACE, where, text, volunteer_id=volunteer_id)


def _returns_to_start(volunteer: Volunteer) -> bool:
    start, end = volunteer.start.location, (volunteer.end or volunteer.start).location
    return start is not None and end is not None and same_place(start, end)


def _stops(case: Case) -> Iterator[Violation]:
    """Require that a volunteer makes at most `max_stops` visits a day, those gone along to counted."""
    visits = Counter(stage.route.volunteer_id for stage in case.visits)
    visits.update({each.volunteer_id: each.visits for each in (case.day.volunteers if case.day else ())})
    for volunteer_id, count in sorted(visits.items()):
        volunteer = case.volunteers.get(volunteer_id)
        goes_out = any(route.volunteer_id == volunteer_id for route in case.plan.routes)
        if goes_out and volunteer is not None and volunteer.max_stops is not None and count > volunteer.max_stops:
            text = "volunteer {volunteer_id} makes {count} visits; {most} at most"
            params = {"volunteer_id": volunteer_id, "count": count, "most": volunteer.max_stops}
            yield violation(Code.TOO_MANY_STOPS, "/routes", text, **params)


def _breaks(case: Case, index: int, route: Route, volunteer: Volunteer) -> Iterator[Violation]:
    """Require that every break that falls into the route is taken, and every break taken is one of the volunteer's."""
    where = f"/routes/{index}"
    taken = [step for step in route.steps if step.type is StepType.BREAK]
    for rest in volunteer.breaks:
        fitting = [step for step in taken if _fits(case, rest, step)]
        if _rested(case, rest, volunteer):
            continue
        if _falls_into(case, rest, route) and not fitting:
            text = "a break of volunteer {volunteer_id} is missing"
            yield violation(Code.BREAK_MISSING, where, text, volunteer_id=volunteer.volunteer_id)
        elif fitting:
            taken.remove(fitting[0])
    for _ in taken:
        text = "a break is outside its span or too short for volunteer {volunteer_id}"
        yield violation(Code.BREAK_MISSING, where, text, volunteer_id=volunteer.volunteer_id)


def _break_spans(case: Case, rest: Break) -> list[tuple[datetime, datetime]]:
    """Return when a break may begin, on D and in the night after it."""
    days = [case.on, case.on + timedelta(days=1)]
    spans = [(at(on, rest.earliest_time, case.zone), at(on, rest.latest_time, case.zone)) for on in days]
    # In a night whose clocks jump a span may end before it begins: it is an instant then.
    return [(begins, max(begins, ends)) for begins, ends in spans]


def _rested(case: Case, rest: Break, volunteer: Volunteer) -> bool:
    """Whether a break was taken before the day was planned anew."""
    so_far = case.day.of(volunteer.volunteer_id) if case.day else None
    begun = () if so_far is None else so_far.rested_at
    return any(first <= begun_at <= last for begun_at in begun for first, last in _break_spans(case, rest))


def _fits(case: Case, rest: Break, step: Step) -> bool:
    long_enough = (step.departure_at - step.begin_at).total_seconds() >= rest.duration_s
    return long_enough and any(first <= step.begin_at <= last for first, last in _break_spans(case, rest))


def _falls_into(case: Case, rest: Break, route: Route) -> bool:
    starts_at, ends_at = route_span(route)
    return any(starts_at < last < ends_at for _, last in _break_spans(case, rest))
