"""From verdicts to the programme's ledger. Law: pure; only what is still under way is made void.

A contradiction stands as `issued`: nobody is supplied twice, and from the next day on the core holds the client
(`unreconciled_delivery`) until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from api.visits.verdicts import GIVEN, Key, Said, Verdict
from routing.domain.ledger import LedgerEntry, LedgerState

_STATES = {
    Said.HANDED_OVER: LedgerState.HANDED_OVER,
    Said.DISPENSED_AT_SITE: LedgerState.DISPENSED_AT_SITE,
    Said.NOT_HANDED_OVER: LedgerState.VOIDED,
    Said.RETURNED: LedgerState.RETURNED,
}
_UNDER_WAY = frozenset({LedgerState.PLANNED, LedgerState.ISSUED})
_FREES = frozenset({LedgerState.VOIDED, LedgerState.RETURNED})


def ledger_entries(client_id: str, found: Iterable[Verdict], known: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Return what verdicts leave in the ledger of a client.

    Parameters
    ----------
    known
        The client's entries from elsewhere, in the ledger's order.
    """
    parts = [part for verdict in found if (part := _part(client_id, verdict, known)) is not None]
    return [entry for run in _runs(sorted(parts, key=_place)) for entry in [_merged(run)]]


def entry_of(client_id: str, key: Key, state: LedgerState, at: datetime, **fields: object) -> LedgerEntry:
    """Return an entry about one key."""
    told = {"from_on": key.on, "to_on": key.on, "supply_id": key.supply_id, "tops_up": key.tops_up}
    return LedgerEntry.model_validate(
        {"client_id": client_id, "product_id": key.product_id, "state": state, "at": at, **told, **fields}
    )


def merged_runs(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Return entries of single days with those that belong together made one."""
    return [_merged(run) for run in _runs(sorted(entries, key=_place))]


def _part(client_id: str, verdict: Verdict, known: Sequence[LedgerEntry]) -> LedgerEntry | None:
    state = LedgerState.ISSUED if verdict.said is None else _STATES[verdict.said]
    if verdict.key.fetched:
        if verdict.said not in GIVEN:
            return None
        state = LedgerState.FETCHED
    elif state in _FREES and not _is_under_way(verdict, known):
        return None
    quantity = None if verdict.quantity is None else round(verdict.quantity, 6)
    return entry_of(
        client_id, verdict.key, state, verdict.at, quantity=quantity, volunteer_id=verdict.volunteer_id or None
    )


def _is_under_way(verdict: Verdict, known: Sequence[LedgerEntry]) -> bool:
    before = [entry for entry in known if entry.at <= verdict.at and _is_about(entry, verdict.key)]
    latest = max(enumerate(before), key=lambda pair: (pair[1].at, pair[0]), default=None)
    return latest is not None and latest[1].state in _UNDER_WAY


def _is_about(entry: LedgerEntry, key: Key) -> bool:
    if entry.product_id != key.product_id or entry.tops_up != key.tops_up:
        return False
    if key.on is None:
        return entry.supply_id == key.supply_id
    return entry.from_on is not None and entry.to_on is not None and entry.from_on <= key.on <= entry.to_on


def _place(entry: LedgerEntry) -> tuple[object, ...]:
    """Sort by time; at one instant what frees comes first, so that what gives decides."""
    frees = entry.state not in _FREES and entry.state is not LedgerState.FETCHED
    who = entry.volunteer_id or ""
    return (entry.at, frees, entry.state, who, entry.product_id, entry.tops_up, entry.supply_id or "", _day(entry))


def _runs(entries: Iterable[LedgerEntry]) -> Iterator[list[LedgerEntry]]:
    run: list[LedgerEntry] = []
    for entry in entries:
        if run and not _goes_on(run[-1], entry):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _goes_on(one: LedgerEntry, other: LedgerEntry) -> bool:
    if one.from_on is None or other.from_on is None or _place(one)[:-1] != _place(other)[:-1]:
        return False
    return other.from_on - one.from_on == timedelta(days=1) and (one.quantity is None) == (other.quantity is None)


def _merged(run: Sequence[LedgerEntry]) -> LedgerEntry:
    if len(run) == 1:
        return run[0]
    parts = [entry.quantity for entry in run if entry.quantity is not None]
    return run[0].changed(to_on=run[-1].to_on, quantity=round(sum(parts), 6) if parts else None)


def _day(entry: LedgerEntry) -> date:
    return entry.from_on or date.min
