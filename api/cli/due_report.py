"""A day's needs as tables, JSON and CSV. Law: code names and opaque product ids; no place, no text of a person.

Tables and CSV are made from the JSON document, so that they look the same wherever that was made; what somebody's roles
do not see is not in it, and its columns are left out. The columns of the CSV are those of the orders; a hold, a gap, a
shortfall or a notice fills those that it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.cli.console import results, say
from api.cli.documents import write_csv, write_json
from api.cli.tables import Column, day_month, show_table, texts, wholes
from routing.domain.base import Document
from routing.domain.orders import Needs, Order, OrderKind, Tier
from routing.domain.programme import Programme

Row = tuple[object, ...]
Entry = Mapping[str, Any]
# A column, the key that it is made from, and how.
Told = tuple[Column, str, Callable[[Entry], object]]

HOLD_COLUMNS = (
    *wholes("client", "product"),
    Column("hold", whole=True, missed=1),
    *texts("why", "who decides"),
    *wholes("until"),
    *texts("what to decide"),
)
GAP_COLUMNS = (
    *wholes("client", "product", "from", "to", "act by"),
    Column("bound by", whole=True, missed=1),
    *texts("what it means"),
)
SHEET_COLUMNS = (
    *("kind", "client", "client_id", "product_id", "site_id", "quantity", "unit", "days", "from_on", "to_on"),
    *("run_out_on", "due_on", "latest_safe_at", "tier", "binding_cap", "policy_id", "source", "code", "owner"),
    *("act_by_on", "wanted", "available", "message"),
)
_GOODS = frozenset({OrderKind.REGIMEN, OrderKind.SUPPLY})


def due_document(programme: Programme, on: date, needs: Needs) -> dict[str, object]:
    """Return the needs of a day for JSON, most urgent first: the fields of the domain, and the code names."""
    names = {client.client_id: client.code_name for client in programme.clients}
    orders = sorted(needs.orders, key=_urgency)
    gaps = sorted(needs.gaps, key=lambda gap: gap.act_by_on)

    def named(entries: Sequence[Document]) -> list[dict[str, object]]:
        dumped = [entry.model_dump(mode="json") for entry in entries]
        return [{**entry, "client": _name(names, entry["client_id"])} for entry in dumped]

    return {
        "programme_id": programme.programme_id,
        "date": on,
        "timezone": programme.timezone,
        "orders": named(orders),
        "holds": named(needs.holds),
        "gaps": named(gaps),
        "shortfalls": [short.model_dump(mode="json") for short in needs.shortfalls],
        "notices": named(needs.notices),
    }


class DueTables:
    """A day's document as tables and as CSV.

    Parameters
    ----------
    document
        As `due_document` makes it, or as the service shows it to somebody.
    names
        Code names of clients; those in the document are added.
    """

    def __init__(self, document: Entry, names: Mapping[str, str]) -> None:
        self._document = document
        self._on = _day(document["date"])
        self._zone = ZoneInfo(document["timezone"])
        self._names = names

    def show(self) -> None:
        """Print the tables."""
        console = results()
        say(console, self._headline(), style="bold")
        say(console, f"{self._on:%A %d %B %Y}, times in {self._zone.key}")
        for title, columns, rows in self._tables():
            if rows:
                show_table(console, title, columns, rows)

    def _headline(self) -> str:
        clients = len({order["client_id"] for order in self._part("orders")})
        must = len({order["client_id"] for order in self._part("orders") if Tier(order["tier"]).rank <= 2})
        return f"{clients} client{'s' * (clients != 1)} may be served, {must} of them today at the latest"

    def _part(self, name: str) -> list[Entry]:
        """Return a part of the day; nothing, where one's roles do not see it."""
        return list(self._document.get(name, ()))

    def _tables(self) -> Iterator[tuple[str, tuple[Column, ...], list[Row]]]:
        yield "Orders", *_seen(self._order_columns(), self._part("orders"))
        yield "Policies used", (*wholes("policy"), *texts("source")), self._policies()
        yield "On hold", *_seen(self._hold_columns(), self._part("holds"))
        yield "Gaps ahead", *_seen(self._gap_columns(), self._part("gaps"))
        yield "Short stock", *_seen(self._short_columns(), self._part("shortfalls"))
        yield "Said ahead", *_seen(self._notice_columns(), self._part("notices"))

    def _order_columns(self) -> Iterator[Told]:
        yield _whole("client"), "client_id", self._client
        yield _whole("product"), "product_id", lambda order: order["product_id"] or order["kind"].replace("_", " ")
        yield Column("quantity", "right", whole=True), "item", _goods
        # "covers" says as much as "days"
        yield Column("days", "right", whole=True, missed=3), "days", lambda order: order["days"] or "–"
        yield _whole("covers"), "covers_from_on", self._span
        yield Column("run-out", whole=True, missed=4), "run_out_on", self._date("run_out_on")
        yield _whole("due"), "due_on", self._date("due_on")
        yield _whole("latest safe"), "latest_safe_at", lambda order: self._clock(order["latest_safe_at"])
        yield _whole("tier"), "tier", _text("tier")
        yield Column("bound by", whole=True, missed=2), "binding_cap", _text("binding_cap")
        yield Column("policy", whole=True, missed=1), "policy_id", _text("policy_id")

    def _span(self, order: Entry) -> str:
        first, last = order["covers_from_on"], order["covers_to_on"]
        if first is None or last is None:
            return "–"
        first, last = _day(first), _day(last)
        if first == last:
            return day_month(first, self._on)
        in_one_month = (first.year, first.month) == (last.year, last.month)
        return f"{f'{first:%d}' if in_one_month else day_month(first, self._on)}–{day_month(last, self._on)}"

    def _policies(self) -> list[Row]:
        """Return each policy once, with the document it comes from."""
        used = {
            order["policy_id"]: order.get("source", "–") for order in self._part("orders") if order.get("policy_id")
        }
        return sorted(used.items())

    def _hold_columns(self) -> Iterator[Told]:
        yield _whole("client"), "client_id", self._client
        yield _whole("product"), "product_id", _text("product_id")
        yield Column("hold", whole=True, missed=1), "code", _text("code")
        yield Column("why"), "message", _text("message")
        yield Column("who decides"), "owner", _text("owner")
        yield _whole("until"), "deadline_at", lambda hold: self._clock(hold["deadline_at"])
        yield Column("what to decide"), "decision", _text("decision")

    def _gap_columns(self) -> Iterator[Told]:
        yield _whole("client"), "client_id", self._client
        yield _whole("product"), "product_id", _text("product_id")
        for name, key in (("from", "from_on"), ("to", "to_on"), ("act by", "act_by_on")):
            yield _whole(name), key, self._date(key)
        yield Column("bound by", whole=True, missed=1), "binding_cap", _text("binding_cap")
        yield Column("what it means"), "message", _text("message")

    def _short_columns(self) -> Iterator[Told]:
        yield _whole("site"), "site_id", _text("site_id")
        yield _whole("product"), "product_id", _text("product_id")
        for name, key in (("wanted", "wanted"), ("there is", "available")):
            yield Column(name, "right", whole=True), key, _number(key)
        yield Column("shortened or cut"), "cut", self._cut

    def _cut(self, short: Entry) -> str:
        return ", ".join(f"{_name(self._names, who)} {quantity:g}" for who, quantity in short["cut"].items())

    def _notice_columns(self) -> Iterator[Told]:
        yield _whole("client"), "client_id", self._client
        yield _whole("product"), "product_id", _text("product_id")
        yield _whole("on"), "on", self._date("on")
        yield Column("who should know"), "owner", _text("owner")
        yield Column("what"), "message", _text("message")

    def sheet(self) -> tuple[tuple[str, ...], list[Row]]:
        """Return columns and rows for CSV."""
        rows = [[entry.get(column) for column in SHEET_COLUMNS] for entry in self._entries()]
        return SHEET_COLUMNS, [tuple(row) for row in rows]

    def _entries(self) -> Iterator[Entry]:
        for order in self._part("orders"):
            span = {"from_on": order.get("covers_from_on"), "to_on": order.get("covers_to_on")}
            item = order.get("item") or {}
            goods = {key: item[key] for key in ("quantity", "unit") if key in item}
            latest = {"latest_safe_at": self._instant(order["latest_safe_at"])}
            yield {**order, **span, **goods, **latest, "kind": _kind(order)}
        for hold in self._part("holds"):
            yield {**hold, "latest_safe_at": self._instant(hold["deadline_at"]), "kind": "hold"}
        for gap in self._part("gaps"):
            yield {**gap, "kind": "gap"}
        for short in self._part("shortfalls"):
            yield {**short, "kind": "short_stock"}
        for notice in self._part("notices"):
            yield {**notice, "from_on": notice["on"], "kind": "notice"}

    def _client(self, entry: Entry) -> str:
        return entry["client"] or "–"

    def _date(self, key: str) -> Callable[[Entry], str]:
        return lambda entry: "–" if entry[key] is None else day_month(_day(entry[key]), self._on)

    def _instant(self, instant: str | None) -> str | None:
        return None if instant is None else datetime.fromisoformat(instant).astimezone(self._zone).isoformat()

    def _clock(self, instant: str | None) -> str:
        """Return a local time, with its date where that is not the day itself."""
        if instant is None:
            return "–"
        local = datetime.fromisoformat(instant).astimezone(self._zone)
        return f"{local:%H:%M}" if local.date() == self._on else f"{local:%d %b %H:%M}"


