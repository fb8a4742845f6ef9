"""The plan's list of orders that no route serves, each with its reasons."""

from __future__ import annotations

from datetime import date

from routing.domain.orders import Order
from routing.domain.plan import Reason, Unserved
from routing.domain.programme import Programme
from routing.explaining.messages import reason
from routing.explaining.rules_alone import reasons_of
from routing.solver import Posed, Solution


def unserved_of(programme: Programme, on: date, posed: Posed, solution: Solution) -> tuple[Unserved, ...]:
    """Return every order of today that is on no route, most urgent first."""
    found: list[Unserved] = []
    for index, errand in enumerate(posed.errands):
        if index in solution.served:
            continue
        reasons = tuple(reason(code, params) for code, params in reasons_of(programme, on, posed, solution, index))
        found += [_entry(order, reasons) for order in errand.orders]
    return tuple(sorted(found, key=lambda entry: (entry.tier.rank, entry.client_id, entry.order_id)))


def _entry(order: Order, reasons: tuple[Reason, ...]) -> Unserved:
    return Unserved(
        client_id=order.client_id,
        order_id=order.order_id,
        tier=order.tier,
        latest_safe_at=order.latest_safe_at,
        reasons=reasons,
    )
