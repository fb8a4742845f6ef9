"""Whom a code in a register means. Law: a code that may mean two people means nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from api.exchange.cells import CellError, folded
from routing.domain.clients import Client
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer


@dataclass(frozen=True)
class People:
    """Whom a code may mean, in the spelling that is compared."""

    known: Mapping[str, tuple[Client | Volunteer, ...]]

    @classmethod
    def of(cls, programme: Programme) -> People:
        """Return all clients and volunteers, by id and by code name."""
        known: dict[str, dict[tuple[str, str], Client | Volunteer]] = defaultdict(dict)
        for client in programme.clients:
            for code in (client.client_id, client.code_name):
                known[folded(code)]["client", client.client_id] = client
        for volunteer in programme.volunteers:
            for code in (volunteer.volunteer_id, volunteer.code_name):
                known[folded(code)]["volunteer", volunteer.volunteer_id] = volunteer
        return cls({code: tuple(people.values()) for code, people in known.items()})

    def find(self, code: str, *, only_volunteers: bool) -> Client | Volunteer:
        """Return whom a code means.

        Raises
        ------
        CellError
            `row_code_unknown`, `row_code_ambiguous`.
        """
        meant = self.known.get(folded(code), ())
        if only_volunteers:
            meant = tuple(person for person in meant if isinstance(person, Volunteer))
        if not meant:
            raise CellError(
                "row_code_unknown",
                "nobody in the programme has this code",
                remedy="correct the code, or add the person to the programme",
            )
        if len(meant) > 1:
            raise CellError(
                "row_code_ambiguous",
                f"{len(meant)} people in the programme have this code",
                remedy="write the id of the one who is meant, or give them different code names",
            )
        return meant[0]
