"""Is the plan about these inputs, and are its figures true? Last paragraph of `docs/rules.md`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256

from routing.checking.awaited import Awaited, awaited_by, visit_due
from routing.checking.case import Case, Stage
from routing.checking.changes import as_exchanged, to_top_up
from routing.checking.deliveries import Handover, Source, handovers, is_hashed, order_id_of, sources_of
from routing.checking.doses import TREATED, Standing, standing_of, status_of
from routing.checking.holds import hold_of
from routing.checking.orders import supply_due
from routing.checking.units import exact_units
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.clients import Client, Regimen, SupplyOrder
from routing.domain.loading import dump_programme
from routing.domain.orders import Gap
from routing.domain.plan import Route, StepType
from routing.domain.products import Form

_SERVICES = frozenset({StepType.LOAD, StepType.VISIT, StepType.RETURN})


def input_violations(case: Case) -> Iterator[Violation]:
    """Require that a plan names the programme and extract it was made from."""
    plan, programme = case.plan, case.programme
    said = {
        "/programme_id": (plan.programme_id, programme.programme_id),
        "/timezone": (plan.timezone, programme.timezone),
        "/inputs/programme_sha256": (plan.inputs.programme_sha256, sha256(dump_programme(programme)).hexdigest()),
        "/inputs/extract_sha256": (plan.inputs.extract_sha256, case.extract.sha256),
    }
    for where, (written, true) in said.items():
        if written != true:
            yield violation(Code.WRONG_INPUTS, where, "the plan was made from something else")


def forgotten_orders(case: Case) -> Iterator[Violation]:
    """Every order due is visited or listed, and not both; what was done before on the day is due no more."""
    found = handovers(case)
    for client in case.programme.clients:
        for source in sources_of(client):
            if _done(case, client, source):
                continue
            if _is_due(case, client, source) and not _accounted_for(case, client, source):
                text = "order {order_id} is due, and neither on a route nor listed"
                yield violation(Code.ORDER_FORGOTTEN, "/unserved", text, order_id=order_id_of(client, source))
        for visit in awaited_by(client):
            if _done(case, client, visit):
                continue
            if visit_due(case, client, visit) and not _visit_accounted_for(case, found, client, visit):
                text = "the visit {order_id} is due, and neither on a route nor listed"
                yield violation(Code.ORDER_FORGOTTEN, "/unserved", text, order_id=order_id_of(client, visit))
    delivered = {order_id for stage in case.visits for order_id in stage.step.order_ids}
    for index, unserved in enumerate(case.plan.unserved):
        if unserved.order_id in delivered:
            text = "order {order_id} is listed as unserved and is on a route"
            yield violation(Code.ORDER_FORGOTTEN, f"/unserved/{index}", text, order_id=unserved.order_id)


def _done(case: Case, client: Client, source: Source) -> bool:
    """Whether an order was done before the day was planned anew; by client alone where its id is hashed."""
    served = [each for each in (case.day.served if case.day else ()) if each.client_id == client.client_id]
    order_id = order_id_of(client, source)
    return any(order_id in each.order_ids for each in served) or (is_hashed(case, order_id) and bool(served))


def _is_due(case: Case, client: Client, source: Regimen | SupplyOrder) -> bool:
    if isinstance(source, SupplyOrder):
        return supply_due(case, client, source)
    if status_of(case, client) not in TREATED:
        return False
    standing = as_exchanged(standing_of(case, client, source))
    if standing.policy is None or hold_of(standing) is not None:
        return False
    extra = to_top_up(standing)
    if extra:
        return case.on >= min(extra) - timedelta(days=standing.policy.early_days)
    if standing.earliest_on is None:
        return False
    enough = len(standing.deliverable) >= _least_days(standing)
    return enough and standing.earliest_on <= case.on and _measurable(standing)


def _visit_accounted_for(case: Case, found: list[Handover], client: Client, visit: Awaited) -> bool:
    if any(handover.client is client and visit in handover.visits for handover in found):
        return True
    order_id = order_id_of(client, visit)
    listed = [each.order_id for each in case.plan.unserved if each.client_id == client.client_id]
    return order_id in listed or (is_hashed(case, order_id) and bool(listed))


def _least_days(standing: Standing) -> int:
    least = standing.least_days
    pack_days = standing.product.pack_days
    if standing.product.form is not Form.PACK or pack_days is None:
        return least
    return -(-least // pack_days) * pack_days


def _measurable(standing: Standing) -> bool:
    if standing.product.form is Form.PACK:
        return True
    steps = [standing.step_on(on) for on in standing.deliverable]
    return all(step is not None and exact_units(standing.product, step) for step in steps)


def _accounted_for(case: Case, client: Client, source: Regimen | SupplyOrder) -> bool:
    """Whether an order is on a route, or the plan says why not; by client and product where its id is hashed."""
    plan, mine = case.plan, (client.client_id, source.product_id)
    order_id = order_id_of(client, source)
    visits = [s for s in case.visits if s.step.client_id == client.client_id and not s.accompanied]
    if any(order_id in stage.step.order_ids for stage in visits):
        return True
    if any((u.client_id, u.order_id) == (client.client_id, order_id) for u in plan.unserved):
        return True
    if any((hold.client_id, hold.product_id) == mine for hold in plan.holds):
        return True
    if any((gap.client_id, gap.product_id) == mine and _from_run_out(case, client, source, gap) for gap in plan.gaps):
        return True
    cut = {key for each in plan.shortfalls if each.product_id == source.product_id for key in each.cut}
    return bool(cut & {client.client_id, order_id}) or (is_hashed(case, order_id) and _hashed_there(case, visits, mine))


def _from_run_out(case: Case, client: Client, source: Regimen | SupplyOrder, gap: Gap) -> bool:
    """Whether a gap stands instead of an order; one that begins later stands beside it."""
    standing = as_exchanged(standing_of(case, client, source)) if isinstance(source, Regimen) else None
    run_out_on = standing.run_out_on if standing else None
    return run_out_on is not None and gap.from_on <= run_out_on


def _hashed_there(case: Case, visits: list[Stage], mine: tuple[str, str]) -> bool:
    carried = {item.product_id for stage in visits for item in stage.step.items}
    return mine[1] in carried or any(unserved.client_id == mine[0] for unserved in case.plan.unserved)


def summary_violations(case: Case) -> Iterator[Violation]:
    """Figures of routes and of the day add up."""
    for index, route in enumerate(case.plan.routes):
        yield from _route_figures(index, route)
    routes = case.plan.routes
    true = {
        "routes": len(routes),
        "travel_s": sum(route.travel_s for route in routes),
        "distance_m": sum(route.distance_m for route in routes),
        **_client_figures(case),
    }
    for name, figure in true.items():
        written = getattr(case.plan.summary, name)
        if written != figure:
            yield _figure(f"/summary/{name}", written, figure)
    yield from _gap_figures(case)


def _gap_figures(case: Case) -> Iterator[Violation]:
    """Require that no plan travels less than the bound, and that the gap is true; a pair counts once."""
    summary = case.plan.summary
    travel_s = sum(route.travel_s for route in case.plan.routes if route.accompanies is None)
    if summary.travel_bound_s is not None and summary.travel_bound_s > travel_s:
        yield _figure("/summary/travel_bound_s", summary.travel_bound_s, travel_s)
    gap = None
    if summary.travel_bound_s:
        hundredths = Fraction(10_000 * (travel_s - summary.travel_bound_s), summary.travel_bound_s)
        gap = math.ceil(hundredths) / 100
    elif summary.travel_bound_s == 0 and travel_s == 0:
        gap = 0.0
    if summary.gap_percent != gap:
        yield _figure("/summary/gap_percent", summary.gap_percent, gap)


def _client_figures(case: Case) -> dict[str, int]:
    served = {stage.step.client_id for stage in case.visits if stage.step.order_ids}
    unserved = {each.client_id for each in case.plan.unserved}
    return {
        "clients_due": len(served | unserved),
        "clients_served": len(served - unserved),
        "clients_served_in_part": len(served & unserved),
    }


def _route_figures(index: int, route: Route) -> Iterator[Violation]:
    legs = [step.leg for step in route.steps if step.leg is not None]
    figures = {"travel_s": sum(leg.travel_s for leg in legs), "distance_m": sum(leg.distance_m for leg in legs)}
    for name, figure in figures.items():
        if getattr(route, name) != figure:
            yield _figure(f"/routes/{index}/{name}", getattr(route, name), figure)
    # whether breaks count as service is not settled; either sum is taken
    services = [_service_s(route, _SERVICES), _service_s(route, _SERVICES | {StepType.BREAK})]
    if route.service_s not in services:
        yield _figure(f"/routes/{index}/service_s", route.service_s, services[0])


def _service_s(route: Route, types: frozenset[StepType]) -> float:
    return sum((step.departure_at - step.begin_at).total_seconds() for step in route.steps if step.type in types)


def _figure(where: str, written: float | None, true: float | None) -> Violation:
    told = {"written": "nothing" if written is None else written, "true": "nothing" if true is None else true}
    return violation(Code.SUMMARY_WRONG, where, "{written} is written; it is {true}", **told)
