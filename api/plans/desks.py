"""Streets in memory, for edits and papers. Law: few, and the one used longest ago goes; nothing of a person is here.

An extract is known by its digest: another file under the same name is another desk.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from api.manners.errors import ConflictError
from api.networks.paths import network_path
from api.storage.tables import Network
from routing.domain.programme import Programme

if TYPE_CHECKING:
    from routing.editing import Desk

HELD = 2


class Desks:
    """Desks by organisation and extract.

    Parameters
    ----------
    networks, cache
        Folders of extracts, and of compiled streets.
    """

    def __init__(self, networks: Path, cache: Path) -> None:
        self._networks = networks
        self._cache = cache
        self._held: OrderedDict[tuple[str, str], Desk] = OrderedDict()
        self._opening = Lock()

    def path_of(self, session: Session, organisation_id: str, programme: Programme) -> tuple[Path, str]:
        """Return where a programme's extract lies, and its digest.

        Raises
        ------
        ConflictError
            `network_missing`.
        """
        network = session.get(Network, (organisation_id, str(programme.extract)))
        if network is None:
            raise ConflictError(
                "network_missing",
                "the programme names no extract that is here",
                where="/extract",
                remedy="upload it (PUT /v1/networks/{network_id}), and name it in the programme",
            )
        return network_path(self._networks, network), network.sha256

    def open(self, organisation_id: str, path: Path, digest: str) -> Desk:
        """Return the desk of an extract; who comes while it is being read waits for it."""
        from routing.editing import Desk
        from routing.network.extract import read_extract
        from routing.network.streets import load_streets
        from routing.network.warming import warm_up

        key = organisation_id, digest
        with self._opening:
            desk = self._held.get(key)
            if desk is None:
                warm_up()
                desk = Desk(extract=read_extract(path), streets=load_streets(path, self._cache))
                self._held[key] = desk
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return desk
