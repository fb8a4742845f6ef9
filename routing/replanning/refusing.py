"""Events that cannot be: of another day, out of order, about nobody, or two of one visit. Law: all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from hashlib import sha256

from routing.domain.day_so_far import DaySoFar
from routing.domain.errors import DayError, Problem
from routing.domain.events import Events, Loaded, NewClient, StreetClosed, VisitDone, VisitFailed, VisitPartly
from routing.domain.hours import at
from routing.domain.loading import dump_programme
from routing.domain.plan import Plan, StepType
from routing.domain.programme import Programme
from routing.domain.reading import pointer
from routing.network.extract import Extract
from routing.replanning.late_reports import taken_for_done

Visit = VisitDone | VisitPartly | VisitFailed


def refuse_events(programme: Programme, plan: Plan, events: Events, extract: Extract) -> None:
    """Refuse what cannot have happened on this plan's day.

    Raises
    ------
    DayError
        With every problem found.
    """
    found = [*_of_the_day(programme, plan, events), *_in_order(events), *_known(programme, events, extract)]
    if not found:
        found = [*_on_the_plan(programme.so_far(plan.date), plan, events)]
    if found:
        raise DayError(found)


def _of_the_day(programme: Programme, plan: Plan, events: Events) -> Iterator[Problem]:
    if plan.inputs.programme_sha256 != sha256(dump_programme(programme)).hexdigest():
        yield _problem(
            "plan_of_other_programme",
            "",
            "the plan was made from another programme, or from this one before it was changed",
            "give the programme it was made from: beside a plan of the rest of a day it stands as programme.json",
        )
    if events.on != plan.date:
        yield _problem(
            "events_of_other_day",
            "/on",
            f"the plan is of {plan.date}",
            "give the events of the plan's day, or its plan",
        )
        return
    begins_at = at(plan.date, time(), programme.zone)
    day = programme.so_far(plan.date)
    known_at = begins_at if day is None else day.now_at
    if not known_at <= events.now_at <= begins_at + timedelta(hours=48):
        yield _problem(
            "events_of_other_day",
            "/now_at",
            f"the day is known up to {known_at.isoformat()}, and ends with its night",
            "write the instant from which to plan; it is not before the one planned from last",
        )
    for number, event in enumerate(events.events):
        if not begins_at <= event.at <= events.now_at:
            yield _problem(
                "event_out_of_day",
                pointer("events", number, "at"),
                "the event lies before the day, or after `now_at`",
                "correct the instant; what is still to come is no event",
            )


def _in_order(events: Events) -> Iterator[Problem]:
    for number, event in enumerate(events.events):
        if number and event.at < events.events[number - 1].at:
            yield _problem(
                "events_out_of_order",
                pointer("events", number, "at"),
                "the event lies before the one above it",
                "write events in the order in which they happened",
            )


def _known(programme: Programme, events: Events, extract: Extract) -> Iterator[Problem]:
    known: dict[str, set[str]] = {
        "client_id": {each.client_id for each in programme.clients},
        "volunteer_id": {each.volunteer_id for each in programme.volunteers},
        "pass_id": {each.pass_id for each in programme.passes},
        "site_id": {each.site_id for each in programme.sites},
        "product_id": {each.product_id for each in programme.products},
    }
    for number, event in enumerate(events.events):
        for key, ids in known.items():
            named = getattr(event, key, None)
            if named is not None and named not in ids:
                yield _unknown(number, key, named)
        if isinstance(event, StreetClosed):
            for position, way_id in enumerate(event.way_ids):
                if way_id not in extract.ways:
                    yield _unknown(number, "way_ids", way_id, position)
        if isinstance(event, NewClient):
            known["client_id"].add(event.client.client_id)


def _unknown(number: int, key: str, named: object, *more: int) -> Problem:
    return _problem(
        "event_about_unknown",
        pointer("events", number, key, *more),
        f"nothing in the programme or its extract has the id {named}",
        "correct the id",
    )


def _on_the_plan(day: DaySoFar | None, plan: Plan, events: Events) -> Iterator[Problem]:
    """Find visits and loads that the plan does not have, orders that a visit does not have, and visits told twice.

    Visits that were taken for done before are still to be told of.
    """
    visits: dict[tuple[str, str], frozenset[str]] = {
        (route.volunteer_id, step.client_id or ""): frozenset(step.order_ids)
        for route in plan.routes
        if route.accompanies is None
        for step in route.steps
        if step.type is StepType.VISIT
    }
    loads = {
        (route.volunteer_id, step.site_id)
        for route in plan.routes
        for step in route.steps
        if step.type is StepType.LOAD
    }
    late = [each for each in (taken_for_done(day, event) for event in events.events) if each is not None]
    known = {(each.volunteer_id or "", each.client_id): frozenset(each.order_ids) for each in late}
    visits |= known
    seen: set[tuple[str, str]] = set()
    for number, event in enumerate(events.events):
        if isinstance(event, VisitDone | VisitPartly | VisitFailed):
            yield from _visit(number, event, visits, seen)
        elif isinstance(event, Loaded) and (event.volunteer_id, event.site_id) not in loads:
            yield _problem(
                "event_unknown_visit",
                pointer("events", number),
                f"volunteer {event.volunteer_id} loads nothing at {event.site_id} on this plan",
                "correct the ids, or give the plan that the volunteer follows",
            )


def _visit(
    number: int, event: Visit, visits: Mapping[tuple[str, str], frozenset[str]], seen: set[tuple[str, str]]
) -> Iterator[Problem]:
    key = event.volunteer_id, event.client_id
    if key not in visits:
        yield _problem(
            "event_unknown_visit",
            pointer("events", number),
            f"volunteer {event.volunteer_id} does not visit client {event.client_id} on this plan",
            "correct the ids (of two who visit together, name the one who carries), or give the plan they follow",
        )
    elif isinstance(event, VisitPartly) and not set(event.order_ids) <= visits[key]:
        yield _problem(
            "event_unknown_visit",
            pointer("events", number, "order_ids"),
            f"the visit to client {event.client_id} is not for these orders",
            f"name some of {', '.join(sorted(visits[key]))}",
        )
    if key in seen:
        yield _problem(
            "event_twice",
            pointer("events", number),
            f"the visit of volunteer {event.volunteer_id} to client {event.client_id} is told of above",
            "keep the one that is right",
        )
    seen.add(key)


def _problem(code: str, where: str, message: str, remedy: str) -> Problem:
    return Problem(code=code, where=where, message=message, remedy=remedy)
