"""A volunteer who comes by a link. Law: whatever they ask for is checked against the link again, each time.

They have no user and no role that other routes ask for; and whoever has signed in otherwise is not let in here.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import select

from api.audit.requests import by_link_event
from api.identity.callers import SAFE, allowed, not_signed_in, opened_of
from api.identity.tokens import COOKIE, CSRF_HEADER, csrf_token, hash_token
from api.installation import Opened
from api.manners.errors import ForbiddenError
from api.storage.identity_tables import VolunteerLink, VolunteerSignIn
from api.storage.sessions import EVERY
from api.volunteers.links import Stage, stage_of

LINK_COOKIE = "doorstep_volunteer"


@dataclass(frozen=True, kw_only=True)
class Volunteer:
    """Somebody with a link: for one volunteer's day, and nothing besides."""

    request: Request
    opened: Opened
    organisation_id: str
    programme_id: str
    volunteer_id: str
    link_id: str
    on: date
    stage: Stage
    reads_until: datetime
    reports_until: datetime
    csrf_token: str

    def refuse_before(self) -> None:
        """Refuse to take reports before the day; raise `day_not_begun`."""
        if self.stage is Stage.NOT_YET:
            raise ForbiddenError("day_not_begun", "the day has not begun", remedy="come again on the day itself")

    def refuse_unless_reading(self) -> None:
        """Refuse to show the day before it begins, and after it has ended.

        Raises
        ------
        ForbiddenError
            `day_not_begun`, `day_over`.
        """
        self.refuse_before()
        if self.stage is not Stage.READING:
            raise ForbiddenError("day_over", "the day is over: only reports are taken", remedy="report what is left")


def by_link(request: Request) -> Volunteer:
    """Let a volunteer in.

    Raises
    ------
    UnknownCallerError
        `not_signed_in`: also where the link has died since.
    ForbiddenError
        `link_needed`, `csrf_missing`, and what `allowed` refuses others for.
    """
    token = request.cookies.get(LINK_COOKIE)
    if "authorization" in request.headers or (token is None and COOKIE in request.cookies):
        allowed(request)
        raise ForbiddenError("link_needed", "this is for a volunteer's link alone", remedy="open the link, or its code")
    opened = opened_of(request)
    if token is None:
        raise not_signed_in()
    link = _link_of(opened, token)
    expected = csrf_token(token, opened.keyring.of_root("volunteer csrf"))
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        opened.audit.later_few(by_link_event(request, opened.audit, link, "csrf_missing"))
        raise ForbiddenError(
            "csrf_missing",
            "the request does not carry the session's token",
            where="/header/x-csrf-token",
            remedy="send `csrf_token` of GET /v1/volunteer/session as X-CSRF-Token",
        )
    opened.audit.later(by_link_event(request, opened.audit, link))
    return volunteer_of(request, opened, link, token)


def volunteer_of(request: Request, opened: Opened, link: VolunteerLink, token: str) -> Volunteer:
    """Return who comes by a link."""
    return Volunteer(
        request=request,
        opened=opened,
        organisation_id=link.organisation_id,
        programme_id=link.programme_id,
        volunteer_id=link.volunteer_id,
        link_id=link.link_id,
        on=date.fromisoformat(link.date),
        stage=stage_of(link, datetime.now(UTC)),
        reads_until=link.reads_until,
        reports_until=link.reports_until,
        csrf_token=csrf_token(token, opened.keyring.of_root("volunteer csrf")),
    )


def _link_of(opened: Opened, token: str) -> VolunteerLink:
    with opened.store.reading(EVERY) as session:
        found = session.scalar(select(VolunteerSignIn).where(VolunteerSignIn.token_hash == hash_token(token)))
        link = None if found is None else session.get(VolunteerLink, (found.organisation_id, found.link_id))
        if link is None or stage_of(link, datetime.now(UTC)) is Stage.OVER:
            raise not_signed_in()
        session.expunge(link)
        return link


ByLink = Annotated[Volunteer, Depends(by_link)]
