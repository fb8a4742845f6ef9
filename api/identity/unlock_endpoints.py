"""Health and unlocking. Law: until it is unlocked, nothing else is answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import Response

from api.audit.recording import events_of_all
from api.identity.callers import opened_of
from api.identity.pauses import Pauses
from api.installation import Installation, Opened
from api.manners.answers import Answer
from api.manners.bodies import body_of
from api.manners.errors import ForbiddenError
from api.manners.openapi import told
from api.storage.sessions import EVERY
from routing.domain.base import Document, Text
from routing.domain.errors import InputError

router = APIRouter(tags=["service"])
UNLOCK = "POST /v1/unlock"


class Secret(Document):
    """A passphrase or a recovery code."""

    secret: Text


@router.get("/healthz", summary="Is the process alive", **told({"status": "ok", "locked": False}))
def health(request: Request) -> Response:
    """Return whether the process answers, and whether it is locked."""
    installation: Installation = request.app.state.installation
    return Answer(body={"status": "ok", "locked": installation.opened is None}).response()


@router.get("/readyz", summary="Can it work", **told({"status": "ready"}))
def readiness(request: Request) -> Response:
    """Return whether the service is unlocked and its database answers."""
    with opened_of(request).store.reading(EVERY) as session:
        session.execute(text("SELECT 1"))
    return Answer(body={"status": "ready"}).response()


@router.post(
    "/v1/unlock", summary="Unlock", **told(status=204, asks=Secret, example={"secret": "four words nobody guesses"})
)
def unlock(request: Request) -> Response:
    """Open the keyring with a passphrase or a recovery code; after a wrong one, the next is tried ever later."""
    installation: Installation = request.app.state.installation
    asked = body_of(request, Secret)
    if installation.opened is None:
        pauses: Pauses = request.app.state.pauses
        pauses.refuse_too_soon()
        try:
            opened = installation.unlock(asked.secret)
        except InputError as error:
            if error.code == "cannot_unlock":
                pauses.note_failure()
                raise ForbiddenError(error.code, error.message, remedy=error.remedy) from error
            raise
        installation.work()
        _record(opened, pauses.taken_failures())
    return Answer(status=204).response()


def _record(opened: Opened, failed_at: Iterable[datetime]) -> None:
    """Record who has tried in vain since the service was started, and that it was unlocked."""
    with opened.store.writing(EVERY) as session:
        failed = [event for at in failed_at for event in events_of_all(session, UNLOCK, "cannot_unlock", at)]
        opened.audit.note(session, *failed, *events_of_all(session, UNLOCK, "done"))
