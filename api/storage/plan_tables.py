"""The tables of plans and of the jobs that make them. Law: what is of a day lies under that day's own key.

A plan and its job share their id: the plan is what is made, the job says how far it is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.tables import ID, Base, Owned

DATE = String(10)


class RouteDay(Owned, Base):
    """A day of a programme: the key of all that is about its routes, and the plan that is published.

    Destroying the key takes the day's plans, events and edits out of reach, wherever copies of them lie.
    """

    __tablename__ = "route_day"
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    date: Mapped[str] = mapped_column(DATE, primary_key=True)
    key_id: Mapped[str] = mapped_column(ID)
    published_plan_id: Mapped[str | None] = mapped_column(ID)
    published_version: Mapped[int | None]
    published_at: Mapped[datetime | None]


class PlanRow(Owned, Base):
    """A plan that was asked for. `version`: the newest there is, 0 before there is one."""

    __tablename__ = "plan"
    __table_args__ = (Index("plan_by_day", "organisation_id", "programme_id", "date"),)
    plan_id: Mapped[str] = mapped_column(ID, primary_key=True)
    programme_id: Mapped[str] = mapped_column(ID)
    date: Mapped[str] = mapped_column(DATE)
    programme_version: Mapped[int]
    version: Mapped[int]
    published_version: Mapped[int | None]
    published_at: Mapped[datetime | None]
    predecessor_id: Mapped[str | None] = mapped_column(ID)
    asked_by: Mapped[str] = mapped_column(ID)
    asked_at: Mapped[datetime]
    sealed_asked: Mapped[bytes]


class PlanVersion(Owned, Base):
    """One version of a plan: what was made, or edited, and what the checker says about it."""

    __tablename__ = "plan_version"
    plan_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    violations: Mapped[int]
    made_by: Mapped[str] = mapped_column(ID)
    made_at: Mapped[datetime]
    sealed_plan: Mapped[bytes]
    sealed_note: Mapped[bytes]


class PlanEvent(Owned, Base):
    """Something that happened to a plan; numbered from 1."""

    __tablename__ = "plan_event"
    plan_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    sealed_event: Mapped[bytes]


class Job(Owned, Base):
    """The ledger: what is to be done, who does it until when, and how it ended.

    Attributes
    ----------
    fence
        Grows each time somebody takes the job up; who has an older one writes no more.
    owner
        The installation that does it.
    code
        Why it failed.
    """

    __tablename__ = "job"
    __table_args__ = (Index("job_by_state", "state", "created_at"),)
    job_id: Mapped[str] = mapped_column(ID, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    fence: Mapped[int]
    attempts: Mapped[int]
    owner: Mapped[str | None] = mapped_column(ID)
    leased_until: Mapped[datetime | None]
    not_before_at: Mapped[datetime]
    stop_asked: Mapped[bool]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    code: Mapped[str | None] = mapped_column(String(64))
