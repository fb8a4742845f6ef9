"""Parcels: what one client gets from one site at one visit. Law: a parcel is loaded at one call and has one code.

Its id is made of the client, the site and the orders in it: a plan made anew gives the same parcel the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.domain.orders import Item
from routing.domain.plan import Plan, Route, StepType
from routing.domain.products import Product


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """Goods for one visit from one site.

    Attributes
    ----------
    route, load, visit
        Index of the route in the plan, and of the two steps in the route. `load` is None where the route does not
        call at the site before (no lawful plan has that).
    """

    parcel_id: str
    client_id: str
    site_id: str
    route: int
    load: int | None
    visit: int
    items: tuple[Item, ...]


def parcels_of(plan: Plan) -> tuple[Parcel, ...]:
    """Return all parcels of a plan, by route and visit."""
    return tuple(parcel for index, route in enumerate(plan.routes) for parcel in _on(route, index))


def _on(route: Route, route_index: int) -> Iterator[Parcel]:
    called: dict[str, int] = {}
    for index, step in enumerate(route.steps):
        if step.type is StepType.LOAD and step.site_id:
            called[step.site_id] = index
        if step.type is not StepType.VISIT or step.client_id is None:
            continue
        for site_id in sorted({item.site_id for item in step.items}):
            yield Parcel(
                parcel_id="/".join((step.client_id, site_id, *sorted(step.order_ids))),
                client_id=step.client_id,
                site_id=site_id,
                route=route_index,
                load=called.get(site_id),
                visit=index,
                items=tuple(item for item in step.items if item.site_id == site_id),
            )


def mass_g(items: tuple[Item, ...], products: dict[str, Product]) -> int:
    """Return what items weigh as carried, in grams, rounded up; a product the programme lacks weighs nothing."""
    return -int(-sum(_pieces(item) * products[item.product_id].mass_g for item in items if item.product_id in products))


def _pieces(item: Item) -> float:
    dated = any(unit.for_on is not None for unit in item.units)
    return float(len(item.units)) if dated else item.quantity
