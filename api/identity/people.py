"""Organisations and their users, as they are kept. Law: names and logins are sealed, and found by blind indexes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity.roles import Role, joined
from api.identity.tokens import new_id
from api.manners.errors import ConflictError
from api.security.field_cipher import Cell, FieldCipher
from api.security.passwords import hash_password, one_time_password
from api.storage.tables import Organisation, User

GIVEN_FOR = timedelta(minutes=15)


def add_organisation(session: Session, cipher: FieldCipher, organisation_id: str, name: str) -> None:
    """Add an organisation.

    Raises
    ------
    ConflictError
        `already_exists`.
    """
    if session.get(Organisation, organisation_id) is not None:
        raise ConflictError("already_exists", "there is an organisation of this id", remedy="give another id")
    cell = Cell(table="organisation", column="sealed_name", row=organisation_id, organisation_id=organisation_id)
    sealed = cipher.seal(cell, name.encode())
    session.add(Organisation(organisation_id=organisation_id, sealed_name=sealed, created_at=datetime.now(UTC)))


def add_user(
    session: Session, cipher: FieldCipher, organisation_id: str, login: str, roles: Iterable[Role]
) -> tuple[User, str]:
    """Add a user; return them with a password that has to be changed within 15 minutes.

    Raises
    ------
    ConflictError
        `already_exists`.
    """
    if find_user(session, cipher, organisation_id, login) is not None:
        raise ConflictError("already_exists", "there is a user of this login", where="/login", remedy="give another")
    user_id, password = new_id(), one_time_password()
    user = User(
        organisation_id=organisation_id,
        user_id=user_id,
        login_index=_index(cipher, organisation_id, login),
        sealed_login=cipher.seal(_login_cell(organisation_id, user_id), login.encode()),
        roles=joined(roles),
        created_at=datetime.now(UTC),
    )
    give_password(user, password)
    session.add(user)
    return user, password


def give_password(user: User, password: str) -> None:
    """Set a password that somebody else knows: it ends soon unless it is changed."""
    user.password_hash = hash_password(password)
    user.password_expires_at = datetime.now(UTC) + GIVEN_FOR


def find_user(session: Session, cipher: FieldCipher, organisation_id: str, login: str) -> User | None:
    """Return the user of a login."""
    index = _index(cipher, organisation_id, login)
    found = select(User).where(User.organisation_id == organisation_id, User.login_index == index)
    return session.scalar(found)


def login_of(cipher: FieldCipher, user: User) -> str:
    """Return a user's login."""
    return cipher.open(_login_cell(user.organisation_id, user.user_id), user.sealed_login).decode()


def normal_login(login: str) -> str:
    """Return a login as it is compared: without regard to case or to how signs are put together."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _index(cipher: FieldCipher, organisation_id: str, login: str) -> bytes:
    return cipher.blind_index(organisation_id, "login", normal_login(login))


def _login_cell(organisation_id: str, user_id: str) -> Cell:
    return Cell(table="user_account", column="sealed_login", row=user_id, organisation_id=organisation_id)
