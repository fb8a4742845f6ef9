"""What the goods of one visit weigh, fill and put into a volunteer's custody, by the depot they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.domain.orders import Order
from routing.solver.eligibility import tenths


@dataclass(frozen=True)
class Burden:
    """Grams and millilitres by depot index, custody in tenths of a unit also by product id.

    Attributes
    ----------
    controlled_g
        What controlled goods weigh.
    fetches
        Depots whose goods are taken back; room for them is kept from the beginning.
    """

    mass_g: Counter[int] = field(default_factory=Counter)
    volume_ml: Counter[int] = field(default_factory=Counter)
    custody: Counter[tuple[int, str]] = field(default_factory=Counter)
    controlled_g: Counter[int] = field(default_factory=Counter)
    fetches: frozenset[int] = frozenset()

    @property
    def returns_to(self) -> frozenset[int]:
        """Depots to which the volunteer comes back to count in."""
        return frozenset(site for site, _ in self.custody) | self.fetches


def burden_of(orders: Sequence[Order], depot_of: Mapping[str, int]) -> Burden:
    """Add up the goods of some orders; `depot_of` gives the depot index of a site."""
    fetches = frozenset(depot_of[each.site_id] for order in orders for each in order.taken_back)
    burden = Burden(fetches=fetches)
    for order in orders:
        for item in order.goods:
            depot = depot_of[item.site_id]
            burden.mass_g[depot] += order.mass_g
            burden.volume_ml[depot] += order.volume_ml
            if order.controlled:
                back = sum(tenths(each.quantity) for each in order.taken_back)
                burden.controlled_g[depot] += order.mass_g
                burden.custody[depot, item.product_id] += tenths(item.quantity) + back
    return burden
