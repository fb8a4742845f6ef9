"""Visits that bring nothing: rule 14 of `docs/rules.md`, read a second time. Law: from the programme alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from routing.checking.case import Case
from routing.checking.doses import status_of
from routing.domain.clients import Client, ClientStatus

_VISITED = frozenset(
    {ClientStatus.LEAD, ClientStatus.ASSESSED, ClientStatus.PRESCRIBED, ClientStatus.ACTIVE, ClientStatus.ENDED}
)


class Awaited(NamedTuple):
    """A visit somebody has written down: what for, and since when."""

    name: str
    from_on: date


def awaited_by(client: Client) -> Iterator[Awaited]:
    """Yield the visits a client is down for, due or not."""
    if client.assessment_on is not None:
        yield Awaited("assessment", client.assessment_on)
    if client.follow_up_on is not None:
        yield Awaited("follow_up", client.follow_up_on)


def visit_due(case: Case, client: Client, visit: Awaited) -> bool:
    """Whether somebody is to be sent on D."""
    if status_of(case, client) not in _VISITED or case.on < visit.from_on:
        return False
    return visit.name != "assessment" or not _was_assessed(case, client, visit.from_on)


def _was_assessed(case: Case, client: Client, since_on: date) -> bool:
    days = [case.local_date(each.from_at) for each in client.status if each.status is ClientStatus.ASSESSED]
    return any(since_on <= on <= case.on for on in days)
