"""A day's needs as tables, JSON and CSV. Law: code names and opaque product ids; no place, no text of a person.

The columns of the CSV are those of the orders; a hold, a gap, a shortfall or a notice fills those that it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from api.cli.console import results, say
from api.cli.tables import Column, day_month, numbers, show_table, texts, wholes
from routing.domain.orders import Needs, Order
from routing.domain.programme import Programme

Row = tuple[object, ...]

ORDER_COLUMNS = (
    *wholes("client", "product"),
    *numbers("quantity"),
    Column("days", "right", whole=True, missed=3),  # "covers" says as much
    *wholes("covers"),
    Column("run-out", whole=True, missed=4),
    *wholes("due", "latest safe", "tier"),
    Column("bound by", whole=True, missed=2),
    Column("policy", whole=True, missed=1),
)
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
SHORT_COLUMNS = (*wholes("site", "product"), *numbers("wanted", "there is"), *texts("shortened or cut"))
NOTICE_COLUMNS = (*wholes("client", "product", "on"), *texts("who should know", "what"))
SHEET_COLUMNS = (
    *("kind", "client", "client_id", "product_id", "site_id", "quantity", "unit", "days", "from_on", "to_on"),
    *("run_out_on", "due_on", "latest_safe_at", "tier", "binding_cap", "policy_id", "source", "code", "owner"),
    *("act_by_on", "wanted", "available", "message"),
)


class DueReport:
    """What continuity says about a day, most urgent first."""

    def __init__(self, programme: Programme, on: date, needs: Needs) -> None:
        self._programme = programme
        self._on = on
        self._needs = needs
        self._names = {client.client_id: client.code_name for client in programme.clients}
        self._orders = sorted(needs.orders, key=_urgency)
        self._gaps = sorted(needs.gaps, key=lambda gap: gap.act_by_on)

    def show(self) -> None:
        """Print the tables."""
        console = results()
        say(console, self._headline(), style="bold")
        say(console, f"{self._on:%A %d %B %Y}, times in {self._programme.timezone}")
        for title, columns, rows in self._tables():
            if rows:
                show_table(console, title, columns, rows)

    def _headline(self) -> str:
        clients = len({order.client_id for order in self._orders})
        must = len({order.client_id for order in self._orders if order.tier.rank <= 2})
        return f"{clients} client{'s' * (clients != 1)} may be served, {must} of them today at the latest"

    def _tables(self) -> Iterator[tuple[str, tuple[Column, ...], list[Row]]]:
        yield "Orders", ORDER_COLUMNS, [self._order(order) for order in self._orders]
        yield "Policies used", (*wholes("policy"), *texts("source")), self._policies()
        yield "On hold", HOLD_COLUMNS, self._holds()
        yield "Gaps ahead", GAP_COLUMNS, self._gap_rows()
        yield "Short stock", SHORT_COLUMNS, self._shortfalls()
        yield "Said ahead", NOTICE_COLUMNS, self._notices()

    def _order(self, order: Order) -> Row:
        return (
            self._name(order.client_id),
            order.product_id or order.kind.replace("_", " "),
            _goods(order),
            order.days or "–",
            self._span(order),
            day_month(order.run_out_on, self._on),
            day_month(order.due_on, self._on),
            self._clock(order.latest_safe_at),
            order.tier,
            order.binding_cap or "–",
            order.policy_id or "–",
        )

    def _span(self, order: Order) -> str:
        first, last = order.covers_from_on, order.covers_to_on
        if first is None or last is None:
            return "–"
        if first == last:
            return day_month(first, self._on)
        in_one_month = (first.year, first.month) == (last.year, last.month)
        return f"{f'{first:%d}' if in_one_month else day_month(first, self._on)}–{day_month(last, self._on)}"

    def _policies(self) -> list[Row]:
        """Return each policy once, with the document it comes from."""
        used = {order.policy_id: order.source for order in self._orders if order.policy_id}
        return sorted(used.items())

    def _holds(self) -> list[Row]:
        return [
            (
                self._name(hold.client_id),
                hold.product_id,
                hold.code,
                hold.message,
                hold.owner,
                self._clock(hold.deadline_at),
                hold.decision,
            )
            for hold in self._needs.holds
        ]

    def _gap_rows(self) -> list[Row]:
        return [
            (
                self._name(gap.client_id),
                gap.product_id,
                *(day_month(on, self._on) for on in (gap.from_on, gap.to_on, gap.act_by_on)),
                gap.binding_cap,
                gap.message,
            )
            for gap in self._gaps
        ]

    def _shortfalls(self) -> list[Row]:
        return [
            (
                short.site_id,
                short.product_id,
                f"{short.wanted:g}",
                f"{short.available:g}",
                ", ".join(f"{self._name(client_id)} {quantity:g}" for client_id, quantity in short.cut.items()),
            )
            for short in self._needs.shortfalls
        ]

    def _notices(self) -> list[Row]:
        return [
            (
                "–" if notice.client_id is None else self._name(notice.client_id),
                notice.product_id or "–",
                day_month(notice.on, self._on),
                notice.owner,
                notice.message,
            )
            for notice in self._needs.notices
        ]

    def document(self) -> dict[str, object]:
        """Return the needs for JSON: the fields of the domain, and the code names."""
        needs = self._needs
        orders = [self._named(order.model_dump(mode="json"), order.client_id) for order in self._orders]
        return {
            "programme_id": self._programme.programme_id,
            "date": self._on,
            "timezone": self._programme.timezone,
            "orders": orders,
            "holds": [self._named(hold.model_dump(mode="json"), hold.client_id) for hold in needs.holds],
            "gaps": [self._named(gap.model_dump(mode="json"), gap.client_id) for gap in self._gaps],
            "shortfalls": [short.model_dump(mode="json") for short in needs.shortfalls],
            "notices": [self._named(notice.model_dump(mode="json"), notice.client_id) for notice in needs.notices],
        }

    def sheet(self) -> tuple[tuple[str, ...], list[Row]]:
        """Return columns and rows for CSV."""
        rows = [[entry.get(column) for column in SHEET_COLUMNS] for entry in self._entries()]
        return SHEET_COLUMNS, [tuple(row) for row in rows]

    def _entries(self) -> Iterator[dict[str, object]]:
        for order in self._orders:
            fields = order.model_dump()
            span = {"from_on": order.covers_from_on, "to_on": order.covers_to_on}
            goods = {} if order.item is None else {"quantity": order.item.quantity, "unit": order.item.unit}
            latest = {"latest_safe_at": self._instant(order.latest_safe_at)}
            yield self._named({**fields, **span, **goods, **latest, "kind": _kind(order)}, order.client_id)
        for hold in self._needs.holds:
            latest = {"latest_safe_at": self._instant(hold.deadline_at)}
            yield self._named({**hold.model_dump(), **latest, "kind": "hold"}, hold.client_id)
        for gap in self._gaps:
            yield self._named({**gap.model_dump(), "kind": "gap"}, gap.client_id)
        for short in self._needs.shortfalls:
            yield {**short.model_dump(), "kind": "short_stock"}
        for notice in self._needs.notices:
            yield self._named({**notice.model_dump(), "from_on": notice.on, "kind": "notice"}, notice.client_id)

    def _named(self, fields: dict[str, object], client_id: str | None) -> dict[str, object]:
        return {**fields, "client": None if client_id is None else self._name(client_id)}

    def _name(self, client_id: str) -> str:
        return self._names.get(client_id) or client_id

    def _instant(self, instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(self._programme.zone).isoformat()

    def _clock(self, instant: datetime | None) -> str:
        """Return a local time, with its date where that is not the day itself."""
        if instant is None:
            return "–"
        local = instant.astimezone(self._programme.zone)
        return f"{local:%H:%M}" if local.date() == self._on else f"{local:%d %b %H:%M}"


def _goods(order: Order) -> str:
    brought = [f"{item.quantity:g} {item.unit}" for item in order.goods]
    fetched = [f"fetch {item.quantity:g} {item.unit}" for item in order.taken_back]
    return ", ".join([*brought, *fetched]) or "–"


def _kind(order: Order) -> str:
    """Return the first column of the sheet: an order of goods, or what a visit that brings nothing is for."""
    return "order" if order.goods else order.kind


def _urgency(order: Order) -> tuple[int, float]:
    """Return what sorts orders; of equals, the programme's order."""
    return order.tier.rank, order.latest_safe_at.timestamp() if order.latest_safe_at else float("inf")
