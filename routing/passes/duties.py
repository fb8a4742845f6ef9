"""From volunteers, passes, rules, zones and checkpoints to duties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from routing.domain.duties import Duty
from routing.domain.passes import Pass
from routing.domain.programme import Programme
from routing.domain.volunteers import Vehicle, Volunteer
from routing.passes.areas import area_of
from routing.passes.movement import legal_spans, manned, on_duty, usable
from routing.passes.pairs import together
from routing.passes.zones import zone_runs


def duties_of(programme: Programme, on: date) -> tuple[Duty, ...]:
    """Return every way in which a volunteer, or a pair, may lawfully work on a date.

    A volunteer with several vehicles, passes or spans has several duties, of which those used must not overlap.
    On the calendar's closed days there are none. Pairs are formed of two duties in the same mode: both areas,
    both spans, all zones closed to either; each person under a pass of their own, or both under one pass for two.
    """
    if programme.calendar.is_closed(on):
        return ()
    volunteers = [volunteer for volunteer in programme.volunteers if on_duty(volunteer, on)]
    own = {each.volunteer_id: tuple(_duties(programme, each, on)) for each in volunteers}
    known = {each.volunteer_id: each for each in volunteers}
    pairs = [(lead, partner) for lead, partner in _pairs(programme) if lead in own and partner in own]
    alone = [duty for duties in own.values() for duty in duties]
    for lead, partner in pairs:
        alone += together(own[lead], own[partner])
        # Either may hold the pass for two; the other is that one's guest.
        alone += together(own[lead], tuple(_as_guest(programme, known[partner], lead, on)), one_pass=True)
        alone += together(tuple(_as_guest(programme, known[lead], partner, on)), own[partner], one_pass=True)
    return tuple(alone)


def _duties(programme: Programme, volunteer: Volunteer, on: date) -> Iterator[Duty]:
    papers = [permit for permit in programme.passes if permit.volunteer_id == volunteer.volunteer_id]
    number = 0
    for vehicle in volunteer.vehicles:
        for permit in (None, *papers):
            for duty in _under(programme, volunteer, vehicle, permit, on):
                number += 1
                yield replace(duty, duty_id=f"{volunteer.volunteer_id}.{number}")


def _as_guest(programme: Programme, guest: Volunteer, holder_id: str, on: date) -> Iterator[Duty]:
    """Yield how somebody may move beside the holder of passes for two or more."""
    number = 0
    for vehicle in guest.vehicles:
        for permit in programme.passes:
            if permit.volunteer_id == holder_id and permit.persons_max > 1:
                for duty in _under(programme, guest, vehicle, permit, on):
                    number += 1
                    yield replace(duty, duty_id=f"{guest.volunteer_id}.{holder_id}.{number}")


def _under(
    programme: Programme, volunteer: Volunteer, vehicle: Vehicle, permit: Pass | None, on: date
) -> Iterator[Duty]:
    if permit is not None and not usable(permit, vehicle):
        return
    purposes = None if permit is None else frozenset(permit.purposes)
    checkpoints = manned(programme, vehicle.mode, on)
    for span in legal_spans(programme, volunteer, vehicle, permit, on):
        for run in zone_runs(programme.zones, span, purposes, checkpoints):
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
                zone_ids=tuple(zone.zone_id for zone in run.closed),
                delays=run.delays,
            )


def _pairs(programme: Programme) -> list[tuple[str, str]]:
    """Return who may lead whom: a pair goes either way round."""
    asked = [(each.volunteer_id, each.pairs_with) for each in programme.volunteers if each.pairs_with is not None]
    return list(dict.fromkeys(pair for lead, partner in asked for pair in ((lead, partner), (partner, lead))))
