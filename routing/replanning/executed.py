"""The plan as far as it was carried out. Law: what was reported is so; else a step has happened once its time has come.

A visit that nobody reported is taken for done, and stands in the ledger as issued: tomorrow somebody has to say how it
ended. Whoever reports late is late with what follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.continuity.order_ids import OrderIds
from routing.domain.clients import Client
from routing.domain.day_so_far import DaySoFar, Lock, Promise, Served
from routing.domain.events import (
    Events,
    Failure,
    Loaded,
    VisitDone,
    VisitFailed,
    VisitPartly,
    VolunteerDetained,
    VolunteerGone,
)
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Order, Tier
from routing.domain.plan import Plan, Route, Step, StepType
from routing.domain.programme import Programme
from routing.replanning.late_reports import taken_for_done
from routing.replanning.records import entries_of, parcel_of
from routing.replanning.standing import Standing

Reported = VisitDone | VisitPartly | VisitFailed | Loaded
URGENT = frozenset({Tier.T0A, Tier.T0B, Tier.T1})


@dataclass
class Executed:
    """What has happened: how everybody stands, and what goes into the records."""

    standings: dict[str, Standing]
    entries: list[LedgerEntry] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    to_come: list[tuple[Route, Step]] = field(default_factory=list)
    taken: dict[tuple[str, str], float] = field(default_factory=dict)
    follow_ups: set[str] = field(default_factory=set)
    finished: list[Route] = field(default_factory=list)


def executed(
    programme: Programme, plan: Plan, events: Events, orders: Mapping[str, Order], known: DaySoFar | None
) -> Executed:
    """Follow the plan up to now.

    Parameters
    ----------
    orders
        By id, those that the plan was made for.
    known
        The day as it was known before the events: some of them may be about visits of an earlier plan.
    """
    return _Follower(programme, plan, events, orders, known).follow()


class _Follower:
    def __init__(
        self,
        programme: Programme,
        plan: Plan,
        events: Events,
        orders: Mapping[str, Order],
        known: DaySoFar | None,
    ) -> None:
        self._known = known
        self._plan = plan
        self._events = events
        self._orders = orders
        self._names = OrderIds.of(programme)
        self._clients: dict[str, Client] = {client.client_id: client for client in programme.clients}
        self._volunteers = {volunteer.volunteer_id: volunteer for volunteer in programme.volunteers}
        day = programme.so_far(plan.date)
        self._found = Executed(
            {one: Standing.of(one, None if day is None else day.of(one)) for one in self._volunteers}
        )

    def follow(self) -> Executed:
        for route in sorted(self._plan.routes, key=lambda each: (each.start_at, each.accompanies is not None)):
            self._route(route)
        for event in self._events.events:
            if isinstance(event, VolunteerGone | VolunteerDetained):
                self._found.standings[event.volunteer_id].out_of_service = True
        return self._found

    def _until(self, volunteer_id: str) -> datetime:
        """Return until when somebody went on: now, or when they fell out."""
        out = [
            event.at
            for event in self._events.events
            if isinstance(event, VolunteerGone | VolunteerDetained) and event.volunteer_id == volunteer_id
        ]
        return min([self._events.now_at, *out])

    def _reported(self, route: Route) -> dict[int, Reported]:
        """Return what was reported of a route's steps; of who goes along, what the other reported."""
        lead = route.accompanies or route.volunteer_id
        found: dict[int, Reported] = {}
        for event in self._events.events:
            if not isinstance(event, VisitDone | VisitPartly | VisitFailed | Loaded) or event.volunteer_id != lead:
                continue
            if taken_for_done(self._known, event) is not None:
                continue  # it is about a visit before this plan
            steps = [index for index, step in enumerate(route.steps) if index not in found and _is_about(event, step)]
            if steps:
                found[steps[0]] = event
        return found

    def _route(self, route: Route) -> None:
        reported = self._reported(route)
        last, until, delay = max(reported, default=-1), self._until(route.volunteer_id), timedelta()
        for index, step in enumerate(route.steps):
            event = reported.get(index)
            if index > last and step.begin_at + delay > until:
                if route.accompanies is None:
                    self._found.to_come += [
                        (route, each) for each in route.steps[index:] if each.type is StepType.VISIT
                    ]
                return
            delay = delay if event is None else event.at - step.departure_at
            self._step(route, index, event, step.departure_at + delay)

    def _step(self, route: Route, index: int, event: Reported | None, at: datetime) -> None:
        step, standing = route.steps[index], self._found.standings[route.volunteer_id]
        if step.type is StepType.VISIT:
            self._visit(route, step, event, at)
        elif step.type in {StepType.LOAD, StepType.RETURN}:
            to_come = {each.client_id or "" for each in route.steps[index + 1 :] if each.type is StepType.VISIT}
            standing.at_site(step.site_id or "", route, at, to_come)
            if step.type is StepType.LOAD:
                self._load(route, index, standing)
            else:
                standing.counted_in(step.site_id or "")
        elif step.type is StepType.BREAK:
            standing.rest(step.begin_at + (at - step.departure_at), at)
        elif step.type is StepType.END:
            standing.at_home(at, at_end=self._volunteers[route.volunteer_id].end is not None)
            self._found.finished.append(route)

    def _load(self, route: Route, index: int, standing: Standing) -> None:
        """Take aboard what the visits up to the next load there are for, if it is not aboard already."""
        site_id = route.steps[index].site_id
        for step in route.steps[index + 1 :]:
            if step.type is StepType.LOAD and step.site_id == site_id:
                return
            for order_id in () if route.accompanies else step.order_ids:
                order = self._orders.get(order_id)
                if order is None or order.item is None or order.item.site_id != site_id or order_id in standing.aboard:
                    continue
                standing.aboard[order_id] = parcel_of(order, order.item)
                shelf = order.item.site_id, order.item.product_id
                self._found.taken[shelf] = self._found.taken.get(shelf, 0.0) + order.item.quantity

    def _visit(self, route: Route, step: Step, event: Reported | None, at: datetime) -> None:
        if isinstance(event, VisitFailed) and event.reason is Failure.NOT_REACHED:
            self._failed(event, step)
            return
        client, standing = self._clients[step.client_id or ""], self._found.standings[route.volunteer_id]
        done = _done(step, event)
        orders = [self._orders[order_id] for order_id in step.order_ids if order_id in self._orders]
        isolating = client.isolating and not any(order.tier in URGENT for order in orders)
        standing.at_door(step, route, at, at_edge=_at_edge(client, step), isolating=isolating)
        if route.accompanies is not None:
            return
        if isinstance(event, VisitFailed):
            self._failed(event, step)
        elif len(done) < len(step.order_ids):
            self._again(client.client_id, at + timedelta(seconds=self._events.retry_s))
        for order in orders:
            if order.order_id in done:
                standing.hand_over(order)
                self._record(order, client, route.volunteer_id, at, reported=event is not None)
        if done:
            self._found.served.append(
                Served(
                    client_id=client.client_id,
                    volunteer_id=route.volunteer_id,
                    at=at,
                    order_ids=done,
                    reported=event is not None,
                )
            )

    def _record(self, order: Order, client: Client, volunteer_id: str, at: datetime, *, reported: bool) -> None:
        state = LedgerState.HANDED_OVER if reported else LedgerState.ISSUED
        self._found.entries += entries_of(order, client, self._names, state, at, volunteer_id)
        if order.kind == "follow_up":
            self._found.follow_ups.add(client.client_id)

    def _failed(self, event: VisitFailed, step: Step) -> None:
        """Note what is to become of a client who was not served."""
        client_id = step.client_id or ""
        self._found.failed.add(client_id)
        again_at = event.again_from_at
        if again_at is None and event.reason is Failure.NOT_HOME:
            again_at = event.at + timedelta(seconds=self._events.retry_s)
        if again_at is not None:
            self._again(client_id, again_at)
        elif event.reason is not Failure.NOT_REACHED:
            self._found.locks.append(Lock(client_id=client_id, excluded=True))

    def _again(self, client_id: str, from_at: datetime) -> None:
        self._found.failed.add(client_id)
        self._found.locks.append(Lock(client_id=client_id, from_at=from_at))


