"""Each volunteer's account of a day: what was issued, handed over and returned. Law: what does not add up is shown.

An account is of the day of issue; what comes back later names that day. A volunteer with controlled goods unaccounted
for is issued no more of them (`custody_blocked`) until two persons have decided.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from api.custody.shelves import rounded
from api.storage.visit_tables import CustodyRecord, DayClosing, HandedGoods
from api.visits.books import Books, in_order
from api.visits.discrepancies import DiscrepancyCode, Finding, note_goods, open_rows, params_of
from routing.domain.reading import Json

RECORDS, HANDED, CLOSINGS = CustodyRecord.__tablename__, HandedGoods.__tablename__, DayClosing.__tablename__
OF_ACCOUNTS: tuple[DiscrepancyCode, ...] = ("more_returned_than_issued", "goods_unaccounted")
Whose = tuple[str, str]  # volunteer_id or site_id, product_id


@dataclass(kw_only=True)
class Account:
    """What one volunteer has had of one product, in its unit."""

    issued: float = 0
    handed_over: float = 0
    returned: float = 0

    @property
    def out(self) -> float:
        """What is still with the volunteer; below zero: more was given than they had."""
        return rounded(self.issued - self.handed_over - self.returned)

    def document(self) -> dict[str, float]:
        """Return it as it is shown."""
        return {
            "issued": rounded(self.issued),
            "handed_over": rounded(self.handed_over),
            "returned": rounded(self.returned),
            "out": self.out,
        }


def records_on(books: Books, on: date) -> list[dict[str, Json]]:
    """Return the steps of custody in a day's accounts, as they came, without whom they are for."""
    query = select(CustodyRecord).where(
        CustodyRecord.programme_id == books.programme_id, CustodyRecord.on_date == on.isoformat()
    )
    return [record_value(books, row) for row in in_order(books.session.scalars(query).all())]


def record_value(books: Books, row: CustodyRecord) -> dict[str, Json]:
    """Return goods and persons of a step."""
    value: dict[str, Json] = json.loads(books.unseal(RECORDS, row.record_id, row.sealed_goods, None, "sealed_goods"))
    return value


def accounts_on(books: Books, on: date) -> dict[Whose, Account]:
    """Return the accounts of a day by volunteer and product."""
    accounts: dict[Whose, Account] = defaultdict(Account)
    for record in records_on(books, on):
        kind = str(record["kind"])
        if kind in {"issued", "returned"}:
            for product_id, quantity in _goods(record):
                account = accounts[str(record["volunteer_id"]), product_id]
                setattr(account, kind, getattr(account, kind) + quantity)
    for volunteer_id, product_id, quantity in _handed_on(books, on):
        accounts[volunteer_id, product_id].handed_over += quantity
    return dict(sorted(accounts.items()))


def sites_on(books: Books, on: date) -> dict[Whose, dict[str, float]]:
    """Return what was made up, issued and taken back on a day, by site and product."""
    sums: dict[Whose, dict[str, float]] = defaultdict(lambda: dict.fromkeys(("prepared", "issued", "returned"), 0.0))
    for record in records_on(books, on):
        kind = str(record["kind"])
        for product_id, quantity in _goods(record) if kind != "handed_over" else ():
            of_site = sums[str(record["site_id"]), product_id]
            of_site[kind] = rounded(of_site[kind] + quantity)
    return dict(sorted(sums.items()))


def is_closed(books: Books, on: date) -> bool:
    """Whether a day's goods have been counted in."""
    return books.session.get(DayClosing, (books.organisation_id, books.programme_id, on.isoformat())) is not None


def close(books: Books, on: date, persons: Mapping[str, object]) -> None:
    """Close a day; closing it twice is closing it once."""
    if not is_closed(books, on):
        on_date = on.isoformat()
        sealed = books.seal(CLOSINGS, on_date, dict(persons))
        books.session.add(DayClosing(**books.place, on_date=on_date, sealed=sealed, closed_at=datetime.now(UTC)))
        books.session.flush()
    reckon(books, [on])


def reckon(books: Books, days: Iterable[date]) -> None:
    """Find what does not add up in the accounts of some days, and block or free volunteers accordingly."""
    asked = sorted(set(days))
    for on in asked:
        note_goods(books, on, OF_ACCOUNTS, _findings(books, on))
    if asked:
        block(books)


def block(books: Books) -> None:
    """Let nobody be issued controlled goods who has some unaccounted for; free those whom nothing holds any more."""
    holding = {str(params_of(books, row)["volunteer_id"]) for row in open_rows(books, OF_ACCOUNTS)}
    volunteers = [
        volunteer.changed(custody_blocked=True)
        if volunteer.volunteer_id in holding and not volunteer.custody_blocked
        else volunteer
        for volunteer in books.programme.volunteers
    ]
    _write_volunteers(books, [json.loads(one.model_dump_json(exclude_defaults=True)) for one in volunteers])


def free(books: Books, volunteer_id: str) -> None:
    """Let a volunteer be issued controlled goods again, if nothing else of theirs is open."""
    holding = {str(params_of(books, row)["volunteer_id"]) for row in open_rows(books, OF_ACCOUNTS)}
    if volunteer_id in holding:
        return
    volunteers = (
        one.changed(custody_blocked=False) if one.volunteer_id == volunteer_id else one
        for one in books.programme.volunteers
    )
    _write_volunteers(books, [json.loads(one.model_dump_json(exclude_defaults=True)) for one in volunteers])


def _write_volunteers(books: Books, volunteers: list[Json]) -> None:
    if volunteers != books.kept.document.get("volunteers", []):
        books.change({**books.kept.document, "volunteers": volunteers})


def _findings(books: Books, on: date) -> list[Finding]:
    controlled = {one.product_id for one in books.programme.products if one.controlled}
    closed = is_closed(books, on)
    findings = []
    for (volunteer_id, product_id), account in accounts_on(books, on).items():
        params = {"volunteer_id": volunteer_id, "volunteer_ids": [volunteer_id], "product_id": product_id}
        over = rounded(account.returned - account.issued)
        if over > 0:
            findings.append(_finding("more_returned_than_issued", on, {**params, "quantity": over}))
        elif closed and account.out and product_id in controlled:
            findings.append(_finding("goods_unaccounted", on, {**params, "quantity": account.out}))
    return findings


def _finding(code: DiscrepancyCode, on: date, params: dict[str, object]) -> Finding:
    name = f"{params['volunteer_id']}/{params['product_id']}/{params['quantity']}"
    return Finding(code=code, on=on, name=name, params=params)


def _goods(record: Mapping[str, Json]) -> list[tuple[str, float]]:
    listed = record["goods"]
    goods = listed if isinstance(listed, list) else []
    return [(str(one["product_id"]), float(str(one["quantity"]))) for one in goods if isinstance(one, dict)]


def _handed_on(books: Books, on: date) -> Iterable[tuple[str, str, float]]:
    query = select(HandedGoods).where(
        HandedGoods.programme_id == books.programme_id, HandedGoods.on_date == on.isoformat()
    )
    for row in books.session.scalars(query):
        yield from json.loads(books.unseal(HANDED, f"{row.key_id}/{row.on_date}", row.sealed))
