"""Files of extracts that nobody uses. Law: a file goes with the last row of any organisation that names it."""

from __future__ import annotations

from sqlalchemy import select

from api.installation import Opened
from api.networks.paths import FORMS
from api.storage.sessions import EVERY
from api.storage.tables import Network


def drop_unused(opened: Opened, digest: str) -> None:
    """Remove a file that no row of any organisation names."""
    with opened.store.reading(EVERY) as session:
        used = session.scalar(select(Network.network_id).where(Network.sha256 == digest).limit(1))
    if used is None:
        for form in FORMS:
            (opened.networks / f"{digest}{form}").unlink(missing_ok=True)
