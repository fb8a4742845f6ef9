"""Rule 1 of docs/rules.md for those outside of continuity. Law: the rule itself stands there."""

from __future__ import annotations

from datetime import date

from routing.continuity.day import Day
from routing.continuity.status import status_on
from routing.domain.clients import Client, ClientStatus
from routing.domain.programme import Programme


def status_of(programme: Programme, client: Client, on: date) -> ClientStatus:
    """Return the status that holds for a client on a date."""
    return status_on(client, day_of(programme, on))


def day_of(programme: Programme, on: date) -> Day:
    """Return a date in the programme's zone, with nothing known about where somebody may go."""
    return Day(on=on, zone=programme.zone, calendar=programme.calendar, reach={}, known_to_on=on)
