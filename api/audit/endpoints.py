"""The record for auditors. Law: pseudonyms and times; nobody's name, and nothing that could be read of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.audit.recording import last_of
from api.audit.requests import paths_about
from api.identity.callers import Allowed
from api.manners.answers import Answer
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page_of
from api.storage.audit_tables import AuditEntry

router = APIRouter(tags=["audit"])
_ENTRY = {
    "sequence": 1204,
    "at": "2026-11-23T07:12:09+00:00",
    "actor": "0f3c5a7be1d24c68",
    "via": "session",
    "action": "PATCH /v1/programmes/{programme_id}/clients/{entry_id}",
    "subject": "5e1f0a9c77d3b210",
    "outcome": "done",
}
_HEAD = {"sequence": 1204, "mac": "9b6f…"}
About = Annotated[str | None, Query(max_length=300, description="A path: what was done to it, or to what holds it.")]
Actor = Annotated[str | None, Query(max_length=64, description="Of this user only.")]


@router.get("/v1/audit", summary="List what was done", **told({"items": [_ENTRY], "next_cursor": None, "head": _HEAD}))
def list_audit(
    here: Allowed, limit: Limit = 50, cursor: Cursor = None, about: About = None, actor: Actor = None
) -> Response:
    """Return the record of the organisation, the latest first, and its head to be kept elsewhere."""
    here.opened.audit.flush()
    wanted = select(AuditEntry).order_by(AuditEntry.sequence.desc())
    if about is not None:
        organisation_id = here.caller.organisation_id
        wanted = wanted.where(
            AuditEntry.subject.in_([here.opened.audit.pseudonym(organisation_id, path) for path in paths_about(about)])
        )
    if actor is not None:
        wanted = wanted.where(AuditEntry.actor == actor)
    with here.reading() as session:
        items, following = page_of(session, wanted, AuditEntry.sequence, limit, cursor)
        sequence, mac = last_of(session, here.caller.organisation_id)
    head = {"sequence": sequence, "mac": mac.hex()}
    return Answer(body={"items": [_document(row) for row in items], "next_cursor": following, "head": head}).response()


def _document(row: AuditEntry) -> dict[str, object]:
    return {
        "sequence": row.sequence,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "via": row.via,
        "action": row.action,
        "subject": row.subject,
        "outcome": row.outcome,
    }
