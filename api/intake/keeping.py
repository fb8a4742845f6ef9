"""Requests as they are kept. Law: each under a key of its own, which is destroyed with the decision.

Accepted, it goes over to the client's own key, and is erased with the client; refused, nothing of it is left but that
there was one, and why not.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import select

from api.intake.requests import HelpRequest, IntakeDecision
from api.manners.errors import ConflictError
from api.manners.problems import not_found
from api.storage.tables import Erasure
from api.storage.visit_tables import IntakeRequest
from api.visits.books import Books, in_order
from routing.domain.clients import Client, ClientStatus, StatusChange
from routing.domain.reading import Json

TABLE = IntakeRequest.__tablename__
ASKED, ACCEPTED, REFUSED = "asked", "accepted", "refused"


def ask(books: Books, request: HelpRequest) -> IntakeRequest:
    """Keep a request; the same one again is the same.

    Raises
    ------
    ConflictError
        `already_exists`: another one has this id.
    """
    content_hash = books.content_hash("intake", request.model_dump_json(exclude_defaults=True))
    row = books.session.get(IntakeRequest, (books.organisation_id, books.programme_id, request.request_id))
    if row is not None:
        if row.content_hash != content_hash:
            raise ConflictError(
                "already_exists", "another request has this id", where="/request_id", remedy="give each its own"
            )
        return row
    (key_id,) = books.opened.client_keys.make(books.organisation_id)
    row = IntakeRequest(
        **books.place,
        request_id=request.request_id,
        number=books.next_number(IntakeRequest),
        state=ASKED,
        key_id=key_id,
        content_hash=content_hash,
        sealed=books.seal(TABLE, request.request_id, _plain(request), key_id),
        sealed_decision=None,
        asked_at=request.asked_at,
        decided_at=None,
    )
    books.session.add(row)
    books.session.flush()
    return row


def rows_of(books: Books, state: str) -> list[IntakeRequest]:
    """Return the requests in a state, as they came."""
    query = select(IntakeRequest).where(IntakeRequest.programme_id == books.programme_id, IntakeRequest.state == state)
    return in_order(books.session.scalars(query).all())


def shown_request(books: Books, row: IntakeRequest) -> dict[str, Json]:
    """Return a request with all its keys; of one that was refused or erased, what is left."""
    frame: dict[str, Json] = {"request_id": row.request_id, "state": row.state, "asked_at": row.asked_at.isoformat()}
    if row.state == ASKED or (row.state == ACCEPTED and books.is_readable(row.key_id)):
        frame |= json.loads(books.unseal(TABLE, row.request_id, row.sealed, row.key_id))
    if row.sealed_decision is not None and (row.state == REFUSED or books.is_readable(row.key_id)):
        key_id = row.key_id if row.state == ACCEPTED else None
        frame |= json.loads(books.unseal(TABLE, row.request_id, row.sealed_decision, key_id, "sealed_decision"))
    return frame


def waiting(books: Books, request_id: str) -> IntakeRequest:
    """Return a request about which nobody has decided.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `decided_already`.
    """
    row = books.session.get(IntakeRequest, (books.organisation_id, books.programme_id, request_id))
    if row is None:
        raise not_found()
    if row.state != ASKED:
        raise ConflictError("decided_already", "somebody has decided about it", remedy="nothing is left to do")
    return row


def decide(books: Books, row: IntakeRequest, decision: IntakeDecision, user_id: str) -> None:
    """Accept or refuse a request.

    Raises
    ------
    ConflictError
        `already_exists`: there is a client of this id.
    ProgrammeError
        The client is none that the programme takes.
    """
    request_id = row.request_id
    request = HelpRequest.model_validate_json(books.unseal(TABLE, request_id, row.sealed, row.key_id))
    own_key_id = row.key_id
    told = {**_plain_decision(decision), "decided_by": user_id}
    if decision.accept:
        _accept(books, row, request, decision)
        row.sealed_decision = books.seal(TABLE, request_id, told, row.key_id, "sealed_decision")
    else:
        row.state, row.sealed = REFUSED, b""
        row.sealed_decision = books.seal(TABLE, request_id, told, None, "sealed_decision")
    row.decided_at = datetime.now(UTC)
    books.session.add(
        Erasure(organisation_id=books.organisation_id, key_id=own_key_id, asked_at=row.decided_at, done_at=None)
    )
    books.session.flush()


def _accept(books: Books, row: IntakeRequest, request: HelpRequest, decision: IntakeDecision) -> None:
    client_id = decision.client_id or ""
    if books.key_id(client_id) is not None:
        raise ConflictError(
            "already_exists", "there is a client of this id", where="/client_id", remedy="give another id"
        )
    listed = books.kept.document.get("clients") or []
    clients = listed if isinstance(listed, list) else []
    books.change({**books.kept.document, "clients": [*clients, _client(books, request, decision)]})
    row.state, row.key_id = ACCEPTED, books.key_id(client_id) or ""
    row.sealed = books.seal(TABLE, row.request_id, _plain(request), row.key_id)


def _client(books: Books, request: HelpRequest, decision: IntakeDecision) -> Json:
    """Return a client who is a lead: visits, naloxone, food, and no controlled goods."""
    now = datetime.now(books.programme.zone).replace(microsecond=0)
    client = Client(
        client_id=decision.client_id or "",
        code_name=request.code_name,
        client_class=request.client_class,
        place=request.place,
        phone=request.phone,
        language=request.language,
        consent=request.consent,
        assessment_on=decision.assessment_on,
        status=(StatusChange(status=ClientStatus.LEAD, from_at=now),),
    )
    plain: Json = json.loads(client.model_dump_json(exclude_defaults=True))
    return plain


def _plain(request: HelpRequest) -> dict[str, Json]:
    plain: dict[str, Json] = json.loads(request.model_dump_json(exclude_defaults=True))
    return plain


def _plain_decision(decision: IntakeDecision) -> dict[str, Json]:
    plain: dict[str, Json] = json.loads(decision.model_dump_json(exclude_defaults=True))
    return plain
