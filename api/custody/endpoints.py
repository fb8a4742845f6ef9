"""Custody and stock over HTTP. Law: whoever is signed in is the first person; the second is named, and another."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.custody.accounts import OF_ACCOUNTS, accounts_on, close, free, is_closed, records_on, sites_on
from api.custody.movements import Movements
from api.custody.persons import witness_problem
from api.custody.records import CustodySteps, Witness
from api.custody.stepping import take_steps
from api.custody.stock_movements import move, movements_on
from api.identity.callers import Allowed, Here
from api.manners.answers import Answer, once
from api.manners.bodies import body_object, read_as
from api.manners.errors import ConflictError, UnprocessableError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.programmes.endpoints import PROGRAMME
from api.storage.visit_tables import Discrepancy
from api.visits.books import Books
from api.visits.discrepancies import DECIDED, OF_CLIENTS, OPEN, TABLE, params_of
from api.visits.reporting import Outcome
from routing.domain.base import Document, Text
from routing.domain.errors import ManyProblemsError
from routing.domain.reading import Json

router = APIRouter(tags=["custody"])
OnDay = Annotated[dt.date | None, Query(alias="date", description="The day, in the programme's time zone; else today.")]


class Closing(Document):
    """Who has counted in with whoever asks."""

    witness: Witness


class Decision(Document):
    """What two persons have decided about a discrepancy."""

    decision: Annotated[Text, Field(min_length=1)]
    witness: Witness


_WITNESS = {"user_id": "0f31c9"}
_STEP = {
    "record_id": "b7-1",
    "kind": "issued",
    "at": "2026-11-23T08:30:00+08:00",
    "site_id": "site-1",
    "volunteer_id": "v01",
    "client_id": "c01",
    "goods": [{"product_id": "p01", "quantity": 36, "from_on": "2026-11-24", "to_on": "2026-11-26"}],
    "witness": {"volunteer_id": "v01"},
}
_MOVEMENT = {
    "movement_id": "m7-1",
    "kind": "received",
    "at": "2026-11-23T07:30:00+08:00",
    "site_id": "site-1",
    "product_id": "p01",
    "quantity": 2000,
    "lot": "A7",
    "expires_on": "2027-06-30",
    "witness": _WITNESS,
}
_TAKEN = {"outcomes": [{"report_id": "b7-1", "outcome": "taken"}]}
_ACCOUNT = {"issued": 36, "handed_over": 24, "returned": 0, "out": 12}
_BALANCES = {
    "date": "2026-11-23",
    "closed": False,
    "volunteers": [{"volunteer_id": "v01", "product_id": "p01", **_ACCOUNT}],
    "sites": [{"site_id": "site-1", "product_id": "p01", "prepared": 36, "issued": 36, "returned": 0}],
}


@router.post(
    f"{PROGRAMME}/custody",
    summary="Goods change hands",
    **told(_TAKEN, asks="CustodySteps", example={"records": [_STEP]}),
)
def write_custody(here: Allowed, programme_id: str) -> Response:
    """Keep what was prepared, issued, handed over or returned; each step has two persons."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        steps = read_as(raw, CustodySteps).records
        answer = once(here, session, lambda: _outcomes(take_steps(books, steps, here.caller.user_id)))
    return answer.response()


