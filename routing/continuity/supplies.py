"""Rule 13: goods that are not taken daily. Law: a supply is handed over whole or not at all; food once a household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from routing.continuity.claims import CLAIMING, GIVEN
from routing.continuity.day import ONE_DAY, Day
from routing.continuity.derived import derived
from routing.continuity.drafts import Draft, handed_over
from routing.continuity.status import SUPPLIED, status_on
from routing.continuity.units import Lot, goods_of
from routing.continuity.weights import supply_weight
from routing.domain.clients import Client, SupplyOrder
from routing.domain.ledger import LedgerEntry
from routing.domain.orders import Order, OrderKind, Tier
from routing.domain.products import Product, ProductKind
from routing.domain.programme import Programme

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A supply that is due: from which day, and up to which it serves its end."""

    supply: SupplyOrder
    due_on: date
    latest_on: date | None


@dataclass(frozen=True, kw_only=True)
class Supplies:
    """What the ledger says about supplies; `spared`: (client, supply) for which somebody else's food does."""

    day: Day
    latest: Mapping[Key, LedgerEntry]
    spared: frozenset[Key] = frozenset()

    @classmethod
    def of(cls, programme: Programme, products: Mapping[str, Product], day: Day) -> Supplies:
        """Read the ledger, and find out who gets a household's food."""
        alone = cls(day=day, latest=_latest(programme.ledger))
        return cls(day=day, latest=alone.latest, spared=frozenset(_spared(programme, products, alone)))

    def wanted(self, client: Client, supply: SupplyOrder) -> Wanted | None:
        """Return a supply that is due on the day and still serves its end; None where it is not."""
        if (client.client_id, supply.supply_id) in self.spared:
            return None
        wanted = self.open(client, supply)
        if wanted is None or wanted.due_on > self.day.on:
            return None
        return wanted if wanted.latest_on is None or self.day.on <= wanted.latest_on else None

    def open(self, client: Client, supply: SupplyOrder) -> Wanted | None:
        """Return when a supply is due, by its own entries; None where it is under way, or given for good."""
        entry = self.latest.get((client.client_id, supply.supply_id))
        if entry is None or entry.state not in CLAIMING:
            return Wanted(supply=supply, due_on=supply.due_on, latest_on=supply.latest_on)
        if supply.covers_days is None or entry.state not in GIVEN:
            return None
        again_on = self.day.local_date(entry.at) + timedelta(days=supply.covers_days)
        return Wanted(supply=supply, due_on=max(again_on, supply.due_on), latest_on=None)


def _latest(ledger: Iterable[LedgerEntry]) -> dict[Key, LedgerEntry]:
    about = [entry for entry in ledger if entry.supply_id is not None]
    return {(entry.client_id, entry.supply_id or ""): entry for entry in sorted(about, key=lambda entry: entry.at)}


def _spared(programme: Programme, products: Mapping[str, Product], alone: Supplies) -> Iterable[Key]:
    """Yield the food that a household does not get twice: one of several due, none where one has come since."""
    for members in _households(programme, products, alone.day).values():
        brought = [
            (key, alone.day.local_date(entry.at))
            for client, supply in members
            for key in [(client.client_id, supply.supply_id)]
            if (entry := alone.latest.get(key)) is not None and entry.state in CLAIMING
        ]
        due = []
        for client, supply in members:
            key = (client.client_id, supply.supply_id)
            wanted = alone.wanted(client, supply)
            if wanted is None:
                continue
            if any(other != key and on >= wanted.due_on for other, on in brought):
                yield key
            else:
                due.append((wanted.latest_on or date.max, key))
        first = min(due, key=lambda pair: pair[0], default=None)
        yield from (key for latest_on, key in due if (latest_on, key) != first)


def _households(
    programme: Programme, products: Mapping[str, Product], day: Day
) -> dict[Key, list[tuple[Client, SupplyOrder]]]:
    """Return who in each household asked for each food, among those who get supplies."""
    found: dict[Key, list[tuple[Client, SupplyOrder]]] = defaultdict(list)
    for client in programme.clients:
        if client.household_id is not None and status_on(client, day) in SUPPLIED:
            for supply in client.supplies:
                if products[supply.product_id].kind is ProductKind.FOOD:
                    found[client.household_id, supply.product_id].append((client, supply))
    return found


def supply_draft(day: Day, client: Client, wanted: Wanted, product: Product, order_id: str) -> Draft:
    """Write the order for a supply that is due."""
    supply = wanted.supply
    goods = goods_of((Lot(Fraction(supply.quantity)),))
    brought = handed_over(day, product, supply.site_id, goods)
    order = derived(
        Order,
        order_id=order_id,
        kind=OrderKind.SUPPLY,
        client_id=client.client_id,
        product_id=product.product_id,
        site_id=supply.site_id,
        purpose=product.purpose,
        controlled=product.controlled,
        item=brought.item,
        fetched=None,
        days=brought.days,
        covers_from_on=brought.covers_from_on,
        covers_to_on=brought.covers_to_on,
        run_out_on=None,
        due_on=wanted.due_on,
        earliest_on=wanted.due_on,
        latest_safe_at=None if wanted.latest_on is None else day.end_of(wanted.latest_on),
        tier=_tier(wanted, day.on),
        weight=supply_weight(supply, product),
        binding_cap="",
        policy_id="",
        source="",
        mass_g=brought.mass_g,
        volume_ml=brought.volume_ml,
        requires=product.requires,
    )
    return Draft(order=order, site_id=supply.site_id, product=product, goods=goods, least=1)


def _tier(wanted: Wanted, on: date) -> Tier:
    if wanted.latest_on is None or wanted.latest_on > on + ONE_DAY:
        return Tier.T3
    return Tier.T1 if wanted.latest_on == on else Tier.T2
