"""Where the file of an extract lies. Law: its name is the digest of its bytes, so that no id ever becomes a path."""

from __future__ import annotations

from pathlib import Path

from api.storage.tables import Network

FORMS = (".osm.pbf", ".osm")


def network_path(folder: Path, network: Network) -> Path:
    """Return the file of an extract; its suffix tells the form."""
    form = next(form for form in FORMS if network.network_id.endswith(form))
    return folder / f"{network.sha256}{form}"
