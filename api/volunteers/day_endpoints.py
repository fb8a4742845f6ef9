"""A volunteer's day, by a link. Law: own stops, today; what is answered is a sheet's type, with every field it has.

The link's secret stands behind the `#`, which no browser sends anywhere: the page takes it from there and sends it in a
body. Where there are no scripts, a form takes the code that is printed beside the link.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.audit.recording import events_of_all
from api.audit.requests import action_of
from api.identity.attempts import link_guesses
from api.identity.callers import opened_of
from api.identity.guesses import note_guess_of_link
from api.identity.session_endpoints import address_of
from api.identity.tokens import hash_token, new_token
from api.installation import Opened
from api.manners.answers import Answer
from api.manners.bodies import BODY, body_of
from api.manners.errors import BadRequestError, MediaTypeError, UnknownCallerError
from api.manners.openapi import told
from api.manners.problems import not_found
from api.storage.identity_tables import VolunteerLink, VolunteerSignIn
from api.storage.sessions import EVERY
from api.visits.reporting import Outcome, take_reports
from api.visits.reports import Reporter
from api.volunteers.callers import LINK_COOKIE, ByLink, Volunteer, volunteer_of
from api.volunteers.landing import LANDING_POLICY, landing_page
from api.volunteers.links import find_link
from api.volunteers.reports import VolunteerReports, alarm_report, reports_of
from api.volunteers.sheets import HeldSheets, OwnSheets, names_of, published_on
from routing.domain.base import Document, Text

router = APIRouter(tags=["volunteers"])
FORM = "application/x-www-form-urlencoded"
MOST_TRIPS, MOST_FIELDS = 50, 10


class LinkSecret(Document):
    """What stands behind the `#` of a link, or the code printed beside it."""

    secret: Text


_SESSION = {
    "date": "2026-11-23",
    "stage": "reading",
    "reads_until": "2026-11-24T00:00:00+08:00",
    "reports_until": "2026-11-27T00:00:00+08:00",
    "csrf_token": "9b6f…",
}
_SHEET = {
    "on": "2026-11-23",
    "route": "3660",
    "volunteer": "Swift",
    "mode": "motorcycle",
    "entries": [{"number": 1, "code_name": "Lemon", "parcels": ["K7M2"]}],
    "ends_at": "2026-11-23T13:10:00+08:00",
}
_REPORTED = {"codes": [{"code": "1366 6011 85", "at": "2026-11-23T10:05:00+08:00"}]}
_TAKEN = {"stops": [{"trip": 1, "stop": 1, "outcome": "taken"}], "alarm": None}


@router.get(
    "/v", summary="The page of a link", response_class=HTMLResponse, **told("<!DOCTYPE html>…", media="text/html")
)
def show_landing() -> Response:
    """Return the page that a link leads to: it opens the link, or takes its code."""
    page = _page(landing_page(), LANDING_POLICY)
    # With `no-referrer`, browsers send a form without saying that it is our own, and it would be refused as foreign.
    page.headers["Referrer-Policy"] = "same-origin"
    return page


@router.post(
    "/v",
    summary="Open a link by its code",
    response_class=RedirectResponse,
    **told(status=303, asks=LinkSecret, example="secret=abcd-efgh-jkmn", sent_as=FORM),
)
def open_by_form(request: Request) -> Response:
    """Open a link from the page's form, without scripts; go on to the sheet."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise MediaTypeError("media_type_unsupported", "the body is no form", remedy=f"send it as {FORM}")
    _, token = _enter(request, _secret_of_form(request.scope.get(BODY, b"")))
    return _with_cookie(request, RedirectResponse("/v1/volunteer/sheets/1", status_code=303), token)


@router.post(
    "/v1/volunteer/session",
    summary="Open a link",
    **told(_SESSION, status=201, asks=LinkSecret, example={"secret": "abcd-efgh-jkmn"}),
)
def open_link(request: Request) -> Response:
    """Take what opens a link; answer with a cookie, and a token to send along with every report."""
    volunteer, token = _enter(request, body_of(request, LinkSecret).secret)
    return _with_cookie(request, Answer(body=_document(volunteer), status=201).response(), token)


@router.get("/v1/volunteer/session", summary="What the link opens", **told(_SESSION))
def show_session(volunteer: ByLink) -> Response:
    """Return which day it is for, and until when it is read and reported."""
    return Answer(body=_document(volunteer)).response()


@router.delete("/v1/volunteer/session", summary="Close the link on this device", **told(status=204))
def close_session(volunteer: ByLink) -> Response:
    """End the session; the link still opens."""
    held = volunteer.request.cookies.get(LINK_COOKIE, "")
    with volunteer.opened.store.writing(volunteer.organisation_id) as session:
        found = session.get(VolunteerSignIn, (volunteer.organisation_id, hash_token(held)))
        if found is not None:
            session.delete(found)
    response = Answer(status=204).response()
    response.delete_cookie(LINK_COOKIE, path="/")
    return response


