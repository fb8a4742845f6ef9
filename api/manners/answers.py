"""Answers, and the same answer again. Law: a request with an `Idempotency-Key` is done once, however often it is sent.

The answer is written in the transaction of the change itself, sealed, and forgotten after a day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from fastapi import Request
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.manners.bodies import BODY
from api.manners.errors import UnprocessableError
from api.security.field_cipher import Cell, FieldCipher
from api.storage.tables import Answered

HEADER = "idempotency-key"
KEPT = timedelta(days=1)
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is answered: a status, a document and headers."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return it for the web framework."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        data = json.dumps(self.body, ensure_ascii=False, default=str).encode()
        return Response(data, self.status, self.headers, "application/json")


def once(request: Request, session: Session, cipher: FieldCipher, user_id: str, make: Callable[[], Answer]) -> Answer:
    """Do what a request asks for, or answer as it was answered before.

    Raises
    ------
    UnprocessableError
        `idempotency_key_reused`, `bad_idempotency_key`.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return make()
    organisation_id = str(session.info["organisation_id"])
    key_hash = cipher.blind_index(organisation_id, "idempotency", _checked(key))
    _forget_old(session)
    found = session.get(Answered, (organisation_id, user_id, key_hash))
    cell = Cell(table="answered", column="sealed_answer", row=key_hash.hex(), organisation_id=organisation_id)
    if found is not None:
        return _again(found, request, cipher.open(cell, found.sealed_answer))
    answer = make()
    kept = json.dumps({"body": answer.body, "headers": dict(answer.headers)}, default=str).encode()
    session.add(
        Answered(
            organisation_id=organisation_id,
            user_id=user_id,
            key_hash=key_hash,
            request_hash=_digest(request),
            status=answer.status,
            sealed_answer=cipher.seal(cell, kept),
            answered_at=datetime.now(UTC),
        )
    )
    return answer


def _again(found: Answered, request: Request, kept: bytes) -> Answer:
    if found.request_hash != _digest(request):
        raise UnprocessableError(
            "idempotency_key_reused",
            "this Idempotency-Key came with another request before",
            where="/header/idempotency-key",
            remedy="take a new key for a new request",
        )
    answer = json.loads(kept)
    headers = {**answer["headers"], "Idempotency-Replayed": "true"}
    return Answer(body=answer["body"], status=found.status, headers=headers)


def _checked(key: str) -> str:
    if not 1 <= len(key) <= LONGEST:
        raise UnprocessableError(
            "bad_idempotency_key",
            f"an Idempotency-Key has 1 to {LONGEST} characters",
            where="/header/idempotency-key",
            remedy="send a random one, a UUID say",
        )
    return key


def _digest(request: Request) -> bytes:
    body: bytes = request.scope.get(BODY, b"")
    return sha256(f"{request.method} {request.url.path}\n".encode() + body).digest()


def _forget_old(session: Session) -> None:
    session.execute(delete(Answered).where(Answered.answered_at < datetime.now(UTC) - KEPT))
