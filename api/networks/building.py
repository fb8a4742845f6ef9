"""Take an extract into use in the background. Law: what was in use stays in use until the new one is looked at.

One extract is looked at at a time. One that was being looked at when the service ended is told as failed.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete

from api.audit.chain import Event
from api.installation import Opened
from api.networks.files import drop_unused
from api.networks.paths import network_path
from api.networks.reading import look_at
from api.networks.unfinished import BUILDING, FAILED
from api.security.private_files import flush_folder
from api.storage.network_tables import NetworkUpload
from api.storage.tables import Network
from routing.domain.errors import DoorstepError

READY = "ready"
_pool = ThreadPoolExecutor(1, thread_name_prefix="extracts")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An extract that has come: what the record says of it, under which id, in which file."""

    event: Event
    network_id: str
    part: Path

    @property
    def organisation_id(self) -> str:
        """Whose it is."""
        return self.event.organisation_id


def begin(opened: Opened, sent: Sent) -> Future[tuple[Network, bool]]:
    """Note an extract as being built, and build it; what it is refused for is noted, too."""
    _note(opened, sent, BUILDING, None)
    return _pool.submit(_build, opened, sent)


def forget(opened: Opened, organisation_id: str, network_id: str) -> None:
    """Forget how an upload ended, once somebody has been told."""
    with opened.store.writing(organisation_id) as session:
        session.execute(delete(NetworkUpload).where(NetworkUpload.network_id == network_id))


def keep_network(opened: Opened, sent: Sent) -> tuple[Network, bool]:
    """Look at an extract, move its file to where it is kept, and note it; return it, and whether it is new.

    Raises
    ------
    UnprocessableError
        As `look_at`.
    """
    looked = look_at(sent.part)
    row = Network(
        organisation_id=sent.organisation_id,
        network_id=sent.network_id,
        sha256=looked.sha256,
        size_bytes=sent.part.stat().st_size,
        way_count=looked.way_count,
        bounds=json.dumps(looked.bounds),
        stored_at=datetime.now(UTC),
    )
    sent.part.replace(network_path(opened.networks, row))
    flush_folder(opened.networks)
    with opened.store.writing(sent.organisation_id) as session:
        before = session.get(Network, (sent.organisation_id, sent.network_id))
        old = None if before is None else before.sha256
        kept = session.merge(row)
        session.execute(delete(NetworkUpload).where(NetworkUpload.network_id == sent.network_id))
        session.flush()
        session.expunge(kept)
        opened.audit.note(session, sent.event)
    if old not in (None, kept.sha256):
        drop_unused(opened, str(old))
    return kept, old is None


def _build(opened: Opened, sent: Sent) -> tuple[Network, bool]:
    try:
        return keep_network(opened, sent)
    except DoorstepError as error:
        _note(opened, sent, FAILED, error.code)
        raise
    except BaseException:
        _note(opened, sent, FAILED, "internal_error")
        raise
    finally:
        sent.part.unlink(missing_ok=True)


def _note(opened: Opened, sent: Sent, state: str, reason: str | None) -> None:
    with opened.store.writing(sent.organisation_id) as session:
        session.merge(
            NetworkUpload(
                organisation_id=sent.organisation_id,
                network_id=sent.network_id,
                state=state,
                part_name=sent.part.name,
                reason=reason,
                received_at=datetime.now(UTC),
            )
        )
