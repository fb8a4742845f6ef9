"""Who may be reached when, remembered. Law: what is remembered is used only where nothing it follows from has changed.

It is most of the work of a day's needs, and follows from places, passes and rules; a dose or a telephone number that
changes leaves it as it is. Nothing is kept but what programmes in memory hold anyway, and little of it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from threading import Lock

from routing.domain.orders import Reach
from routing.domain.programme import Programme
from routing.passes import reach_of

HELD = 8
_held: deque[tuple[tuple[object, ...], Reach]] = deque(maxlen=HELD)
_lock = Lock()


def reach_on(programme: Programme, on: dt.date) -> Reach:
    """Return what `reach_of` returns for the days from a date on."""
    basis = (on, *_basis(programme))
    with _lock:
        found = next((reach for known, reach in _held if known == basis), None)
    if found is None:
        found = reach_of(programme, on)
        with _lock:
            _held.append((basis, found))
    return found


def _basis(programme: Programme) -> tuple[object, ...]:
    """Return all that reach follows from: every key of the programme but those of doses, goods and names."""
    return (
        programme.timezone,
        programme.calendar,
        programme.passes,
        programme.movement_rules,
        programme.zones,
        programme.checkpoints,
        programme.volunteers,
        tuple((one.client_id, one.place, one.edge_place) for one in programme.clients),
    )
