"""Rule 4: which dose-days are spoken for. Law: a dose-day's latest ledger entry decides, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from routing.continuity.day import Day, days_between
from routing.domain.ledger import LedgerEntry, LedgerState

CLAIMING = frozenset({LedgerState.PLANNED, LedgerState.ISSUED, LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE})
UNDER_WAY = frozenset({LedgerState.PLANNED, LedgerState.ISSUED})


@dataclass(frozen=True)
class Claims:
    """The ledger entries about the dose-days of one client and product, latest first.

    Of entries at the same instant the one written later counts as the later one.
    """

    entries: tuple[LedgerEntry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Claims:
        """Return the claims that entries in the ledger's order make."""
        oldest_first = sorted((entry for entry in entries if entry.from_on is not None), key=_at)
        return cls(tuple(oldest_first[::-1]))

    def deciding(self, on: date) -> LedgerEntry | None:
        """Return the entry that decides about a date."""
        return next((entry for entry in self.entries if _covers(entry, on)), None)

    def is_claimed(self, on: date) -> bool:
        """Whether a date is spoken for."""
        entry = self.deciding(on)
        return entry is not None and entry.state in CLAIMING

    def unreconciled(self, day: Day) -> LedgerEntry | None:
        """Return a delivery under way since before the day of which nobody has said how it ended."""
        return next((entry for entry in self.entries if _is_old(entry, day) and self._is_live(entry)), None)

    def _is_live(self, entry: LedgerEntry) -> bool:
        if entry.from_on is None or entry.to_on is None:
            return False
        return any(self.deciding(on) is entry for on in days_between(entry.from_on, entry.to_on))


def ledgers_of(ledger: Iterable[LedgerEntry]) -> Mapping[tuple[str, str], Claims]:
    """Return the claims by client and product."""
    entries: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
    for entry in ledger:
        entries[entry.client_id, entry.product_id].append(entry)
    return {key: Claims.of(found) for key, found in entries.items()}


def supplies_ended(ledger: Iterable[LedgerEntry]) -> frozenset[tuple[str, str]]:
    """Return (client_id, supply_id) of the supplies whose latest entry says under way or given (rule 13)."""
    latest: dict[tuple[str, str], LedgerState] = {}
    for entry in sorted(ledger, key=_at):
        if entry.supply_id is not None:
            latest[entry.client_id, entry.supply_id] = entry.state
    return frozenset(key for key, state in latest.items() if state in CLAIMING)


def _at(entry: LedgerEntry) -> datetime:
    return entry.at


def _covers(entry: LedgerEntry, on: date) -> bool:
    return entry.from_on is not None and entry.to_on is not None and entry.from_on <= on <= entry.to_on


def _is_old(entry: LedgerEntry, day: Day) -> bool:
    return entry.state in UNDER_WAY and day.local_date(entry.at) < day.on
