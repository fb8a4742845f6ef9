"""Write what reports come to into the programme, and what does not fit beside it.

Law: of a client everything is worked out anew from all that was ever told, so that neither the order in which it came
nor how often changes the outcome. What was written before is taken out, and nothing else of the ledger is touched.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from api.custody.records import CustodyKind
from api.storage.visit_tables import HandedGoods, WrittenEntries
from api.visits.books import Books
from api.visits.discrepancies import Finding, note
from api.visits.keeping import reports_of, steps_of
from api.visits.ledger_entries import entry_of, ledger_entries, merged_runs
from api.visits.verdicts import Said, Verdict, keys_of, verdicts
from api.visits.words import Step, Told, is_about_nothing_known, words_of
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.reading import Json

WRITTEN, HANDED = WrittenEntries.__tablename__, HandedGoods.__tablename__


def settle(books: Books, client_ids: Iterable[str]) -> None:
    """Bring ledger, accounts and discrepancies of some clients to what is known of them now."""
    ledger: list[LedgerEntry | None] = [*books.programme.ledger]
    raw = _raw_ledger(books)
    places: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(books.programme.ledger):
        places[entry.client_id].append(place)
    for client_id in dict.fromkeys(client_ids):
        _settle_one(books, client_id, ledger, raw, places[client_id])
    written: list[Json] = [one for one in raw if one is not None]
    if written != _raw_ledger(books):
        books.change({**books.kept.document, "ledger": written})


def _settle_one(
    books: Books, client_id: str, ledger: list[LedgerEntry | None], raw: list[Json], places: Sequence[int]
) -> None:
    key_id = books.key_id(client_id)
    if key_id is None:
        return
    told, steps = reports_of(books, key_id), steps_of(books, key_id)
    found = verdicts(words_of(told, steps))
    own = _places_of(_written(books, key_id), ledger, places)
    others = [entry for place in places if place not in own and (entry := ledger[place]) is not None]
    issued = _issued(client_id, steps)
    entries = [*issued, *ledger_entries(client_id, found, [*others, *issued])]
    entries = [_with_known_volunteer(books, entry) for entry in entries]
    _exchange(ledger, raw, own, entries)
    _keep_written(books, key_id, entries)
    _keep_handed(books, key_id, found)
    note(books, key_id, _findings(client_id, found, told, steps))


def _issued(client_id: str, steps: Iterable[Step]) -> list[LedgerEntry]:
    """Return what was issued and does not say yet how it ended."""
    days = []
    for one in steps:
        if one.step.kind is CustodyKind.ISSUED:
            keys = keys_of(goods.as_goods() for goods in one.step.goods)
            fields = {"volunteer_id": one.step.volunteer_id}
            for key, quantity in keys.items():
                rounded = None if quantity is None else round(quantity, 6)
                days.append(entry_of(client_id, key, LedgerState.ISSUED, one.step.at, quantity=rounded, **fields))
    return merged_runs(days)


def _exchange(
    ledger: list[LedgerEntry | None], raw: list[Json], own: Sequence[int], entries: Sequence[LedgerEntry]
) -> None:
    """Put entries where those written before stood; more of them go to the end."""
    for number, entry in enumerate(entries):
        value = json.loads(entry.model_dump_json(exclude_defaults=True))
        if number < len(own):
            ledger[own[number]], raw[own[number]] = entry, value
        else:
            ledger.append(entry)
            raw.append(value)
    for place in own[len(entries) :]:
        ledger[place], raw[place] = None, None


def _places_of(
    written: Iterable[LedgerEntry], ledger: Sequence[LedgerEntry | None], places: Sequence[int]
) -> list[int]:
    """Find what was written before; what somebody has taken out meanwhile is not there."""
    found: list[int] = []
    for entry in written:
        same = (
            place
            for place in places
            if place not in found and (one := ledger[place]) is not None and _same(one) == _same(entry)
        )
        place = next(same, None)
        if place is not None:
            found.append(place)
    return sorted(found)


def _same(entry: LedgerEntry) -> tuple[object, ...]:
    """Return an entry without its volunteer, whom somebody may have taken out of the programme."""
    dated = entry.from_on, entry.to_on, entry.supply_id
    return (entry.product_id, entry.state, entry.at, *dated, entry.tops_up, entry.quantity)


def _with_known_volunteer(books: Books, entry: LedgerEntry) -> LedgerEntry:
    known = entry.volunteer_id is None or ("volunteers", entry.volunteer_id) in books.kept.rows
    return entry if known else entry.changed(volunteer_id=None)


def _raw_ledger(books: Books) -> list[Json]:
    listed = books.kept.document.get("ledger") or []
    return [*listed] if isinstance(listed, list) else []


def _written(books: Books, key_id: str) -> list[LedgerEntry]:
    row = books.session.get(WrittenEntries, (books.organisation_id, books.programme_id, key_id))
    if row is None:
        return []
    return [
        LedgerEntry.model_validate_json(json.dumps(one))
        for one in json.loads(books.unseal(WRITTEN, key_id, row.sealed, key_id))
    ]


def _keep_written(books: Books, key_id: str, entries: Iterable[LedgerEntry]) -> None:
    value = [json.loads(entry.model_dump_json(exclude_defaults=True)) for entry in entries]
    sealed = books.seal(WRITTEN, key_id, value, key_id)
    books.session.merge(WrittenEntries(**books.place, key_id=key_id, sealed=sealed))


def _keep_handed(books: Books, key_id: str, found: Iterable[Verdict]) -> None:
    """Keep what each volunteer has handed over by day, without saying to whom."""
    by_day: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    for one in found:
        if one.said is Said.HANDED_OVER and not one.key.fetched and one.volunteer_id:
            by_day[one.on.isoformat()][one.volunteer_id, one.key.product_id] += one.quantity or 0
    books.session.execute(
        delete(HandedGoods).where(HandedGoods.programme_id == books.programme_id, HandedGoods.key_id == key_id)
    )
    for on_date, sums in by_day.items():
        value = [[*who, round(quantity, 6)] for who, quantity in sorted(sums.items())]
        sealed = books.seal(HANDED, f"{key_id}/{on_date}", value)
        books.session.add(HandedGoods(**books.place, key_id=key_id, on_date=on_date, sealed=sealed))


def _findings(client_id: str, found: Sequence[Verdict], told: Sequence[Told], steps: Sequence[Step]) -> list[Finding]:
    """Return what about a client does not fit."""
    contradicting: dict[tuple[object, ...], list[Verdict]] = defaultdict(list)
    for verdict in found:
        if verdict.said is None:
            contradicting[verdict.on, verdict.volunteer_id].append(verdict)
    findings = [
        Finding.about_client(client_id, "reports_contradict", those[0].on, those) for those in contradicting.values()
    ]
    given: dict[object, list[Verdict]] = defaultdict(list)
    for verdict in found:
        if verdict.said in {Said.HANDED_OVER, Said.DISPENSED_AT_SITE} and not verdict.key.fetched:
            given[verdict.key].append(verdict)
    findings += [
        Finding.about_client(client_id, "handed_over_twice", max(one.on for one in those), those)
        for those in given.values()
        if len(those) > 1
    ]
    standing = {report_id for verdict in found for report_id in verdict.report_ids}
    corrected = {report_id for one in told for report_id in one.report.corrects}
    return findings + [
        Finding.unsaid(client_id, one)
        for one in told
        if is_about_nothing_known(one, steps) and one.report.report_id not in standing | corrected
    ]
