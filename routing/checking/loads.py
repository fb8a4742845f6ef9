"""Do goods come from their site, in time, within what may be carried? Rules of `docs/rules.md`, section 3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from routing.checking.cargo import (
    QUANTITY_TOLERANCE,
    Cargo,
    added,
    goods_in,
    lacking,
    mass_g,
    product_ids,
    quantity_of,
    taken,
    volume_ml,
)
from routing.checking.case import Case, Stage
from routing.checking.times import Span, within
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.hours import at
from routing.domain.plan import StepType
from routing.domain.sites import Site

_CALLS = frozenset({StepType.LOAD, StepType.RETURN})

# Ten years: goods that take longer are not ready on any day, and instants stay within the calendar.
_FOR_EVER_S = 10 * 366 * 86_400


def load_violations(case: Case) -> Iterator[Violation]:
    """Judge every call at a site and everything aboard."""
    for stage in case.stages:
        if stage.site is not None:
            yield from _site_hours(case, stage, stage.site)
            yield from _call_lasts(stage, stage.site)
            if stage.step.type is StepType.LOAD:
                yield from _ready(case, stage, stage.site)
                yield from _own_site(stage, stage.site)
        yield from _loaded_before(stage)
        yield from _sound_units(stage)
        yield from _capacity(case, stage)
        yield from _custody(case, stage)
    for run in case.runs:
        yield from _left_aboard(run)
        yield from _returned(case, run)


def _open_spans(case: Case, site: Site) -> list[tuple[Span, datetime]]:
    """Return the site's spans around D, each with the first opening of its date."""
    found = []
    for offset in (-1, 0, 1):
        on = case.on + timedelta(days=offset)
        spans = [span for hours in site.hours if (span := hours.span(on, case.zone)) is not None]
        if on not in site.closed_on:
            found += [(span, min(spans)[0]) for span in spans]
    return found


def _open_span(case: Case, stage: Stage, site: Site) -> tuple[Span, datetime] | None:
    call = stage.step.begin_at, stage.step.departure_at
    return next((found for found in _open_spans(case, site) if within(call, found[0])), None)


def _site_hours(case: Case, stage: Stage, site: Site) -> Iterator[Violation]:
    """Require that a call lies wholly within one span of the site's hours, on a day it is open."""
    if _open_span(case, stage, site) is None:
        text = "site {site_id} is not open throughout"
        yield violation(Code.OUTSIDE_SITE_HOURS, f"{stage.where}/begin_at", text, site_id=site.site_id)


def _call_lasts(stage: Stage, site: Site) -> Iterator[Violation]:
    """Require that a call at a site lasts at least `load_s`."""
    lasted_s = (stage.step.departure_at - stage.step.begin_at).total_seconds()
    if lasted_s < site.load_s:
        text = "the call lasts {lasted_s} s; site {site_id} needs {load_s} s"
        params = {"site_id": site.site_id, "lasted_s": lasted_s, "load_s": site.load_s}
        yield violation(Code.SERVICE_TOO_SHORT, f"{stage.where}/departure_at", text, **params)


def _ready(case: Case, stage: Stage, site: Site) -> Iterator[Violation]:
    """Require that loading begins when all of the day's units are prepared."""
    opened = _open_span(case, stage, site)
    if opened is None:
        return
    ready_at = opened[1] + timedelta(seconds=min(site.prep_s_per_unit * _units_from(case, site), _FOR_EVER_S))
    if site.ready_from_time is not None:
        ready_at = max(ready_at, at(case.local_date(opened[1]), site.ready_from_time, case.zone))
    if stage.step.begin_at < ready_at:
        text = "site {site_id} has its goods ready at {ready_at}"
        params = {"site_id": site.site_id, "ready_at": ready_at.isoformat()}
        yield violation(Code.LOAD_NOT_READY, f"{stage.where}/begin_at", text, **params)


def _units_from(case: Case, site: Site) -> int:
    """Return how many labelled units the plan takes from a site that day."""
    loads = (s for s in case.stages if s.step.type is StepType.LOAD and s.step.site_id == site.site_id)
    return sum(len(item.units) for stage in loads for item in stage.step.items)


def _own_site(stage: Stage, site: Site) -> Iterator[Violation]:
    """Require that a site issues its own goods only."""
    for item in stage.step.items:
        if item.site_id != site.site_id:
            text = "site {site_id} does not issue goods of another site"
            yield violation(Code.GOODS_NOT_LOADED, f"{stage.where}/items", text, site_id=site.site_id)


def _loaded_before(stage: Stage) -> Iterator[Violation]:
    """Require that what is handed over was taken aboard before, on the same route."""
    if stage.step.type is not StepType.VISIT or stage.accompanied:
        return
    # What was taken back, and what is labelled for others, is given to nobody else.
    theirs = added(stage.loaded, stage.parcels.get(stage.step.client_id or "", {}))
    for product_id in product_ids(lacking(theirs, goods_in(stage.step.items))):
        text = "product {product_id} is handed over and was not loaded"
        yield violation(Code.GOODS_NOT_LOADED, f"{stage.where}/items", text, product_id=product_id)


