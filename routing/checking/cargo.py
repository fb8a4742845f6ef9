"""What is aboard. Law: counts labelled units one by one, packs and items by quantity; knows no rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from routing.domain.orders import Item
from routing.domain.products import Product

# Quantities are sums of a few decimal numbers; what differs less than this is equal.
QUANTITY_TOLERANCE = 1e-6


class Goods(NamedTuple):
    """A kind of thing aboard: a unit labelled for one dose-day, or packs and items (`for_on` None, `quantity` 1)."""

    product_id: str
    site_id: str
    for_on: date | None
    quantity: float


Cargo = Mapping[Goods, float]


def goods_in(items: Iterable[Item]) -> dict[Goods, float]:
    """Return how many of each kind of goods the items hold; units of nothing, or less, do not count."""
    counted: dict[Goods, float] = {}
    for item in items:
        for unit in item.units:
            if unit.quantity > 0:
                loose = unit.for_on is None
                goods = Goods(item.product_id, item.site_id, unit.for_on, 1.0 if loose else round(unit.quantity, 6))
                counted[goods] = counted.get(goods, 0.0) + (unit.quantity if loose else 1.0)
    return counted


def added(cargo: Cargo, more: Cargo) -> dict[Goods, float]:
    """Return both together."""
    return {goods: cargo.get(goods, 0.0) + more.get(goods, 0.0) for goods in {**cargo, **more}}


def lacking(cargo: Cargo, wanted: Cargo) -> dict[Goods, float]:
    """Return what of `wanted` is not in the cargo."""
    return _positive({goods: count - cargo.get(goods, 0.0) for goods, count in wanted.items()})


def taken(cargo: Cargo, handed: Cargo) -> dict[Goods, float]:
    """Return what stays when `handed` leaves; never less than nothing."""
    return _positive({goods: count - handed.get(goods, 0.0) for goods, count in cargo.items()})


def _positive(cargo: Cargo) -> dict[Goods, float]:
    return {goods: count for goods, count in cargo.items() if count > QUANTITY_TOLERANCE}


def mass_g(cargo: Cargo, products: Mapping[str, Product]) -> float:
    """Return the mass, as carried; a product nobody knows weighs nothing."""
    return sum(count * products[goods.product_id].mass_g for goods, count in cargo.items() if goods[0] in products)


def volume_ml(cargo: Cargo, products: Mapping[str, Product]) -> float:
    """Return the volume, as carried."""
    return sum(count * products[goods.product_id].volume_ml for goods, count in cargo.items() if goods[0] in products)


def quantity_of(cargo: Cargo, product_id: str) -> float:
    """Return how much of a product is aboard, in its unit, from all sites."""
    return sum(count * goods.quantity for goods, count in cargo.items() if goods.product_id == product_id)


def product_ids(cargo: Cargo) -> list[str]:
    """Return which products are aboard, in order of their ids."""
    return sorted({goods.product_id for goods in cargo})
