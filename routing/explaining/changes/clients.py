"""What a client may be asked for. Law: never to take back a veto, and nothing about what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time
from math import ceil

from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from routing.domain.clients import Client
from routing.domain.hours import Hours, Weekday
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.passes import PassStatus
from routing.domain.places import Location, Place, PlaceKind
from routing.domain.plan import Plan, StepType
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.explaining.changes.change import Change, Wanted, exchanged, longer, on_day
from routing.passes.areas import METRES_PER_DEGREE, area_of, grown

# A meeting point lies so far within an area, that the street beside it does, too; and no farther from home than that.
INSIDE_M = 15.0
FARTHEST_M = 1500
ROUNDED_M = 50


def consent(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let the client agree to visits."""
    return _with_client(told, change, lambda client: client.changed(consent=client.consent.changed(home_delivery=True)))


def window_today(told: Programme, on: date, change: Change) -> Programme | None:
    """Let the client be at home on the day, at whatever time."""
    today = Hours(from_time=time(0), to_time=time(0), weekdays=(Weekday.of(on),))
    return _with_client(told, change, lambda client: client.changed(windows=(*client.windows, today)))


def wider_window(told: Programme, on: date, change: Change) -> Programme | None:
    """Let each of the client's windows of the day begin and end so much earlier and later."""

    def wider(hours: Hours) -> Hours:
        whole = hours.changed(from_time=time(0), to_time=time(0))
        return longer(hours, earlier_min=change.size, later_min=change.size) or whole

    def make(client: Client) -> Client | None:
        windows = on_day(client.windows, on, wider)
        return None if windows is None else client.changed(windows=windows)

    return _with_client(told, change, make)


def meet_at_site(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let the client come to a site and be met there."""
    site = next(each for each in told.sites if each.site_id == change.id_of("site_id"))
    return _moved(told, change, site.place.location)


def sites_to_meet_at(wanted: Wanted) -> Iterator[Change]:
    """Yield a meeting at each site that has goods for the client."""
    mine = {order.site_id for order in wanted.orders}
    for site in wanted.programme.sites:
        if site.place.location is not None and (site.site_id in mine or mine == {None}):
            yield _of(wanted, RemedyCode.MEET_AT_SITE, ("site_id", site.site_id))


def meeting_point(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let the client be met at a point within a pass's area, or outside of a zone."""
    lon, lat = change.details
    return _moved(told, change, Location(lon=float(lon), lat=float(lat)))


def points_to_meet_at(wanted: Wanted) -> Iterator[Change]:
    """Yield the nearest point within each pass's area, and outside of each zone, that is not too far from home."""
    place = wanted.client.place.location
    if place is None:
        return
    for permit in wanted.programme.passes:
        area = area_of(permit)
        if area is not None and permit.status is PassStatus.ACTIVE:
            yield from _point(wanted, grown(area, -INSIDE_M), ("pass_id", permit.pass_id))
    for zone in wanted.programme.zones:
        if zone.area.shape.covers(Point(place.point)):
            outside = grown(zone.area.shape, INSIDE_M).boundary
            yield from _point(wanted, outside, ("zone_id", zone.zone_id))


def _point(wanted: Wanted, ground: BaseGeometry, about: tuple[str, str]) -> Iterator[Change]:
    home = Point(wanted.client.place.location.point) if wanted.client.place.location is not None else Point()
    if ground.is_empty or ground.covers(home):
        return
    there = nearest_points(ground, home)[0]
    # Degrees of longitude are shorter; so the figure is no less than the true one.
    metres = there.distance(home) * METRES_PER_DEGREE
    if metres <= FARTHEST_M:
        found = _of(wanted, RemedyCode.MEETING_POINT, about).sized(ceil(metres / ROUNDED_M) * ROUNDED_M)
        yield replace(found, details=(f"{there.x:.6f}", f"{there.y:.6f}"))


def day_earlier(told: Programme, _on: date, change: Change) -> Programme:
    """Let the client have been given on the day before what that day's plan brings."""
    entries = tuple(LedgerEntry.model_validate_json(entry) for entry in change.details)
    return told.changed(ledger=(*told.ledger, *entries))


def brought_the_day_before(wanted: Wanted) -> Iterator[Change]:
    """Yield what a plan of the day before brings to the client, if it does."""
    plan = wanted.day_before()
    entries = {} if plan is None else dict(_entries(plan, wanted))
    if entries:
        details = tuple(entry.model_dump_json() for entry in entries.values())
        client_id = wanted.client.client_id
        yield Change(code=RemedyCode.DAY_EARLIER, client_id=client_id, details=details, covers=tuple(entries))


def _entries(plan: Plan, wanted: Wanted) -> Iterator[tuple[str, LedgerEntry]]:
    """Yield the record of each order as handed over: its dose-days, or its supply."""
    supplies = {f"{wanted.client.client_id}.{supply.supply_id}": supply.supply_id for supply in wanted.client.supplies}
    for route in plan.routes:
        for step in route.steps:
            if step.type is not StepType.VISIT or step.client_id != wanted.client.client_id or step.fetched:
                continue
            if len(step.items) != len(step.order_ids):
                continue  # a visit that brings nothing besides: which goods are whose is not written there
            for item, order_id in zip(step.items, step.order_ids, strict=True):
                days = sorted(unit.for_on for unit in item.units if unit.for_on is not None)
                if not days and order_id not in supplies:
                    continue
                yield (
                    order_id,
                    LedgerEntry(
                        client_id=wanted.client.client_id,
                        product_id=item.product_id,
                        state=LedgerState.HANDED_OVER,
                        at=step.departure_at,
                        from_on=days[0] if days else None,
                        to_on=days[-1] if days else None,
                        supply_id=None if days else supplies[order_id],
                    ),
                )


def asked_of_client(code: RemedyCode) -> Callable[[Wanted], Iterator[Change]]:
    """Return a maker of the one change of a kind that there is for a client."""

    def targets(wanted: Wanted) -> Iterator[Change]:
        yield Change(code=code, client_id=wanted.client.client_id)

    return targets


def _of(wanted: Wanted, code: RemedyCode, *ids: tuple[str, str]) -> Change:
    return Change(code=code, ids=ids, client_id=wanted.client.client_id)


def _moved(told: Programme, change: Change, location: Location | None) -> Programme | None:
    place = Place(kind=PlaceKind.MEETING_POINT, location=location)
    return _with_client(told, change, lambda client: client.changed(place=place, edge_place=None))


def _with_client(told: Programme, change: Change, make: Callable[[Client], Client | None]) -> Programme | None:
    clients = exchanged(told.clients, lambda client: client.client_id == change.client_id, make)
    return None if clients is None else told.changed(clients=clients)
