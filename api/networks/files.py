"""Where the files of extracts lie. Law: a name is the digest of the bytes, so that no id ever becomes a path."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from api.installation import Opened
from api.storage.sessions import EVERY
from api.storage.tables import Network

FORMS = (".osm.pbf", ".osm")


def network_path(folder: Path, network: Network) -> Path:
    """Return the file of an extract; its suffix tells the form."""
    form = next(form for form in FORMS if network.network_id.endswith(form))
    return folder / f"{network.sha256}{form}"


def drop_unused(opened: Opened, digest: str) -> None:
    """Remove a file that no row of any organisation names."""
    with opened.store.reading(EVERY) as session:
        used = session.scalar(select(Network.network_id).where(Network.sha256 == digest).limit(1))
    if used is None:
        for form in FORMS:
            (opened.networks / f"{digest}{form}").unlink(missing_ok=True)
