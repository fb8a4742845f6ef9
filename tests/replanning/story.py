"""A day to be carried out: four clients along the southern street of the town, two riders who could see any of them.

Both riders are at the site, at (0, 0). Whoever goes loads from 08:00 to 08:05 and then sees the clients at x = 1, 2, 3
and 4 one after the other: L = 16.013 s on the way to each, five minutes at the door.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from routing.domain.clients import Client
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.volunteers import CustodyCeiling, Volunteer
from tests.continuity.stories import CONTROLLED_ITEM
from tests.solver.town import at, day, plan, rider, wanting


def carrier(volunteer_id: str, **fields: Any) -> Volunteer:
    """Return a rider who may carry a hundred controlled items."""
    return rider(volunteer_id, **{"custody": (CustodyCeiling(product_id="p7", quantity=100.0),), **fields})


def clients(**fields: Any) -> tuple[Client, ...]:
    """Return four clients who want two controlled items each."""
    return tuple(wanting(f"c{x}", at(x), goods=(CONTROLLED_ITEM,), **fields) for x in (1, 2, 3, 4))


@cache
def told() -> Programme:
    """Return the programme of the day."""
    return day(*clients(), volunteers=(carrier("v1"), carrier("v2")))


@cache
def planned() -> Plan:
    """Return its plan: one rider sees all."""
    return plan(told())


def clock(text: str) -> datetime:
    """Return a time of the day in Denpasar."""
    return datetime.fromisoformat(f"2026-11-23T{text}:00+08:00")


def after(instant: datetime, minutes: float) -> datetime:
    return instant + timedelta(minutes=minutes)
