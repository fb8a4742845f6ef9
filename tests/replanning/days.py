"""Days that go on: carry a plan out up to an instant, say what happened, plan the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from routing.domain.events import Event, Events
from routing.domain.plan import Plan, Route, Step, StepType
from routing.domain.programme import Programme
from routing.plan_day import Budget, plan_day
from routing.replanning import Replanned, apply_events, replan
from tests.solver.town import town


def told(plan: Plan, now_at: datetime, events: Sequence[Event] = (), **fields: Any) -> Events:
    """Return the document of some events."""
    return Events(schema_="doorstep.events/1", on=plan.date, now_at=now_at, events=tuple(events), **fields)


def again(programme: Programme, before: Plan | None, iterations: int = 3) -> Plan:
    """Plan a programme's day in the town; the checker has passed what comes back."""
    return plan_day(programme, before.date, *town(), Budget(iterations=iterations), before=before)


def replanned(programme: Programme, plan: Plan, now_at: datetime, *events: Event, **fields: Any) -> Replanned:
    """Plan the rest of a day in the town."""
    return replan(programme, plan, told(plan, now_at, events, **fields), town()[0], again)


def applied(programme: Programme, plan: Plan, now_at: datetime, *events: Event, **fields: Any) -> Programme:
    """Return the programme as the events leave it."""
    return apply_events(programme, plan, told(plan, now_at, events, **fields), town()[0]).programme


def visits(plan: Plan) -> list[tuple[Route, Step]]:
    """Return the visits of those who carry, by time."""
    found = [
        (route, step)
        for route in plan.routes
        if route.accompanies is None
        for step in route.steps
        if step.type is StepType.VISIT
    ]
    return sorted(found, key=lambda pair: pair[1].begin_at)


def visit_of(plan: Plan, client_id: str) -> tuple[Route, Step]:
    """Return the visit to a client."""
    return next(pair for pair in visits(plan) if pair[1].client_id == client_id)


def order_of_visits(plan: Plan, volunteer_id: str) -> list[str | None]:
    """Return whom somebody visits, in order."""
    return [step.client_id for route, step in visits(plan) if route.volunteer_id == volunteer_id]


def steps_of(plan: Plan, volunteer_id: str) -> list[tuple[str, str | None]]:
    """Return what somebody does, with whom or where, in order."""
    routes = sorted((r for r in plan.routes if r.volunteer_id == volunteer_id), key=lambda route: route.start_at)
    return [(str(s.type), s.client_id or s.site_id) for route in routes for s in route.steps]
