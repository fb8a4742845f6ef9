"""One programme's records in one unit of work. Law: what is about a client is sealed and opened by that client's key.

What belongs to a client who was erased is passed over: it cannot be opened, and stays until it is purged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.installation import Opened
from api.programmes.kept import Document, Kept
from api.security.field_cipher import Cell
from api.storage.visit_tables import CustodyRecord, IntakeRequest, StockMovement, VisitReport
from routing.domain.errors import InternalError
from routing.domain.plan import Plan
from routing.domain.programme import Programme

_Numbered = TypeVar("_Numbered", VisitReport, CustodyRecord, StockMovement, IntakeRequest)


@dataclass(kw_only=True)
class Books:
    """A programme, and the session in which its records are read or written."""

    opened: Opened
    session: Session
    organisation_id: str
    kept: Kept
    _plans: dict[date, Plan | None] = field(default_factory=dict)

    @classmethod
    def of(cls, opened: Opened, session: Session, organisation_id: str, programme_id: str) -> Books:
        """Open the books of a programme.

        Raises
        ------
        NotFoundError
            `not_found`.
        """
        kept = opened.kept.load(session, organisation_id, programme_id)
        return cls(opened=opened, session=session, organisation_id=organisation_id, kept=kept)

    @property
    def programme(self) -> Programme:
        """The programme as it is now."""
        return self.kept.programme

    @property
    def programme_id(self) -> str:
        """The programme's id."""
        return str(self.kept.document["programme_id"])

    @property
    def place(self) -> dict[str, str]:
        """The columns that every record begins with."""
        return {"organisation_id": self.organisation_id, "programme_id": self.programme_id}

    @cached_property
    def client_ids(self) -> Mapping[str, str]:
        """Key id -> the client whose key it is; who was erased is not there."""
        found = {row.key_id: entry_id for (kind, entry_id), row in self.kept.rows.items() if kind == "clients"}
        return {key_id: client_id for key_id, client_id in found.items() if key_id}

    def published_plan(self, on: date) -> Plan | None:
        """Return the plan that is published of a day; None: none is, or it was purged."""
        if on not in self._plans:
            try:
                kept = self.opened.plans.published_of(
                    self.session, self.organisation_id, self.programme_id, on.isoformat()
                )
            except InternalError:  # the day's key was destroyed
                kept = None
            self._plans[on] = None if kept is None else kept.plan
        return self._plans[on]

    def key_id(self, client_id: str) -> str | None:
        """Return the id of a client's key; None: there is no such client."""
        row = self.kept.rows.get(("clients", client_id))
        return None if row is None else row.key_id

    def change(self, document: Document) -> None:
        """Write the programme anew, and go on with it."""
        self.kept = self.opened.kept.change(self.session, self.organisation_id, self.programme_id, document)
        self.__dict__.pop("client_ids", None)

    def seal(self, table: str, row_id: str, value: object, key_id: str | None = None, column: str = "sealed") -> bytes:
        """Seal a value as JSON."""
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_told).encode()
        return self.opened.cipher.seal(self._cell(table, column, row_id), data, self._own(key_id))

    def unseal(
        self, table: str, row_id: str, sealed: bytes, key_id: str | None = None, column: str = "sealed"
    ) -> bytes:
        """Return the JSON that was sealed."""
        return self.opened.cipher.open(self._cell(table, column, row_id), sealed, self._own(key_id))

    def is_readable(self, key_id: str | None) -> bool:
        """Whether a record under this key can be opened still."""
        return key_id is None or key_id in self.client_ids

    def content_hash(self, about: str, content: str) -> bytes:
        """Return what tells one content from another, and nothing else."""
        return self.opened.cipher.blind_index(self.organisation_id, f"{about}/{self.programme_id}", content)

    def next_number(self, table: type[_Numbered]) -> int:
        """Return the number of the next record of a kind."""
        highest = select(func.max(table.number)).where(table.programme_id == self.programme_id)
        return (self.session.scalar(highest) or 0) + 1

    def day_of(self, at: datetime) -> date:
        """Return the programme's date of an instant."""
        return at.astimezone(self.programme.zone).date()

    def today(self) -> date:
        """Return the programme's date of now."""
        return self.day_of(datetime.now(UTC))

    def names(self, client_ids: Iterable[str]) -> Mapping[str, str]:
        """Return code names."""
        wanted = set(client_ids)
        return {one.client_id: one.code_name for one in self.programme.clients if one.client_id in wanted}

    def _own(self, key_id: str | None) -> bytes | None:
        return None if key_id is None else self.opened.client_keys.key(self.organisation_id, key_id)

    def _cell(self, table: str, column: str, row_id: str) -> Cell:
        where = f"{self.programme_id}/{row_id}"
        return Cell(table=table, column=column, row=where, organisation_id=self.organisation_id)


def in_order(rows: Sequence[_Numbered]) -> list[_Numbered]:
    """Return records in the order in which they came."""
    return sorted(rows, key=lambda row: row.number)


def _told(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
