"""How many jobs there are in each state, for monitoring. Law: over all organisations, so that it tells of none."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from api.installation import Installation
from api.jobs.ledger import State
from api.storage.plan_tables import Job
from api.storage.sessions import EVERY


def jobs_by_state(installation: Installation) -> Mapping[str, int]:
    """Return the number of jobs by state; none while the service is locked."""
    if installation.opened is None:
        return {}
    with installation.opened.store.reading(EVERY) as session:
        found = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return dict.fromkeys(map(str, State), 0) | {str(state): count for state, count in found}
