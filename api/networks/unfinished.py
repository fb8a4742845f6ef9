"""What was being looked at when the service ended. Law: whoever sent it is told; what is left of it goes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from api.storage.network_tables import NetworkUpload
from api.storage.sessions import EVERY, Store

BUILDING, FAILED = "building", "failed"
PART_PREFIX = ".doorstep-"
INTERRUPTED = "build_interrupted"


def end_unfinished(store: Store, networks: Path) -> None:
    """Note what was not finished as failed, and remove the files that came in."""
    with store.reading(EVERY) as session:
        left = session.scalars(select(NetworkUpload).where(NetworkUpload.state == BUILDING)).all()
    if left:
        with store.writing(EVERY) as session:
            for upload in session.scalars(select(NetworkUpload).where(NetworkUpload.state == BUILDING)):
                upload.state, upload.reason = FAILED, INTERRUPTED
    for part in networks.glob(f"{PART_PREFIX}*"):
        part.unlink(missing_ok=True)
