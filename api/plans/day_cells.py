"""What lies under the key of a day. Law: it opens with that key only, and whoever is erased is in none of it.

Where somebody is taken out, all of the day is sealed anew: under another key once nobody reports of it any more, and
the one before is destroyed, so that older copies of the database do not open, either. Until then the key stays, since
the codes on the papers that volunteers hold come from it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.plans.forgetting import names_anyone, without_clients
from api.security.field_cipher import Cell, FieldCipher
from api.storage.basis_tables import PlanBasis
from api.storage.client_keys import ClientKeys
from api.storage.plan_tables import PlanEvent, PlanRow, PlanVersion, RouteDay
from api.storage.tables import Erasure

_Sealed = tuple[PlanRow | PlanVersion | PlanEvent | PlanBasis, str, str, str]  # row, table, column, label


class DayCells:
    """Seals and opens what is of a day."""

    def __init__(self, cipher: FieldCipher, keys: ClientKeys) -> None:
        self._cipher = cipher
        self._keys = keys

    def seal(self, day: RouteDay, table: str, column: str, row: str, data: bytes) -> bytes:
        """Return data sealed for a cell."""
        return self._cipher.seal(_cell(day, table, column, row), data, self._key(day))

    def open(self, day: RouteDay, table: str, column: str, row: str, sealed: bytes) -> bytes:
        """Return what was sealed for a cell."""
        return self._cipher.open(_cell(day, table, column, row), sealed, self._key(day))

    def forget(
        self, session: Session, organisation_id: str, programme_id: str, client_ids: Collection[str], reported_from: str
    ) -> None:
        """Take clients out of all days of a programme that say something of them.

        Parameters
        ----------
        reported_from
            The first day that somebody may still report of: from then on a day keeps its key.
        """
        for day in session.scalars(select(RouteDay).where(RouteDay.programme_id == programme_id)).all():
            cells = list(_cells(session, day))
            if any(names_anyone(json.loads(self._opened(day, cell)), client_ids) for cell in cells):
                left = [without_clients(json.loads(self._opened(day, cell)), client_ids) for cell in cells]
                if day.date < reported_from:
                    now = datetime.now(UTC)
                    session.add(Erasure(organisation_id=organisation_id, key_id=day.key_id, asked_at=now))
                    (day.key_id,) = self._keys.make(organisation_id)
                self._write(day, cells, left)

    def _write(self, day: RouteDay, cells: Sequence[_Sealed], left: Sequence[object]) -> None:
        for (row, table, column, label), document in zip(cells, left, strict=True):
            data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
            setattr(row, column, self.seal(day, table, column, label, data))

    def _opened(self, day: RouteDay, cell: _Sealed) -> bytes:
        row, table, column, label = cell
        return self.open(day, table, column, label, getattr(row, column))

    def _key(self, day: RouteDay) -> bytes:
        return self._keys.key(day.organisation_id, day.key_id)


def _cells(session: Session, day: RouteDay) -> Iterator[_Sealed]:
    """Yield all that is sealed under a day's key."""
    plans = select(PlanRow).where(PlanRow.programme_id == day.programme_id, PlanRow.date == day.date)
    for plan in session.scalars(plans).all():
        yield plan, "plan", "sealed_asked", plan.plan_id
        for version in session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.plan_id)):
            for column in ("sealed_plan", "sealed_note"):
                yield version, "plan_version", column, f"{plan.plan_id}/{version.version}"
        for event in session.scalars(select(PlanEvent).where(PlanEvent.plan_id == plan.plan_id)):
            yield event, "plan_event", "sealed_event", f"{plan.plan_id}/{event.number}"
        bases = select(PlanBasis).where(PlanBasis.plan_id == plan.plan_id, PlanBasis.key_id.is_(None))
        for basis in session.scalars(bases):
            yield basis, "plan_basis", "sealed", f"{plan.plan_id}/{basis.version}/{basis.part}"


def _cell(day: RouteDay, table: str, column: str, row: str) -> Cell:
    return Cell(table=table, column=column, row=row, organisation_id=day.organisation_id)
