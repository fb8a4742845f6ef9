"""Who may be reached when, remembered. Law: what is remembered is used only where nothing it follows from has changed.

It is most of the work of a day's needs. The areas of the days follow from passes, rules, zones and when volunteers are
there; who lies in them follows from their places, too. A dose or a telephone number that changes leaves all of it as it
is. Nothing is kept but what programmes in memory hold anyway, and little of it; an erasure empties it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from routing.domain.orders import Reach
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.passes.reach import OpenDays

HELD = 8


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Open days with all that they follow from. One at a time asks them: GEOS prepares areas while it is asked."""

    basis: tuple[object, ...]
    open_days: OpenDays
    turn: Lock = field(default_factory=Lock)


_held: deque[_Known] = deque(maxlen=HELD)
_lock = Lock()


def reach_on(programme: Programme, on: dt.date) -> Reach:
    """Return what `reach_of` returns for the days from a date on."""
    basis = (on, *_basis(programme))
    with _lock:
        found = next((known for known in _held if known.basis == basis), None)
    if found is None:
        found = _Known(basis=basis, open_days=OpenDays(programme, on))
        with _lock:
            _held.append(found)
    with found.turn:
        return found.open_days.reach(programme.clients)


def forget_reach() -> None:
    """Forget it all: the places of somebody who is erased must not stay in memory."""
    with _lock:
        _held.clear()


def _basis(programme: Programme) -> tuple[object, ...]:
    """Return all that the areas follow from: `duties_of` looks at nothing else."""
    return (
        programme.timezone,
        programme.calendar,
        programme.passes,
        programme.movement_rules,
        programme.zones,
        programme.checkpoints,
        tuple(map(_of_volunteer, programme.volunteers)),
    )


def _of_volunteer(one: Volunteer) -> tuple[object, ...]:
    return one.volunteer_id, one.vehicles, one.shifts, one.absent_on, one.clearance_to_on, one.pairs_with
