"""From a programme, its plan and the events since, to the programme from which the rest of the day is planned.

Law: pure. What happened goes into the ledger, what is still so into `day`; nobody is planned for here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from routing.continuity import needs_of
from routing.domain.day_so_far import DaySoFar, Lock, Parcel, VolunteerSoFar
from routing.domain.errors import DayError, Problem, ProgrammeError
from routing.domain.events import Event, Events, Locked, SheetLost, Unlocked, VolunteerDetained
from routing.domain.loading import dump_programme, load_programme
from routing.domain.plan import Plan, StepType
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.network.extract import Extract
from routing.passes import reach_of
from routing.replanning.executed import Executed, executed, promises
from routing.replanning.facts import with_facts, without_stock
from routing.replanning.late_reports import corrected
from routing.replanning.refusing import refuse_events

USUAL_TOLERANCE_S, USUAL_CHANGE_S = 1800, 600


@dataclass(frozen=True)
class Applied:
    """The programme as the events leave it.

    Attributes
    ----------
    exposed
        By volunteer whose sheet is in other hands: the clients on it.
    """

    programme: Programme
    exposed: Mapping[str, tuple[str, ...]]


def apply_events(programme: Programme, plan: Plan, events: Events, extract: Extract) -> Applied:
    """Write the events into the programme.

    Parameters
    ----------
    programme, plan, extract
        The plan that was under way, and what it was made from.

    Raises
    ------
    DayError
        The events cannot be: with every problem found.
    """
    refuse_events(programme, plan, events, extract)
    needs = needs_of(programme, plan.date, reach_of(programme, plan.date))
    late = corrected(programme, events)
    orders = {order.order_id: order for order in needs.orders}
    followed = executed(late.programme, plan, events, orders, programme.so_far(plan.date))
    followed.locks += late.locks
    followed.failed |= late.failed
    changed = _with_records(late.programme, followed, plan.date)
    changed = with_facts(changed, events, extract)
    changed = changed.changed(day=_day(late.programme, plan, events, followed))
    return Applied(_read_again(changed, programme), _exposed(plan, events))


def _with_records(programme: Programme, followed: Executed, on: date) -> Programme:
    """Write what was handed over into the ledger, and take what was loaded from the shelves."""
    single = {permit.pass_id for permit in programme.passes if permit.single_use}
    used = {
        pass_id
        for route in followed.finished
        for step in route.steps
        if step.leg is not None
        for pass_id in step.leg.pass_ids
        if pass_id in single
    }
    holding = {
        standing.volunteer_id
        for standing in followed.standings.values()
        if standing.out_of_service and _has_controlled(programme, standing.aboard.values())
    }
    clients = (
        client.changed(follow_up_on=None) if client.client_id in followed.follow_ups else client
        for client in programme.clients
    )
    return without_stock(programme, followed.taken, on).changed(
        ledger=(*programme.ledger, *followed.entries),
        clients=tuple(clients),
        passes=tuple(each.changed(used=True) if each.pass_id in used else each for each in programme.passes),
        volunteers=tuple(_blocked(each) if each.volunteer_id in holding else each for each in programme.volunteers),
    )


def _has_controlled(programme: Programme, parcels: Iterable[Parcel]) -> bool:
    controlled = {product.product_id for product in programme.products if product.controlled}
    return any(parcel.product_id in controlled for parcel in parcels)


def _blocked(volunteer: Volunteer) -> Volunteer:
    """Return somebody who is issued nothing controlled until what they carry is accounted for."""
    return volunteer.changed(custody_blocked=True)


def _day(programme: Programme, plan: Plan, events: Events, followed: Executed) -> DaySoFar:
    before = programme.so_far(plan.date)
    served = (*(() if before is None else before.served), *followed.served)
    tolerance_s = events.tolerance_s
    if tolerance_s is None:
        tolerance_s = USUAL_TOLERANCE_S if before is None else before.tolerance_s
    change_s = events.change_s
    if change_s is None:
        change_s = USUAL_CHANGE_S if before is None else before.change_s
    standings = (followed.standings[volunteer.volunteer_id] for volunteer in programme.volunteers)
    entries: tuple[VolunteerSoFar, ...] = tuple(
        entry for standing in standings if (entry := standing.so_far(events.now_at)) is not None
    )
    return DaySoFar(
        on=plan.date,
        now_at=events.now_at,
        tolerance_s=tolerance_s,
        change_s=change_s,
        volunteers=entries,
        served=served,
        promised=promises(followed, () if before is None else before.promised, tolerance_s),
        locks=_locks(() if before is None else before.locks, events.events, followed),
    )


def _locks(before: Sequence[Lock], events: Sequence[Event], followed: Executed) -> tuple[Lock, ...]:
    """Return the locks that hold: those of who is served are done with, and those that failed are overtaken."""
    seen = {each.client_id for each in followed.served} - followed.failed
    locks = [lock for lock in before if lock.client_id not in seen]
    for event in events:
        if isinstance(event, Unlocked):
            locks = [lock for lock in locks if lock.client_id != event.client_id]
        elif isinstance(event, Locked):
            locks.append(event.lock)
    locks = [lock for lock in locks if lock.client_id not in followed.failed or not lock.demands]
    return (*locks, *followed.locks)


def _exposed(plan: Plan, events: Events) -> dict[str, tuple[str, ...]]:
    """Return the clients whose doors stand on sheets that are in other hands."""
    found: dict[str, tuple[str, ...]] = {}
    for event in events.events:
        if isinstance(event, SheetLost | VolunteerDetained):
            clients = {
                step.client_id or ""
                for route in plan.routes
                if route.volunteer_id == event.volunteer_id
                for step in route.steps
                if step.type is StepType.VISIT
            }
            found[event.volunteer_id] = tuple(sorted(clients))
    return found


def _read_again(changed: Programme, before: Programme) -> Programme:
    """Read the document that the events leave: what they bring along is held to every rule of programmes.

    Raises
    ------
    DayError
        With what the reader finds that it did not find before, at its place in the changed programme.
    """
    problems = _problems(changed)
    if problems:
        known = _problems(before)
        problems = [problem for problem in problems if problem not in known]
    if problems:
        raise DayError(problems)
    return changed


def _problems(programme: Programme) -> Sequence[Problem]:
    try:
        load_programme(dump_programme(programme))
    except ProgrammeError as error:
        return error.problems
    return ()
