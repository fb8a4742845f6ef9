"""What each visit hands over, matched to the programme's regimens and supplies. Law: matches, judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from routing.checking.awaited import Awaited, awaited_by
from routing.checking.case import Case, Stage
from routing.checking.changes import as_exchanged
from routing.checking.doses import Standing, standing_of
from routing.domain.clients import Client, Regimen, SupplyOrder
from routing.domain.orders import Item
from routing.domain.plan import StepType

# An order's id is `client.product`, `client.supply` or `client.assessment`; what would be longer than an identifier, or
# the same as another's, is hashed.
_LONGEST_ID = 64

Source = Regimen | SupplyOrder | Awaited


@dataclass(frozen=True, eq=False)
class Delivery:
    """One order at one visit; `items` are the goods of its product there."""

    stage: Stage
    client: Client
    order_id: str
    source: Regimen | SupplyOrder
    items: tuple[Item, ...]

    @property
    def product_id(self) -> str:
        """The product ordered."""
        return self.source.product_id

    @property
    def days(self) -> list[date]:
        """The dose-days that labelled units are for, as often as they stand."""
        return [unit.for_on for item in self.items for unit in item.units if unit.for_on is not None]

    @property
    def quantity(self) -> float:
        """The units' quantities together."""
        return sum(unit.quantity for item in self.items for unit in item.units)


@dataclass(frozen=True, eq=False)
class Handover:
    """A visit's deliveries and what else it is for, with the orders and goods that match nothing of the client's."""

    stage: Stage
    client: Client
    deliveries: tuple[Delivery, ...]
    visits: tuple[Awaited, ...]
    unknown_orders: tuple[str, ...]
    unordered: tuple[Item, ...]


def sources_of(client: Client) -> tuple[Regimen | SupplyOrder, ...]:
    """Return what orders are made from."""
    return (*client.regimens, *client.supplies)


def order_id_of(client: Client, source: Source) -> str:
    """Return an order's id before any shortening."""
    return f"{client.client_id}.{_name(source)}"


def _name(source: Source) -> str:
    if isinstance(source, Awaited):
        return source.name
    return source.product_id if isinstance(source, Regimen) else source.supply_id


def is_hashed(case: Case, order_id: str) -> bool:
    """Whether an order's id cannot be written as it is: too long, or that of another order too."""
    return len(order_id) > _LONGEST_ID or order_id in case.alike


def handovers(case: Case) -> list[Handover]:
    """Return what each visit hands over; those that go along hand over nothing."""
    return [
        _handover(case, stage, stage.client)
        for stage in case.visits
        if stage.client is not None and not stage.accompanied and stage.step.type is StepType.VISIT
    ]


def standings(case: Case, found: list[Handover]) -> dict[Delivery, Standing]:
    """Return how each client stands with each product that is delivered as a regimen."""
    deliveries = [delivery for handover in found for delivery in handover.deliveries]
    return {d: as_exchanged(standing_of(case, d.client, d.source)) for d in deliveries if isinstance(d.source, Regimen)}


def _handover(case: Case, stage: Stage, client: Client) -> Handover:
    written = {order_id_of(client, source): source for source in (*sources_of(client), *awaited_by(client))}
    hashed = {order_id: source for order_id, source in written.items() if is_hashed(case, order_id)}
    plain = {order_id: source for order_id, source in written.items() if order_id not in hashed}
    carried = {item.product_id for item in stage.step.items}
    matched: dict[str, Regimen | SupplyOrder] = {}
    visits: list[Awaited] = []
    unknown = []
    for order_id in dict.fromkeys(stage.step.order_ids):
        source = plain.get(order_id) or _hashed(hashed, [*matched.values(), *visits], carried)
        if source is None:
            unknown.append(order_id)
        elif isinstance(source, Awaited):
            visits.append(source)
        else:
            matched[order_id] = source
    ordered = {source.product_id for source in matched.values()}
    shares = _shares(stage.step.items, list(matched.values()))
    deliveries = [
        Delivery(stage, client, order_id, source, tuple(share))
        for (order_id, source), share in zip(matched.items(), shares, strict=True)
    ]
    unordered = tuple(item for item in stage.step.items if item.product_id not in ordered)
    return Handover(stage, client, tuple(deliveries), tuple(visits), tuple(unknown), unordered)


def _hashed(hashed: dict[str, Source], taken: Sequence[Source], carried: set[str]) -> Source | None:
    """Return an order whose id is not written as it is: one whose goods are there, else one that brings nothing."""
    left = [source for source in hashed.values() if not any(source is other for other in taken)]
    brought = [each for each in left if not isinstance(each, Awaited) and each.product_id in carried]
    return next(iter([*brought, *(each for each in left if isinstance(each, Awaited))]), None)


def _shares(items: Sequence[Item], sources: Sequence[Regimen | SupplyOrder]) -> list[list[Item]]:
    """Tell which goods are whose: those of its product from its site; orders of one product and site share them.

    Goods of an ordered product from a site where no order has it are the first such order's: it answers for them.
    """
    shares: list[list[Item]] = [[] for _ in sources]
    for item in items:
        same = [at for at, source in enumerate(sources) if source.product_id == item.product_id]
        for at in [at for at in same if sources[at].site_id == item.site_id] or same[:1]:
            shares[at].append(item)
    return shares
