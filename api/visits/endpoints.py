"""Reports of visits over HTTP. Law: a report is answered once it is kept; each role sees its own keys of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.identity.roles import Role
from api.manners.answers import Answer, once
from api.manners.bodies import body_object, read_as
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.programmes.endpoints import PROGRAMME
from api.storage.visit_tables import VisitReport
from api.visits.books import Books
from api.visits.discrepancies import open_rows, params_of
from api.visits.keeping import exposed_by, reports_on, told_of
from api.visits.reporting import take_in
from api.visits.reports import ALARMS, Reporter, Reports

router = APIRouter(tags=["visits"])
OnDay = Annotated[dt.date | None, Query(alias="date", description="The day, in the programme's time zone; else today.")]

_EVERY = ("report_id", "kind", "at", "on", "sequence", "client_id", "client", "volunteer_id", "reason", "corrects")
_RECORD = ("reporter", "arrived_at", "erased")
SEEN: Mapping[Role, frozenset[str]] = {
    Role.CLINICIAN: frozenset((*_EVERY, *_RECORD, "goods", "fetched", "remark")),
    Role.DISPENSER: frozenset((*_EVERY, *_RECORD, "goods", "fetched")),
    Role.DISPATCHER: frozenset((*_EVERY, *_RECORD, "remark", "exposed")),
}
OPEN_SEEN: Mapping[Role, frozenset[str]] = {
    Role.CLINICIAN: frozenset(("client_id", "client", "volunteer_ids", "report_ids", "goods", "site_id", "quantity")),
    Role.DISPENSER: frozenset(
        ("client_id", "client", "volunteer_ids", "report_ids", "goods", "site_id", "product_id", "quantity")
    ),
    Role.DISPATCHER: frozenset(("client_id", "client", "volunteer_ids", "report_ids")),
}
_DONE = {"report_id": "5f0c-1", "kind": "done", "at": "2026-11-23T10:05:00+08:00", "client_id": "c01"}
_ASKED = {"reports": [{**_DONE, "volunteer_id": "v01"}]}
_ANSWERED = {"outcomes": [{"report_id": "5f0c-1", "outcome": "taken"}]}
_LISTED = {"items": [{**_DONE, "client": "Frangipani", "on": "2026-11-23", "volunteer_id": "v01"}], "next_cursor": None}
_OPEN = {
    "items": [
        {"discrepancy_id": "1c77", "code": "reports_contradict", "on": "2026-11-23", "report_ids": ["5f0c-1", "5f0c-2"]}
    ],
    "next_cursor": None,
}


@router.post(f"{PROGRAMME}/visits", summary="Report visits", **told(_ANSWERED, asks="Reports", example=_ASKED))
def report_visits(here: Allowed, programme_id: str) -> Response:
    """Keep reports in any order, however often they come; tell of each what became of it."""
    raw = body_object(here.request)
    with here.writing() as session:
        here.opened.kept.load(session, here.caller.organisation_id, programme_id)
        reports = read_as(raw, Reports).reports
        reporter = Reporter(user_id=here.caller.user_id)

        def take() -> Answer:
            outcomes = take_in(session, here.opened, here.caller.organisation_id, programme_id, reports, reporter)
            return Answer(body={"outcomes": [outcome.document() for outcome in outcomes]})

        answer = once(here, session, take)
    return answer.response()


@router.get(f"{PROGRAMME}/visits", summary="List a day's reports", **told(_LISTED))
def list_visits(
    here: Allowed, programme_id: str, on: OnDay = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Return all reports of a day as they came, those that were corrected and those that contradict each other too."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        rows = [(f"{row.number:012d}", row) for row in reports_on(books, on or books.today())]
        found, following = page(rows, limit, cursor)
        items = [projected(shown_report(books, row), SEEN, here.caller.roles) for row in found]
    return Answer(body={"items": items, "next_cursor": following}).response()


@router.get(f"{PROGRAMME}/discrepancies", summary="List what does not fit", **told(_OPEN))
def list_discrepancies(here: Allowed, programme_id: str, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return what is open, oldest first."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        rows = [(f"{row.on_date}/{row.discrepancy_id}", row) for row in open_rows(books)]
        found, following = page(sorted(rows, key=lambda pair: pair[0]), limit, cursor)
        items = []
        for row in found:
            params = params_of(books, row)
            params |= _named(books, params.get("client_id"))
            frame = {"discrepancy_id": row.discrepancy_id, "code": row.code, "on": row.on_date}
            items.append({**frame, **projected(params, OPEN_SEEN, here.caller.roles)})
    return Answer(body={"items": items, "next_cursor": following}).response()


def shown_report(books: Books, row: VisitReport) -> dict[str, object]:
    """Return a report with all its keys; of one about somebody erased, that there was one."""
    arrived = {"report_id": row.report_id, "on": row.on_date, "arrived_at": row.arrived_at.isoformat()}
    if not books.is_readable(row.key_id):
        return {**arrived, "erased": True}
    told_here = told_of(books, row)
    report = told_here.report
    document: dict[str, object] = json.loads(report.model_dump_json(exclude_defaults=True))
    document |= {**arrived, "reporter": told_here.reporter}
    document |= _named(books, report.client_id)
    if report.kind in ALARMS:
        document["exposed"] = exposed_by(books, row)
    return document


def projected(
    document: Mapping[str, object], seen: Mapping[Role, frozenset[str]], roles: Iterable[Role]
) -> dict[str, object]:
    """Return the keys that somebody with these roles sees."""
    keys = frozenset[str]().union(*(seen.get(role, frozenset()) for role in roles))
    return {key: value for key, value in document.items() if key in keys}


def reported_on(here: Here, books: Books, on: dt.date) -> list[dict[str, object]]:
    """Return what has been reported of a day so far."""
    return [projected(shown_report(books, row), SEEN, here.caller.roles) for row in reports_on(books, on)]


def _named(books: Books, client_id: object) -> dict[str, object]:
    names = books.names([str(client_id)]) if client_id else {}
    return {"client": names[str(client_id)]} if names else {}