@router.get(f"{PROGRAMME}/custody", summary="List a day's custody", **told({"items": [_STEP], "next_cursor": None}))
def list_custody(
    here: Allowed, programme_id: str, on: OnDay = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Return the steps in a day's accounts as they came: goods and persons, and not whom they are for."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        found = records_on(books, on or books.today())
    return _page(found, limit, cursor)


@router.get(f"{PROGRAMME}/custody/balances", summary="Show a day's accounts", **told(_BALANCES))
def show_balances(here: Allowed, programme_id: str, on: OnDay = None) -> Response:
    """Return what each volunteer had, gave and brought back, and what each site gave out and took back."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        body = _balances(books, on or books.today())
    return Answer(body=body).response()


@router.post(
    f"{PROGRAMME}/days/{{date}}/close",
    summary="Close a day's accounts",
    **told(_BALANCES, asks="Closing", example={"witness": _WITNESS}),
)
def close_day(here: Allowed, programme_id: str, date: dt.date) -> Response:
    """Say that all that comes back has come back; controlled goods that are missing are a discrepancy from then on."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        closing = read_as(raw, Closing)
        _require_second(books, here, closing.witness)
        if date > books.today():
            raise UnprocessableError(
                "day_to_come", "the day has not begun", where="/path/date", remedy="close it when all have come back"
            )
        close(books, date, _persons(here, closing.witness))
        body = _balances(books, date)
    return Answer(body=body).response()


@router.post(
    f"{PROGRAMME}/discrepancies/{{discrepancy_id}}/decision",
    summary="Decide a discrepancy",
    **told(status=204, asks="Decision", example={"decision": "one bottle broke at the gate", "witness": _WITNESS}),
)
def decide(here: Allowed, programme_id: str, discrepancy_id: str) -> Response:
    """Write down what two users have decided about goods; what is about reports is settled by another report."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        row = session.get(Discrepancy, (here.caller.organisation_id, programme_id, discrepancy_id))
        if row is None or not books.is_readable(row.key_id):
            raise not_found()
        decision = read_as(raw, Decision)
        _require_second(books, here, decision.witness)
        _require_open(row)
        value = {"decision": decision.decision, **_persons(here, decision.witness)}
        row.state, row.closed_at = DECIDED, dt.datetime.now(dt.UTC)
        row.sealed_decision = books.seal(TABLE, discrepancy_id, value, row.key_id, "sealed_decision")
        session.flush()
        if row.code in OF_ACCOUNTS:
            free(books, str(params_of(books, row)["volunteer_id"]))
    return Answer(status=204).response()


@router.post(
    f"{PROGRAMME}/stock", summary="Move stock", **told(_TAKEN, asks="Movements", example={"movements": [_MOVEMENT]})
)
def move_stock(here: Allowed, programme_id: str) -> Response:
    """Keep what was received, counted, written off or moved; controlled goods need a second person."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        movements = read_as(raw, Movements).movements

        def take() -> Answer:
            problems = [(one.movement_id, move(books, one, here.caller.user_id)[0]) for one in movements]
            return _outcomes([Outcome(report_id=movement_id, problem=problem) for movement_id, problem in problems])

        answer = once(here, session, take)
    return answer.response()


@router.get(f"{PROGRAMME}/stock", summary="List a day's movements", **told({"items": [_MOVEMENT], "next_cursor": None}))
def list_stock(
    here: Allowed, programme_id: str, on: OnDay = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Return the movements of a day as they came. What lies where now stands at the sites."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        found = movements_on(books, on or books.today())
    return _page(found, limit, cursor)


def _page(values: Sequence[dict[str, Json]], limit: int, cursor: str | None) -> Response:
    shown = [{key: value for key, value in one.items() if key != "effects"} for one in values]
    items, following = page([(f"{number:09d}", one) for number, one in enumerate(shown)], limit, cursor)
    return Answer(body={"items": items, "next_cursor": following}).response()


def _outcomes(outcomes: list[Outcome]) -> Answer:
    return Answer(body={"outcomes": [outcome.document() for outcome in outcomes]})


def _balances(books: Books, on: dt.date) -> dict[str, object]:
    return {
        "date": on.isoformat(),
        "closed": is_closed(books, on),
        "volunteers": [
            {"volunteer_id": who, "product_id": product_id, **account.document()}
            for (who, product_id), account in accounts_on(books, on).items()
        ],
        "sites": [
            {"site_id": site_id, "product_id": product_id, **sums}
            for (site_id, product_id), sums in sites_on(books, on).items()
        ],
    }


def _require_second(books: Books, here: Here, witness: Witness) -> None:
    problem = witness_problem(books, here.caller.user_id, witness, user_only=True)
    if problem is not None:
        raise ManyProblemsError([problem])


def _require_open(row: Discrepancy) -> None:
    if row.code in OF_CLIENTS:
        raise ConflictError(
            "correction_needed",
            "reports that differ are not decided about by word",
            remedy="report what is true, and name the others in `corrects`",
        )
    if row.state != OPEN:
        raise ConflictError("decided_already", "this is not open any more", remedy="nothing is left to do")


def _persons(here: Here, witness: Witness) -> dict[str, object]:
    return {"first": here.caller.user_id, "witness": json.loads(witness.model_dump_json(exclude_defaults=True))}
