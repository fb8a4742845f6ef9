"""Programmes as a whole. Law: the whole document is for whoever has every role of care; others see their part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.installation import finish_erasures
from api.manners.answers import Answer, once
from api.manners.bodies import body_object
from api.manners.conditions import is_known, not_modified, require_match, tag
from api.manners.errors import UnprocessableError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.programmes.kept import KINDS, Kept
from api.programmes.projection import merged, refuse_others, shown
from api.storage.tables import Programme
from routing.domain.reading import Json

router = APIRouter(tags=["programmes"])
PROGRAMME = "/v1/programmes/{programme_id}"
_SMALL = {"schema": "doorstep.programme/1", "programme_id": "denpasar", "name": "Denpasar", "timezone": "Asia/Makassar"}
_SHOWN = {"programme_id": "denpasar", "name": "Denpasar", "timezone": "Asia/Makassar", "counts": {"clients": 30}}
_COPIED = {"programme_id": "denpasar", "version": 1}


@router.get("/v1/programmes", summary="List programmes", **told({"items": [_SHOWN], "next_cursor": None}))
def list_programmes(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the programmes of the organisation, by id."""
    with here.reading() as session:
        ids = session.scalars(select(Programme.programme_id).order_by(Programme.programme_id)).all()
        items, following = page([(one, one) for one in ids], limit, cursor)
        body = {"items": [_frame(here, load(here, session, one)) for one in items], "next_cursor": following}
    return Answer(body=body).response()


@router.post("/v1/programmes", summary="Add a programme", **told(_COPIED, status=201, asks="Programme", example=_SMALL))
def create_programme(here: Allowed) -> Response:
    """Take in a whole document `doorstep.programme/1`; every fault of it is told at once."""
    document = body_object(here.request)
    with here.writing() as session:
        answer = once(here, session, lambda: _add(here, session, document))
    return answer.response()


@router.get(PROGRAMME, summary="Show a programme", **told(_SHOWN))
def show_programme(here: Allowed, programme_id: str) -> Response:
    """Return what a programme says of itself, and how many entries its lists have."""
    with here.reading() as session:
        kept = load(here, session, programme_id)
    if is_known(here.request, kept.version):
        return not_modified(kept.version)
    return Answer(body=_frame(here, kept), headers={"ETag": tag(kept.version)}).response()


@router.patch(
    PROGRAMME,
    summary="Change a programme",
    **told(_SHOWN, asks="ProgrammeChange", example={"name": "Denpasar and Badung"}),
)
def change_programme(here: Allowed, programme_id: str) -> Response:
    """Apply a JSON merge patch to what is no list of entries; needs If-Match."""
    patch = body_object(here.request)
    _refuse_lists(patch)
    refuse_others("programme", patch, here.caller.roles)
    with here.writing() as session:
        kept = load(here, session, programme_id)
        require_match(here.request, kept.version)
        changed = change(here, session, programme_id, _own_paths_only(merged(kept.document, patch)))
    return Answer(body=_frame(here, changed), headers={"ETag": tag(changed.version)}).response()


@router.delete(PROGRAMME, summary="Remove a programme", **told(status=204))
def remove_programme(here: Allowed, programme_id: str) -> Response:
    """Take a programme out and erase its clients; needs If-Match."""
    with here.writing() as session:
        require_match(here.request, load(here, session, programme_id).version)
        here.opened.plans.remove_of(session, here.caller.organisation_id, programme_id)
        here.opened.kept.remove(session, here.caller.organisation_id, programme_id)
    finish_erasures(here.opened)
    return Answer(status=204).response()


@router.get(f"{PROGRAMME}/document", summary="Export a programme", **told(_SMALL))
def export_programme(here: Allowed, programme_id: str) -> Response:
    """Return the whole document, ready for `doorstep plan`."""
    with here.reading() as session:
        kept = load(here, session, programme_id)
    if is_known(here.request, kept.version):
        return not_modified(kept.version)
    return Answer(body=kept.document, headers={"ETag": tag(kept.version)}).response()


@router.put(f"{PROGRAMME}/document", summary="Replace a programme", **told(_COPIED, asks="Programme", example=_SMALL))
def replace_programme(here: Allowed, programme_id: str) -> Response:
    """Replace the whole document; entries that stay the same keep their version. Needs If-Match."""
    document = body_object(here.request)
    if document.get("programme_id") != programme_id:
        raise UnprocessableError(
            "id_differs",
            "the document's id is not the one in the path",
            where="/programme_id",
            remedy="correct one of the two",
        )
    with here.writing() as session:
        require_match(here.request, load(here, session, programme_id).version)
        changed = change(here, session, programme_id, _own_paths_only(document))
    finish_erasures(here.opened)
    body = {"programme_id": programme_id, "version": changed.version}
    return Answer(body=body, headers={"ETag": tag(changed.version)}).response()


def load(here: Here, session: Session, programme_id: str) -> Kept:
    """Return a programme of the caller's organisation."""
    return here.opened.kept.load(session, here.caller.organisation_id, programme_id)


def change(here: Here, session: Session, programme_id: str, document: Mapping[str, Json]) -> Kept:
    """Write a programme of the caller's organisation anew."""
    return here.opened.kept.change(session, here.caller.organisation_id, programme_id, document)


def _add(here: Here, session: Session, document: dict[str, Json]) -> Answer:
    kept = here.opened.kept.add(session, here.caller.organisation_id, _own_paths_only(document))
    programme_id = kept.document["programme_id"]
    headers = {"Location": f"/v1/programmes/{programme_id}", "ETag": tag(kept.version)}
    return Answer(body={"programme_id": programme_id, "version": kept.version}, status=201, headers=headers)


def _frame(here: Here, kept: Kept) -> dict[str, object]:
    counts = {kind: sum(1 for one, _ in kept.rows if one == kind) for kind in KINDS}
    return {**shown("programme", kept.document, here.caller.roles), "counts": counts}


def _refuse_lists(patch: Mapping[str, Json]) -> None:
    for key in patch:
        if key in KINDS:
            raise UnprocessableError(
                "list_has_its_own_path",
                "entries of lists are changed one by one",
                where=f"/{key}",
                remedy=f"see {PROGRAMME}/{key}",
            )


def _own_paths_only(document: dict[str, Json]) -> dict[str, Json]:
    """Refuse an extract that is no name of a network: here it is no path."""
    extract = document.get("extract")
    if isinstance(extract, str) and Path(extract).name != extract:
        raise UnprocessableError(
            "extract_is_a_path",
            "on the service `extract` is the id of a network, not a path",
            where="/extract",
            remedy="upload it: PUT /v1/networks/{network_id}, and name that id",
        )
    return document
