"""Plans as they are kept: what was asked, versions, events, and which one is published.

Law: what is published is a version that the checker passed, frozen; a day has one published plan at a time.
All of a day lies under that day's key (`RouteDay`), so that it can be destroyed with it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, load_only

from api.identity.tokens import new_id
from api.jobs.ledger import State, add_job
from api.manners.errors import ConflictError, StaleError
from api.manners.problems import not_found
from api.plans.day_cells import DayCells
from api.security.field_cipher import FieldCipher
from api.storage.basis_tables import PlanBasis
from api.storage.client_keys import ClientKeys
from api.storage.plan_tables import Job, PlanEvent, PlanRow, PlanVersion, RouteDay
from api.storage.tables import Erasure
from routing.domain.plan import Plan, dump_plan, load_plan

Figures = Mapping[str, object]
REPORTED_FOR = timedelta(days=4)  # a link takes reports for 72 hours after its day
_UNOPENED = load_only(PlanVersion.violations)  # a plan's document is long


@dataclass(frozen=True, kw_only=True)
class KeptPlan:
    """A plan as it is kept.

    Attributes
    ----------
    version
        The newest; 0: there is none yet.
    published_version
        The one that was published; None: none was.
    is_current
        Whether it is what is published of its day.
    violations
        Of the newest version.
    asked
        What it was asked for with.
    note
        What the newest version came from, and what the checker says about it.
    """

    organisation_id: str
    plan_id: str
    programme_id: str
    date: str
    state: State
    code: str | None
    stop_asked: bool
    version: int
    violations: int
    published_version: int | None
    published_at: datetime | None
    is_current: bool
    predecessor_id: str | None
    programme_version: int
    asked_by: str
    asked_at: datetime
    asked: Mapping[str, object]
    plan: Plan | None
    note: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a plan."""

    number: int
    at: datetime
    kind: str
    figures: Figures