@router.get("/v1/volunteer/day", summary="One's own day", **told({"date": "2026-11-23", "sheets": [_SHEET]}))
def show_day(volunteer: ByLink) -> Response:
    """Return the volunteer's own sheets, one a route; until the day ends."""
    body = {"date": volunteer.on.isoformat(), "sheets": _own(volunteer).document()}
    return Answer(body=body).response()


@router.get(
    "/v1/volunteer/sheets/{trip}",
    summary="One's own sheet as a page",
    response_class=HTMLResponse,
    **told("<!DOCTYPE html>…", media="text/html"),
)
def show_sheet(volunteer: ByLink, trip: Annotated[int, Path(ge=1, le=MOST_TRIPS)]) -> Response:
    """Return the sheet of one's first, second, … route: the page that works without a connection."""
    from routing.sheets.languages import language_named
    from routing.sheets.page import page_policy, sheet_page

    own = _own(volunteer)
    if trip > len(own.sheets):
        raise not_found()
    return _page(sheet_page(own.sheets[trip - 1], language_named(own.language)), page_policy())


@router.post(
    "/v1/volunteer/reports", summary="Report one's own visits", **told(_TAKEN, asks=VolunteerReports, example=_REPORTED)
)
def report_visits(volunteer: ByLink) -> Response:
    """Take the digits of a sheet as reports of the volunteer's own visits; say of each stop what became of it.

    With an `alarm`, the link and all that it has opened die at once.
    """
    volunteer.refuse_before()
    asked = body_of(volunteer.request, VolunteerReports)
    opened, who = volunteer.opened, (volunteer.organisation_id, volunteer.programme_id)
    with opened.store.reading(volunteer.organisation_id) as session:
        names = names_of(published_on(opened, session, *who, volunteer.on))
    told_of = reports_of(names, asked.codes)
    alarms = [] if asked.alarm is None else [alarm_report(asked.alarm, volunteer.volunteer_id, names)]
    reports = [report for _, report in told_of] + alarms
    outcomes = take_reports(opened, *who, reports, Reporter(volunteer_id=volunteer.volunteer_id)) if reports else []
    stops = [
        {"trip": told.trip, "stop": told.stop, **_became(outcome)}
        for (told, _), outcome in zip(told_of, outcomes, strict=False)  # the alarm comes last, and is no stop
    ]
    return Answer(body={"stops": stops, "alarm": _became(outcomes[-1]) if alarms else None}).response()


def _became(outcome: Outcome) -> dict[str, object]:
    """Return what became of a report, without its id."""
    return {key: part for key, part in outcome.document().items() if key != "report_id"}


def _own(volunteer: Volunteer) -> OwnSheets:
    volunteer.refuse_unless_reading()
    opened, held = volunteer.opened, volunteer.request.app.state.sheets
    with opened.store.reading(volunteer.organisation_id) as session:
        published = published_on(opened, session, volunteer.organisation_id, volunteer.programme_id, volunteer.on)
    assert isinstance(held, HeldSheets)  # noqa: S101 - the application's own
    return held.of(published, volunteer.volunteer_id)


def _enter(request: Request, secret: str) -> tuple[Volunteer, str]:
    """Open a link; return who comes by it, with the token of the session."""
    opened = opened_of(request)
    link = _checked(request, opened, secret)
    token = new_token()
    with opened.store.writing(link.organisation_id) as session:
        session.add(
            VolunteerSignIn(
                organisation_id=link.organisation_id,
                token_hash=hash_token(token),
                link_id=link.link_id,
                created_at=datetime.now(UTC),
            )
        )
    return volunteer_of(request, opened, link, token), token


def _checked(request: Request, opened: Opened, secret: str) -> VolunteerLink:
    address = address_of(request)
    attempts = link_guesses(opened.cipher, address)
    with opened.store.reading(EVERY) as session:
        attempts.refuse_too_many(session)
        link = find_link(session, opened.cipher, secret)
        session.expunge_all()
    if link is not None:
        return link
    with opened.store.writing(EVERY) as session:
        attempts.note_failure(session)
        note_guess_of_link(session, opened.cipher, address)
        opened.audit.note_few(session, *events_of_all(session, action_of(request), "link_unknown"))
    raise UnknownCallerError(
        "link_unknown", "this opens nothing", remedy="look at the signs again; or ask the coordinator for another link"
    )


def _secret_of_form(body: bytes) -> str:
    try:
        return parse_qs(body.decode("ascii", "replace"), max_num_fields=MOST_FIELDS).get("secret", [""])[0]
    except ValueError:
        raise BadRequestError("bad_request", "the form has too many fields", remedy="send `secret` alone") from None


def _with_cookie(request: Request, response: Response, token: str) -> Response:
    secure = request.url.scheme == "https"
    response.set_cookie(LINK_COOKIE, token, path="/", secure=secure, httponly=True, samesite="strict")
    return response


def _page(text: str, policy: str) -> Response:
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


def _document(volunteer: Volunteer) -> dict[str, object]:
    return {
        "date": volunteer.on.isoformat(),
        "stage": volunteer.stage.value,
        "reads_until": volunteer.reads_until.isoformat(),
        "reports_until": volunteer.reports_until.isoformat(),
        "csrf_token": volunteer.csrf_token,
    }
