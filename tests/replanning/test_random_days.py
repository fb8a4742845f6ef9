"""Random days, a random part of them carried out, random events: what is planned then is lawful, and nothing is lost.

`plan_day` gives no plan out that the checker refuses. On top of that: nothing is handed over twice, goods on the road
are handed over, handed in, or said to be out of reach, and whoever is due is served or listed with a reason.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from routing.domain.clients import ClientStatus
from routing.domain.day_so_far import Lock
from routing.domain.errors import DayError
from routing.domain.events import (
    DispensedAtSite,
    Event,
    Failure,
    Locked,
    NewClient,
    PassRevoked,
    SheetLost,
    StatusChanged,
    StreetClosed,
    VisitDone,
    VisitFailed,
    VisitPartly,
    VolunteerDetained,
    VolunteerGone,
)
from routing.domain.plan import Plan, StepType
from routing.domain.programme import Programme
from tests.continuity.stories import NALOXONE
from tests.property.days_under_passes import days_under_passes
from tests.property.programmes import programmes
from tests.replanning.days import replanned, visits
from tests.solver.town import area, plan, wanting, zone
from tests.solver.town import at as at_place

DAYS = int(os.environ.get("DOORSTEP_HUNT", "20"))
SEEN: Counter[str] = Counter()
LOCKED_TOO_MUCH = {"lock_not_lawful", "locks_contradict", "lock_without_order"}
# To make a day smaller takes minutes: it is told as it was drawn.
PHASES = (Phase.generate,)


def test_the_rest_of_random_days_is_lawful_and_loses_nothing():
    SEEN.clear()
    _live()
    assert SEEN["replanned"] >= DAYS // 4
    assert SEEN["aboard"] > 0
    assert SEEN["served again"] > 0


@settings(phases=PHASES, max_examples=DAYS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(programmes(), days_under_passes(), days_under_passes()), st.data())
def _live(programme: Programme, data: st.DataObject) -> None:
    before = plan(programme)
    for _ in range(2):
        if not before.routes:
            return
        SEEN["replanned"] += 1
        starts, ends = min(r.start_at for r in before.routes), max(r.end_at for r in before.routes)
        since = programme.day.now_at if programme.day else starts
        now_at = max(since, starts + timedelta(seconds=data.draw(st.integers(0, int((ends - starts).total_seconds())))))
        events = _events(data, programme, before, now_at)
        try:
            made = replanned(programme, before, now_at, *events)
        except DayError as error:
            # Locks may be unlawful, or too many; anything else is a fault of the test or of Doorstep.
            if {each.code for each in error.problems} <= LOCKED_TOO_MUCH:
                return
            raise
        _judge(made.programme, made.plan)
        programme, before = made.programme, made.plan


def _events(data: st.DataObject, programme: Programme, before: Plan, now_at) -> list[Event]:
    found: list[Event] = []
    past = [(route, step) for route, step in visits(before) if step.departure_at <= now_at]
    for route, step in past:
        about = {"at": step.departure_at, "volunteer_id": route.volunteer_id, "client_id": step.client_id}
        kind = data.draw(st.sampled_from(["done", "done", "none", "partly", *Failure]))
        if kind == "done":
            found.append(VisitDone(type="visit_done", **about))
        elif kind == "partly":
            found.append(VisitPartly(type="visit_partly", **about, order_ids=step.order_ids[:1]))
        elif kind != "none":
            found.append(VisitFailed(type="visit_failed", **about, reason=Failure(kind)))
    at = max([now_at - timedelta(seconds=1), *(event.at for event in found)])
    found += data.draw(st.lists(_other(programme, at), max_size=2))
    for served in programme.day.served if programme.day else ():
        if not served.reported:
            about = {"at": at, "volunteer_id": served.volunteer_id, "client_id": served.client_id}
            kind = data.draw(st.sampled_from(["none", "done", *Failure]))
            if kind == "done":
                found.append(VisitDone(type="visit_done", **about))
            elif kind != "none":
                found.append(VisitFailed(type="visit_failed", **about, reason=Failure(kind)))
    kept: dict[tuple[object, ...], Event] = {}
    for event in found:
        kept.setdefault((getattr(event, "volunteer_id", id(event)), getattr(event, "client_id", id(event))), event)
    return sorted(kept.values(), key=lambda event: event.at)


def _other(programme: Programme, at) -> st.SearchStrategy[Event]:
    clients = st.sampled_from([client.client_id for client in programme.clients])
    volunteers = st.sampled_from([one.volunteer_id for one in programme.volunteers])
    kinds = [
        volunteers.map(lambda one: VolunteerGone(type="volunteer_gone", at=at, volunteer_id=one)),
        volunteers.map(lambda one: VolunteerDetained(type="volunteer_detained", at=at, volunteer_id=one)),
        volunteers.map(lambda one: SheetLost(type="sheet_lost", at=at, volunteer_id=one)),
        clients.map(
            lambda one: StatusChanged(type="status_changed", at=at, client_id=one, status=ClientStatus.HOSPITAL)
        ),
        clients.map(lambda one: Locked(type="locked", at=at, lock=Lock(client_id=one, excluded=True))),
        st.tuples(clients, volunteers).map(
            lambda both: Locked(type="locked", at=at, lock=Lock(client_id=both[0], not_volunteer_ids=(both[1],)))
        ),
        st.tuples(clients, volunteers).map(
            lambda both: Locked(type="locked", at=at, lock=Lock(client_id=both[0], volunteer_id=both[1]))
        ),
        st.just(
            StreetClosed(
                type="street_closed", at=at, zone=zone(area(2.4, -0.5, 2.6, 1.5), zone_id="new", valid_from_at=at)
            )
        ),
    ]
    kinds.append(
        clients.map(
            lambda one: NewClient(
                type="new_client", at=at, client=wanting(f"n{one}", at_place(2, 1), goods=(NALOXONE,))
            )
        )
    )
    items = [
        (client.client_id, supply)
        for client in programme.clients
        for supply in client.supplies
        if not client.household_id
    ]
    if items:
        kinds.append(st.sampled_from(items).map(lambda item: _at_the_counter(at, *item)))
    if programme.passes:
        passes = st.sampled_from([permit.pass_id for permit in programme.passes])
        kinds.append(passes.map(lambda one: PassRevoked(type="pass_revoked", at=at, pass_id=one)))
    return st.one_of(kinds)


def _at_the_counter(at, client_id, supply) -> Event:
    return DispensedAtSite(
        type="dispensed_at_site",
        at=at,
        client_id=client_id,
        product_id=supply.product_id,
        supply_id=supply.supply_id,
        quantity=float(supply.quantity),
    )


def _judge(programme: Programme, after: Plan) -> None:
    """Judge by the documents alone."""
    day = programme.day
    assert day is not None
    done = Counter(order_id for each in day.served for order_id in each.order_ids)
    planned = Counter(order_id for _, step in visits(after) for order_id in step.order_ids)
    assert all(times == 1 for times in (done + planned).values())
    SEEN["served again"] += bool(planned)
    stranded = set() if after.replans is None else set(after.replans.stranded)
    visited = {order_id: route.volunteer_id for route, step in visits(after) for order_id in step.order_ids}
    controlled = {product.product_id for product in programme.products if product.controlled}
    for so_far in day.volunteers:
        SEEN["aboard"] += bool(so_far.aboard)
        returns = {
            step.site_id
            for route in after.routes
            if route.volunteer_id == so_far.volunteer_id
            for step in route.steps
            if step.type in {StepType.RETURN, StepType.LOAD}
        }
        for parcel in so_far.aboard:
            out_of_reach = so_far.out_of_service or so_far.volunteer_id in stranded
            handed_over = visited.get(parcel.order_id) == so_far.volunteer_id
            assert out_of_reach or handed_over or parcel.product_id not in controlled or parcel.site_id in returns
    known = done + planned + Counter(each.order_id for each in after.unserved)
    assert all(times == 1 for times in known.values())
