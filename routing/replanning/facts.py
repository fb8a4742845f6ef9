"""What each event changes in the programme.

Law: one function an event; a fact is written down, and nothing follows from it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from routing.domain.clients import Client, DoseStep, Regimen, StatusChange, SupplyOrder
from routing.domain.events import (
    DispensedAtSite,
    DoseChanged,
    Event,
    Events,
    NewClient,
    PassRevoked,
    StatusChanged,
    StreetClosed,
)
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.passes import PassStatus
from routing.domain.programme import Programme
from routing.domain.sites import Site, Stock
from routing.network.extract import Extract
from routing.replanning.closures import zone_of


def with_facts(programme: Programme, events: Events, extract: Extract) -> Programme:
    """Return the programme with every event that is not about a visit, a load or a lock."""
    for number, event in enumerate(events.events):
        change = _CHANGES.get(type(event))
        if change is not None:
            programme = change(programme, event)
        elif isinstance(event, StreetClosed):
            zone = event.zone or zone_of(extract, event.way_ids, f"closed.{number}.{event.at:%H%M%S}", event.at)
            programme = programme.changed(zones=(*programme.zones, zone))
    return programme


def _pass_revoked(programme: Programme, event: PassRevoked) -> Programme:
    passes = (
        permit.changed(status=PassStatus.REVOKED) if permit.pass_id == event.pass_id else permit
        for permit in programme.passes
    )
    return programme.changed(passes=tuple(passes))


def _dispensed(programme: Programme, event: DispensedAtSite) -> Programme:
    entry = LedgerEntry(
        client_id=event.client_id,
        product_id=event.product_id,
        state=LedgerState.DISPENSED_AT_SITE,
        at=event.at,
        from_on=event.from_on,
        to_on=event.to_on,
        supply_id=event.supply_id,
        quantity=event.quantity,
    )
    programme = programme.changed(ledger=(*programme.ledger, entry))
    if event.quantity is None:
        return programme
    client = next(each for each in programme.clients if each.client_id == event.client_id)
    sources: tuple[Regimen | SupplyOrder, ...] = (*client.regimens, *client.supplies)
    site_id = next((each.site_id for each in sources if each.product_id == event.product_id), None)
    if site_id is None:
        return programme
    on = event.at.astimezone(programme.zone).date()
    return without_stock(programme, {(site_id, event.product_id): event.quantity}, on)


def _status_changed(programme: Programme, event: StatusChanged) -> Programme:
    change = StatusChange(status=event.status, from_at=event.at)
    return _with_client(programme, event.client_id, lambda client: client.changed(status=(*client.status, change)))


def _dose_changed(programme: Programme, event: DoseChanged) -> Programme:
    def changed(client: Client) -> Client:
        regimens = (
            _with_dose(regimen, event) if regimen.product_id == event.product_id else regimen
            for regimen in client.regimens
        )
        return client.changed(regimens=tuple(regimens))

    return _with_client(programme, event.client_id, changed)


def _with_dose(regimen: Regimen, event: DoseChanged) -> Regimen:
    """End the step under way before the new dose begins; later steps go."""
    day_before = event.from_on - timedelta(days=1)
    kept = [step for step in regimen.steps if step.from_on < event.from_on]
    ended = [step.changed(to_on=min(step.to_on or day_before, day_before)) for step in kept]
    latest = max((step.to_on for step in regimen.steps if step.to_on is not None), default=None)
    is_open = any(step.to_on is None for step in regimen.steps)
    new = DoseStep(
        from_on=event.from_on,
        to_on=None if is_open or latest is None or latest < event.from_on else latest,
        dose_mg=event.dose_mg,
        doses_a_day=event.doses_a_day,
    )
    return regimen.changed(steps=(*ended, new), dose_changed_on=event.from_on, dose_change=event.dose_change)


def _new_client(programme: Programme, event: NewClient) -> Programme:
    return programme.changed(clients=(*programme.clients, event.client))


def _with_client(programme: Programme, client_id: str, change: Callable[[Client], Client]) -> Programme:
    clients = (change(client) if client.client_id == client_id else client for client in programme.clients)
    return programme.changed(clients=tuple(clients))


_CHANGES: Mapping[type[Event], Callable[[Programme, Any], Programme]] = {
    PassRevoked: _pass_revoked,
    DispensedAtSite: _dispensed,
    StatusChanged: _status_changed,
    DoseChanged: _dose_changed,
    NewClient: _new_client,
}


def without_stock(programme: Programme, taken: Mapping[tuple[str, str], float], on: date) -> Programme:
    """Return the programme with what has left each shelf on a day taken from it: what expires first goes first."""
    if not taken:
        return programme

    def left(site: Site) -> Site:
        wanted = {product: quantity for (site_id, product), quantity in taken.items() if site_id == site.site_id}
        good = [number for number, each in enumerate(site.stock) if (each.expires_on or date.max) >= on]
        found: dict[int, Stock] = dict(enumerate(site.stock))
        for number in sorted(good, key=lambda number: (site.stock[number].expires_on or date.max, number)):
            each = site.stock[number]
            part = min(each.quantity, wanted.get(each.product_id, 0.0))
            wanted[each.product_id] = wanted.get(each.product_id, 0.0) - part
            found[number] = each.changed(quantity=round(each.quantity - part, 6)) if part else each
        return site.changed(stock=tuple(found.values()))

    return programme.changed(sites=tuple(left(site) for site in programme.sites))
