"""All checks, one after the other. Law: what one of them breaks on is a finding itself, and the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from api.doctor import contents, machine
from api.installation import Installation
from api.looking import Looked, looking
from api.settings import Settings
from api.storage.sessions import EVERY
from routing.domain.errors import DoorstepError, Problem


def diagnose(
    settings: Settings, secret: str | None, now: datetime, certificate: Path | None = None
) -> Iterator[Problem]:
    """Yield what is wrong.

    Parameters
    ----------
    secret
        What unlocks the service; None: only what needs no key is looked at.
    certificate
        What the service is served with beyond its machine.
    """
    installation = Installation(settings)
    yield from machine.time_zones()
    yield from machine.cache(settings)
    yield from machine.certificate(certificate, now)
    if not installation.is_made:
        yield from _said(installation.keyring_bytes)
        return
    yield from machine.permissions(installation.folder)
    yield from machine.disk(installation.folder)
    yield from machine.lock(installation.folder)
    if secret is None:
        yield _locked()
        return
    yield from _kept(installation, secret, now)


def _kept(installation: Installation, secret: str, now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with what is kept; a database that breaks off ends the look at it."""
    try:
        with looking(installation, secret) as looked:
            yield from _looked_at(installation, looked, now)
    except DoorstepError as error:
        yield from error.problems
    except OperationalError:
        yield _away() if installation.uses_postgresql else contents.damaged()
    except DatabaseError:
        yield contents.damaged()


def _looked_at(installation: Installation, looked: Looked, now: datetime) -> Iterable[Problem]:
    yield from contents.server(looked.engine)
    broken = list(contents.integrity(looked.engine))
    if broken:
        yield from broken
        return
    with looked.store.reading(EVERY) as session:
        yield from machine.clock(now, contents.last_recorded(session))
        yield from contents.unfinished_work(session, looked)
        yield from contents.clients_keys(session, looked, installation)
        yield from contents.networks(session, installation)
        yield from contents.record(session, looked)


def _said(check: object) -> Iterator[Problem]:
    try:
        check()  # type: ignore[operator]
    except DoorstepError as error:
        yield from error.problems


def _locked() -> Problem:
    return Problem(
        code="doctor_locked",
        message="what is kept was not looked at, for want of a passphrase",
        where="",
        remedy="call it on a terminal, or set DOORSTEP_PASSPHRASE_FILE or DOORSTEP_KEY_FILE",
    )


def _away() -> Problem:
    return Problem(
        code="postgresql_away",
        message="PostgreSQL does not answer, or lets nobody in",
        where="",
        remedy="start the server; look at DOORSTEP_DATABASE_URL, and at the server's log",
    )
