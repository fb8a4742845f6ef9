"""Rule 13: goods that are not taken daily. Law: a supply is handed over whole or not at all."""

from __future__ import annotations

from datetime import date

from routing.continuity.day import ONE_DAY, Day
from routing.continuity.drafts import Draft, handed_over
from routing.continuity.units import Lot, exact
from routing.continuity.weights import supply_weight
from routing.domain.clients import Client, SupplyOrder
from routing.domain.orders import Order, Tier
from routing.domain.products import Product


def is_due(supply: SupplyOrder, on: date) -> bool:
    """Whether a supply may be brought on a date and still serves its end."""
    return supply.due_on <= on and (supply.latest_on is None or on <= supply.latest_on)


def supply_draft(day: Day, client: Client, supply: SupplyOrder, product: Product, order_id: str) -> Draft:
    """Write the order for a supply that is due."""
    lots = (Lot(quantity=exact(float(supply.quantity))),)
    order = Order(
        order_id=order_id,
        client_id=client.client_id,
        product_id=product.product_id,
        site_id=supply.site_id,
        purpose=product.purpose,
        controlled=product.controlled,
        **handed_over(product, supply.site_id, lots),
        due_on=supply.due_on,
        earliest_on=supply.due_on,
        latest_safe_at=None if supply.latest_on is None else day.end_of(supply.latest_on),
        tier=_tier(supply, day.on),
        weight=supply_weight(supply, product),
        requires=product.requires,
    )
    return Draft(order=order, product=product, lots=lots, least=1)


def _tier(supply: SupplyOrder, on: date) -> Tier:
    if supply.latest_on is None or supply.latest_on > on + ONE_DAY:
        return Tier.T3
    return Tier.T1 if supply.latest_on == on else Tier.T2
