"""What an order leaves in the records: ledger entries, parcels. Law: exact days, no day that was not brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from routing.continuity.order_ids import OrderIds
from routing.domain.clients import Client
from routing.domain.day_so_far import Parcel, ParcelUnit
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Item, LabelledUnit, Order, OrderKind


def parcel_of(order: Order, item: Item) -> Parcel:
    """Return goods of an order as a parcel."""
    return Parcel(
        client_id=order.client_id,
        order_id=order.order_id,
        product_id=item.product_id,
        site_id=item.site_id,
        units=tuple(ParcelUnit(for_on=unit.for_on, quantity=unit.quantity) for unit in item.units),
    )


def entries_of(
    order: Order, client: Client, names: OrderIds, state: LedgerState, at: datetime, volunteer_id: str
) -> Iterator[LedgerEntry]:
    """Yield what an order's handover leaves in the ledger; of a visit that brings nothing, nothing.

    Goods that top up older doses come first, and claim nothing; what is taken back is free again.
    """
    if order.item is None or order.product_id is None:
        return
    common: dict[str, object] = {
        "client_id": order.client_id,
        "product_id": order.product_id,
        "at": at,
        "volunteer_id": volunteer_id,
    }
    units = order.item.units
    if order.kind is OrderKind.SUPPLY:
        supply_id = _supply_id(order, client, names)
        whole = {"state": state, "supply_id": supply_id, "quantity": order.item.quantity}
        yield LedgerEntry.model_validate({**common, **whole})
        return
    if all(unit.for_on is None for unit in units):
        days = {"from_on": order.covers_from_on, "to_on": order.covers_to_on}
        yield LedgerEntry.model_validate({**common, **days, "state": state, "quantity": order.item.quantity})
        return
    extra = len(units) - order.days
    yield from _runs(units[extra:], {**common, "state": state})
    yield from _runs(units[:extra], {**common, "state": state, "tops_up": True})
    for item in order.taken_back:
        yield from _runs(item.units, {**common, "state": LedgerState.FETCHED})


def _runs(units: Sequence[LabelledUnit], fields: dict[str, object]) -> Iterator[LedgerEntry]:
    """Yield an entry for each run of days that follow each other."""
    run: list[LabelledUnit] = []
    for unit in sorted(units, key=lambda each: each.for_on or date.min):
        if run and _day(unit) - _day(run[-1]) > timedelta(days=1):
            yield _entry(run, fields)
            run = []
        run.append(unit)
    if run:
        yield _entry(run, fields)


def _entry(run: Sequence[LabelledUnit], fields: dict[str, object]) -> LedgerEntry:
    quantity = round(sum(unit.quantity for unit in run), 6)
    return LedgerEntry.model_validate({**fields, "from_on": _day(run[0]), "to_on": _day(run[-1]), "quantity": quantity})


def _day(unit: LabelledUnit) -> date:
    return unit.for_on or date.min


def _supply_id(order: Order, client: Client, names: OrderIds) -> str | None:
    mine = (supply.supply_id for supply in client.supplies)
    return next((one for one in mine if names.supply(client.client_id, one) == order.order_id), None)
