"""Short stock (DOMAIN facts, section 4): shorten everybody first, then cut from below, and list them all.

Law: what a site hands out on the day is never more than what lies there unexpired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from routing.continuity.drafts import Draft
from routing.continuity.units import exact
from routing.domain.orders import Shortfall
from routing.domain.sites import Site

SITE_STOCK = "site_stock"


@dataclass(frozen=True)
class Ration:
    """The drafts that remain, in their order, those cut altogether, and what was short."""

    kept: tuple[Draft, ...]
    cut: tuple[Draft, ...]
    shortfalls: tuple[Shortfall, ...]


def stock_on(sites: Iterable[Site], on: date) -> dict[tuple[str, str], Fraction]:
    """Return what lies at each site of each product, unexpired on a date; what is not listed is not there."""
    available: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for site in sites:
        for stock in site.stock:
            if stock.expires_on is None or stock.expires_on >= on:
                available[site.site_id, stock.product_id] += exact(stock.quantity)
    return available


def ration(
    drafts: Sequence[Draft],
    stock: Mapping[tuple[str, str], Fraction],
    on_the_road: Mapping[tuple[str, str], Fraction] = MappingProxyType({}),
) -> Ration:
    """Fit the day's orders into the sites' stock, and into what has been taken from it for them already."""
    shelves: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        shelves[draft.site_id, draft.product.product_id].append(draft)
    given: dict[str, Draft] = {}
    shortfalls = []
    for shelf, wanting in shelves.items():
        available = stock.get(shelf, Fraction(0)) + on_the_road.get(shelf, Fraction(0))
        wanted = _total(wanting)
        if wanted <= available:
            given.update((draft.order.order_id, draft) for draft in wanting)
            continue
        fitted = _fit(wanting, wanted - available)
        given.update(fitted)
        shortfalls.append(_shortfall(wanting, fitted, wanted, available))
    return Ration(
        kept=tuple(given[draft.order.order_id] for draft in drafts if draft.order.order_id in given),
        cut=tuple(draft for draft in drafts if draft.order.order_id not in given),
        shortfalls=tuple(shortfalls),
    )


def _fit(wanting: Sequence[Draft], over: Fraction) -> dict[str, Draft]:
    """Shorten, lowest first and no further than needed, to the least delivery; then cut, lowest first."""
    given = {draft.order.order_id: draft for draft in wanting}
    for draft in _lowest_first(wanting):
        if over <= 0:
            break
        shorter = _shorter(draft, over)
        over -= draft.quantity - shorter.quantity
        given[draft.order.order_id] = shorter
    for draft in _lowest_first(wanting):
        if over <= 0:
            break
        over -= given.pop(draft.order.order_id).quantity
    return given


def _shorter(draft: Draft, over: Fraction) -> Draft:
    """Drop the last lots until `over` is saved or the least delivery is reached."""
    count, saved = len(draft.lots), Fraction(0)
    while count > draft.least and saved < over:
        count -= 1
        saved += draft.lots[count].quantity
    return draft if count == len(draft.lots) else draft.shortened(count, SITE_STOCK)


def _lowest_first(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Yield the least urgent first: by tier, by weight, then the one later in the programme."""
    ranked = sorted(enumerate(drafts), key=lambda pair: (-pair[1].order.tier.rank, pair[1].order.weight, -pair[0]))
    return (draft for _, draft in ranked)


def _shortfall(wanting: Sequence[Draft], given: dict[str, Draft], wanted: Fraction, available: Fraction) -> Shortfall:
    lost: dict[str, Fraction] = defaultdict(Fraction)
    for draft in wanting:
        left = given.get(draft.order.order_id)
        lost[draft.order.client_id] += draft.quantity - (left.quantity if left else 0)
    return Shortfall(
        site_id=wanting[0].site_id,
        product_id=wanting[0].product.product_id,
        wanted=float(wanted),
        available=float(available),
        cut={client_id: float(quantity) for client_id, quantity in lost.items() if quantity},
    )


def _total(drafts: Iterable[Draft]) -> Fraction:
    numerators: dict[int, int] = defaultdict(int)  # by denominator: adding thousands of fractions is slow
    for draft in drafts:
        quantity = draft.goods.quantity
        numerators[quantity.denominator] += quantity.numerator
    return sum((Fraction(total, denominator) for denominator, total in numerators.items()), Fraction(0))
