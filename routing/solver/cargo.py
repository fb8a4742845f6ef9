"""Orders grouped into what is handed over at one visit.

Law: all of a client's goods come together where somebody may lawfully bring them all; else they are split by
purpose and site, into as few visits as the law allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from routing.domain.orders import Order

Parcel = tuple[Order, ...]
Lawful = Callable[[Parcel], bool]


def group(orders: Sequence[Order], lawful: Lawful) -> list[Parcel]:
    """Split one client's orders into parcels.

    Parameters
    ----------
    lawful
        Whether some duty may bring a parcel, time aside.

    Notes
    -----
    Greedy: the parcel round the most urgent goods takes in whatever may come along. What nobody may bring at all
    stays together, so that its reasons are found.
    """
    whole = tuple(orders)
    if lawful(whole):
        return [whole]
    pieces = _pieces(orders)
    parcels: list[Parcel] = []
    while pieces:
        parcel = pieces.pop(0)
        if lawful(parcel):
            for piece in list(pieces):
                if lawful((*parcel, *piece)):
                    parcel = (*parcel, *piece)
                    pieces.remove(piece)
        parcels.append(parcel)
    return parcels


def _pieces(orders: Sequence[Order]) -> list[Parcel]:
    """Return goods of one purpose and one site each, most urgent first.

    Within a piece that is too much at once the orders still stand alone: five sacks may take five trips.
    """
    ordered = sorted(orders, key=lambda order: (_kind(order), order.order_id))
    pieces = [tuple(piece) for _, piece in groupby(ordered, key=_kind)]
    single = [(order,) for piece in pieces for order in piece] if len(pieces) < len(orders) else pieces
    return sorted(single, key=lambda piece: (piece[0].tier.rank, -piece[0].weight, piece[0].order_id))


def _kind(order: Order) -> tuple[str, str]:
    """Return purpose and site; neither where nothing is brought."""
    return order.purpose or "", order.site_id or ""


def labelled_units(order: Order) -> int:
    """Return how many units of an order a site has to prepare: one a dose-day, else as many as packs or items."""
    units = [unit for item in order.goods for unit in item.units]
    return sum(1 if unit.for_on is not None else max(1, round(unit.quantity)) for unit in units)
