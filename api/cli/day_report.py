"""A plan on the terminal, to be grasped at seven in the morning. Law: codes and times only; product ids are opaque."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from rich.console import Console

from api.cli.console import say
from api.cli.due_report import GAP_COLUMNS, HOLD_COLUMNS
from api.cli.preference_rows import PREFERENCE_COLUMNS, preference_rows
from api.cli.resilience_rows import RESILIENCE_COLUMNS, resilience_rows
from api.cli.tables import Column, day_month, numbers, show_table, texts, wholes
from routing.domain.orders import Item
from routing.domain.plan import Plan, Proposal, Remedy, Route, Step, StepType, Unserved
from routing.domain.programme import Programme
from routing.domain.remedies import RemedySearch
from routing.explaining.messages import text_of
from routing.explaining.remedy_messages import remedy_text


def show_day(console: Console, plan: Plan, programme: Programme) -> None:
    """Print a day: one line first, then routes, who is not served, gaps, holds and short stock."""
    report = _DayReport(plan, programme)
    say(console, report.headline(), style="bold")
    for line in report.bound():
        say(console, line)
    say(console, f"{plan.date:%A %d %B %Y}, times in {plan.timezone}")
    for title, columns, rows in report.tables():
        if rows:
            show_table(console, title, columns, rows)


Rows = list[tuple[object, ...]]
ROUTE_COLUMNS = (*wholes("#", "volunteer", "by", "start", "end"), *numbers("stops", "km", "kg"))
STOP_COLUMNS = (*wholes("#"), *texts("in order"))
LEFT_OUT_COLUMNS = (
    *wholes("client"),
    *texts("order"),
    *wholes("tier", "latest safe"),
    *texts("why", "what would help"),
)
PROPOSALS = "What would serve the most"
PROPOSAL_COLUMNS = (*numbers("serves"), *texts("what"), *wholes(""))
NOTICE_COLUMNS = (*wholes("client", "product", "on"), *texts("who should know", "what"))
SHORT_COLUMNS = (*texts("site"), *wholes("product"), *numbers("wanted", "there is", "cut"))


class _DayReport:
    """Rows of a plan with the names that people use."""

    def __init__(self, plan: Plan, programme: Programme) -> None:
        self._plan = plan
        self._zone = ZoneInfo(plan.timezone)
        self._clients = {client.client_id: client.code_name for client in programme.clients}
        self._volunteers = {one.volunteer_id: one.code_name for one in programme.volunteers}
        self._sites = {site.site_id: site.name for site in programme.sites}
        self._unit_g = {product.product_id: product.mass_g for product in programme.products}

    def headline(self) -> str:
        summary = self._plan.summary
        part = f" ({summary.clients_served_in_part} more in part)" if summary.clients_served_in_part else ""
        missed = f"{summary.missed_dose_days} missed dose-day{'s' * (summary.missed_dose_days != 1)}"
        return f"served {summary.clients_served} of {summary.clients_due} clients due{part}, {missed}"

    def bound(self) -> Iterator[str]:
        """Yield how far travel is from the best possible, where that is known."""
        summary = self._plan.summary
        if summary.gap_percent is not None:
            yield f"travel is at most {summary.gap_percent:g} % above the best possible for these visits"
        elif "bound" in self._plan.inputs.budget:
            yield "how short the routes could be was not proved in the time"

    def tables(self) -> Iterator[tuple[str, tuple[Column, ...], Rows]]:
        """Yield title, columns and rows of every table."""
        yield "Routes", ROUTE_COLUMNS, list(self._routes())
        yield "Stops", STOP_COLUMNS, [(number, self._stops(route)) for number, route in self._numbered()]
        yield "Preferences", PREFERENCE_COLUMNS, list(preference_rows(self._plan.summary.preferences))
        yield self._not_served()
        yield PROPOSALS, PROPOSAL_COLUMNS, list(self._proposals())
        yield "If one is missing", RESILIENCE_COLUMNS, list(self._absences())
        yield "Gaps ahead", GAP_COLUMNS, list(self._gaps())
        yield "On hold", HOLD_COLUMNS, list(self._holds())
        yield "Short stock", SHORT_COLUMNS, list(self._shortfalls())
        yield "Said ahead", NOTICE_COLUMNS, list(self._notices())

    def _numbered(self) -> Iterator[tuple[int, Route]]:
        return enumerate(self._plan.routes, start=1)

    def _routes(self) -> Iterator[tuple[object, ...]]:
        for number, route in self._numbered():
            visits = sum(step.type is StepType.VISIT for step in route.steps)
            yield (
                number,
                _named(self._volunteers, route.volunteer_id),
                route.mode,
                self._clock(route.start_at),
                self._clock(route.end_at),
                visits,
                f"{route.distance_m / 1000:.1f}",
                f"{self._loaded_g(route) / 1000:.1f}",
            )

    def _loaded_g(self, route: Route) -> float:
        """Return the mass of all that is taken aboard on a route."""
        taken = [item for step in route.steps if step.type is StepType.LOAD for item in step.items]
        return sum(self._unit_g.get(item.product_id, 0) * _labelled_units(item) for item in taken)

    def _stops(self, route: Route) -> str:
        told = [self._stop(step) for step in route.steps if step.type not in (StepType.START, StepType.END)]
        beside = f"beside {_named(self._volunteers, route.accompanies)}: " if route.accompanies else ""
        return beside + " · ".join(told)

    def _stop(self, step: Step) -> str:
        if step.type is StepType.VISIT:
            back = " (takes doses back)" if step.fetched else ""
            return f"{self._clock(step.begin_at)} {_named(self._clients, step.client_id)}{back}"
        site = f" at {_named(self._sites, step.site_id)}" if step.site_id else ""
        return f"{self._clock(step.begin_at)} [{step.type}{site}]"

    def _not_served(self) -> tuple[str, tuple[Column, ...], Rows]:
        """Return the table of who is left out, a client's orders with the same reasons on one line."""
        together: dict[tuple[str, str, str], list[Unserved]] = {}
        for entry in sorted(self._plan.unserved, key=lambda entry: entry.tier.rank):
            help_ = help_of(entry, {**self._volunteers, **self._sites})
            together.setdefault((entry.client_id, self._why(entry), help_), []).append(entry)
        rows: list[tuple[object, ...]] = [
            (
                _named(self._clients, client_id),
                ", ".join(entry.order_id.removeprefix(f"{client_id}.") for entry in entries),
                entries[0].tier,
                self._clock(entries[0].latest_safe_at),
                why,
                help_,
            )
            for (client_id, why, help_), entries in together.items()
        ]
        return "Not served", LEFT_OUT_COLUMNS, rows

    def _why(self, entry: Unserved) -> str:
        names = {**self._volunteers, **self._sites}
        return "\n".join(f"{text_of(reason.code, reason.params, names)} ({reason.code})" for reason in entry.reasons)

    def _proposals(self) -> Iterator[tuple[object, ...]]:
        names = {**self._volunteers, **self._sites}
        for proposal in self._plan.proposals:
            yield proposal.clients, remedy_text(proposal.code, proposal.params, names), _proof(proposal)

    def _absences(self) -> Iterator[tuple[object, ...]]:
        return resilience_rows(self._plan, partial(_named, self._volunteers), partial(_named, self._clients))

    def _gaps(self) -> Iterator[tuple[object, ...]]:
        for gap in sorted(self._plan.gaps, key=lambda gap: gap.act_by_on):
            client = _named(self._clients, gap.client_id)
            days = (day_month(on, self._plan.date) for on in (gap.from_on, gap.to_on, gap.act_by_on))
            yield client, gap.product_id, *days, gap.binding_cap, gap.message

    def _holds(self) -> Iterator[tuple[object, ...]]:
        for hold in self._plan.holds:
            client, until = _named(self._clients, hold.client_id), self._clock(hold.deadline_at)
            yield client, hold.product_id, hold.code, hold.message, hold.owner, until, hold.decision

    def _shortfalls(self) -> Iterator[tuple[object, ...]]:
        for short in self._plan.shortfalls:
            site = _named(self._sites, short.site_id)
            yield site, short.product_id, f"{short.wanted:g}", f"{short.available:g}", len(short.cut)

    def _notices(self) -> Iterator[tuple[object, ...]]:
        for notice in self._plan.notices:
            client = _named(self._clients, notice.client_id)
            yield client, notice.product_id or "–", day_month(notice.on, self._plan.date), notice.owner, notice.message

    def _clock(self, instant: datetime | None) -> str:
        """Return a local time, with its date where that is not the plan's."""
        if instant is None:
            return "–"
        local = instant.astimezone(self._zone)
        return f"{local:%H:%M}" if local.date() == self._plan.date else f"{local:%d %b %H:%M}"


def _named(names: Mapping[str, str], identifier: str | None) -> str:
    return names.get(identifier or "") or identifier or "–"


def _labelled_units(item: Item) -> float:
    """Return how many labelled units are carried: one a dose-day, else as many as packs or items."""
    return sum(1 if unit.for_on else unit.quantity for unit in item.units)


_HELP = {
    RemedySearch.NOT_SEARCHED: "not searched",
    RemedySearch.CUT_SHORT: "not searched to the end",
    RemedySearch.NONE_FOUND: "no single change that was tried",
}


def help_of(entry: Unserved, names: Mapping[str, str]) -> str:
    """Return what would serve an order, or how the search for it went."""
    remedies = [reason.remedy for reason in entry.reasons if reason.remedy is not None]
    told = [f"{remedy_text(each.code, each.params, names)} ({_proof(each)})" for each in remedies]
    return "\n".join(told) or _HELP.get(entry.remedy_search, "–")


def _proof(remedy: Remedy | Proposal) -> str:
    return "proved" if remedy.verified else "not proved"
