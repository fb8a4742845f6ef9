"""Links for volunteers, as a dispatcher makes and revokes them. Law: what opens a link is shown once, to its maker."""

from __future__ import annotations

import datetime as dt
from datetime import UTC

import segno
from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.manners.answers import Answer
from api.manners.bodies import body_of
from api.manners.errors import UnprocessableError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.programmes.endpoints import PROGRAMME, load
from api.storage.identity_tables import VolunteerLink
from api.volunteers.links import EndedBy, MadeLink, end_links, make_link, span_of, stage_of
from api.volunteers.sheets import published_on
from routing.domain.base import Day, Document, Identifier

router = APIRouter(tags=["volunteers"])


class NewLink(Document):
    """A link that is to be made: for one volunteer's day."""

    volunteer_id: Identifier
    date: Day


_LINK = {
    "link_id": "9e8f11b24c3d5a60",
    "volunteer_id": "v01",
    "date": "2026-11-23",
    "stage": "reading",
    "reads_until": "2026-11-24T00:00:00+08:00",
    "reports_until": "2026-11-27T00:00:00+08:00",
    "ended_by": None,
}
_MADE = {
    **_LINK,
    "url": "https://plans.example.org/v#0P7c…",
    "page": "https://plans.example.org/v",
    "code": "abcd-efgh-jkmn",
    "picture": "data:image/svg+xml;…",
}
_NEW = {"volunteer_id": "v01", "date": "2026-11-23"}


@router.get(f"{PROGRAMME}/links", summary="List volunteers' links", **told({"items": [_LINK], "next_cursor": None}))
def list_links(here: Allowed, programme_id: str, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the links of a programme, by id: those in force, and those whose time was over less than a month ago."""
    with here.reading() as session:
        load(here, session, programme_id)
        own = select(VolunteerLink).where(VolunteerLink.programme_id == programme_id).order_by(VolunteerLink.link_id)
        items, following = page([(link.link_id, link) for link in session.scalars(own)], limit, cursor)
        body = {"items": [_document(link) for link in items], "next_cursor": following}
    return Answer(body=body).response()


@router.post(
    f"{PROGRAMME}/links", summary="Make a volunteer's link", **told(_MADE, status=201, asks=NewLink, example=_NEW)
)
def create_link(here: Allowed, programme_id: str) -> Response:
    """Make a link for the day of a volunteer who has a route in the published plan; shown now and never again."""
    with here.reading() as session:
        load(here, session, programme_id)
    asked = body_of(here.request, NewLink)
    with here.writing() as session:  # not `once`: an answer that is kept would hold what opens the link
        made = _made(here, session, programme_id, asked)
    return Answer(body=_shown(here.request, made), status=201).response()


@router.delete(f"{PROGRAMME}/links/{{link_id}}", summary="Revoke a volunteer's links", **told(status=204))
def revoke_link(here: Allowed, programme_id: str, link_id: str) -> Response:
    """Revoke a link and every other one of the same volunteer; what they have opened is closed at once."""
    organisation_id = here.caller.organisation_id
    with here.writing() as session:
        link = session.get(VolunteerLink, (organisation_id, link_id))
        if link is None or link.programme_id != programme_id:
            raise not_found()
        end_links(session, organisation_id, programme_id, link.volunteer_id, EndedBy.REVOKED)
    return Answer(status=204).response()


def _made(here: Here, session: Session, programme_id: str, asked: NewLink) -> MadeLink:
    caller, opened = here.caller, here.opened
    published = published_on(opened, session, caller.organisation_id, programme_id, asked.date)
    routes = [published.plan.routes[index] for index in published.routes_of(asked.volunteer_id)]
    if not routes:
        raise UnprocessableError(
            "volunteer_without_route",
            "the volunteer has no route in the plan that is published",
            where="/volunteer_id",
            remedy="name one who has",
        )
    span = span_of(
        asked.date,
        published.programme.zone,
        min(route.start_at for route in routes),
        max(route.end_at for route in routes),
    )
    who = (caller.organisation_id, programme_id, asked.volunteer_id)
    return make_link(session, opened.cipher, *who, asked.date, span, caller.user_id)


def _shown(request: Request, made: MadeLink) -> dict[str, object]:
    page_url = f"{request.url.scheme}://{request.headers['host']}/v"
    url = f"{page_url}#{made.token}"
    picture = segno.make(url, micro=False).svg_data_uri(scale=4)
    return {**_document(made.link), "url": url, "page": page_url, "code": made.code, "picture": picture}


def _document(link: VolunteerLink) -> dict[str, object]:
    return {
        "link_id": link.link_id,
        "volunteer_id": link.volunteer_id,
        "date": link.date,
        "stage": stage_of(link, dt.datetime.now(UTC)).value,
        "reads_until": link.reads_until.isoformat(),
        "reports_until": link.reports_until.isoformat(),
        "ended_by": link.ended_by,
    }