def _seen(told: Iterator[Told], entries: Sequence[Entry]) -> tuple[tuple[Column, ...], list[Row]]:
    """Return columns and rows of what is in the entries at all."""
    columns = [each for each in told if any(each[1] in entry for entry in entries)]
    rows = [tuple(made(entry) if key in entry else "–" for _, key, made in columns) for entry in entries]
    return tuple(column for column, _, _ in columns), rows


def _whole(name: str) -> Column:
    return Column(name, whole=True)


def _text(key: str) -> Callable[[Entry], object]:
    return lambda entry: entry[key] or "–"


def _number(key: str) -> Callable[[Entry], str]:
    return lambda entry: f"{entry[key]:g}"


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _name(names: Mapping[str, str], client_id: str | None) -> str | None:
    return None if client_id is None else names.get(client_id) or client_id


def _goods(order: Entry) -> str:
    item, fetched = order["item"], order.get("fetched")
    brought = [] if item is None else [f"{item['quantity']:g} {item['unit']}"]
    back = [] if fetched is None else [f"fetch {fetched['quantity']:g} {fetched['unit']}"]
    return ", ".join([*brought, *back]) or "–"


def _kind(order: Entry) -> str:
    """Return the first column of the sheet: an order of goods, or what a visit that brings nothing is for."""
    brings = order["item"] if "item" in order else order["kind"] in _GOODS
    return "order" if brings else str(order["kind"])


def _urgency(order: Order) -> tuple[int, float]:
    """Return what sorts orders; of equals, the programme's order."""
    return order.tier.rank, order.latest_safe_at.timestamp() if order.latest_safe_at else float("inf")


def write_due(document: Entry, names: Mapping[str, str], *, as_json: bool, as_csv: bool) -> None:
    """Print a day's document as it was asked for: JSON, CSV, or tables."""
    tables = DueTables(document, names)
    if as_json:
        write_json(document)
    elif as_csv:
        write_csv(*tables.sheet())
    else:
        tables.show()