class KeptPlans:
    """Opens and writes plans, all of them in a session of their organisation."""

    def __init__(self, cipher: FieldCipher, keys: ClientKeys) -> None:
        self._keys = keys
        self._cells = DayCells(cipher, keys)

    def add(
        self,
        session: Session,
        organisation_id: str,
        programme_id: str,
        date: str,
        *,
        programme_version: int,
        asked_by: str,
        asked: Mapping[str, object],
        predecessor_id: str | None = None,
    ) -> str:
        """Note that a plan is wanted, with the job to make it; return its id."""
        plan_id = new_id()
        day = self._day(session, organisation_id, programme_id, date)
        row = PlanRow(
            organisation_id=organisation_id,
            plan_id=plan_id,
            programme_id=programme_id,
            date=date,
            programme_version=programme_version,
            version=0,
            predecessor_id=predecessor_id,
            asked_by=asked_by,
            asked_at=datetime.now(UTC),
            sealed_asked=self._cells.seal(day, "plan", "sealed_asked", plan_id, _bytes(asked)),
        )
        session.add(row)
        add_job(session, organisation_id, plan_id)
        session.flush()
        self.tell(session, organisation_id, plan_id, "queued", {})
        return plan_id

    def load(self, session: Session, organisation_id: str, plan_id: str) -> KeptPlan:
        """Return a plan in its newest version.

        Raises
        ------
        NotFoundError
            `not_found`.
        """
        head = self.head(session, organisation_id, plan_id)
        if head.version == 0:
            return head
        day = session.get_one(RouteDay, (organisation_id, head.programme_id, head.date))
        newest = session.get_one(PlanVersion, (organisation_id, plan_id, head.version))
        return replace(head, plan=self._plan(day, newest), note=self._note(day, newest))

    def head(self, session: Session, organisation_id: str, plan_id: str) -> KeptPlan:
        """Return what is known of a plan, without the plan itself; raise what `load` raises."""
        row, job, day = self._rows(session, organisation_id, plan_id)
        newest = session.get(PlanVersion, (organisation_id, plan_id, row.version), options=[_UNOPENED])
        return KeptPlan(
            organisation_id=organisation_id,
            plan_id=plan_id,
            programme_id=row.programme_id,
            date=row.date,
            state=State(job.state),
            code=job.code,
            stop_asked=job.stop_asked,
            version=row.version,
            violations=0 if newest is None else newest.violations,
            published_version=row.published_version,
            published_at=row.published_at,
            is_current=day.published_plan_id == plan_id,
            predecessor_id=row.predecessor_id,
            programme_version=row.programme_version,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            asked=json.loads(self._cells.open(day, "plan", "sealed_asked", plan_id, row.sealed_asked)),
            plan=None,
            note={},
        )

    def version_of(self, session: Session, organisation_id: str, plan_id: str, version: int) -> Plan:
        """Return a plan in one of its versions.

        Raises
        ------
        NotFoundError
            `not_found`.
        """
        _, _, day = self._rows(session, organisation_id, plan_id)
        found = session.get(PlanVersion, (organisation_id, plan_id, version))
        if found is None:
            raise not_found()
        return self._plan(day, found)

    def keep_version(
        self,
        session: Session,
        organisation_id: str,
        plan_id: str,
        plan: Plan,
        *,
        expected_version: int,
        made_by: str,
        violations: int = 0,
        note: Mapping[str, object] | None = None,
        programme_version: int | None = None,
    ) -> int:
        """Keep a new version; return its number.

        Parameters
        ----------
        programme_version
            The version of the programme from which it was made, if it was made anew.

        Raises
        ------
        StaleError
            `changed_meanwhile`: the newest version is another than the one expected.
        """
        row, _, day = self._rows(session, organisation_id, plan_id)
        if row.version != expected_version:
            raise StaleError(
                "changed_meanwhile", "it has been changed since you read it", remedy="read it again, and decide again"
            )
        row.version = version = expected_version + 1
        row.programme_version = programme_version or row.programme_version
        where = f"{plan_id}/{version}"
        session.add(
            PlanVersion(
                organisation_id=organisation_id,
                plan_id=plan_id,
                version=version,
                violations=violations,
                made_by=made_by,
                made_at=datetime.now(UTC),
                sealed_plan=self._cells.seal(day, "plan_version", "sealed_plan", where, dump_plan(plan)),
                sealed_note=self._cells.seal(day, "plan_version", "sealed_note", where, _bytes(note or {})),
            )
        )
        session.flush()
        return version

    def publish(
        self, session: Session, organisation_id: str, plan_id: str, version: int, replaces: str | None = None
    ) -> bool:
        """Publish a version, which is the day's plan from now on; False: it was so already.

        Parameters
        ----------
        replaces
            The plan that is published of the day, if it is another one, and this one does not come from it.

        Raises
        ------
        ConflictError
            `nothing_to_publish`, `plan_replaced`, `another_plan_published`, `plan_breaks_rules`.
        StaleError
            `changed_meanwhile`.
        """
        row, _, day = self._rows(session, organisation_id, plan_id)
        if row.version == 0:
            raise ConflictError("nothing_to_publish", "there is no plan yet", remedy="wait until it is made")
        if row.version != version:
            raise StaleError(
                "changed_meanwhile", "it has been changed since you read it", remedy="read it again, and decide again"
            )
        if day.published_plan_id == plan_id and day.published_version == version:
            return False
        if row.published_version is not None and day.published_plan_id != plan_id:
            raise ConflictError(
                "plan_replaced", "another plan was published since in its place", remedy="plan the day anew"
            )
        others = {None, plan_id, row.predecessor_id, replaces}
        if day.published_plan_id not in others:
            raise ConflictError(
                "another_plan_published",
                "another plan of the day is published, and volunteers go by it",
                remedy="say that this one `replaces` it, and tell the volunteers",
                params={"plan_id": str(day.published_plan_id)},
            )
        if violations := session.get_one(PlanVersion, (organisation_id, plan_id, version)).violations:
            raise ConflictError(
                "plan_breaks_rules",
                f"the plan breaks {violations} rules",
                remedy="change it until the checker passes it",
                params={"violations": violations},
            )
        now = datetime.now(UTC)
        row.published_version = day.published_version = version
        row.published_at = day.published_at = now
        day.published_plan_id = plan_id
        session.flush()
        self.tell(session, organisation_id, plan_id, "published", {"version": version})
        return True

    def published_of(self, session: Session, organisation_id: str, programme_id: str, date: str) -> KeptPlan | None:
        """Return the plan that is published of a day, in the version published."""
        day = session.get(RouteDay, (organisation_id, programme_id, date))
        if day is None or day.published_plan_id is None:
            return None
        kept = self.load(session, organisation_id, day.published_plan_id)
        version = session.get_one(PlanVersion, (organisation_id, kept.plan_id, day.published_version))
        return _in_version(kept, self._plan(day, version), version)

    def remove_of(self, session: Session, organisation_id: str, programme_id: str) -> None:
        """Take out all plans of a programme, and have the keys of its days destroyed."""
        ids = select(PlanRow.plan_id).where(PlanRow.programme_id == programme_id)
        for table, column in (
            (PlanBasis, PlanBasis.plan_id),
            (PlanVersion, PlanVersion.plan_id),
            (PlanEvent, PlanEvent.plan_id),
            (Job, Job.job_id),
        ):
            session.execute(delete(table).where(column.in_(ids)))
        session.execute(delete(PlanRow).where(PlanRow.programme_id == programme_id))
        now = datetime.now(UTC)
        for day in session.scalars(select(RouteDay).where(RouteDay.programme_id == programme_id)).all():
            session.add(Erasure(organisation_id=organisation_id, key_id=day.key_id, asked_at=now))
            session.delete(day)

    def forget(self, session: Session, organisation_id: str, programme_id: str, client_ids: Collection[str]) -> None:
        """Take clients out of the plans of all days; of days long past, older copies do not open any more, either."""
        reported_from = (datetime.now(UTC) - REPORTED_FOR).date().isoformat()
        self._cells.forget(session, organisation_id, programme_id, client_ids, reported_from)

    def tell(self, session: Session, organisation_id: str, plan_id: str, kind: str, figures: Figures) -> int:
        """Note something that happened; return its number."""
        _, _, day = self._rows(session, organisation_id, plan_id)
        last = session.scalar(select(func.max(PlanEvent.number)).where(PlanEvent.plan_id == plan_id)) or 0
        number = last + 1
        data = _bytes({"kind": kind, **figures})
        session.add(
            PlanEvent(
                organisation_id=organisation_id,
                plan_id=plan_id,
                number=number,
                at=datetime.now(UTC),
                sealed_event=self._cells.seal(day, "plan_event", "sealed_event", f"{plan_id}/{number}", data),
            )
        )
        session.flush()
        return number

    def events(self, session: Session, organisation_id: str, plan_id: str, after: int) -> Sequence[Event]:
        """Return what happened after an event, in order."""
        _, _, day = self._rows(session, organisation_id, plan_id)
        later = select(PlanEvent).where(PlanEvent.plan_id == plan_id, PlanEvent.number > after)
        found = []
        for row in session.scalars(later.order_by(PlanEvent.number)):
            where = f"{plan_id}/{row.number}"
            told = json.loads(self._cells.open(day, "plan_event", "sealed_event", where, row.sealed_event))
            found.append(Event(number=row.number, at=row.at, kind=told.pop("kind"), figures=told))
        return found

    def _rows(self, session: Session, organisation_id: str, plan_id: str) -> tuple[PlanRow, Job, RouteDay]:
        row = session.get(PlanRow, (organisation_id, plan_id))
        if row is None:
            raise not_found()
        job = session.get_one(Job, (organisation_id, plan_id), populate_existing=True)
        return row, job, session.get_one(RouteDay, (organisation_id, row.programme_id, row.date))

    def _day(self, session: Session, organisation_id: str, programme_id: str, date: str) -> RouteDay:
        day = session.get(RouteDay, (organisation_id, programme_id, date))
        if day is None:
            (key_id,) = self._keys.make(organisation_id)
            day = RouteDay(organisation_id=organisation_id, programme_id=programme_id, date=date, key_id=key_id)
            session.add(day)
        return day

    def _plan(self, day: RouteDay, row: PlanVersion) -> Plan:
        where = f"{row.plan_id}/{row.version}"
        return load_plan(self._cells.open(day, "plan_version", "sealed_plan", where, row.sealed_plan))

    def _note(self, day: RouteDay, row: PlanVersion) -> Mapping[str, object]:
        where = f"{row.plan_id}/{row.version}"
        note: dict[str, object] = json.loads(
            self._cells.open(day, "plan_version", "sealed_note", where, row.sealed_note)
        )
        return note


def _in_version(kept: KeptPlan, plan: Plan, version: PlanVersion) -> KeptPlan:
    return replace(kept, plan=plan, version=version.version, violations=version.violations)


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
