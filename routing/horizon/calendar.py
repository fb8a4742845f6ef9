"""Which day for which client: what each date would ask for. Law: a forecast (forecast.py), no plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from routing.domain.clients import Client
from routing.domain.orders import Needs, Order, Reach, Tier
from routing.domain.programme import Programme
from routing.horizon.forecast import Key, needs_ahead, reach_ahead

ASSUMED = (
    "As if nothing were delivered on any day before, and every dose at home were taken on its day. "
    "A delivery moves all that follows."
)


class Mark(StrEnum):
    """What a day means for a client."""

    MUST = "must"
    LATE = "late"
    MAY = "may"
    CLOSED = "closed"
    HOLD = "hold"
    GAP = "gap"


MEANINGS: dict[Mark, str] = {
    Mark.MUST: "the last day that still prevents a missed dose, or a hold for missed ones",
    Mark.LATE: "that day has passed: doses are being missed",
    Mark.MAY: "a delivery may come: from the earliest refill on",
    Mark.CLOSED: "nobody may come: a closed day, or no pass that reaches the client",
    Mark.HOLD: "something is held until somebody decides",
    Mark.GAP: "a dose-day that no lawful delivery covers, as known when it was first found",
}


@dataclass(frozen=True, kw_only=True)
class ClientDays:
    """One client's days, in the calendar's order; a day has no mark, one, or several in the order of `Mark`."""

    client_id: str
    code_name: str
    marks: tuple[tuple[Mark, ...], ...]

    @property
    def has_something(self) -> bool:
        """Whether any day asks for anything."""
        return any(set(marks) - {Mark.CLOSED} for marks in self.marks)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The dates, and a row for each client in the programme's order."""

    days: tuple[date, ...]
    clients: tuple[ClientDays, ...]


def calendar_of(programme: Programme, on: date, days: int) -> Calendar:
    """Work out what each date from `on` on would ask for.

    Parameters
    ----------
    days
        So many dates, `on` counted.
    """
    reach = reach_ahead(programme, on, days)
    found = _Found()
    for day, needs in needs_ahead(programme, on, days, reach):
        found.note(day, needs)
    dates = tuple(on + timedelta(days=offset) for offset in range(days))
    rows = (_row(programme, client, dates, reach, found) for client in programme.clients)
    return Calendar(days=dates, clients=tuple(rows))


@dataclass
class _Found:
    """What the dates ask for.

    Attributes
    ----------
    must
        Orders for which a last day has been.
    gaps
        The dose-days of the gap found first.
    """

    must: set[str] = field(default_factory=set)
    gaps: dict[Key, frozenset[date]] = field(default_factory=dict)
    marks: dict[tuple[str, date], set[Mark]] = field(default_factory=lambda: defaultdict(set))

    def note(self, day: date, needs: Needs) -> None:
        """Keep what one date asks for."""
        for order in needs.orders:
            self.marks[order.client_id, day].add(self._urgency(order))
        for hold in needs.holds:
            self.marks[hold.client_id, day].add(Mark.HOLD)
        for gap in needs.gaps:
            count = (gap.to_on - gap.from_on).days + 1
            days = frozenset(gap.from_on + timedelta(days=offset) for offset in range(count))
            self.gaps.setdefault((gap.client_id, gap.product_id), days)

    def _urgency(self, order: Order) -> Mark:
        if order.tier is Tier.T0B or (order.tier is Tier.T1 and order.order_id in self.must):
            return Mark.LATE
        if order.tier in {Tier.T0A, Tier.T1}:
            self.must.add(order.order_id)
            return Mark.MUST
        return Mark.MAY


def _row(programme: Programme, client: Client, dates: tuple[date, ...], reach: Reach, found: _Found) -> ClientDays:
    gap_days = {on for (client_id, _), days in found.gaps.items() if client_id == client.client_id for on in days}

    def marks(day: date) -> Iterator[Mark]:
        today = found.marks.get((client.client_id, day), set()) | ({Mark.GAP} if day in gap_days else set())
        if _is_closed(programme, client, day, reach):
            today = today | {Mark.CLOSED}
        if today & {Mark.MUST, Mark.LATE, Mark.CLOSED}:
            today = today - {Mark.MAY}
        return (mark for mark in Mark if mark in today)

    return ClientDays(
        client_id=client.client_id, code_name=client.code_name, marks=tuple(tuple(marks(day)) for day in dates)
    )


def _is_closed(programme: Programme, client: Client, day: date, reach: Reach) -> bool:
    reachable = reach.get(client.client_id)
    return programme.calendar.is_closed(day) or (reachable is not None and day not in reachable)
