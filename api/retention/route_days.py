"""Days whose plans may not be kept any longer. Law: their keys are destroyed, so that no older copy opens either."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.storage.basis_tables import PlanBasis
from api.storage.plan_tables import Job, PlanEvent, PlanRow, PlanVersion, RouteDay
from api.storage.tables import Erasure

KEPT = timedelta(days=30)  # as links and late reports need


def due_days(session: Session, now: datetime) -> Sequence[RouteDay]:
    """Return the days that are due, of every organisation: 30 days and more have ended since."""
    first_kept = (now - KEPT).date().isoformat()
    return session.scalars(select(RouteDay).where(RouteDay.date < first_kept)).all()


def remove_days(session: Session, now: datetime) -> int:
    """Remove plans, events and jobs of the days that are due, and note that their keys are to be destroyed."""
    days = due_days(session, now)
    for day in days:
        of_day = (PlanRow.organisation_id == day.organisation_id, PlanRow.programme_id == day.programme_id)
        ids = session.scalars(select(PlanRow.plan_id).where(*of_day, PlanRow.date == day.date)).all()
        for table, column in (
            (PlanVersion, PlanVersion.plan_id),
            (PlanEvent, PlanEvent.plan_id),
            (PlanBasis, PlanBasis.plan_id),  # parts of it lie under the clients' own keys, which stay
            (Job, Job.job_id),
            (PlanRow, PlanRow.plan_id),
        ):
            session.execute(delete(table).where(table.organisation_id == day.organisation_id, column.in_(ids)))
        session.add(Erasure(organisation_id=day.organisation_id, key_id=day.key_id, asked_at=now))
        session.delete(day)
    return len(days)
