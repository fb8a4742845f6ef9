"""What authorities may be asked for: passes, exemptions from rules, exceptions for zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from shapely import Polygon, get_parts
from shapely.geometry.base import BaseGeometry

from routing.domain.hours import Hours, at
from routing.domain.orders import Order
from routing.domain.passes import MovementRule, Pass, PassStatus, RuleKind, Zone, ZoneEntry
from routing.domain.places import AreaMultiPolygon, AreaPolygon, Corridor, Position
from routing.domain.products import Purpose
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.explaining.changes.change import Change, Wanted, exchanged, longer, on_day
from routing.explaining.changes.volunteers import about, on_duty_today
from routing.passes.areas import grown

# Corners to the quarter of a grown area's round ones.
_CORNERS = 8


def passes(code: RemedyCode, asked: Callable[[Wanted, Pass], bool]) -> Callable[[Wanted], Iterator[Change]]:
    """Return a maker of one change for each pass of somebody on duty that is asked about."""

    def targets(wanted: Wanted) -> Iterator[Change]:
        holders = {one.volunteer_id for one in on_duty_today(wanted)}
        for permit in wanted.programme.passes:
            if permit.volunteer_id in holders and asked(wanted, permit):
                yield Change(code=code, ids=(("pass_id", permit.pass_id),))

    return targets


def in_force(wanted: Wanted, permit: Pass) -> bool:
    """Whether a pass is active, unused, and valid at some time of the day."""
    start, end = _day(wanted.programme, wanted.on)
    live = permit.status is PassStatus.ACTIVE and not permit.used
    return live and permit.valid_from_at < end and permit.valid_to_at > start


def has_area(wanted: Wanted, permit: Pass) -> bool:
    """Whether a pass that is in force holds in some areas only."""
    return in_force(wanted, permit) and bool(permit.areas or permit.corridors)


def not_in_force(wanted: Wanted, permit: Pass) -> bool:
    """Whether a pass is revoked, used or out of date."""
    return not in_force(wanted, permit)


def pass_renewed(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a pass be in force on the day and the night after it."""
    start, end = _day(told, on)

    def make(permit: Pass) -> Pass:
        return permit.changed(
            status=PassStatus.ACTIVE,
            used=False,
            valid_from_at=min(permit.valid_from_at, start),
            valid_to_at=max(permit.valid_to_at, end),
        )

    return _with_pass(told, change, make)


