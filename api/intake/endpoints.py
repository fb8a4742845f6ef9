"""Intake over HTTP. Law: a hotline worker or a program asks; a clinician or dispatcher decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.identity.callers import Allowed
from api.identity.roles import Role
from api.installation import finish_erasures
from api.intake.keeping import ask, decide, rows_of, shown_request, waiting
from api.intake.requests import HelpRequest, IntakeDecision
from api.manners.answers import Answer
from api.manners.bodies import body_object, read_as
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.programmes.endpoints import PROGRAMME
from api.visits.books import Books
from api.visits.endpoints import projected

router = APIRouter(tags=["intake"])
State = Annotated[Literal["asked", "accepted", "refused"], Query(description="Which requests.")]

_FRAME = ("request_id", "state", "asked_at", "channel", "code_name", "language", "consent")
_DECIDED = ("accept", "client_id", "assessment_on", "reason", "decided_by")
SEEN: Mapping[Role, frozenset[str]] = {
    Role.CLINICIAN: frozenset((*_FRAME, *_DECIDED, "client_class", "wanted")),
    Role.DISPATCHER: frozenset((*_FRAME, *_DECIDED, "place", "phone")),
}
_REQUEST = {
    "request_id": "h-17",
    "asked_at": "2026-11-23T11:00:00+08:00",
    "channel": "hotline",
    "code_name": "Plumeria",
    "consent": {"home_delivery": True, "safe_to_call": True},
    "place": {"address": "beside the blue gate"},
}
_ACCEPT = {"accept": True, "client_id": "c91", "assessment_on": "2026-11-24"}


@router.post(
    f"{PROGRAMME}/intake",
    summary="Ask for help",
    **told({"request_id": "h-17", "state": "asked"}, status=201, asks="HelpRequest", example=_REQUEST),
)
def ask_for_help(here: Allowed, programme_id: str) -> Response:
    """Keep a request of somebody who is no client yet; the same one again is answered alike."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        row = ask(books, read_as(raw, HelpRequest))
        body = {"request_id": row.request_id, "state": row.state}
    return Answer(body=body, status=201).response()


@router.get(f"{PROGRAMME}/intake", summary="List requests", **told({"items": [_REQUEST], "next_cursor": None}))
def list_requests(
    here: Allowed, programme_id: str, state: State = "asked", limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Return requests as they came: those that wait, or those that were decided."""
    with here.reading() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        rows = [(f"{row.number:012d}", row) for row in rows_of(books, state)]
        found, following = page(rows, limit, cursor)
        items = [projected(shown_request(books, row), SEEN, here.caller.roles) for row in found]
    return Answer(body={"items": items, "next_cursor": following}).response()


@router.post(
    f"{PROGRAMME}/intake/{{request_id}}/decision",
    summary="Decide a request",
    **told({"request_id": "h-17", "state": "accepted"}, asks="IntakeDecision", example=_ACCEPT),
)
def decide_request(here: Allowed, programme_id: str, request_id: str) -> Response:
    """Accept somebody as a client, who is a lead then; or refuse, which erases what was written down."""
    raw = body_object(here.request)
    with here.writing() as session:
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        row = waiting(books, request_id)
        decide(books, row, read_as(raw, IntakeDecision), here.caller.user_id)
        body = {"request_id": row.request_id, "state": row.state}
    finish_erasures(here.opened)
    return Answer(body=body).response()
