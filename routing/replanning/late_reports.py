"""Words about visits that were taken for done, since nobody had told of them when the day was last planned.

Law: the ledger's entry says in the end what happened; what was not handed over is due again, and made up anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from routing.continuity.order_ids import OrderIds
from routing.domain.day_so_far import DaySoFar, Lock, Served
from routing.domain.events import Event, Events, Failure, VisitDone, VisitFailed, VisitPartly
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.programme import Programme

Visit = VisitDone | VisitPartly | VisitFailed


def taken_for_done(day: DaySoFar | None, event: Event) -> Served | None:
    """Return the visit that an event is about, if it was taken for done and nobody has told of it."""
    if day is None or not isinstance(event, VisitDone | VisitPartly | VisitFailed):
        return None
    about = (event.volunteer_id, event.client_id)
    return next(
        (each for each in day.served if (each.volunteer_id, each.client_id) == about and not each.reported), None
    )


@dataclass(frozen=True)
class Corrected:
    """The programme as late words leave it, and what follows for clients who were not served after all."""

    programme: Programme
    locks: tuple[Lock, ...] = ()
    failed: frozenset[str] = frozenset()


def corrected(programme: Programme, events: Events) -> Corrected:
    """Write late words about visits into ledger and day."""
    found = Corrected(programme)
    for event in events.events:
        day = found.programme.so_far(events.on)
        visit = taken_for_done(day, event)
        if day is not None and visit is not None and isinstance(event, VisitDone | VisitPartly | VisitFailed):
            found = _with(found, day, visit, event, events.retry_s)
    return found


def _with(found: Corrected, day: DaySoFar, visit: Served, event: Visit, retry_s: int) -> Corrected:
    done = _done(visit, event)
    names = OrderIds.of(found.programme)
    ledger = [entry for each in found.programme.ledger if (entry := _told(each, visit, done, names)) is not None]
    served = [_reported(each, done) if each is visit else each for each in day.served]
    changed = found.programme.changed(
        ledger=tuple(ledger), day=day.changed(served=tuple(each for each in served if each is not None))
    )
    if len(done) == len(visit.order_ids):
        return replace(found, programme=changed)
    return Corrected(changed, (*found.locks, *_locks(event, retry_s)), found.failed | {event.client_id})


def _done(visit: Served, event: Visit) -> tuple[str, ...]:
    if isinstance(event, VisitFailed):
        return ()
    if isinstance(event, VisitPartly):
        return tuple(order_id for order_id in visit.order_ids if order_id in event.order_ids)
    return visit.order_ids


def _reported(visit: Served, done: tuple[str, ...]) -> Served | None:
    return visit.changed(order_ids=done, reported=True) if done else None


def _told(entry: LedgerEntry, visit: Served, done: Sequence[str], names: OrderIds) -> LedgerEntry | None:
    """Return an entry of the visit as it is now known: handed over, or back; None: what was not fetched after all."""
    own = (entry.client_id, entry.volunteer_id, entry.at) == (visit.client_id, visit.volunteer_id, visit.at)
    if not own or entry.state not in {LedgerState.ISSUED, LedgerState.FETCHED}:
        return entry
    order_id = (
        names.regimen(entry.client_id, entry.product_id)
        if entry.supply_id is None
        else names.supply(entry.client_id, entry.supply_id)
    )
    if order_id in done:
        return entry.changed(state=LedgerState.HANDED_OVER) if entry.state is LedgerState.ISSUED else entry
    return entry.changed(state=LedgerState.RETURNED) if entry.state is LedgerState.ISSUED else None


def _locks(event: Visit, retry_s: int) -> list[Lock]:
    """Return when, or that not at all, somebody is visited again who was not served."""
    reason = event.reason if isinstance(event, VisitFailed) else Failure.NOT_HOME
    again_at = event.again_from_at if isinstance(event, VisitFailed) else None
    if again_at is None and reason is Failure.NOT_HOME:
        again_at = event.at + timedelta(seconds=retry_s)
    if again_at is not None:
        return [Lock(client_id=event.client_id, from_at=again_at)]
    return [] if reason is Failure.NOT_REACHED else [Lock(client_id=event.client_id, excluded=True)]
