"""From volunteers, passes, rules and zones to duties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from shapely.geometry.base import BaseGeometry

from routing.domain.duties import Duty
from routing.domain.passes import Pass
from routing.domain.programme import Programme
from routing.domain.volunteers import Vehicle, Volunteer
from routing.passes.areas import area_of
from routing.passes.movement import legal_spans, on_duty, usable
from routing.passes.zones import zone_runs


def duties_of(programme: Programme, on: date) -> tuple[Duty, ...]:
    """Return every way in which a volunteer, or a pair, may lawfully work on a date.

    A volunteer with several vehicles, passes or spans has several duties, of which those used must not overlap.
    On the calendar's closed days there are none. Pairs are formed of two duties in the same mode: both areas,
    both spans, all zones closed to either.
    """
    if programme.calendar.is_closed(on):
        return ()
    alone = [duty for volunteer in programme.volunteers for duty in _duties(programme, volunteer, on)]
    return (*alone, *_pairs(programme, alone))


def _duties(programme: Programme, volunteer: Volunteer, on: date) -> Iterator[Duty]:
    if not on_duty(volunteer, on):
        return
    number = 0
    for vehicle in volunteer.vehicles:
        for permit in _permits(programme, volunteer, vehicle):
            for duty in _under(programme, volunteer, vehicle, permit, on):
                number += 1
                yield replace(duty, duty_id=f"{volunteer.volunteer_id}.{number}")


def _permits(programme: Programme, volunteer: Volunteer, vehicle: Vehicle) -> Iterator[Pass | None]:
    yield None
    for permit in programme.passes:
        if permit.volunteer_id == volunteer.volunteer_id and usable(permit, vehicle):
            yield permit


def _under(
    programme: Programme, volunteer: Volunteer, vehicle: Vehicle, permit: Pass | None, on: date
) -> Iterator[Duty]:
    purposes = None if permit is None else frozenset(permit.purposes)
    for span in legal_spans(programme, volunteer, vehicle, permit, on):
        for run in zone_runs(programme.zones, span, purposes):
            yield Duty(
                duty_id="",
                volunteer_id=volunteer.volunteer_id,
                partner_id=None,
                mode=vehicle.mode,
                vehicle=vehicle,
                pass_ids=() if permit is None else (permit.pass_id,),
                purposes=run.purposes,
                start_at=run.span[0],
                end_at=run.span[1],
                allowed=None if permit is None else area_of(permit),
                blocked=run.blocked,
            )


def _pairs(programme: Programme, alone: list[Duty]) -> Iterator[Duty]:
    partners = {
        pair
        for volunteer in programme.volunteers
        if volunteer.pairs_with is not None
        for pair in (
            (volunteer.volunteer_id, volunteer.pairs_with),
            (volunteer.pairs_with, volunteer.volunteer_id),
        )
    }
    for lead in alone:
        for partner in alone:
            if (lead.volunteer_id, partner.volunteer_id) in partners and lead.mode == partner.mode:
                yield from _together(lead, partner)


def _together(lead: Duty, partner: Duty) -> Iterator[Duty]:
    """Yield the duty of two who ride side by side, the lead carrying everything."""
    start, end = max(lead.start_at, partner.start_at), min(lead.end_at, partner.end_at)
    if start < end:
        yield replace(
            lead,
            duty_id=f"{lead.duty_id}+{partner.duty_id}",
            partner_id=partner.volunteer_id,
            pass_ids=(*lead.pass_ids, *partner.pass_ids),
            start_at=start,
            end_at=end,
            allowed=_common(lead.allowed, partner.allowed),
            blocked=(*lead.blocked, *partner.blocked),
        )


def _common(left: BaseGeometry | None, right: BaseGeometry | None) -> BaseGeometry | None:
    if left is None or right is None:
        return right if left is None else left
    return left.intersection(right)
