"""Events nobody hopes for: a volunteer held, a sheet lost, an unsafe door. Law: who is exposed is listed at once.

What else has to happen then (links that die, people to be called) is asked of `ON_ALARM`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select

from api.storage.visit_tables import CustodyRecord
from api.visits.books import Books
from api.visits.keeping import reports_on, step_of, told_of
from api.visits.planned import steps_of
from api.visits.reports import Report
from api.visits.words import Told

Alarm = Callable[[Books, Report], None]
ON_ALARM: list[Alarm] = []
"""Called in the unit of work in which an alarm is kept: what they write is kept with it, or not at all."""


def exposed_key_ids(books: Books, told: Told) -> set[str]:
    """Return the keys of the clients whom an alarm exposes.

    A door that was not safe exposes who lives there. A volunteer who is held, or whose sheet is in other hands, exposes
    whom they were to visit that day, for whom goods were issued to them, whom they have reported on, and whom the
    report names.
    """
    report = told.report
    if report.client_id is not None:
        return _known(books, [report.client_id])
    named = _known(books, report.client_ids)
    return named | _visited(books, told) | _issued_for(books, told) | _reported_on(books, told)


def raise_alarm(books: Books, report: Report) -> None:
    """Tell everybody who has asked to be told."""
    for alarm in ON_ALARM:
        alarm(books, report)


def _known(books: Books, client_ids: Iterable[str]) -> set[str]:
    return {key_id for client_id in client_ids if (key_id := books.key_id(client_id)) is not None}


def _visited(books: Books, told: Told) -> set[str]:
    plan = books.published_plan(told.on)
    steps = [] if plan is None else steps_of(plan, told.report.volunteer_id)
    return _known(books, (step.client_id for step in steps if step.client_id is not None))


def _issued_for(books: Books, told: Told) -> set[str]:
    query = select(CustodyRecord).where(
        CustodyRecord.programme_id == books.programme_id,
        CustodyRecord.on_date == told.on.isoformat(),
        CustodyRecord.key_id.is_not(None),
    )
    rows = [row for row in books.session.scalars(query) if row.key_id in books.client_ids]
    return {row.key_id or "" for row in rows if step_of(books, row).step.volunteer_id == told.report.volunteer_id}


def _reported_on(books: Books, told: Told) -> set[str]:
    rows = [row for row in reports_on(books, told.on) if row.key_id in books.client_ids]
    return {row.key_id or "" for row in rows if told_of(books, row).report.volunteer_id == told.report.volunteer_id}
