"""One volunteer's routes, and the papers of a published plan. Law: a paper is made from its type, in memory, and sent.

What may stand on a volunteer's paper is decided by its type (`routing/sheets/papers.py`), never here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.identity.callers import Allowed
from api.manners.answers import Answer
from api.manners.conditions import is_known, not_modified, tag
from api.manners.openapi import told, told_file
from api.manners.problems import not_found
from api.plans.endpoints import PLAN, kept_plan, plan_document
from api.plans.examples import ROUTES
from api.plans.printing import SitePaper, VolunteerPaper
from api.plans.subjects import published

router = APIRouter(tags=["plans"])
Language = Annotated[
    str | None,
    Query(min_length=1, max_length=20, description="Of the paper; else the volunteer's own, or the programme's."),
]
PDF, HTML = "application/pdf", "text/html; charset=utf-8"
_HEADERS = {"Cache-Control": "no-store"}


@router.get(f"{PLAN}/routes/{{volunteer_id}}", summary="Show a volunteer's routes", **told(ROUTES))
def show_routes(here: Allowed, programme_id: str, plan_id: str, volunteer_id: str) -> Response:
    """Return somebody's routes in the newest version, as one's roles see them."""
    with here.reading() as session:
        kept = kept_plan(here, session, programme_id, plan_id)
    document = plan_document(kept, here) or {}
    routes = [route for route in document.get("routes", []) if route["volunteer_id"] == volunteer_id]
    if not routes:
        raise not_found()
    if is_known(here.request, kept.version):
        return not_modified(kept.version)
    body = {"plan_id": plan_id, "version": kept.version, "volunteer_id": volunteer_id, "routes": routes}
    return Answer(body=body, headers={"ETag": tag(kept.version)}).response()


@router.get(f"{PLAN}/sheets/{{volunteer_id}}", summary="Print a volunteer's paper", **told_file(PDF, "text/html"))
def print_sheet(
    here: Allowed,
    programme_id: str,
    plan_id: str,
    volunteer_id: str,
    *,
    paper: Annotated[Literal["sheet", "card", "letter"], Query(description="Which paper.")] = "sheet",
    trip: Annotated[int, Query(ge=1, le=50, description="Of which of their routes.")] = 1,
    number: Annotated[int, Query(ge=1, le=50, description="Which card or letter.")] = 1,
    form: Annotated[Literal["pdf", "html"], Query(alias="format", description="Only sheets are pages, too.")] = "pdf",
    language: Language = None,
) -> Response:
    """Return a sheet, a checkpoint card or a letter of the version that is published."""
    with here.reading() as session:
        subject = published(here, session, programme_id, plan_id)
        key = here.opened.bases.sheet_key(session, here.caller.organisation_id, plan_id)
    wanted = VolunteerPaper(
        volunteer_id=volunteer_id, trip=trip, paper=paper, number=number, as_page=form == "html", language=language
    )
    made = here.opened.printer.volunteer_paper(subject, subject.desk(here), key, wanted)
    return Response(made, 200, _HEADERS, HTML if wanted.as_page else PDF)


@router.get(f"{PLAN}/manifests/{{site_id}}", summary="Print a site's paper", **told_file(PDF))
def print_manifest(
    here: Allowed,
    programme_id: str,
    plan_id: str,
    site_id: str,
    *,
    paper: Annotated[Literal["manifest", "labels"], Query(description="Which paper.")] = "manifest",
    language: Language = None,
) -> Response:
    """Return what is issued at a site and to whom, or the labels of its parcels; it stays at the site."""
    with here.reading() as session:
        subject = published(here, session, programme_id, plan_id)
        key = here.opened.bases.sheet_key(session, here.caller.organisation_id, plan_id)
    wanted = SitePaper(site_id=site_id, paper=paper, language=language)
    return Response(here.opened.printer.site_paper(subject, subject.desk(here), key, wanted), 200, _HEADERS, PDF)


@router.get(f"{PLAN}/run-sheet", summary="Print the run sheet", **told_file(PDF))
def print_run_sheet(here: Allowed, programme_id: str, plan_id: str, language: Language = None) -> Response:
    """Return who goes where when, for the dispatcher's table."""
    with here.reading() as session:
        subject = published(here, session, programme_id, plan_id)
        key = here.opened.bases.sheet_key(session, here.caller.organisation_id, plan_id)
    return Response(here.opened.printer.run_sheet(subject, subject.desk(here), key, language), 200, _HEADERS, PDF)
