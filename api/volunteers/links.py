"""Links for a volunteer's day. Law: 128 random bits, kept as a hash; read until the day ends, report 72 hours more.

A link dies at once when it is revoked, when the sheet is lost, and when the volunteer is held: whoever has the
telephone then has nothing. Beside the link stands a code of twelve signs, for telephones without scripts.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.identity.spans import PUT_BACK_BY
from api.identity.tokens import hash_token, new_id
from api.security.field_cipher import FieldCipher
from api.storage.identity_tables import VolunteerLink, VolunteerSignIn

TOKEN_BYTES = 16
REPORTING = timedelta(hours=72)
KEPT = timedelta(days=30)
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP_SIGNS = 3, 4  # 59 bits; guesses are counted by address


class EndedBy(StrEnum):
    """Why a link died before its time."""

    REVOKED = "revoked"
    SHEET_LOST = "sheet_lost"
    VOLUNTEER_DETAINED = "volunteer_detained"


class Stage(StrEnum):
    """What a link opens now."""

    NOT_YET = "not_yet"
    READING = "reading"
    REPORTING = "reporting"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when a day is read, and until when it is reported."""

    reads_from: datetime
    reads_until: datetime
    reports_until: datetime


@dataclass(frozen=True, kw_only=True)
class MadeLink:
    """A new link, with what is shown once."""

    link: VolunteerLink
    token: str
    code: str


def span_of(on: date, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> Span:
    """Return the span of a day: from midnight to midnight in its zone, or as long as its routes go on in the night."""
    first, last = (datetime.combine(day, time(), tzinfo=zone) for day in (on, on + timedelta(days=1)))
    reads_until = max(last, ends_at)
    return Span(reads_from=min(first, starts_at), reads_until=reads_until, reports_until=reads_until + REPORTING)


def make_link(
    session: Session,
    cipher: FieldCipher,
    organisation_id: str,
    programme_id: str,
    volunteer_id: str,
    on: date,
    span: Span,
    made_by: str,
) -> MadeLink:
    """Make a link; those whose time was over a month ago are forgotten."""
    now = datetime.now(UTC)
    session.execute(delete(VolunteerLink).where(VolunteerLink.reports_until < now - KEPT))
    token, code = secrets.token_urlsafe(TOKEN_BYTES), _new_code()
    link = VolunteerLink(
        organisation_id=organisation_id,
        link_id=new_id(),
        programme_id=programme_id,
        volunteer_id=volunteer_id,
        date=on.isoformat(),
        token_hash=hash_token(token),
        code_hash=_code_hash(cipher, code),
        made_by=made_by,
        made_at=now,
        reads_from=span.reads_from,
        reads_until=span.reads_until,
        reports_until=span.reports_until,
    )
    session.add(link)
    return MadeLink(link=link, token=token, code=code)


def find_link(session: Session, cipher: FieldCipher, secret: str) -> VolunteerLink | None:
    """Return the link of a token or of a code, if it opens anything; the session is one of every organisation."""
    by_token = select(VolunteerLink).where(VolunteerLink.token_hash == hash_token(secret))
    by_code = select(VolunteerLink).where(VolunteerLink.code_hash == _code_hash(cipher, secret))
    found = session.scalar(by_token) or session.scalar(by_code)
    return found if found is not None and stage_of(found, datetime.now(UTC)) is not Stage.OVER else None


def stage_of(link: VolunteerLink, now: datetime) -> Stage:
    """Return what a link opens at an instant; one made on a clock that ran ahead opens nothing any more."""
    if link.ended_at is not None or link.made_at > now + PUT_BACK_BY or now >= link.reports_until:
        return Stage.OVER
    if now < link.reads_from:
        return Stage.NOT_YET
    return Stage.READING if now < link.reads_until else Stage.REPORTING


def end_links(session: Session, organisation_id: str, programme_id: str, volunteer_id: str, by: EndedBy) -> None:
    """Have all links of a volunteer die, with every session they have opened."""
    own = (
        VolunteerLink.organisation_id == organisation_id,
        VolunteerLink.programme_id == programme_id,
        VolunteerLink.volunteer_id == volunteer_id,
    )
    ids = session.scalars(select(VolunteerLink.link_id).where(*own, VolunteerLink.ended_at.is_(None))).all()
    end_of = update(VolunteerLink).where(*own, VolunteerLink.link_id.in_(ids))
    session.execute(end_of.values(ended_at=datetime.now(UTC), ended_by=by.value))
    session.execute(delete(VolunteerSignIn).where(VolunteerSignIn.link_id.in_(ids)))


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP_SIGNS)) for _ in range(_GROUPS))


def _code_hash(cipher: FieldCipher, code: str) -> bytes:
    signs = "".join(sign for sign in code.casefold() if sign.isalnum())
    return cipher.blind_index("", "volunteer-link/code", signs)
