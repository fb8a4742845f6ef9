"""Rule 1: the status that holds on a day, and what a change of it stops."""

from __future__ import annotations

from datetime import date, datetime

from routing.continuity.day import Day
from routing.domain.clients import Client, ClientStatus, StatusChange

TREATED = frozenset({ClientStatus.PRESCRIBED, ClientStatus.ACTIVE})
SUPPLIED = TREATED | {ClientStatus.LEAD, ClientStatus.ASSESSED}
VISITED = SUPPLIED | {ClientStatus.ENDED}


def status_on(client: Client, day: Day) -> ClientStatus:
    """Return the status with the latest `from_at` up to the end of the day; `active` where none is written yet.

    Of two with the same instant the one written later holds.
    """
    if not client.status:
        return ClientStatus.ACTIVE
    # max keeps the first of equals, so the list is read from its end.
    latest = max(reversed(_begun(client, day)), key=lambda change: change.from_at, default=None)
    return ClientStatus.ACTIVE if latest is None else latest.status


def stops(client: Client, day: Day) -> list[datetime]:
    """Return the instants up to the end of the day at which the client stopped being treated."""
    return [change.from_at for change in _begun(client, day) if change.status not in TREATED]


def assessed_since(client: Client, on: date, day: Day) -> bool:
    """Whether a status `assessed` has begun on a date or later, up to the end of the day."""
    return any(
        change.status is ClientStatus.ASSESSED and on <= day.local_date(change.from_at)
        for change in _begun(client, day)
    )


def _begun(client: Client, day: Day) -> list[StatusChange]:
    return [change for change in client.status if day.local_date(change.from_at) <= day.on]
