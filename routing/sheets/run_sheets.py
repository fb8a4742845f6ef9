"""The dispatcher's run sheet. Law: code, load and deadline; no product, no illness, no address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from routing.domain.plan import Step, StepType
from routing.sheets.day import Day
from routing.sheets.papers import Run, RunLine, RunSheet
from routing.sheets.parcels import mass_g
from routing.sheets.texts import printable


def run_sheet(day: Day) -> RunSheet:
    """Return the run sheet of a plan."""
    return RunSheet(on=day.plan.date, runs=tuple(_run(day, index) for index in range(len(day.plan.routes))))


def _run(day: Day, route_index: int) -> Run:
    route = day.plan.routes[route_index]
    volunteer = day.volunteers.get(route.volunteer_id)
    return Run(
        route=day.route_codes[route_index],
        volunteer=printable(volunteer.code_name if volunteer else "", route.volunteer_id),
        mode=route.mode,
        start_at=day.local(route.start_at),
        end_at=day.local(route.end_at),
        lines=tuple(_lines(day, route_index)),
    )


def _lines(day: Day, route_index: int) -> Iterator[RunLine]:
    visits = [
        (index, step)
        for index, step in enumerate(day.plan.routes[route_index].steps)
        if step.type is StepType.VISIT and step.client_id is not None
    ]
    for number, (index, step) in enumerate(visits, start=1):
        from_at, to_at = day.from_to(step.begin_at, step.departure_at)
        client = day.clients.get(step.client_id or "")
        yield RunLine(
            number=number,
            code_name=day.names[step.client_id or ""],
            client=printable(client.code_name if client else "", step.client_id or ""),
            from_at=from_at,
            to_at=to_at,
            latest_at=_closes_at(day, step),
            parcels=len(day.codes_at(route_index, index)),
            mass_g=mass_g(step.items, day.products),
        )


def _closes_at(day: Day, step: Step) -> datetime | None:
    """Return when the client's window closes in which the visit lies; None without windows."""
    client = day.clients.get(step.client_id or "")
    spans = (hours.span(day.plan.date, day.programme.zone) for hours in (client.windows if client else ()))
    ends = [span[1] for span in spans if span is not None and span[0] <= step.begin_at <= span[1]]
    return day.local(max(ends)) if ends else None
