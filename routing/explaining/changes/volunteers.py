"""What volunteers may be asked for. Law: what they will not do (vetoes) is never asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time

from routing.domain.clients import Client
from routing.domain.hours import Hours, Weekday
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.domain.volunteers import Authorisation, Break, CustodyCeiling, Mode, Vehicle, Volunteer
from routing.explaining.changes.change import Change, Wanted, exchanged, longer, on_day
from routing.passes.movement import on_duty

Targets = Callable[[Wanted], Iterator[Change]]


def everybody_on_duty(code: RemedyCode) -> Targets:
    """Return a maker of one change for each volunteer on duty."""

    def targets(wanted: Wanted) -> Iterator[Change]:
        for volunteer in on_duty_today(wanted):
            yield about(code, volunteer)

    return targets


def longer_shift(told: Programme, on: date, change: Change) -> Programme | None:
    """Let the shifts of the day end so much later."""
    return _shifts(told, on, change, lambda hours: longer(hours, later_min=change.size))


def earlier_shift(told: Programme, on: date, change: Change) -> Programme | None:
    """Let the shifts of the day begin so much earlier."""
    return _shifts(told, on, change, lambda hours: longer(hours, earlier_min=change.size))


def break_moved(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let each break begin so much later than it must."""

    def later(rest: Break) -> Break:
        minutes = min(rest.latest_time.hour * 60 + rest.latest_time.minute + change.size, 24 * 60 - 1)
        return rest.changed(latest_time=time(minutes // 60, minutes % 60))

    return with_volunteer(told, change, lambda one: one.changed(breaks=tuple(later(rest) for rest in one.breaks)))


def more_stops(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer visit so many more."""
    return with_volunteer(
        told, change, lambda one: None if one.max_stops is None else one.changed(max_stops=one.max_stops + change.size)
    )


def carry_more(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer carry so much more from the vehicle to a door."""
    return _vehicles(
        told,
        change,
        lambda each: each if each.carry_max_g is None else each.changed(carry_max_g=each.carry_max_g + change.size),
    )


def longer_walk(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer walk so much farther from the vehicle to a door."""
    return _vehicles(told, change, lambda each: each.changed(walk_max_m=min(each.walk_max_m + change.size, 5000)))


def custody_ceiling(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer have so much more of the goods in custody."""

    def make(one: Volunteer) -> Volunteer:
        held = {ceiling.product_id: ceiling.quantity for ceiling in one.custody}
        raised = {**held, **{product: held.get(product, 0.0) + change.size for product in change.details}}
        return one.changed(
            custody=tuple(CustodyCeiling(product_id=each, quantity=amount) for each, amount in raised.items())
        )

    return with_volunteer(told, change, make)


def ceilings(wanted: Wanted) -> Iterator[Change]:
    """Yield a higher ceiling for each volunteer on duty who may have goods in custody at all."""
    products = tuple(sorted({str(order.product_id) for order in wanted.orders if order.controlled}))
    for volunteer in on_duty_today(wanted) if products else ():
        if not volunteer.custody_blocked:
            yield about(RemedyCode.CUSTODY_CEILING, volunteer, details=products)


def other_vehicle(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer have one more vehicle, like the largest of its mode that anybody has."""
    like = max(
        (each for one in told.volunteers for each in one.vehicles if each.mode == change.id_of("mode")), key=_size
    )
    return with_volunteer(told, change, lambda one: one.changed(vehicles=(*one.vehicles, like)))


def vehicles_to_lend(wanted: Wanted) -> Iterator[Change]:
    """Yield for each volunteer on duty each mode of the programme with a vehicle that they do not have."""
    every = [each for one in wanted.programme.volunteers for each in one.vehicles]
    for volunteer in on_duty_today(wanted):
        for mode in Mode:
            alike = [each for each in every if each.mode is mode]
            if alike and max(alike, key=_size) not in volunteer.vehicles:
                yield about(RemedyCode.OTHER_VEHICLE, volunteer, ("mode", str(mode)))


def pair(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let two volunteers visit together."""
    return with_volunteer(told, change, lambda one: one.changed(pairs_with=change.id_of("partner_id")))


def pairs_to_form(wanted: Wanted) -> Iterator[Change]:
    """Yield any two on duty who begin and end together and have no partner."""
    free = [one for one in on_duty_today(wanted) if one.pairs_with is None]
    for number, one in enumerate(free):
        for other in free[number + 1 :]:
            if _ends(one) == _ends(other):
                yield about(RemedyCode.PAIR, one, ("partner_id", other.volunteer_id))


def clearance(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a volunteer be cleared for the day."""
    return with_volunteer(told, change, lambda one: one.changed(clearance_to_on=on))


def not_cleared(wanted: Wanted) -> Iterator[Change]:
    """Yield everybody whose clearance has run out, and who would be there else."""
    for one in _willing(wanted):
        expired = one.clearance_to_on is not None and one.clearance_to_on < wanted.on
        if expired and wanted.on not in one.absent_on:
            yield about(RemedyCode.CLEARANCE, one)


def authorisation(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a volunteer be trained, or have what has run out renewed."""

    def make(one: Volunteer) -> Volunteer:
        others = tuple(each for each in one.authorisations if each.authorisation_id not in change.details)
        return one.changed(authorisations=(*others, *(Authorisation(authorisation_id=each) for each in change.details)))

    return with_volunteer(told, change, make)


def to_authorise(wanted: Wanted) -> Iterator[Change]:
    """Yield training for each volunteer on duty in all that goods and client ask for."""
    asked = {*wanted.client.requires, *(name for order in wanted.orders for name in order.requires)}
    for volunteer in on_duty_today(wanted) if asked else ():
        yield about(RemedyCode.AUTHORISATION, volunteer, details=tuple(sorted(asked)))


def come_in(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a volunteer come who is away on the day, or has no shift on its weekday."""
    today = Weekday.of(on)

    def make(one: Volunteer) -> Volunteer:
        extra = (
            () if any(today in each.weekdays for each in one.shifts) else (one.shifts[0].changed(weekdays=(today,)),)
        )
        there = tuple(day for day in one.absent_on if day != on)
        return one.changed(absent_on=there, shifts=(*one.shifts, *extra))

    return with_volunteer(told, change, make)


def away(wanted: Wanted) -> Iterator[Change]:
    """Yield everybody who is away on the day, or has no shift on its weekday."""
    today = Weekday.of(wanted.on)
    for one in _willing(wanted):
        if wanted.on in one.absent_on or not any(today in each.weekdays for each in one.shifts):
            yield about(RemedyCode.COME_IN, one)


def on_duty_today(wanted: Wanted) -> Sequence[Volunteer]:
    """Return who has a shift on the day, is there and healthy, and whom the client would let in."""
    today = Weekday.of(wanted.on)
    return [
        one
        for one in _willing(wanted)
        if on_duty(one, wanted.on) and any(today in each.weekdays for each in one.shifts)
    ]


def _willing(wanted: Wanted) -> Iterator[Volunteer]:
    client: Client = wanted.client
    for one in wanted.programme.volunteers:
        if one.volunteer_id not in client.vetoes and client.client_id not in one.vetoes:
            yield one


def about(code: RemedyCode, volunteer: Volunteer, *ids: tuple[str, str], details: tuple[str, ...] = ()) -> Change:
    """Return a change about a volunteer."""
    return Change(code=code, ids=(("volunteer_id", volunteer.volunteer_id), *ids), details=details)


def with_volunteer(told: Programme, change: Change, make: Callable[[Volunteer], Volunteer | None]) -> Programme | None:
    """Return the programme with one volunteer made anew."""
    mine = change.id_of("volunteer_id")
    volunteers = exchanged(told.volunteers, lambda one: one.volunteer_id == mine, make)
    return None if volunteers is None else told.changed(volunteers=volunteers)


def _shifts(told: Programme, on: date, change: Change, make: Callable[[Hours], Hours | None]) -> Programme | None:
    def moved(one: Volunteer) -> Volunteer | None:
        shifts = on_day(one.shifts, on, make)
        return None if shifts is None else one.changed(shifts=shifts)

    return with_volunteer(told, change, moved)


def _vehicles(told: Programme, change: Change, make: Callable[[Vehicle], Vehicle]) -> Programme | None:
    return with_volunteer(
        told, change, lambda one: one.changed(vehicles=tuple(make(vehicle) for vehicle in one.vehicles))
    )


def _size(vehicle: Vehicle) -> tuple[int, int, str]:
    return vehicle.max_mass_g, vehicle.max_volume_ml, vehicle.plate or ""


def _ends(one: Volunteer) -> object:
    return one.start.location, (one.end or one.start).location
