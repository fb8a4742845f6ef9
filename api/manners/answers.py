"""Answers, and the same answer again. Law: a request with an `Idempotency-Key` is done once, however often it is sent.

The answer is written in the transaction of the change itself, sealed, and forgotten after a day. What is shown once
(a secret, the doors of a plan) is not written: the same request is answered with `null` in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from fastapi import Request
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.audit.requests import MADE
from api.manners.bodies import BODY
from api.manners.errors import UnprocessableError
from api.manners.problems import not_found
from api.security.field_cipher import Cell
from api.storage.tables import Answered
from routing.domain.errors import InternalError

if TYPE_CHECKING:
    from api.identity.callers import Here

HEADER, REPLAYED = "idempotency-key", "Idempotency-Replayed"
KEPT = timedelta(days=1)
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is answered.

    Attributes
    ----------
    key_id
        Of the client whom the answer is about: it is kept under that client's key, so that it goes with the client.
    unkept
        Keys of the body that are never kept: secrets, and what is about many clients at once.
    """

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
    unkept: frozenset[str] = frozenset()

    @property
    def is_replayed(self) -> bool:
        """Whether this was answered before."""
        return REPLAYED in self.headers

    def kept_body(self) -> object:
        """Return what may be kept of the body."""
        if not isinstance(self.body, dict):
            return self.body
        return {key: None if key in self.unkept else value for key, value in self.body.items()}

    def response(self) -> Response:
        """Return it for the web framework."""
        if self.body is None:
            return Response(status_code=self.status, headers=self.headers)
        data = json.dumps(self.body, ensure_ascii=False, default=str).encode()
        return Response(data, self.status, self.headers, "application/json")


def once(here: Here, session: Session, make: Callable[[], Answer]) -> Answer:
    """Do what a request asks for, or answer as it was answered before.

    Raises
    ------
    UnprocessableError
        `idempotency_key_reused`, `bad_idempotency_key`.
    NotFoundError
        `not_found`: the answer was about a client who has been erased since.
    """
    answer = _once(here, session, make)
    here.request.scope[MADE] = answer.headers.get("Location")
    return answer


def _once(here: Here, session: Session, make: Callable[[], Answer]) -> Answer:
    key = here.request.headers.get(HEADER)
    if key is None:
        return make()
    caller, cipher = here.caller, here.opened.cipher
    key_hash = cipher.blind_index(caller.organisation_id, "idempotency", _checked(key))
    request_hash = cipher.blind_index(caller.organisation_id, "request", _digest(here.request))
    _forget_old(session)
    found = session.get(Answered, (caller.organisation_id, caller.user_id, key_hash))
    if found is not None:
        return _again(here, found, request_hash)
    answer = make()
    session.add(_row(here, answer, key_hash, request_hash))
    return answer


def answered_before(here: Here, session: Session) -> Answer | None:
    """Return what the same request was answered before; None: nothing, or it names no `Idempotency-Key`.

    For those who work before they write: `once` asks again while it writes.

    Raises
    ------
    UnprocessableError
        `idempotency_key_reused`, `bad_idempotency_key`.
    """
    key = here.request.headers.get(HEADER)
    if key is None:
        return None
    caller, cipher = here.caller, here.opened.cipher
    key_hash = cipher.blind_index(caller.organisation_id, "idempotency", _checked(key))
    found = session.get(Answered, (caller.organisation_id, caller.user_id, key_hash))
    if found is None or found.answered_at < datetime.now(UTC) - KEPT:
        return None
    return _again(here, found, cipher.blind_index(caller.organisation_id, "request", _digest(here.request)))


def _row(here: Here, answer: Answer, key_hash: bytes, request_hash: bytes) -> Answered:
    body = json.dumps({"body": answer.kept_body(), "headers": dict(answer.headers)}, default=str).encode()
    return Answered(
        organisation_id=here.caller.organisation_id,
        user_id=here.caller.user_id,
        key_hash=key_hash,
        request_hash=request_hash,
        status=answer.status,
        key_id=answer.key_id,
        sealed_answer=here.opened.cipher.seal(_cell(here, key_hash), body, _own_key(here, answer.key_id)),
        answered_at=datetime.now(UTC),
    )


def _again(here: Here, found: Answered, request_hash: bytes) -> Answer:
    if found.request_hash != request_hash:
        raise UnprocessableError(
            "idempotency_key_reused",
            "this Idempotency-Key came with another request before",
            where="/header/idempotency-key",
            remedy="take a new key for a new request",
        )
    try:
        own_key = _own_key(here, found.key_id)
    except InternalError as error:
        raise not_found() from error
    answer = json.loads(here.opened.cipher.open(_cell(here, found.key_hash), found.sealed_answer, own_key))
    headers = {**answer["headers"], REPLAYED: "true"}
    return Answer(body=answer["body"], status=found.status, headers=headers)


def _own_key(here: Here, key_id: str | None) -> bytes | None:
    return None if key_id is None else here.opened.client_keys.key(here.caller.organisation_id, key_id)


def _cell(here: Here, key_hash: bytes) -> Cell:
    return Cell(
        table="answered",
        column="sealed_answer",
        row=f"{here.caller.user_id}/{key_hash.hex()}",
        organisation_id=here.caller.organisation_id,
    )


def _checked(key: str) -> str:
    if not 1 <= len(key) <= LONGEST:
        raise UnprocessableError(
            "bad_idempotency_key",
            f"an Idempotency-Key has 1 to {LONGEST} characters",
            where="/header/idempotency-key",
            remedy="send a random one, a UUID say",
        )
    return key


def _digest(request: Request) -> str:
    body: bytes = request.scope.get(BODY, b"")
    return sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()


def _forget_old(session: Session) -> None:
    session.execute(delete(Answered).where(Answered.answered_at < datetime.now(UTC) - KEPT))
