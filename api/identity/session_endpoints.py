"""Sign in, sign out, change one's password. Law: whatever was wrong about a sign-in, the answer is the same.

Also where the password was right and the code was not: nobody finds out by guessing that one of the two is known.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.audit.requests import signing_in
from api.identity import second_factors
from api.identity.attempts import sign_ins
from api.identity.callers import Allowed, Here, needs_second_factor, opened_of
from api.identity.guesses import note_guess
from api.identity.people import GIVEN_FOR, find_user, login_of, normal_login
from api.identity.roles import roles_of
from api.identity.spans import runs
from api.identity.tokens import COOKIE, csrf_token, hash_token, new_token
from api.installation import Opened
from api.manners.answers import Answer
from api.manners.bodies import body_of
from api.manners.errors import UnknownCallerError, UnprocessableError
from api.manners.openapi import told
from api.security.passwords import fits, hash_password
from api.storage.sessions import EVERY
from api.storage.tables import Organisation, SignIn, User
from routing.domain.base import Document, Identifier, Text

LASTS = timedelta(hours=12)
router = APIRouter(tags=["session"])


class Credentials(Document):
    """Who somebody says they are. `code`: of the authenticator, or a recovery code, where there is a second factor."""

    organisation_id: Identifier
    login: Text
    password: Text
    code: Text = ""


class NewPassword(Document):
    """A password and what it replaces."""

    current: Text
    password: Text


_SIGN_IN = {"organisation_id": "denpasar", "login": "first", "password": "four words nobody guesses"}
_SESSION = {
    "organisation_id": "denpasar",
    "user_id": "0f3c5a7be1d24c68",
    "login": "first",
    "roles": ["dispatcher"],
    "csrf_token": "9b6f…",
    "password_change_needed": False,
    "second_factor": False,
    "recovery_codes_left": 0,
    "second_factor_needed": False,
}


@router.post("/v1/session", summary="Sign in", **told(_SESSION, status=201, asks=Credentials, example=_SIGN_IN))
def sign_in(request: Request) -> Response:
    """Check who somebody is; answer with a cookie, and a token to send along with every change."""
    opened = opened_of(request)
    asked = body_of(request, Credentials)
    user = _checked(opened, asked, address_of(request))
    token = new_token()
    now = datetime.now(UTC)
    with opened.store.writing(user.organisation_id) as session:
        session.execute(delete(SignIn).where(SignIn.expires_at <= now))
        session.add(
            SignIn(
                organisation_id=user.organisation_id,
                token_hash=hash_token(token),
                user_id=user.user_id,
                created_at=now,
                expires_at=now + LASTS,
            )
        )
        opened.audit.note(session, signing_in(user.organisation_id, user.user_id))
        body = _document(request, opened, session, user, token)
    response = Answer(body=body, status=201).response()
    secure = request.url.scheme == "https"
    age = int(LASTS.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, path="/", secure=secure, httponly=True, samesite="strict")
    return response


@router.get("/v1/session", summary="Who one is", **told(_SESSION))
def show_session(here: Allowed) -> Response:
    """Return who is signed in, with the token to send along with every change."""
    with here.reading() as session:
        user = session.get_one(User, (here.caller.organisation_id, here.caller.user_id))
        token = here.request.cookies.get(COOKIE)
        return Answer(body=_document(here.request, here.opened, session, user, token)).response()


@router.delete("/v1/session", summary="Sign out", **told(status=204))
def sign_out(here: Allowed) -> Response:
    """End the session."""
    with here.writing() as session:
        session.execute(delete(SignIn).where(SignIn.token_hash == here.caller.token_hash))
    response = Answer(status=204).response()
    response.delete_cookie(COOKIE, path="/")
    return response


@router.put(
    "/v1/session/password",
    summary="Change one's password",
    **told(
        status=204,
        asks=NewPassword,
        example={"current": "abcd-efgh-jkmn-pqrs", "password": "four words nobody guesses"},
    ),
)
def change_password(here: Allowed) -> Response:
    """Set another password; every other session of the user ends."""
    asked = body_of(here.request, NewPassword)
    _refuse_wrong(here, asked)
    hashed = hash_password(asked.password)
    with here.writing() as session:
        user = session.get_one(User, (here.caller.organisation_id, here.caller.user_id))
        user.password_hash, user.password_expires_at = hashed, None
        others = SignIn.token_hash != (here.caller.token_hash or b"")
        session.execute(delete(SignIn).where(SignIn.user_id == user.user_id, others))
    return Answer(status=204).response()


def refuse_wrong_password(here: Here, password: str) -> None:
    """Refuse somebody signed in who does not know their password; whoever has found an open session may not guess it.

    Raises
    ------
    UnprocessableError
        `current_password_wrong`.
    TooManyError
        `too_many_attempts`.
    """
    with here.reading() as session:
        user = session.get_one(User, (here.caller.organisation_id, here.caller.user_id))
        login, kept = login_of(here.opened.cipher, user), user.password_hash
    attempts = sign_ins(here.opened.cipher, user.organisation_id, normal_login(login), address_of(here.request))
    with here.opened.store.reading(EVERY) as session:
        attempts.refuse_too_many(session)
    if fits(password, kept):
        return
    with here.opened.store.writing(EVERY) as session:
        attempts.note_failure(session)
        note_guess(
            session, here.opened.cipher, user.organisation_id, user.user_id, "password", address_of(here.request)
        )
    raise UnprocessableError(
        "current_password_wrong", "this is not the current password", where="/current", remedy="try again"
    )


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else ""


def _refuse_wrong(here: Here, asked: NewPassword) -> None:
    refuse_wrong_password(here, asked.current)
    if asked.current == asked.password:
        raise UnprocessableError(
            "password_unchanged", "the new password is the old one", where="/password", remedy="take another"
        )


def _checked(opened: Opened, asked: Credentials, address: str) -> User:
    """Return the user, or count a failure; the password is tried while no session is open."""
    attempts = sign_ins(opened.cipher, asked.organisation_id, normal_login(asked.login), address)
    with opened.store.reading(EVERY) as session:
        attempts.refuse_too_many(session)
        user = find_user(session, opened.cipher, asked.organisation_id, asked.login)
        session.expunge_all()
    good = fits(asked.password, None if user is None else user.password_hash)
    with opened.store.writing(EVERY) as session:
        attempts.refuse_too_many(session)  # again: of many who guess at once, all have come as far as this
        wrong = "password" if user is None or not good or not _may(user) else _wrong_code(opened, session, user, asked)
        if wrong is None:
            attempts.forget(session)
        else:
            attempts.note_failure(session)
            user_id = None if user is None else user.user_id
            if session.get(Organisation, asked.organisation_id) is not None:
                opened.audit.note_few(session, signing_in(asked.organisation_id, user_id, "wrong_credentials"))
            note_guess(session, opened.cipher, asked.organisation_id, user_id, wrong, address)
    if user is None or wrong is not None:
        raise UnknownCallerError(
            "wrong_credentials",
            "organisation, login, password and code do not go together",
            remedy="try again, with the next code if there is a second factor; a password that was given to you lasts"
            " 15 minutes",
        )
    return user


def _wrong_code(opened: Opened, session: Session, user: User, asked: Credentials) -> str | None:
    good = second_factors.passes(session, opened.cipher, user, asked.code, datetime.now(UTC))
    return None if good else "code"


def _may(user: User) -> bool:
    expires_at = user.password_expires_at
    return user.disabled_at is None and (expires_at is None or runs(expires_at - GIVEN_FOR, expires_at))


def _document(request: Request, opened: Opened, session: Session, user: User, token: str | None) -> dict[str, object]:
    has_one = second_factors.has_one(session, user)
    return {
        "organisation_id": user.organisation_id,
        "user_id": user.user_id,
        "login": login_of(opened.cipher, user),
        "roles": sorted(roles_of(user.roles)),
        "csrf_token": None if token is None else csrf_token(token, opened.keyring.of_root("csrf")),
        "password_change_needed": user.password_expires_at is not None,
        "second_factor": has_one,
        "recovery_codes_left": second_factors.recovery_codes_left(session, user),
        "second_factor_needed": not has_one and needs_second_factor(request, roles_of(user.roles)),
    }
