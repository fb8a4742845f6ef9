"""Extracts: sent as they are, looked at, kept. Law: streamed to the disk, never whole in memory, never beyond a limit.

An extract is public data, so it is kept as it is, 0600, under the digest of its bytes. It is read once when it comes,
so that what cannot be used is refused then. Forms that unpack to any size (`.gz`, `.bz2`) are not taken.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.audit.chain import Event
from api.identity.callers import Allowed, Here
from api.installation import Opened
from api.manners.answers import Answer
from api.manners.errors import TooLargeError, UnprocessableError
from api.manners.openapi import UPLOAD, told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.networks.paths import FORMS, network_path
from api.security.private_files import flush_folder
from api.storage.faults import no_room
from api.storage.sessions import EVERY
from api.storage.tables import Network
from routing.domain.base import Identifier
from routing.domain.errors import ExtractError

MOST_BYTES = 512 * 1024 * 1024
router = APIRouter(tags=["networks"])
_NETWORK = {
    "network_id": "denpasar.osm.pbf",
    "sha256": "5f0c…",
    "size_bytes": 101139,
    "ways": 1200,
    "bounds": [115.2, -8.7, 115.25, -8.6],
    "stored_at": "2026-11-23T01:00:00+00:00",
}
_UPLOAD = told(_NETWORK, status=201)
_UPLOAD["openapi_extra"]["requestBody"] = {"required": True, "content": UPLOAD}


@router.get("/v1/networks", summary="List extracts", **told({"items": [_NETWORK], "next_cursor": None}))
def list_networks(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the extracts of the organisation, by id."""
    with here.reading() as session:
        found = session.scalars(select(Network).order_by(Network.network_id)).all()
        items, following = page([(one.network_id, one) for one in found], limit, cursor)
        body = {"items": [_document(one) for one in items], "next_cursor": following}
    return Answer(body=body).response()


@router.get("/v1/networks/{network_id}", summary="Show an extract", **told(_NETWORK))
def show_network(here: Allowed, network_id: str) -> Response:
    """Return what is known of an extract."""
    with here.reading() as session:
        return _answer(_found(here, session, network_id))


@router.put("/v1/networks/{network_id}", summary="Upload an extract", **_UPLOAD)
async def upload_network(here: Allowed, network_id: str) -> Response:
    """Take in an extract (`.osm.pbf` or `.osm`; the id ends so), or put another in its place."""
    form = _form(network_id)
    part = await _received(here.request.stream(), here.opened.networks, form)
    try:
        kept, new = await run_in_threadpool(keep_network, here.opened, here.event(), network_id, part)
        return _answer(kept, status=201 if new else 200)
    finally:
        part.unlink(missing_ok=True)


@router.delete("/v1/networks/{network_id}", summary="Remove an extract", **told(status=204))
def remove_network(here: Allowed, network_id: str) -> Response:
    """Take an extract out; its file goes with it unless another id has the same bytes."""
    with here.writing() as session:
        digest = _found(here, session, network_id).sha256
        session.delete(_found(here, session, network_id))
    _drop_unused(here.opened, digest)
    return Answer(status=204).response()


def _form(network_id: str) -> str:
    try:
        TypeAdapter(Identifier).validate_python(network_id)
        return next(form for form in FORMS if network_id.endswith(form))
    except (ValidationError, StopIteration):
        raise UnprocessableError(
            "network_id_unfit",
            "the id of an extract is an identifier that ends in .osm.pbf or .osm",
            where="/path/network_id",
            remedy="name it like its file: denpasar.osm.pbf",
        ) from None


async def _received(chunks: AsyncIterator[bytes], folder: Path, form: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=".doorstep-", suffix=form, dir=folder)  # 0600
    received = 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in chunks:
                received += len(chunk)
                if received > MOST_BYTES:
                    raise too_large(MOST_BYTES)
                await run_in_threadpool(file.write, chunk)
            file.flush()
            os.fsync(handle)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise no_room() from error
        raise
    return Path(name)


def too_large(most: int) -> TooLargeError:
    """Return the refusal of a body beyond a limit."""
    return TooLargeError(
        "body_too_large", f"the body is larger than {most} bytes", remedy="send less", params={"most_bytes": most}
    )


def keep_network(opened: Opened, event: Event, network_id: str, part: Path) -> tuple[Network, bool]:
    """Look at an extract, move its file to where it is kept, and note it; return it, and whether it is new.

    Parameters
    ----------
    event
        What the record says of it, and whose extract it is.

    Raises
    ------
    UnprocessableError
        What the reader of extracts refuses it for.
    """
    organisation_id = event.organisation_id
    row = _noted(organisation_id, network_id, part)
    part.replace(network_path(opened.networks, row))
    flush_folder(opened.networks)
    with opened.store.writing(organisation_id) as session:
        before = session.get(Network, (organisation_id, network_id))
        old = None if before is None else before.sha256
        kept = session.merge(row)
        session.flush()
        session.expunge(kept)
        opened.audit.note(session, event)
    if old not in (None, kept.sha256):
        _drop_unused(opened, str(old))
    return kept, old is None


def _noted(organisation_id: str, network_id: str, part: Path) -> Network:
    from routing.network.extract import read_extract

    try:
        extract = read_extract(part)
    except ExtractError as error:  # whose text names the file that it came in
        message = "the extract cannot be read, or has no roads"
        raise UnprocessableError(error.code, message, remedy="send it again, whole") from error
    return Network(
        organisation_id=organisation_id,
        network_id=network_id,
        sha256=extract.sha256,
        size_bytes=part.stat().st_size,
        way_count=len(extract.ways),
        bounds=json.dumps(extract.bounds),
        stored_at=datetime.now(UTC),
    )


def _drop_unused(opened: Opened, digest: str) -> None:
    """Remove a file that no row of any organisation names."""
    with opened.store.reading(EVERY) as session:
        used = session.scalar(select(Network.network_id).where(Network.sha256 == digest).limit(1))
    if used is None:
        for form in FORMS:
            (opened.networks / f"{digest}{form}").unlink(missing_ok=True)


def _found(here: Here, session: Session, network_id: str) -> Network:
    network = session.get(Network, (here.caller.organisation_id, network_id))
    if network is None:
        raise not_found()
    return network


def _answer(network: Network, status: int = 200) -> Response:
    return Answer(body=_document(network), status=status, headers={"ETag": f'"{network.sha256}"'}).response()


def _document(network: Network) -> dict[str, object]:
    return {
        "network_id": network.network_id,
        "sha256": network.sha256,
        "size_bytes": network.size_bytes,
        "ways": network.way_count,
        "bounds": json.loads(network.bounds),
        "stored_at": network.stored_at.isoformat(),
    }
