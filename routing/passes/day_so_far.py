"""What is left of the duties of a day that is under way.

Law: whoever is on the road goes on with the vehicle they ride, and under the pass of the trip they are on as long as it
holds: passes never combine on a trip. Nobody goes on before they are free, or with cargo that a pass is not for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC

from routing.domain.day_so_far import DaySoFar, VolunteerSoFar
from routing.domain.duties import Duty
from routing.domain.products import Purpose
from routing.domain.programme import Programme
from routing.domain.volunteers import Vehicle


def duties_left(programme: Programme, day: DaySoFar | None, duties: Sequence[Duty]) -> tuple[Duty, ...]:
    """Return the duties as far as they are still to come; all of them on a day that has not begun.

    Whoever is on the road goes on from there (`from_the_road`), and may go out again once they are home.
    """
    if day is None:
        return tuple(duties)
    purposes = {product.product_id: product.purpose for product in programme.products}
    left: list[Duty] = []
    for duty in duties:
        people = [(one, day.of(one)) for one in (duty.volunteer_id, duty.partner_id) if one is not None]
        free_at = max(day.now_at if so_far is None else so_far.free_at for _, so_far in people).astimezone(UTC)
        if free_at >= duty.end_at or any(so_far is not None and so_far.out_of_service for _, so_far in people):
            continue
        later = replace(duty, start_at=max(free_at, duty.start_at))
        out = any(so_far is not None and so_far.on_the_road for _, so_far in people)
        if out and _goes_on_from_here(people, duty, duties, purposes):
            left.append(replace(later, duty_id=f"{duty.duty_id}.now", from_the_road=True))
        left.append(later)
    return tuple(left)


def _goes_on_from_here(
    people: Sequence[tuple[str, VolunteerSoFar | None]],
    duty: Duty,
    duties: Sequence[Duty],
    purposes: Mapping[str, Purpose],
) -> bool:
    """Whether a duty goes on with what its people are doing, together and with what they carry."""
    states = [(one, so_far) for one, so_far in people if so_far is not None]
    together = len({_whereabouts(so_far) for _, so_far in people}) == 1
    carried = {purposes[parcel.product_id] for _, each in states for parcel in (*each.aboard, *each.fetched)}
    fits = duty.purposes is None or carried <= duty.purposes
    return together and fits and all(_goes_on(one, so_far, duty, duties) for one, so_far in states)


def _whereabouts(so_far: VolunteerSoFar | None) -> tuple[object, ...]:
    """Return where somebody is: two go together from one place only. Those at home start there, or end there."""
    if so_far is None or not so_far.on_the_road:
        return ("home",)
    return so_far.client_id, so_far.site_id, so_far.at_edge


def _goes_on(one: str, so_far: VolunteerSoFar, duty: Duty, duties: Sequence[Duty]) -> bool:
    """Whether a duty goes on with what somebody on the road is doing."""
    if not _rides(one, so_far, duty):
        return False
    outdoors = so_far.client_id is not None
    holding = [
        other
        for other in duties
        if outdoors and _rides(one, so_far, other) and _passes(one, other) == so_far.pass_ids and _holds(other, so_far)
    ]
    return not holding or _passes(one, duty) == so_far.pass_ids


def _holds(duty: Duty, so_far: VolunteerSoFar) -> bool:
    return duty.start_at <= so_far.free_at.astimezone(UTC) < duty.end_at


def _rides(one: str, so_far: VolunteerSoFar, duty: Duty) -> bool:
    """Whether somebody is on a duty with the vehicle that they are on the road with."""
    vehicle: Vehicle | None = None
    if one == duty.volunteer_id:
        vehicle = duty.vehicle
    elif one == duty.partner_id:
        vehicle = duty.partner_vehicle
    return vehicle is not None and (vehicle.mode, vehicle.plate) == (so_far.mode, so_far.plate)


def _passes(one: str, duty: Duty) -> tuple[str, ...]:
    return duty.pass_ids if one == duty.volunteer_id else duty.partner_pass_ids