def _is_about(event: Reported, step: Step) -> bool:
    if isinstance(event, Loaded):
        return step.type is StepType.LOAD and step.site_id == event.site_id
    return step.type is StepType.VISIT and step.client_id == event.client_id


def _done(step: Step, event: Reported | None) -> tuple[str, ...]:
    """Return which of a visit's orders were done."""
    if isinstance(event, VisitFailed):
        return ()
    if isinstance(event, VisitPartly):
        return tuple(order_id for order_id in step.order_ids if order_id in event.order_ids)
    return step.order_ids


def _at_edge(client: Client, step: Step) -> bool:
    edge = None if client.edge_place is None else client.edge_place.location
    return edge is not None and edge.point == step.location.point and edge != client.place.location


def promises(executed: Executed, before: Sequence[Promise], tolerance_s: int) -> tuple[Promise, ...]:
    """Return what clients may count on who are still to be visited.

    A promise that the plan keeps stays as it was made; who was told another time counts on that.
    """
    known = {order_id: promise for promise in before for order_id in promise.order_ids}
    found: dict[tuple[str, ...], Promise] = {}
    for route, step in executed.to_come:
        if step.client_id is None or step.client_id in executed.failed:
            continue
        begin_at = step.begin_at
        made = next((known[order_id] for order_id in step.order_ids if order_id in known), None)
        if made is not None and abs(made.begin_at - begin_at) <= timedelta(seconds=tolerance_s):
            begin_at = made.begin_at
        found[step.order_ids] = Promise(
            client_id=step.client_id, volunteer_id=route.volunteer_id, begin_at=begin_at, order_ids=step.order_ids
        )
    return tuple(found.values())
