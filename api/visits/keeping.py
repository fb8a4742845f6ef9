"""Rows of reports and steps of custody, sealed and opened. Law: under the client's key wherever they are about one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import select

from api.custody.effects import Effect
from api.custody.records import CustodyStep
from api.storage.visit_tables import CustodyRecord, VisitReport
from api.visits.books import Books, in_order
from api.visits.reports import Goods, Report, Reporter
from api.visits.words import Step, Told

REPORTS, RECORDS = VisitReport.__tablename__, CustodyRecord.__tablename__


def put_report(books: Books, told: Told, exposed: Iterable[str], content_hash: bytes) -> VisitReport:
    """Keep a report; `exposed`: the ids of the keys of the clients whom it exposes.

    Of those whom it names besides, these ids are all that is kept: they tell nothing once a client is erased.
    """
    report = told.report
    key_id = None if report.client_id is None else books.key_id(report.client_id)
    value = {
        "report": json.loads(report.model_dump_json(exclude_defaults=True, exclude={"client_ids"})),
        "reporter": told.reporter,
        "planned": None if told.planned is None else [_plain(one) for one in told.planned],
        "planned_fetched": [_plain(one) for one in told.planned_fetched],
        "exposed": sorted(exposed),
    }
    row = VisitReport(
        **books.place,
        report_id=report.report_id,
        number=books.next_number(VisitReport),
        on_date=told.on.isoformat(),
        key_id=key_id,
        content_hash=content_hash,
        sealed=books.seal(REPORTS, report.report_id, value, key_id),
        arrived_at=datetime.now(UTC),
    )
    books.session.add(row)
    books.session.flush()
    return row


def told_of(books: Books, row: VisitReport) -> Told:
    """Return a report as it was kept."""
    value = json.loads(books.unseal(REPORTS, row.report_id, row.sealed, row.key_id))
    planned = value["planned"]
    return Told(
        report=Report.model_validate_json(json.dumps(value["report"])),
        on=date.fromisoformat(row.on_date),
        reporter=value["reporter"],
        planned=None if planned is None else tuple(map(_goods, planned)),
        planned_fetched=tuple(map(_goods, value["planned_fetched"])),
    )


def exposed_by(books: Books, row: VisitReport) -> list[str]:
    """Return the clients whom a report exposes, but for those erased since."""
    value = json.loads(books.unseal(REPORTS, row.report_id, row.sealed, row.key_id))
    return sorted(books.client_ids[key_id] for key_id in value["exposed"] if key_id in books.client_ids)


def reports_of(books: Books, key_id: str) -> list[Told]:
    """Return all reports about a client, as they came."""
    query = select(VisitReport).where(VisitReport.programme_id == books.programme_id, VisitReport.key_id == key_id)
    return [told_of(books, row) for row in in_order(books.session.scalars(query).all())]


def reports_on(books: Books, on: date) -> list[VisitReport]:
    """Return the rows of a day, as they came."""
    query = select(VisitReport).where(
        VisitReport.programme_id == books.programme_id, VisitReport.on_date == on.isoformat()
    )
    return in_order(books.session.scalars(query).all())


def put_step(
    books: Books,
    step: CustodyStep,
    on: date,
    first: Reporter,
    content_hash: bytes,
    effects: Iterable[Effect] = (),
) -> CustodyRecord:
    """Keep a step of custody: goods and persons apart from whom they are for; `effects`: on the shelves."""
    key_id = None if step.client_id is None else books.key_id(step.client_id)
    whole = json.loads(step.model_dump_json(exclude_defaults=True))
    goods = [{"product_id": one.product_id, "quantity": one.quantity, "lot": one.lot} for one in step.goods]
    shown = {key: value for key, value in whole.items() if key not in {"client_id", "goods"}}
    sealed = None if key_id is None else books.seal(RECORDS, step.record_id, whole, key_id, "sealed_client")
    row = CustodyRecord(
        **books.place,
        record_id=step.record_id,
        number=books.next_number(CustodyRecord),
        on_date=on.isoformat(),
        key_id=key_id,
        content_hash=content_hash,
        sealed_goods=books.seal(
            RECORDS,
            step.record_id,
            {**shown, "goods": goods, "first": first.name, "effects": [one.document() for one in effects]},
            None,
            "sealed_goods",
        ),
        sealed_client=sealed,
        arrived_at=datetime.now(UTC),
    )
    books.session.add(row)
    books.session.flush()
    return row


def steps_of(books: Books, key_id: str) -> list[Step]:
    """Return all steps of custody for a client, as they came."""
    query = select(CustodyRecord).where(
        CustodyRecord.programme_id == books.programme_id, CustodyRecord.key_id == key_id
    )
    return [step_of(books, row) for row in in_order(books.session.scalars(query).all())]


def step_of(books: Books, row: CustodyRecord) -> Step:
    """Return a step of custody for a client as it was kept."""
    data = books.unseal(RECORDS, row.record_id, row.sealed_client or b"", row.key_id, "sealed_client")
    return Step(step=CustodyStep.model_validate_json(data), on=date.fromisoformat(row.on_date))


def _plain(goods: Goods) -> object:
    return json.loads(goods.model_dump_json(exclude_defaults=True))


def _goods(value: object) -> Goods:
    return Goods.model_validate_json(json.dumps(value))
