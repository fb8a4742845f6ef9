"""What a code says about whom. Law: only a dispatcher's machine, which holds the key, can tell; no word is ever shown.

The recipient's word never leaves the programme: the volunteer says what was said, and learns whether it fits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from routing.sheets.day_names import DayNames, visited
from routing.sheets.report_codes import Outcome, read_report


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One stop's outcome. `client`: the programme's code name; `trip`: which of the volunteer's routes, from 1."""

    volunteer_id: str
    volunteer: str
    trip: int
    stop: int
    client_id: str
    client: str
    outcome: Outcome


def told_by(names: DayNames, text: str) -> tuple[Told, ...]:
    """Return what a code says, of a stop or of a whole route.

    Raises
    ------
    InputError
        `report_code_mistyped`, `report_code_unknown`.
    """
    indexes = {code: index for index, code in enumerate(names.route_codes)}
    stops = {code: len(visited(names.plan.routes[index])) for code, index in indexes.items()}
    return tuple(
        _told(names, indexes[report.route], report.stop, report.outcome) for report in read_report(text, stops)
    )


def word_fits(names: DayNames, client_id: str, word: str) -> bool:
    """Say whether a word is the one the client chose; a client without one is known by none."""
    client = names.clients.get(client_id)
    chosen = _folded(client.challenge) if client else ""
    return bool(chosen) and chosen == _folded(word)


def _told(names: DayNames, route_index: int, stop: int, outcome: Outcome) -> Told:
    route = names.plan.routes[route_index]
    client_id = visited(route)[stop - 1]
    volunteer, client = names.volunteers.get(route.volunteer_id), names.clients.get(client_id)
    return Told(
        volunteer_id=route.volunteer_id,
        volunteer=volunteer.code_name if volunteer else route.volunteer_id,
        trip=names.trips[route_index],
        stop=stop,
        client_id=client_id,
        client=client.code_name if client else client_id,
        outcome=outcome,
    )


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
