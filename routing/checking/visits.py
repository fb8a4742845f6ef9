"""Is each visit at a right door, at a right time? Rules of `docs/rules.md`, section 2, second part."""

from __future__ import annotations

from collections.abc import Iterator

from routing.checking.cargo import goods_in, product_ids, taken
from routing.checking.case import Case, Stage, same_place
from routing.checking.deliveries import handovers, standings
from routing.checking.orders import is_surely_urgent, is_urgent
from routing.checking.times import in_force
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.clients import Client
from routing.domain.passes import ZoneEntry
from routing.domain.places import Location, Place, PlaceKind
from routing.domain.products import ProductKind

# A home so near a zone's border may be taken for inside or outside; plans keep a metre from borders.
BORDER_M = 2.0
# Client, beginning, who leads.
VisitKey = tuple[str | None, object, str]


def visit_violations(case: Case) -> Iterator[Violation]:
    """Judge every visit, those of accompanying routes too."""
    for stage in case.visits:
        if stage.client is not None:
            yield from _place(case, stage, stage.client)
            yield from _window(case, stage, stage.client)
            yield from _service(stage, stage.client)
            yield from _consent(stage, stage.client)
            yield from _institution(case, stage, stage.client)
        yield from _closed_day(case, stage)
    yield from _isolating(case)


def _place(case: Case, stage: Stage, client: Client) -> Iterator[Violation]:
    """Require the client's place; `edge_place` where, and only where, a zone asks for it."""
    if not any(
        place is not None and _is_at(stage.step.location, place) for place in _meeting_places(case, stage, client)
    ):
        text = "the visit is not where client {client_id} is to be met"
        yield violation(Code.WRONG_PLACE, f"{stage.where}/location", text, client_id=client.client_id)


def _meeting_places(case: Case, stage: Stage, client: Client) -> list[Place | None]:
    """Return where a visit may be; both places for a home on the very border of a zone."""
    if _at_edge(case, stage, client, within_m=0):
        return [client.edge_place]
    if _at_edge(case, stage, client, within_m=BORDER_M):
        return [client.place, client.edge_place]
    return [client.place]


def _at_edge(case: Case, stage: Stage, client: Client, within_m: float) -> bool:
    home = client.place.location
    if home is None:
        return False
    point = case.areas.frame.line([home.point]).buffer(within_m) if within_m else case.areas.frame.line([home.point])
    span = stage.step.arrival_at, stage.step.departure_at
    return any(
        zone.entry is ZoneEntry.HANDOVER_AT_EDGE
        and in_force(span, zone.valid_from_at, zone.valid_to_at)
        and case.areas.zone_touched(zone, point)
        for zone in case.programme.zones
    )


def _is_at(location: Location, place: Place) -> bool:
    return place.location is not None and same_place(location, place.location)


def _window(case: Case, stage: Stage, client: Client) -> Iterator[Violation]:
    """Require that service begins within one of the client's windows."""
    spans = case.spans(client.windows)
    if client.windows and not any(start <= stage.step.begin_at <= end for start, end in spans):
        text = "service at client {client_id} begins outside all windows"
        yield violation(Code.OUTSIDE_TIME_WINDOW, f"{stage.where}/begin_at", text, client_id=client.client_id)


def _service(stage: Stage, client: Client) -> Iterator[Violation]:
    """Require that a visit lasts at least `service_s`."""
    lasted_s = (stage.step.departure_at - stage.step.begin_at).total_seconds()
    if lasted_s < client.service_s:
        text = "the visit lasts {lasted_s} s; client {client_id} needs {service_s} s"
        params = {"client_id": client.client_id, "lasted_s": lasted_s, "service_s": client.service_s}
        yield violation(Code.SERVICE_TOO_SHORT, f"{stage.where}/departure_at", text, **params)


def _closed_day(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that neither D nor the date a night's visit falls on is closed."""
    days = {case.on, case.local_date(stage.step.begin_at)}
    if any(case.programme.calendar.is_closed(on) for on in days):
        yield violation(Code.CLOSED_DAY, stage.where, "nobody is visited on a closed day")


def _consent(stage: Stage, client: Client) -> Iterator[Violation]:
    """Require that nobody is visited who has not agreed to it."""
    if not client.consent.home_delivery:
        text = "client {client_id} has not agreed to be visited"
        yield violation(Code.NO_CONSENT, stage.where, text, client_id=client.client_id)


def _institution(case: Case, stage: Stage, client: Client) -> Iterator[Violation]:
    """Require that on the leg to an institution everything aboard is for it, and nothing its gate would take away."""
    if client.place.kind is not PlaceKind.INSTITUTION:
        return
    for_others = taken(stage.aboard, goods_in(stage.step.items))
    if for_others:
        text = "on the way to institution {client_id} goods for others are aboard"
        yield violation(Code.INSTITUTION_TRIP_SHARED, stage.leg_where, text, client_id=client.client_id)
    for product_id in product_ids(stage.aboard):
        product = case.products.get(product_id)
        if product is not None and (product.controlled or product.kind is ProductKind.NEEDLES):
            text = "product {product_id} is aboard on the way to institution {client_id}"
            params = {"product_id": product_id, "client_id": client.client_id}
            yield violation(Code.INSTITUTION_TRIP_GOODS, stage.leg_where, text, **params)


def _isolating(case: Case) -> Iterator[Violation]:
    """Require that after an isolating client (unless urgent) a volunteer visits only isolating clients."""
    urgent = urgent_visits(case)
    met = {each.volunteer_id for each in (case.day.volunteers if case.day else ()) if each.met_isolating}
    for stage in sorted(case.visits, key=lambda each: each.step.begin_at):
        if stage.client is None:
            continue
        if stage.client.isolating:
            if visit_key(stage) not in urgent:
                met.add(stage.route.volunteer_id)
        elif stage.route.volunteer_id in met:
            text = "client {client_id} is visited after an isolating client"
            yield violation(Code.ISOLATING_NOT_LAST, stage.where, text, client_id=stage.client.client_id)


def urgent_visits(case: Case) -> set[VisitKey]:
    """Return the visits with an order of tier T0a, T0b or T1; a companion's visit is as urgent as the other's."""
    found = handovers(case)
    known = standings(case, found)
    urgent = set()
    for handover in found:
        for delivery in handover.deliveries:
            standing = known.get(delivery)
            last_day = getattr(delivery.source, "latest_on", None) == case.on
            if last_day or (standing is not None and is_urgent(standing)):
                urgent.add(visit_key(handover.stage))
    return urgent


def perhaps_urgent_visits(case: Case) -> tuple[set[VisitKey], set[VisitKey]]:
    """Return the visits that are urgent whatever the days ahead bring, and those that may be, by who can come then.

    Who may come on which day is read by the planner from everybody's shifts, here from calendar and passes alone.
    """
    found = handovers(case)
    known = standings(case, found)
    surely, perhaps = set(), set()
    for handover in found:
        for delivery in handover.deliveries:
            standing = known.get(delivery)
            last_day = getattr(delivery.source, "latest_on", None) == case.on
            if last_day or (standing is not None and is_surely_urgent(standing)):
                surely.add(visit_key(handover.stage))
            if last_day or (standing is not None and standing.latest_safe_at is not None):
                perhaps.add(visit_key(handover.stage))
    return surely, perhaps


def visit_key(stage: Stage) -> VisitKey:
    """Return what tells a visit from others: two volunteers may see one client at the same instant, each alone."""
    lead = stage.route.accompanies or stage.route.volunteer_id
    return stage.step.client_id, stage.step.begin_at, lead
