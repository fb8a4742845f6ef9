"""What the published plan of a day has for a visit. Law: dose-days are the plan's, or nothing is said.

Bottles and sachets carry their day in the plan. For packs, supplies and what tops up a changed dose, the order that the
plan's step names says which days or which supply they are; where it is an order no more, nobody guesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from api.days.remembering import needs_on
from api.visits.books import Books
from api.visits.reports import Goods
from routing.continuity.order_ids import OrderIds
from routing.domain.clients import Client, DoseChange
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Item, Order
from routing.domain.plan import Plan, Step, StepType
from routing.replanning.records import entries_of

Orders = Mapping[str, Order]


class Planned(NamedTuple):
    """Goods of a visit, and what it takes back."""

    goods: tuple[Goods, ...]
    fetched: tuple[Goods, ...]


def planned_visit(books: Books, on: date, volunteer_id: str, client_id: str) -> Planned | None:
    """Return what a volunteer was to bring to a client; None: there is no such visit, or it cannot be told what for."""
    plan = books.published_plan(on)
    steps = [] if plan is None else list(steps_of(plan, volunteer_id, client_id))
    client = next((one for one in books.programme.clients if one.client_id == client_id), None)
    if not steps or client is None:
        return None
    goods: list[Goods] = []
    for step in steps:
        found = _goods(books, on, step, client)
        if found is None:
            return None
        goods += found
    return Planned(tuple(goods), tuple(one for step in steps for item in step.fetched for one in _dated(item)))


def steps_of(plan: Plan, volunteer_id: str | None, client_id: str | None = None) -> Iterable[Step]:
    """Yield a volunteer's visits in a plan."""
    for route in plan.routes:
        if route.volunteer_id == volunteer_id:
            for step in route.steps:
                if step.type is StepType.VISIT and client_id in (None, step.client_id):
                    yield step


def _goods(books: Books, on: date, step: Step, client: Client) -> list[Goods] | None:
    goods: list[Goods] = []
    for item in step.items:
        if _carries_its_days(item, client):
            goods += _dated(item)
            continue
        orders = [one for one in _orders(books, on) if one.order_id in step.order_ids]
        of_item = [one for one in orders if one.product_id == item.product_id]
        if not of_item:
            return None
        goods += [one for order in of_item for one in _ordered(books, order, client)]
    return goods


def _carries_its_days(item: Item, client: Client) -> bool:
    tops_up = any(
        regimen.product_id == item.product_id and regimen.dose_change is DoseChange.TOP_UP
        for regimen in client.regimens
    )
    return not tops_up and all(unit.for_on is not None for unit in item.units)


def _dated(item: Item) -> list[Goods]:
    return [
        Goods(product_id=item.product_id, from_on=unit.for_on, to_on=unit.for_on, quantity=unit.quantity)
        for unit in item.units
        if unit.for_on is not None
    ]


def _orders(books: Books, on: date) -> tuple[Order, ...]:
    return needs_on(books.programme, on).orders


def _ordered(books: Books, order: Order, client: Client) -> list[Goods]:
    names, at = OrderIds.of(books.programme), datetime.now(UTC).replace(microsecond=0)
    entries = entries_of(order, client, names, LedgerState.HANDED_OVER, at, "nobody")
    return [_of_entry(entry) for entry in entries if entry.state is LedgerState.HANDED_OVER]


def _of_entry(entry: LedgerEntry) -> Goods:
    return Goods(
        product_id=entry.product_id,
        from_on=entry.from_on,
        to_on=entry.to_on,
        supply_id=entry.supply_id if entry.from_on is None else None,
        tops_up=entry.tops_up,
        quantity=entry.quantity,
    )
