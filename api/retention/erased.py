"""What is left of clients who were erased. Law: a month after nobody can open it any more, it goes; goods stay.

What changed hands, and how much a volunteer gave away, lies apart under the organisation's key, and stays as the law
asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.storage.tables import Erasure
from api.storage.visit_tables import CustodyRecord, Discrepancy, IntakeRequest, VisitReport, WrittenEntries

KEPT = timedelta(days=30)
ACCEPTED = "accepted"  # of a request that was refused, that and why stays


def count_erased(session: Session, now: datetime) -> int:
    """Return how many records nobody can open any more; nothing is removed."""
    found = [select(func.count()).select_from(table).where(is_due) for table, is_due in (*_whole(now), _in_part(now))]
    return sum(session.execute(one).scalar_one() for one in found)


def remove_erased(session: Session, now: datetime) -> int:
    """Remove these records, and of goods whom they were for; return how many."""
    count = count_erased(session, now)
    for table, is_due in _whole(now):
        session.execute(delete(table).where(is_due))
    _, is_due = _in_part(now)
    session.execute(update(CustodyRecord).where(is_due).values(sealed_client=None))
    return count


def _whole(now: datetime) -> Iterator[tuple[type, ColumnElement[bool]]]:
    for table in (VisitReport, WrittenEntries, Discrepancy):
        yield table, _is_erased(table.key_id, now)
    yield IntakeRequest, _is_erased(IntakeRequest.key_id, now) & (IntakeRequest.state == ACCEPTED)


def _in_part(now: datetime) -> tuple[type, ColumnElement[bool]]:
    return CustodyRecord, _is_erased(CustodyRecord.key_id, now) & CustodyRecord.sealed_client.is_not(None)


def _is_erased(
    key_id: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], now: datetime
) -> ColumnElement[bool]:
    return key_id.in_(select(Erasure.key_id).where(Erasure.done_at <= now - KEPT))
