"""Guesses that failed, as those who look after an organisation may see them. Law: no address and no login is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed
from api.identity.tokens import new_id
from api.manners.addresses import network_of
from api.manners.answers import Answer
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.security.field_cipher import FieldCipher
from api.storage.identity_tables import FailedGuess
from api.storage.tables import Organisation

KEPT = timedelta(days=30)
MOST_SHOWN = 2000
ADDRESS_BYTES = 8
router = APIRouter(tags=["users"])
_GUESS = {
    "at": "2026-11-23T07:12:09+00:00",
    "user_id": "0f3c5a7be1d24c68",
    "what": "password",
    "address": "5e1f0a9c77d3b210",
}


def note_guess(
    session: Session, cipher: FieldCipher, organisation_id: str, user_id: str | None, what: str, address: str
) -> None:
    """Note a guess that failed, where there is such an organisation; what is older than 30 days goes.

    Parameters
    ----------
    session
        Of every organisation.
    what
        `password`, `code` or `link`.
    """
    if session.get(Organisation, organisation_id) is None:
        return
    now = datetime.now(UTC)
    session.execute(delete(FailedGuess).where(FailedGuess.at <= now - KEPT))
    index = cipher.blind_index(organisation_id, "guess/address", network_of(address))[:ADDRESS_BYTES]
    session.add(
        FailedGuess(
            organisation_id=organisation_id, guess_id=new_id(), at=now, user_id=user_id, what=what, address_index=index
        )
    )


def note_guess_of_link(session: Session, cipher: FieldCipher, address: str) -> None:
    """Note a guess at a volunteer's link, for every organisation: nobody can tell whose was meant."""
    for organisation_id in session.scalars(select(Organisation.organisation_id)).all():
        note_guess(session, cipher, organisation_id, None, "link", address)


@router.get("/v1/failed-guesses", summary="List failed guesses", **told({"items": [_GUESS], "next_cursor": None}))
def list_guesses(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return what did not let anybody in within the last 30 days: the latest first, 2,000 at most.

    `user_id` is null where there is no such login. `address` tells one address from another, and nothing else.
    """
    with here.reading() as session:
        latest = select(FailedGuess).order_by(FailedGuess.at.desc(), FailedGuess.guess_id).limit(MOST_SHOWN)
        found = session.scalars(latest).all()
        items, following = page([(_place(guess), guess) for guess in found], limit, cursor)
        body = {"items": [_document(guess) for guess in items], "next_cursor": following}
    return Answer(body=body).response()


def _place(guess: FailedGuess) -> str:
    """Return what sorts the latest first."""
    return f"{10**12 - int(guess.at.timestamp()):012}{guess.guess_id}"


def _document(guess: FailedGuess) -> dict[str, object]:
    return {
        "at": guess.at.isoformat(),
        "user_id": guess.user_id,
        "what": guess.what,
        "address": guess.address_index.hex(),
    }
