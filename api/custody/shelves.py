"""What lies on a shelf, and what is put there or taken from it. Law: pure; never less than nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from routing.domain.sites import Stock

Stocks = tuple[Stock, ...]


class Portion(NamedTuple):
    """Some of a lot."""

    lot: str
    expires_on: date | None
    quantity: float


class Taken(NamedTuple):
    """What is left, what was taken of which lot, and how much was not there."""

    left: Stocks
    portions: tuple[Portion, ...]
    missing: float


def put(stocks: Sequence[Stock], product_id: str, portion: Portion) -> Stocks:
    """Return a shelf with some of a product added to its lot."""
    found = next((one for one in stocks if _is_lot(one, product_id, portion.lot, portion.expires_on)), None)
    if found is None:
        fields = {"lot": portion.lot, "expires_on": portion.expires_on, "quantity": rounded(portion.quantity)}
        return (*stocks, Stock.model_validate({"product_id": product_id, **fields}))
    more = found.changed(quantity=rounded(found.quantity + portion.quantity))
    return tuple(more if one is found else one for one in stocks)


def take(
    stocks: Sequence[Stock], product_id: str, quantity: float, *, lot: str = "", good_on: date | None = None
) -> Taken:
    """Take some of a product from a shelf: what expires first goes first.

    Parameters
    ----------
    lot
        Of this lot only; empty: of any.
    good_on
        Nothing that has expired by then; None: what has expired too.
    """
    left, portions, wanted = list(stocks), [], quantity
    for place in sorted(range(len(left)), key=lambda place: (left[place].expires_on or date.max, place)):
        one = left[place]
        expired = good_on is not None and one.expires_on is not None and one.expires_on < good_on
        if one.product_id != product_id or expired or (lot and one.lot != lot):
            continue
        part = rounded(min(one.quantity, wanted))
        if part > 0:
            portions.append(Portion(one.lot, one.expires_on, part))
            left[place] = one.changed(quantity=rounded(one.quantity - part))
            wanted = rounded(wanted - part)
    return Taken(tuple(left), tuple(portions), wanted)


def counted(stocks: Sequence[Stock], product_id: str, portion: Portion) -> Stocks:
    """Return a shelf on which so much of a lot was counted; with no lot named, of the product altogether."""
    others = [one for one in stocks if one.product_id != product_id or (portion.lot and one.lot != portion.lot)]
    same = next((one for one in stocks if one not in others), None)
    expires_on = portion.expires_on if portion.expires_on or same is None else same.expires_on
    lot = portion.lot or (same.lot if same else "")
    return put(others, product_id, Portion(lot, expires_on, max(0.0, portion.quantity)))


def lots(stocks: Sequence[Stock], product_id: str) -> int:
    """Return in how many lots a product lies there."""
    return len([one for one in stocks if one.product_id == product_id and one.quantity > 0])


def rounded(quantity: float) -> float:
    """Return a quantity to the millionth, so that sums of tenths stay what they are."""
    return round(quantity, 6)


def _is_lot(stock: Stock, product_id: str, lot: str, expires_on: date | None) -> bool:
    return (stock.product_id, stock.lot, stock.expires_on) == (product_id, lot, expires_on)
