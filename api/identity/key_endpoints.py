"""Keys for programs. Law: a key never has a role that its maker has not, ends by a date, and is shown once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.identity.roles import Role, Scope, joined, roles_of, scopes_of
from api.identity.tokens import KEY_PREFIX, hash_token, new_id, new_token
from api.manners.answers import Answer, once
from api.manners.bodies import body_of
from api.manners.errors import ForbiddenError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.security.field_cipher import Cell, FieldCipher
from api.storage.tables import ApiKey
from routing.domain.base import Document, Text

router = APIRouter(tags=["keys"])


class NewKey(Document):
    """A key that is to be made."""

    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))] = (Scope.READ,)
    days: Annotated[int, Field(ge=1, le=366)] = 90


_KEY = {
    "key_id": "77ab3c5e9d0f1122",
    "name": "stock list",
    "roles": ["dispenser"],
    "scopes": ["read"],
    "expires_at": "2027-02-21T09:30:00+00:00",
    "revoked": False,
}
_NEW = {"name": "stock list", "roles": ["dispenser"], "scopes": ["read"], "days": 90}


@router.get("/v1/keys", summary="List keys", **told({"items": [_KEY], "next_cursor": None}))
def list_keys(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return one's own keys; to an administrator, all of the organisation."""
    with here.reading() as session:
        found = [key for key in session.scalars(select(ApiKey).order_by(ApiKey.key_id)) if _may_see(here, key)]
        items, following = page([(key.key_id, key) for key in found], limit, cursor)
        body = {"items": [_document(here.opened.cipher, key) for key in items], "next_cursor": following}
    return Answer(body=body).response()


@router.post(
    "/v1/keys", summary="Make a key", **told({**_KEY, "key": "doorstep_…"}, status=201, asks=NewKey, example=_NEW)
)
def create_key(here: Allowed) -> Response:
    """Make a key; it is shown now and never again."""
    asked = body_of(here.request, NewKey)
    if not set(asked.roles) <= here.caller.roles:
        raise ForbiddenError(
            "role_not_yours", "a key has no role that its maker has not", where="/roles", remedy="leave the others out"
        )
    with here.writing() as session:
        answer = once(here, session, lambda: _made(here, session, asked))
    return answer.response()


@router.delete("/v1/keys/{key_id}", summary="Revoke a key", **told(status=204))
def revoke_key(here: Allowed, key_id: str) -> Response:
    """Revoke a key; it opens nothing from now on."""
    with here.writing() as session:
        key = session.get(ApiKey, (here.caller.organisation_id, key_id))
        if key is None or not _may_see(here, key):
            raise not_found()
        key.revoked_at = key.revoked_at or datetime.now(UTC)
    return Answer(status=204).response()


def _made(here: Here, session: Session, asked: NewKey) -> Answer:
    secret, key_id, now = KEY_PREFIX + new_token(), new_id(), datetime.now(UTC)
    organisation_id = here.caller.organisation_id
    key = ApiKey(
        organisation_id=organisation_id,
        key_id=key_id,
        secret_hash=hash_token(secret),
        user_id=here.caller.user_id,
        sealed_name=here.opened.cipher.seal(_cell(organisation_id, key_id), asked.name.encode()),
        roles=joined(set(asked.roles)),
        scopes=joined(set(asked.scopes)),
        created_at=now,
        expires_at=now + timedelta(days=asked.days),
    )
    session.add(key)
    body = {**_document(here.opened.cipher, key), "key": secret}
    headers = {"Location": f"/v1/keys/{key_id}"}
    return Answer(body=body, status=201, headers=headers, unkept=frozenset({"key"}))


def _may_see(here: Here, key: ApiKey) -> bool:
    return key.user_id == here.caller.user_id or Role.ADMINISTRATOR in here.caller.roles


def _document(cipher: FieldCipher, key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "name": cipher.open(_cell(key.organisation_id, key.key_id), key.sealed_name).decode(),
        "roles": sorted(roles_of(key.roles)),
        "scopes": sorted(scopes_of(key.scopes)),
        "expires_at": key.expires_at.isoformat(),
        "revoked": key.revoked_at is not None,
    }


def _cell(organisation_id: str, key_id: str) -> Cell:
    return Cell(table="api_key", column="sealed_name", row=key_id, organisation_id=organisation_id)
