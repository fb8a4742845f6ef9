"""What a change is, and for whom it is looked for. Law: `params` names no client, no product and no place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TypeVar

from routing.domain.base import Document
from routing.domain.clients import Client
from routing.domain.hours import Hours, Weekday
from routing.domain.orders import Order
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode

_Entry = TypeVar("_Entry", bound=Document)
# The parameter that says how much; a code that is missing has no size.
UNITS = {
    RemedyCode.WIDER_WINDOW: "minutes",
    RemedyCode.SITE_READY_EARLIER: "minutes",
    RemedyCode.SITE_OPEN_LONGER: "minutes",
    RemedyCode.BREAK_MOVED: "minutes",
    RemedyCode.LONGER_SHIFT: "minutes",
    RemedyCode.EARLIER_SHIFT: "minutes",
    RemedyCode.MORE_STOPS: "stops",
    RemedyCode.CARRY_MORE: "grams",
    RemedyCode.LONGER_WALK: "metres",
    RemedyCode.CUSTODY_CEILING: "quantity",
    RemedyCode.PASS_LATER: "minutes",
    RemedyCode.PASS_EARLIER: "minutes",
    RemedyCode.PASS_AREA: "metres",
    RemedyCode.MEETING_POINT: "metres",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a programme.

    Attributes
    ----------
    ids
        Whom and what it is about, as pairs of a parameter's name and an id.
    size
        How much, in the unit of the code; 0 where there is nothing to measure.
    client_id, details
        What it takes to make the change and is never written down: for whom, which products, which point.
    covers
        Orders that are not asked for any more where the client has had them the day before.
    """

    code: RemedyCode
    ids: tuple[tuple[str, str], ...] = ()
    size: int = 0
    client_id: str = ""
    details: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, str | int | float]:
        """What is written into a plan."""
        sized: dict[str, str | int | float] = {UNITS[self.code]: self.size} if self.code in UNITS else {}
        return {**dict(self.ids), **sized}

    def id_of(self, name: str) -> str:
        """Return the id under a parameter's name."""
        return dict(self.ids)[name]

    def sized(self, size: int) -> Change:
        """Return the same change, so large."""
        return replace(self, size=size)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A client's orders that no route serves, and the day they are asked for.

    Attributes
    ----------
    day_before
        Plans the day before; None where that cannot be.
    """

    programme: Programme
    on: date
    client: Client
    orders: tuple[Order, ...]
    day_before: Callable[[], Plan | None] = lambda: None


def exchanged(
    entries: Iterable[_Entry], chosen: Callable[[_Entry], bool], make: Callable[[_Entry], _Entry | None]
) -> tuple[_Entry, ...] | None:
    """Return entries with the chosen ones made anew, or None where that changes nothing or cannot be."""
    old = tuple(entries)
    new = [make(entry) if chosen(entry) else entry for entry in old]
    whole = tuple(entry for entry in new if entry is not None)
    return whole if len(whole) == len(old) and whole != old else None


def on_day(hours: Iterable[Hours], on: date, make: Callable[[Hours], Hours | None]) -> tuple[Hours, ...] | None:
    """Return hours with those that begin on a date's weekday made anew, the other weekdays as they were.

    None where nothing begins on that day or one of them cannot be made anew.
    """
    today = Weekday.of(on)
    result: list[Hours] = []
    changed = False
    for entry in hours:
        others = tuple(day for day in entry.weekdays if day is not today)
        if len(others) == len(entry.weekdays):
            result.append(entry)
            continue
        made = make(entry.changed(weekdays=(today,)))
        if made is None:
            return None
        changed = True
        result += [made] + ([entry.changed(weekdays=others)] if others else [])
    return tuple(result) if changed else None


def longer(hours: Hours, *, earlier_min: int = 0, later_min: int = 0) -> Hours | None:
    """Return hours that begin and end so many minutes earlier and later; None where they would fill a day.

    A beginning does not move before midnight: that would be another weekday's.
    """
    start, end = _minutes(hours.from_time), _minutes(hours.to_time)
    end += 24 * 60 if hours.over_midnight else 0
    start, end = max(0, start - earlier_min), end + later_min
    if end - start >= 24 * 60:
        return None
    return hours.changed(
        from_time=hours.from_time.replace(hour=start // 60, minute=start % 60),
        to_time=hours.to_time.replace(hour=end // 60 % 24, minute=end % 60),
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
