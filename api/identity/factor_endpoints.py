"""Set up a second factor, and take it away. Law: once one is in force, no session is left that began without it.

Whoever sets one up is asked for the password again, and for a code of the one in force, if there is one.
"""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from fastapi import APIRouter
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity import second_factors
from api.identity.callers import Allowed, Here
from api.identity.people import login_of
from api.identity.session_endpoints import refuse_wrong_password
from api.manners.answers import Answer
from api.manners.bodies import body_of
from api.manners.errors import UnprocessableError
from api.manners.openapi import told
from api.manners.problems import not_found
from api.storage.tables import SignIn, User
from routing.domain.base import Document, Text

router = APIRouter(tags=["session"])


class FactorAsked(Document):
    """Who wants a second factor: the password again, and a code of the one in force, if there is one."""

    current: Text
    code: Text = ""


class FactorCode(Document):
    """The first code of a new authenticator."""

    code: Text


_SECRET = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "uri": "otpauth://totp/Doorstep:first?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Doorstep",
    "picture": "data:image/svg+xml;…",
}


@router.post(
    "/v1/session/second-factor",
    summary="Begin a second factor",
    **told(_SECRET, status=201, asks=FactorAsked, example={"current": "four words nobody guesses"}),
)
def begin_factor(here: Allowed) -> Response:
    """Make a secret for an authenticator, shown now and never again; it counts once its first code has come."""
    asked = body_of(here.request, FactorAsked)
    refuse_wrong_password(here, asked.current)
    with here.writing() as session:
        user = _self(here, session)
        passed = second_factors.passes(session, here.opened.cipher, user, asked.code, datetime.now(UTC))
        secret = second_factors.begin(session, here.opened.cipher, user) if passed else None
    if secret is None:
        raise _wrong()
    uri = second_factors.uri_of(secret, login_of(here.opened.cipher, user))
    picture = segno.make(uri, micro=False).svg_data_uri(scale=4)
    return Answer(body={"secret": secret, "uri": uri, "picture": picture}, status=201).response()


@router.put(
    "/v1/session/second-factor",
    summary="Confirm a second factor",
    **told({"recovery_codes": ["abcd-efgh-jkmn-pqrs"]}, asks=FactorCode, example={"code": "123456"}),
)
def confirm_factor(here: Allowed) -> Response:
    """Put it in force; answer with recovery codes, each for once, shown now and never again. Other sessions end."""
    asked = body_of(here.request, FactorCode)
    with here.writing() as session:
        user = _self(here, session)
        codes = second_factors.confirm(session, here.opened.cipher, user, asked.code, datetime.now(UTC))
        if codes is not None:
            others = SignIn.token_hash != (here.caller.token_hash or b"")
            session.execute(delete(SignIn).where(SignIn.user_id == user.user_id, others))
    if codes is None:
        raise _wrong()
    return Answer(body={"recovery_codes": codes}).response()


@router.delete("/v1/users/{user_id}/second-factor", summary="Take a second factor away", **told(status=204))
def remove_factor(here: Allowed, user_id: str) -> Response:
    """Take away the second factor of somebody who has lost it; their sessions end."""
    with here.writing() as session:
        user = session.get(User, (here.caller.organisation_id, user_id))
        if user is None:
            raise not_found()
        second_factors.remove(session, user)
        session.execute(delete(SignIn).where(SignIn.user_id == user_id))
    return Answer(status=204).response()


def _self(here: Here, session: Session) -> User:
    return session.get_one(User, (here.caller.organisation_id, here.caller.user_id))


def _wrong() -> UnprocessableError:
    return UnprocessableError(
        "second_factor_code_wrong",
        "this code is not right now, or was used before",
        where="/code",
        remedy="wait for the next one; if none is ever right, set the clock of the telephone",
    )
