"""Extracts: sent as they are, looked at, kept. Law: streamed to the disk, never whole in memory, never beyond a limit.

An extract is public data, so it is kept as it is, 0600, under the digest of its bytes. It is read once when it comes,
in a process of its own, so that what cannot be used is refused then. Forms that unpack to any size (`.gz`, `.bz2`) are
not taken.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.manners.answers import Answer
from api.manners.errors import TooLargeError, UnprocessableError
from api.manners.openapi import UPLOAD, told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.networks.building import READY, Sent, begin, forget
from api.networks.files import drop_unused
from api.networks.paths import FORMS
from api.networks.unfinished import PART_PREFIX
from api.storage.faults import no_room
from api.storage.network_tables import NetworkUpload
from api.storage.tables import Network
from routing.domain.base import Identifier

MOST_BYTES = 512 * 1024 * 1024
ANSWERS_WITHIN_S = 10  # whoever sends a small one is told at once how it ended
router = APIRouter(tags=["networks"])
_NETWORK = {
    "network_id": "denpasar.osm.pbf",
    "state": "ready",
    "reason": None,
    "sha256": "5f0c…",
    "size_bytes": 101139,
    "ways": 1200,
    "bounds": [115.2, -8.7, 115.25, -8.6],
    "stored_at": "2026-11-23T01:00:00+00:00",
}
_UPLOAD = told(_NETWORK, status=201, also=(200, 202))
_UPLOAD["openapi_extra"]["requestBody"] = {"required": True, "content": UPLOAD}


@router.get("/v1/networks", summary="List extracts", **told({"items": [_NETWORK], "next_cursor": None}))
def list_networks(here: Allowed, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Return the extracts of the organisation, by id."""
    with here.reading() as session:
        networks = {one.network_id: one for one in session.scalars(select(Network))}
        uploads = {one.network_id: one for one in session.scalars(select(NetworkUpload))}
        items, following = page([(one, one) for one in sorted({*networks, *uploads})], limit, cursor)
        body = [_document(networks.get(one), uploads.get(one)) for one in items]
    return Answer(body={"items": body, "next_cursor": following}).response()


@router.get("/v1/networks/{network_id}", summary="Show an extract", **told(_NETWORK))
def show_network(here: Allowed, network_id: str) -> Response:
    """Return what is known of an extract: `ready`, `building`, or `failed` with the code of the reason.

    While a new one is built, or has failed, the one before it is in use; its figures are shown.
    """
    with here.reading() as session:
        return _answer(*_found(here, session, network_id))


@router.put("/v1/networks/{network_id}", summary="Upload an extract", **_UPLOAD)
async def upload_network(here: Allowed, network_id: str) -> Response:
    """Take in an extract (`.osm.pbf` or `.osm`; the id ends so), or put another in its place.

    It is looked at in the background. What is ready within ten seconds is answered as it is; otherwise, and with
    `Prefer: respond-async`, the answer is 202, and `state` of the extract tells how it goes on.
    """
    organisation_id = here.caller.organisation_id
    part = await _received(here.request.stream(), here.opened.networks, _form(network_id))
    sent = Sent(event=here.event(), network_id=network_id, part=part)
    building = asyncio.wrap_future(await run_in_threadpool(begin, here.opened, sent))
    waits = "respond-async" not in here.request.headers.get("prefer", "")
    done, _ = await asyncio.wait({building}, timeout=ANSWERS_WITHIN_S if waits else 0)
    if not done:
        building.add_done_callback(asyncio.Future.exception)  # it is noted, and nobody waits for it
        return await run_in_threadpool(_accepted, here, network_id)
    if building.exception() is not None:
        await run_in_threadpool(forget, here.opened, organisation_id, network_id)
    kept, new = building.result()
    return _answer(kept, None, status=201 if new else 200)


@router.delete("/v1/networks/{network_id}", summary="Remove an extract", **told(status=204))
def remove_network(here: Allowed, network_id: str) -> Response:
    """Take an extract out; its file goes with it unless another id has the same bytes."""
    with here.writing() as session:
        network, upload = _found(here, session, network_id)
        for row in (network, upload):
            if row is not None:
                session.delete(row)
    if network is not None:
        drop_unused(here.opened, network.sha256)
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
    handle, name = tempfile.mkstemp(prefix=PART_PREFIX, suffix=form, dir=folder)  # 0600
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


def _found(here: Here, session: Session, network_id: str) -> tuple[Network | None, NetworkUpload | None]:
    key = here.caller.organisation_id, network_id
    network, upload = session.get(Network, key), session.get(NetworkUpload, key)
    if network is None and upload is None:
        raise not_found()
    return network, upload


def _accepted(here: Here, network_id: str) -> Response:
    with here.reading() as session:
        body = _document(*_found(here, session, network_id))
    headers = {"Location": f"/v1/networks/{network_id}", "Retry-After": "5"}
    return Answer(body=body, status=202, headers=headers).response()


def _answer(network: Network | None, upload: NetworkUpload | None, status: int = 200) -> Response:
    headers = {} if network is None else {"ETag": f'"{network.sha256}"'}
    return Answer(body=_document(network, upload), status=status, headers=headers).response()


def _document(network: Network | None, upload: NetworkUpload | None) -> dict[str, object]:
    state = READY if upload is None else upload.state
    told_id = upload.network_id if network is None and upload is not None else None
    return {
        "network_id": told_id if network is None else network.network_id,
        "state": state,
        "reason": None if upload is None else upload.reason,
        "sha256": None if network is None else network.sha256,
        "size_bytes": None if network is None else network.size_bytes,
        "ways": None if network is None else network.way_count,
        "bounds": None if network is None else json.loads(network.bounds),
        "stored_at": None if network is None else network.stored_at.isoformat(),
    }
