"""The users of an organisation. Law: its administrators give roles and passwords, and never learn a password in use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.identity.people import add_user, give_password, login_of
from api.identity.roles import Role, joined, roles_of
from api.identity.second_factors import has_one
from api.manners.answers import Answer, once
from api.manners.bodies import body_of
from api.manners.errors import ConflictError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.security.passwords import one_time_password
from api.storage.tables import SignIn, User
from routing.domain.base import Document, Text

router = APIRouter(tags=["users"])
Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]


class NewUser(Document):
    """Somebody who is to sign in."""

    login: Annotated[Text, Field(min_length=1)]
    roles: Roles


class UserChange(Document):
    """What an administrator changes of a user."""

    roles: Roles | None = None
    disabled: bool | None = None


_USER = {
    "user_id": "0f3c5a7be1d24c68",
    "login": "ann",
    "roles": ["dispatcher"],
    "disabled": False,
    "second_factor": True,
}
_GIVEN = {**_USER, "one_time_password": "abcd-efgh-jkmn-pqrs"}
_NEW = {"login": "ann", "roles": ["dispatcher"]}


@router.get("/v1/users", summary="List users", **told({"items": [_USER], "next_cursor": None}))
def list_users(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the users of the organisation, by id."""
    with here.reading() as session:
        found = session.scalars(select(User).order_by(User.user_id)).all()
        items, following = page([(user.user_id, user) for user in found], limit, cursor)
        body = {"items": [_document(here, session, user) for user in items], "next_cursor": following}
    return Answer(body=body).response()


@router.post("/v1/users", summary="Add a user", **told(_GIVEN, status=201, asks=NewUser, example=_NEW))
def create_user(here: Allowed) -> Response:
    """Add a user with a password for once, which is shown now and ends in 15 minutes."""
    asked = body_of(here.request, NewUser)
    with here.writing() as session:
        answer = once(here, session, lambda: _added(here, session, asked))
    return answer.response()


@router.get("/v1/users/{user_id}", summary="Show a user", **told(_USER))
def show_user(here: Allowed, user_id: str) -> Response:
    """Return one user."""
    with here.reading() as session:
        return Answer(body=_document(here, session, _found(here, session, user_id))).response()


@router.patch(
    "/v1/users/{user_id}", summary="Change a user", **told(_USER, asks=UserChange, example={"disabled": True})
)
def change_user(here: Allowed, user_id: str) -> Response:
    """Change roles, or bar a user from signing in; their sessions end at once."""
    asked = body_of(here.request, UserChange)
    with here.writing() as session:
        user = _found(here, session, user_id)
        if asked.roles is not None:
            user.roles = joined(set(asked.roles))
        if asked.disabled is not None:
            user.disabled_at = datetime.now(UTC) if asked.disabled else None
        session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.user_id != here.caller.user_id))
        session.flush()
        _refuse_nobody(session)
        body = _document(here, session, user)
    return Answer(body=body).response()


@router.post("/v1/users/{user_id}/password", summary="Give a user a new password", **told(_GIVEN, status=201))
def reset_password(here: Allowed, user_id: str) -> Response:
    """Give a password for once, which is shown now and ends in 15 minutes; the user's sessions end."""
    password = one_time_password()
    with here.writing() as session:
        user = _found(here, session, user_id)
        give_password(user, password)
        session.execute(delete(SignIn).where(SignIn.user_id == user_id))
        body = {**_document(here, session, user), "one_time_password": password}
    return Answer(body=body, status=201).response()


def _added(here: Here, session: Session, asked: NewUser) -> Answer:
    cipher = here.opened.cipher
    user, password = add_user(session, cipher, here.caller.organisation_id, asked.login, set(asked.roles))
    body = {**_document(here, session, user), "one_time_password": password}
    headers = {"Location": f"/v1/users/{user.user_id}"}
    return Answer(body=body, status=201, headers=headers, unkept=frozenset({"one_time_password"}))


def _found(here: Here, session: Session, user_id: str) -> User:
    user = session.get(User, (here.caller.organisation_id, user_id))
    if user is None:
        raise not_found()
    return user


def _refuse_nobody(session: Session) -> None:
    """Keep one administrator at least."""
    active = session.scalars(select(User.roles).where(User.disabled_at.is_(None)))
    if not any(Role.ADMINISTRATOR in roles_of(roles) for roles in active):
        raise ConflictError(
            "last_administrator", "nobody would be left who may give roles", remedy="make somebody else one first"
        )


def _document(here: Here, session: Session, user: User) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "login": login_of(here.opened.cipher, user),
        "roles": sorted(roles_of(user.roles)),
        "disabled": user.disabled_at is not None,
        "second_factor": has_one(session, user),
    }
