"""What does not fit, until somebody has decided. Law: found again from the records each time, and never dropped.

A discrepancy about reports is settled by a report that corrects them. One about goods is decided by two persons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select

from api.storage.visit_tables import Discrepancy
from api.visits.books import Books
from api.visits.verdicts import Verdict
from api.visits.words import Told

TABLE = Discrepancy.__tablename__
OPEN, SETTLED, DECIDED = "open", "settled", "decided"
DiscrepancyCode = Literal[
    "reports_contradict",
    "handed_over_twice",
    "goods_unknown",
    "more_returned_than_issued",
    "goods_unaccounted",
    "not_in_stock",
]
OF_CLIENTS: tuple[DiscrepancyCode, ...] = ("reports_contradict", "handed_over_twice", "goods_unknown")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that does not fit. `name`: tells it from others of its code, and stays the same when found again."""

    code: DiscrepancyCode
    on: date
    name: str
    params: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def about_client(cls, client_id: str, code: DiscrepancyCode, on: date, those: Sequence[Verdict]) -> Finding:
        """Return what some verdicts about a client come to."""
        report_ids = sorted({report_id for one in those for report_id in one.report_ids})
        volunteers = sorted({one.volunteer_id for one in those if one.volunteer_id})
        params = {
            "client_id": client_id,
            "volunteer_ids": volunteers,
            "report_ids": report_ids,
            "goods": [
                {"product_id": one.key.product_id, "on": one.key.on, "supply_id": one.key.supply_id} for one in those
            ],
        }
        return cls(code=code, on=on, name="/".join(report_ids), params=params)

    @classmethod
    def unsaid(cls, client_id: str, told: Told) -> Finding:
        """Return that a visit is done, and nobody knows with what."""
        report = told.report
        volunteers = [report.volunteer_id] if report.volunteer_id else []
        params = {"client_id": client_id, "volunteer_ids": volunteers, "report_ids": [report.report_id]}
        return cls(code="goods_unknown", on=told.on, name=report.report_id, params=params)


def note(books: Books, key_id: str, findings: Iterable[Finding]) -> None:
    """Open what is found about a client, and settle what is found no more."""
    _bring(books, _rows(books, OF_CLIENTS, Discrepancy.key_id == key_id), findings, key_id)


def note_goods(books: Books, on: date, codes: Iterable[DiscrepancyCode], findings: Iterable[Finding]) -> None:
    """Open what is found about the goods of a day, and settle what is found no more."""
    _bring(books, _rows(books, codes, Discrepancy.on_date == on.isoformat()), findings, None)


def _rows(books: Books, codes: Iterable[str], where: ColumnElement[bool]) -> list[Discrepancy]:
    query = select(Discrepancy).where(
        Discrepancy.programme_id == books.programme_id, Discrepancy.code.in_(list(codes)), where
    )
    return list(books.session.scalars(query))


def _bring(books: Books, rows: Iterable[Discrepancy], findings: Iterable[Finding], key_id: str | None) -> None:
    """Bring what is kept to what is found; what was decided stays decided."""
    found = {_id(books, finding, key_id): finding for finding in findings}
    known = {row.discrepancy_id: row for row in rows}
    for row in known.values():
        if row.state == OPEN and row.discrepancy_id not in found:
            row.state, row.closed_at = SETTLED, datetime.now(UTC)
        elif row.state == SETTLED and row.discrepancy_id in found:
            row.state, row.closed_at = OPEN, None
    for discrepancy_id, finding in found.items():
        if discrepancy_id not in known:
            _open(books, discrepancy_id, finding, key_id)
    books.session.flush()


def params_of(books: Books, row: Discrepancy) -> dict[str, Any]:
    """Return what a discrepancy is about."""
    found: dict[str, Any] = json.loads(books.unseal(TABLE, row.discrepancy_id, row.sealed, row.key_id))
    return found


def open_rows(books: Books, codes: Iterable[str] | None = None) -> list[Discrepancy]:
    """Return what is open, oldest first, but for those about clients who were erased."""
    query = select(Discrepancy).where(Discrepancy.programme_id == books.programme_id, Discrepancy.state == OPEN)
    if codes is not None:
        query = query.where(Discrepancy.code.in_(list(codes)))
    rows = [row for row in books.session.scalars(query) if books.is_readable(row.key_id)]
    return sorted(rows, key=lambda row: (row.on_date, row.opened_at, row.discrepancy_id))


def _open(books: Books, discrepancy_id: str, finding: Finding, key_id: str | None) -> None:
    books.session.add(
        Discrepancy(
            **books.place,
            discrepancy_id=discrepancy_id,
            on_date=finding.on.isoformat(),
            code=finding.code,
            key_id=key_id,
            state=OPEN,
            sealed=books.seal(TABLE, discrepancy_id, finding.params, key_id),
            sealed_decision=None,
            opened_at=datetime.now(UTC),
            closed_at=None,
        )
    )
    books.session.flush()


def _id(books: Books, finding: Finding, key_id: str | None) -> str:
    about = f"{finding.code}/{finding.on}/{key_id}/{finding.name}"
    return books.content_hash("discrepancy", about).hex()[:32]
