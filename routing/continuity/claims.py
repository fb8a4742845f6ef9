"""Rule 4: which dose-days are spoken for. Law: a dose-day's latest ledger entry decides, nothing else.

Latest by the instant at which it happened, whenever it was reported; a report that stands twice says nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from routing.continuity.day import Day, days_between
from routing.domain.ledger import LedgerEntry, LedgerState

CLAIMING = frozenset({LedgerState.PLANNED, LedgerState.ISSUED, LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})
UNDER_WAY = frozenset({LedgerState.PLANNED, LedgerState.ISSUED})
GIVEN = frozenset({LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})


@dataclass(frozen=True)
class Claims:
    """The ledger entries about the dose-days of one client and product, latest first.

    Of entries at the same instant the one written later counts as the later one. `last_on`: nothing is said about
    later dates. `under_way`: parcels planned or issued, but for those whose every day one later entry is about.
    `top_ups`: entries about differences to a changed dose, which claim nothing.
    """

    entries: tuple[LedgerEntry, ...] = ()
    last_on: date = date.min
    under_way: tuple[LedgerEntry, ...] = ()
    top_ups: tuple[LedgerEntry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Claims:
        """Return the claims that entries in the ledger's order make; a collection at the site voids the parcel."""
        dated = sorted((entry for entry in entries if entry.from_on is not None), key=_at)[::-1]
        top_ups = tuple(entry for entry in dated if entry.tops_up)
        if top_ups:
            dated = [entry for entry in dated if not entry.tops_up]
            return replace(cls._of_doses(dated), top_ups=top_ups)
        return cls._of_doses(dated)

    @classmethod
    def _of_doses(cls, latest_first: Sequence[LedgerEntry]) -> Claims:
        if all(entry.state is not LedgerState.DISPENSED_AT_SITE for entry in latest_first):
            return _claims(latest_first)
        collected: list[LedgerEntry] = []
        kept = []
        for entry in latest_first:
            if entry.state is LedgerState.DISPENSED_AT_SITE:
                collected.append(entry)
            fetched = entry.state in UNDER_WAY and any(_overlap(entry, later) for later in collected)
            kept.append(_void(entry) if fetched else entry)
        return _claims(kept)

    def stopped_at(self, instants: Iterable[datetime]) -> Claims:
        """Return the claims where what was planned before one of the instants, and never issued, is void."""
        last_at = max(instants, default=None)
        if last_at is None or not (self.entries or self.top_ups):
            return self

        def stopped(entry: LedgerEntry) -> LedgerEntry:
            return _void(entry) if entry.state is LedgerState.PLANNED and entry.at <= last_at else entry

        return replace(_claims([*map(stopped, self.entries)]), top_ups=tuple(map(stopped, self.top_ups)))

    def as_if_fetched(self, days: Sequence[date], entry: LedgerEntry) -> Claims:
        """Return the claims as they would stand had an entry like this one been written for each of some days."""
        fetched = [entry.changed(from_on=on, to_on=on) for on in days]
        return replace(_claims([*fetched, *self.entries]), top_ups=self.top_ups)

    def deciding(self, on: date) -> LedgerEntry | None:
        """Return the entry that decides about a date."""
        if on > self.last_on:
            return None
        for entry in self.entries:
            if _covers(entry, on):
                return entry
        return None

    def is_claimed(self, on: date) -> bool:
        """Whether a date is spoken for."""
        entry = self.deciding(on)
        return entry is not None and entry.state in CLAIMING

    def topped_up(self, on: date) -> LedgerEntry | None:
        """Return the live top-up for a date, if there is one."""
        latest = next((entry for entry in self.top_ups if _covers(entry, on)), None)
        return latest if latest is not None and latest.state in CLAIMING else None

    def about(self, on: date) -> Iterator[LedgerEntry]:
        """Yield the entries about a date, latest first."""
        return (entry for entry in self.entries if _covers(entry, on))

    def given_at(self) -> datetime | None:
        """Return when dose-days were last given."""
        return next((entry.at for entry in self.entries if entry.state in GIVEN), None)

    def unreconciled(self, day: Day) -> LedgerEntry | None:
        """Return a delivery under way since before the day of which nobody has said how it ended."""
        for entry in self.under_way:
            if self._is_live(entry) and day.local_date(entry.at) < day.on:
                return entry
        return next((entry for entry in self.top_ups if self._is_awaited(entry, day)), None)

    def _is_awaited(self, entry: LedgerEntry, day: Day) -> bool:
        under_way = entry.state in UNDER_WAY and day.local_date(entry.at) < day.on
        return under_way and any(self.topped_up(on) is entry for on in entry_days(entry))

    def _is_live(self, entry: LedgerEntry) -> bool:
        return any(self.deciding(on) is entry for on in entry_days(entry))


def _claims(latest_first: Sequence[LedgerEntry]) -> Claims:
    return Claims(
        entries=tuple(latest_first),
        last_on=max((entry.to_on or date.min for entry in latest_first), default=date.min),
        under_way=tuple(
            entry
            for place, entry in enumerate(latest_first)
            if entry.state in UNDER_WAY and not any(_holds(later, entry) for later in latest_first[:place])
        ),
    )


NO_CLAIMS = Claims()


def ledgers_of(ledger: Iterable[LedgerEntry]) -> Mapping[tuple[str, str], Claims]:
    """Return the claims by client and product."""
    entries: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
    for entry in ledger:
        entries[entry.client_id, entry.product_id].append(entry)
    return {key: Claims.of(found) for key, found in entries.items()}


def entry_days(entry: LedgerEntry) -> Iterable[date]:
    """Return the dose-days of an entry; none where it is about a supply."""
    return () if entry.from_on is None or entry.to_on is None else days_between(entry.from_on, entry.to_on)


def _at(entry: LedgerEntry) -> datetime:
    return entry.at


def _covers(entry: LedgerEntry, on: date) -> bool:
    return entry.from_on is not None and entry.to_on is not None and entry.from_on <= on <= entry.to_on


def _holds(one: LedgerEntry, other: LedgerEntry) -> bool:
    """Whether one entry is about every dose-day of another."""
    return (
        other.from_on is not None
        and other.to_on is not None
        and _covers(one, other.from_on)
        and _covers(one, other.to_on)
    )


def _overlap(one: LedgerEntry, other: LedgerEntry) -> bool:
    return any(_covers(other, on) for on in entry_days(one))


def _void(entry: LedgerEntry) -> LedgerEntry:
    return entry.changed(state=LedgerState.VOIDED)
