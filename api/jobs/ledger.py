"""The ledger of jobs. Law: whoever was told that a job is accepted finds it ended once, whatever dies in between.

Who takes a job up gets a fence, a number that grows; who writes with an older one changes nothing. A lease says until
when to wait for somebody of another installation; of one's own, nobody else can be at work after a start.

Leases and pauses are instants, and clocks jump: what would last longer than any lease or pause does, has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from api.storage.plan_tables import Job

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)


class State(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A job that somebody has taken up."""

    organisation_id: str
    job_id: str
    fence: int
    attempts: int
    stop_asked: bool


def add_job(session: Session, organisation_id: str, job_id: str) -> None:
    """Accept a job."""
    now = datetime.now(UTC)
    session.add(
        Job(
            organisation_id=organisation_id,
            job_id=job_id,
            state=State.QUEUED,
            fence=0,
            attempts=0,
            not_before_at=now,
            stop_asked=False,
            created_at=now,
        )
    )


def take_job(session: Session, owner: str) -> Taken | None:
    """Take up the job that has waited longest, if one is due."""
    now = datetime.now(UTC)
    due = or_(Job.not_before_at <= now, Job.not_before_at > now + LONGEST_PAUSE)
    waiting = select(Job).where(Job.state == State.QUEUED, due).order_by(Job.created_at, Job.job_id).limit(1)
    job = session.scalar(waiting)
    if job is None:
        return None
    job.state, job.owner, job.leased_until = State.RUNNING, owner, now + LEASE
    job.fence += 1
    job.attempts += 1
    return _taken(job)


def hold_on(session: Session, taken: Taken) -> bool:
    """Renew a lease; False: the job is somebody else's by now, or has ended."""
    return _write(session, taken, leased_until=datetime.now(UTC) + LEASE)


def end_job(session: Session, taken: Taken, state: State, code: str | None = None) -> bool:
    """Write how a job ended; False: it is somebody else's by now, and nothing may be written."""
    return _write(session, taken, state=state, code=code, owner=None, leased_until=None, ended_at=datetime.now(UTC))


def put_back(session: Session, taken: Taken, code: str) -> State | None:
    """Have a job tried again after a pause that grows, or failed where that was the last time; None: not one's own."""
    if taken.attempts >= MOST_ATTEMPTS:
        return State.FAILED if end_job(session, taken, State.FAILED, code) else None
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** (taken.attempts - 1))
    return State.QUEUED if _queue(session, taken, taken.attempts, pause) else None


def lay_down(session: Session, taken: Taken) -> bool:
    """Have a job done by somebody else, now; it has cost no attempt."""
    return _queue(session, taken, taken.attempts - 1, timedelta(0))


def cancel_job(session: Session, organisation_id: str, job_id: str) -> bool:
    """End a job that has not ended, whoever has it; False: it had ended."""
    now = datetime.now(UTC)
    statement = (
        update(Job)
        .where(Job.organisation_id == organisation_id, Job.job_id == job_id, Job.state.not_in(ENDED))
        .values(state=State.CANCELLED, fence=Job.fence + 1, owner=None, leased_until=None, ended_at=now)
    )
    return _changed(session, statement)


def ask_to_stop(session: Session, organisation_id: str, job_id: str) -> bool:
    """Have a job end with the best it has so far; False: it had ended."""
    statement = (
        update(Job)
        .where(Job.organisation_id == organisation_id, Job.job_id == job_id, Job.state.not_in(ENDED))
        .values(stop_asked=True)
    )
    return _changed(session, statement)


def lost_jobs(session: Session) -> Sequence[Taken]:
    """Return the jobs whose lease is over: nobody looks after them any more."""
    now = datetime.now(UTC)
    over = or_(Job.leased_until < now, Job.leased_until > now + 2 * LEASE)
    return [_taken(job) for job in session.scalars(select(Job).where(Job.state == State.RUNNING, over))]


def jobs_of(session: Session, owner: str) -> Sequence[Taken]:
    """Return the jobs that an installation has under way: at its start, those that its end has interrupted."""
    mine = select(Job).where(Job.state == State.RUNNING, Job.owner == owner)
    return [_taken(job) for job in session.scalars(mine)]


def is_anything_queued(session: Session) -> bool:
    """Whether a job waits, be it due or not."""
    return session.scalar(select(Job.job_id).where(Job.state == State.QUEUED).limit(1)) is not None


def _taken(job: Job) -> Taken:
    return Taken(
        organisation_id=job.organisation_id,
        job_id=job.job_id,
        fence=job.fence,
        attempts=job.attempts,
        stop_asked=job.stop_asked,
    )


def _queue(session: Session, taken: Taken, attempts: int, pause: timedelta) -> bool:
    not_before_at = datetime.now(UTC) + pause
    return _write(
        session,
        taken,
        state=State.QUEUED,
        attempts=attempts,
        owner=None,
        leased_until=None,
        not_before_at=not_before_at,
    )


def _write(session: Session, taken: Taken, **values: object) -> bool:
    statement = (
        update(Job)
        .where(
            Job.organisation_id == taken.organisation_id,
            Job.job_id == taken.job_id,
            Job.fence == taken.fence,
            Job.state == State.RUNNING,
        )
        .values(**values)
    )
    return _changed(session, statement)


def _changed(session: Session, statement: object) -> bool:
    result = session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE gives
    return result.rowcount == 1