def pass_later(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a pass hold so much longer: its hours of the day, and its last hour where that is today's or tonight's."""
    end = _day(told, on)[1]

    def make(permit: Pass) -> Pass | None:
        hours = on_day(permit.hours, on, lambda each: longer(each, later_min=change.size)) if permit.hours else ()
        later = permit.valid_to_at + timedelta(minutes=change.size)
        return _timed(permit, hours, valid_to_at=permit.valid_to_at if permit.valid_to_at >= end else later)

    return _with_pass(told, change, make)


def pass_earlier(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a pass hold so much earlier: its hours of the day, and its first hour where that is today's."""
    start = _day(told, on)[0]

    def make(permit: Pass) -> Pass | None:
        hours = on_day(permit.hours, on, lambda each: longer(each, earlier_min=change.size)) if permit.hours else ()
        earlier = permit.valid_from_at - timedelta(minutes=change.size)
        return _timed(permit, hours, valid_from_at=permit.valid_from_at if permit.valid_from_at <= start else earlier)

    return _with_pass(told, change, make)


def _timed(permit: Pass, hours: tuple[Hours, ...] | None, **valid: datetime) -> Pass | None:
    return None if hours is None else permit.changed(hours=hours, **valid)


def pass_vehicle(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a pass be for every vehicle of its holder."""
    holders = {one.volunteer_id: one for one in told.volunteers}

    def make(permit: Pass) -> Pass:
        mine = holders[permit.volunteer_id].vehicles
        modes = (*permit.modes, *(each.mode for each in mine)) if permit.modes else ()
        plates = (*permit.plates, *(each.plate for each in mine if each.plate)) if permit.plates else ()
        return permit.changed(modes=tuple(dict.fromkeys(modes)), plates=tuple(dict.fromkeys(plates)))

    return _with_pass(told, change, make)


def pass_purpose(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a pass be for the client's goods, too."""
    asked = change.id_of("purposes").split(", ")

    def make(permit: Pass) -> Pass:
        named = {*permit.purposes, *(Purpose(each) for each in asked)}
        return permit.changed(purposes=tuple(each for each in Purpose if each in named))

    return _with_pass(told, change, make)


def purposes_to_add(wanted: Wanted) -> Iterator[Change]:
    """Yield for each pass in force what it would have to be for besides."""
    asked = _purposes(wanted.orders)
    for change in passes(RemedyCode.PASS_PURPOSE, in_force)(wanted):
        permit = next(each for each in wanted.programme.passes if each.pass_id == change.id_of("pass_id"))
        missing = ", ".join(str(each) for each in asked if each not in permit.purposes)
        if missing:
            yield Change(code=change.code, ids=(*change.ids, ("purposes", missing)))


def pass_area(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a pass hold so much farther around its areas and along its corridors."""

    def make(permit: Pass) -> Pass | None:
        corridors = tuple(_wider(corridor, change.size) for corridor in permit.corridors)
        if any(corridor is None for corridor in corridors):
            return None
        areas = tuple(area_from(grown(area.shape, change.size, _CORNERS)) for area in permit.areas)
        return permit.changed(areas=areas, corridors=corridors)

    return _with_pass(told, change, make)


def _wider(corridor: Corridor, by_m: int) -> Corridor | None:
    wide = corridor.half_width_m + by_m
    return corridor.changed(half_width_m=wide) if wide <= 100_000 else None


def area_from(shape: BaseGeometry) -> AreaPolygon | AreaMultiPolygon:
    """Return a shape in degrees as a document's area."""
    if isinstance(shape, Polygon):
        return AreaPolygon(type="Polygon", coordinates=_rings(shape))
    parts = [each for each in get_parts(shape) if isinstance(each, Polygon)]
    return AreaMultiPolygon(type="MultiPolygon", coordinates=tuple(_rings(each) for each in parts))


def _rings(polygon: Polygon) -> tuple[tuple[Position, ...], ...]:
    return tuple(
        tuple((round(x, 7), round(y, 7)) for x, y in ring.coords) for ring in (polygon.exterior, *polygon.interiors)
    )


def new_pass(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a volunteer have one more pass: everywhere, with any vehicle and cargo, on the day and the night after it."""
    start, end = _day(told, on)
    asked = Pass(
        pass_id=f"new.{change.id_of('volunteer_id')}"[:64],
        number="new",
        issuer="",
        volunteer_id=change.id_of("volunteer_id"),
        purposes=tuple(Purpose),
        valid_from_at=start,
        valid_to_at=end,
    )
    known = {permit.pass_id for permit in told.passes}
    return None if asked.pass_id in known else told.changed(passes=(*told.passes, asked))


def holders_to_be(wanted: Wanted) -> Iterator[Change]:
    """Yield a new pass for each volunteer on duty."""
    for volunteer in on_duty_today(wanted):
        yield about(RemedyCode.NEW_PASS, volunteer)


def rule_exemption(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let whoever has a pass move in spite of a curfew or a bar."""
    mine = change.id_of("rule_id")
    rules = exchanged(
        told.movement_rules, lambda rule: rule.rule_id == mine, lambda rule: rule.changed(pass_exempts=True)
    )
    return None if rules is None else told.changed(movement_rules=rules)


def rules_to_exempt_from(wanted: Wanted) -> Iterator[Change]:
    """Yield the curfews and bars of the day from which no pass exempts."""
    for rule in wanted.programme.movement_rules:
        if rule.kind is not RuleKind.PASS_REQUIRED and not rule.pass_exempts and _holds(wanted, rule):
            yield Change(code=RemedyCode.RULE_EXEMPTION, ids=(("rule_id", rule.rule_id),))


def zone_exception(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let a zone be entered with such goods alone."""
    asked = change.id_of("purposes").split(", ")

    def make(zone: Zone) -> Zone:
        named = {*zone.essential_purposes, *(Purpose(each) for each in asked)}
        essential = tuple(each for each in Purpose if each in named)
        return zone.changed(entry=ZoneEntry.ESSENTIAL_ALLOWED, essential_purposes=essential)

    zones = exchanged(told.zones, lambda zone: zone.zone_id == change.id_of("zone_id"), make)
    return None if zones is None else told.changed(zones=zones)


def zones_to_enter(wanted: Wanted) -> Iterator[Change]:
    """Yield the zones of the day, each for the client's goods."""
    asked = ", ".join(str(each) for each in _purposes(wanted.orders))
    for zone in wanted.programme.zones if asked else ():
        if _holds(wanted, zone):
            yield Change(code=RemedyCode.ZONE_EXCEPTION, ids=(("zone_id", zone.zone_id), ("purposes", asked)))


def _purposes(orders: tuple[Order, ...]) -> list[Purpose]:
    return sorted({order.purpose for order in orders if order.purpose is not None})


def _holds(wanted: Wanted, law: MovementRule | Zone) -> bool:
    start, end = _day(wanted.programme, wanted.on)
    return law.valid_from_at < end and (law.valid_to_at is None or law.valid_to_at > start)


def _day(told: Programme, on: date) -> tuple[datetime, datetime]:
    """Return a day's beginning and the end of the night after it."""
    return at(on, time(0), told.zone), at(on + timedelta(days=2), time(0), told.zone)


def _with_pass(told: Programme, change: Change, make: Callable[[Pass], Pass | None]) -> Programme | None:
    permits = exchanged(told.passes, lambda permit: permit.pass_id == change.id_of("pass_id"), make)
    return None if permits is None else told.changed(passes=permits)
