"""The figures of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from routing.assembling.preferences import preference_figures
from routing.domain.orders import Needs, Order, Tier
from routing.domain.plan import Route, StepType, Summary
from routing.domain.programme import Programme
from routing.solver import Bound, Solution

ENGINE = "insertion + ortools routing"


def summarise(
    programme: Programme,
    needs: Needs,
    routes: Sequence[Route],
    solution: Solution | None,
    on: date,
    bound: Bound | None = None,
) -> Summary:
    """Return the summary: clients due have an order today; a served one has every order on a route."""
    delivered = {
        order_id for route in routes if route.accompanies is None for step in route.steps for order_id in step.order_ids
    }
    due: dict[str, set[str]] = {}
    for order in needs.orders:
        due.setdefault(order.client_id, set()).add(order.order_id)
    whole = sum(orders <= delivered for orders in due.values())
    part = sum(bool(orders & delivered) and not orders <= delivered for orders in due.values())
    return Summary(
        clients_due=len(due),
        clients_served=whole,
        clients_served_in_part=part,
        missed_dose_days=sum(_missed(order, on) for order in needs.orders if order.order_id not in delivered),
        routes=len(routes),
        travel_s=sum(route.travel_s for route in routes),
        distance_m=sum(route.distance_m for route in routes),
        objective=tuple(float(value) for value in solution.objective) if solution is not None else (),
        preferences=preference_figures(programme, on, routes),
        engine=ENGINE if any(step.type is StepType.VISIT for route in routes for step in route.steps) else "none",
        travel_bound_s=None if bound is None else bound.travel_s,
        gap_percent=None if bound is None else gap_percent(routes, bound.travel_s),
    )


def gap_percent(routes: Sequence[Route], bound_s: int) -> float | None:
    """Return by how much travel is above its bound, in percent, rounded up to hundredths; None above nothing."""
    travel_s = sum(route.travel_s for route in routes if route.accompanies is None)
    if bound_s == 0:
        return 0.0 if travel_s == 0 else None
    return -(-10_000 * (travel_s - bound_s) // bound_s) / 100


def _missed(order: Order, on: date) -> int:
    """Return 1 where the dose-day of the day is missed because the order is not delivered."""
    without_dose = order.run_out_on is not None and order.run_out_on <= on
    return int(without_dose and order.tier in {Tier.T0A, Tier.T0B, Tier.T1})
