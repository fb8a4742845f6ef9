"""Rule 1: the status that holds on a day."""

from __future__ import annotations

from routing.continuity.day import Day
from routing.domain.clients import Client, ClientStatus


def status_on(client: Client, day: Day) -> ClientStatus:
    """Return the status with the latest `from_at` up to the end of the day; `active` where none is written yet.

    Of two with the same instant the one written later holds.
    """
    begun = [change for change in client.status if day.local_date(change.from_at) <= day.on]
    # max keeps the first of equals, so the list is read from its end.
    latest = max(reversed(begun), key=lambda change: change.from_at, default=None)
    return ClientStatus.ACTIVE if latest is None else latest.status