def _sound_units(stage: Stage) -> Iterator[Violation]:
    """Require that goods are loaded and handed over at sites and doors only, and every unit holds something."""
    for item in (*stage.step.items, *stage.step.fetched):
        places = {StepType.LOAD, StepType.VISIT} if item in stage.step.items else {StepType.VISIT}
        out_of_place = stage.step.type not in places
        wrong_sum = abs(sum(unit.quantity for unit in item.units) - item.quantity) > QUANTITY_TOLERANCE
        if out_of_place or wrong_sum or any(unit.quantity <= 0 for unit in item.units):
            text = "product {product_id} stands where nothing changes hands, in a unit of nothing, or in a wrong sum"
            yield violation(Code.WRONG_QUANTITY, f"{stage.where}/items", text, product_id=item.product_id)


def _left_aboard(run: tuple[Stage, ...]) -> Iterator[Violation]:
    """Require that what is taken aboard is handed over on the same route."""
    if not run:
        return
    last = run[-1]
    aboard: Cargo = added(last.loaded, last.fetched)
    if last.step.type is StepType.VISIT:
        aboard = added(taken(aboard, goods_in(last.step.items)), goods_in(last.step.fetched))
    elif last.step.type is StepType.LOAD:
        aboard = added(aboard, goods_in(last.step.items))
    for product_id in product_ids(aboard):
        text = "product {product_id} is taken aboard and not handed over"
        yield violation(Code.GOODS_LEFT_ABOARD, f"/routes/{last.route_index}", text, product_id=product_id)


def _capacity(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that mass and volume aboard are within the vehicle's."""
    vehicle = case.vehicle(stage.route)
    if vehicle is None or not stage.aboard:
        return
    carried_g, carried_ml = mass_g(stage.aboard, case.products), volume_ml(stage.aboard, case.products)
    if carried_g > vehicle.max_mass_g + QUANTITY_TOLERANCE:
        text = "{carried_g} g are aboard; the vehicle carries {most_g} g"
        params = {"carried_g": carried_g, "most_g": vehicle.max_mass_g}
        yield violation(Code.MASS_EXCEEDED, stage.leg_where, text, **params)
    if carried_ml > vehicle.max_volume_ml + QUANTITY_TOLERANCE:
        text = "{carried_ml} mL are aboard; the vehicle carries {most_ml} mL"
        params = {"carried_ml": carried_ml, "most_ml": vehicle.max_volume_ml}
        yield violation(Code.VOLUME_EXCEEDED, stage.leg_where, text, **params)


def _custody(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that of each controlled product no more is aboard than the volunteer may have in custody."""
    volunteer = stage.volunteer
    if volunteer is None:
        return
    ceilings = {} if volunteer.custody_blocked else {each.product_id: each.quantity for each in volunteer.custody}
    for product_id in product_ids(stage.aboard):
        product = case.products.get(product_id)
        most = ceilings.get(product_id, 0.0)
        if product and product.controlled and quantity_of(stage.aboard, product_id) > most + QUANTITY_TOLERANCE:
            text = "volunteer {volunteer_id} may have {most} of product {product_id} in custody"
            params = {"volunteer_id": volunteer.volunteer_id, "most": most, "product_id": product_id}
            yield violation(Code.CUSTODY_EXCEEDED, stage.leg_where, text, **params)


def _returned(case: Case, run: tuple[Stage, ...]) -> Iterator[Violation]:
    """Require that after the last visit with controlled goods of a site, the route calls there to count in."""
    last: dict[str, Stage] = dict.fromkeys(_owed(case, run), run[0]) if run else {}
    for stage in run:
        if stage.step.type is StepType.VISIT and not stage.accompanied:
            for item in (*stage.step.items, *stage.step.fetched):
                product = case.products.get(item.product_id)
                if product is not None and product.controlled:
                    last[item.site_id] = stage
        elif stage.step.type is StepType.RETURN and stage.step.site_id is not None:
            last.pop(stage.step.site_id, None)
    for site_id in _still_aboard(case, run):
        last.setdefault(site_id, run[-1])
    for site_id, stage in sorted(last.items(), key=lambda pair: pair[0]):
        text = "the route does not call at site {site_id} again to count controlled goods in"
        yield violation(Code.CONTROLLED_NOT_RETURNED, stage.where, text, site_id=site_id)


def _owed(case: Case, run: tuple[Stage, ...]) -> set[str]:
    """Return the sites that wait since before the route: for a count, for controlled goods nobody is handed."""
    so_far = case.taken_up.get(run[0].route_index)
    if so_far is None or run[0].accompanied:
        return set()
    visited = {stage.step.client_id for stage in run if stage.step.type is StepType.VISIT}
    left = [parcel for parcel in so_far.aboard if parcel.client_id not in visited]
    controlled = {product_id for product_id, product in case.products.items() if product.controlled}
    sites = {parcel.site_id for parcel in left if parcel.product_id in controlled}
    return {*so_far.counts_in, *sites, *(parcel.site_id for parcel in so_far.fetched)}


def _still_aboard(case: Case, run: tuple[Stage, ...]) -> set[str]:
    """Return the sites of controlled goods that were aboard before the route, and are so at its end."""
    goods = {kind for cargo in (run[-1].parcels.values() if run else ()) for kind in cargo}
    return {
        kind.site_id for kind in goods if kind.product_id in case.products and case.products[kind.product_id].controlled
    }
