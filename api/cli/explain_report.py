"""What `doorstep explain` shows. Law: code names, codes and times; no address, and products by their opaque ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rich.console import Console

from api.cli.console import say
from api.cli.day_report import PROPOSAL_COLUMNS, PROPOSALS, help_of
from api.cli.tables import show_table
from routing.domain.orders import Hold
from routing.domain.plan import Plan, Proposal, Unserved
from routing.domain.programme import Programme
from routing.explaining.messages import text_of
from routing.explaining.remedy_messages import remedy_text
from routing.explaining.served import Holding, Other, Visit

HELD_BY: dict[Holding, str] = {
    Holding.WINDOW: "the client's time window opens then",
    Holding.STOP_BEFORE: "the stop before it ends, and the way there takes until then",
    Holding.LOADING: "the goods are loaded before it, and the way there takes until then",
    Holding.BREAK: "there is a break before it",
    Holding.START: "it is the first stop after setting out",
}


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What is explained of a plan, and the names that people use: of clients, volunteers and sites by their ids."""

    date: date
    timezone: str
    unserved: Sequence[Unserved]
    proposals: Sequence[Proposal]
    holds: Sequence[Hold]
    clients: Mapping[str, str]
    others: Mapping[str, str]


def explained(plan: Plan, programme: Programme) -> Explained:
    """Return what is explained of a plan with the names of its programme."""
    return Explained(
        date=plan.date,
        timezone=plan.timezone,
        unserved=plan.unserved,
        proposals=plan.proposals,
        holds=plan.holds,
        clients={client.client_id: client.code_name for client in programme.clients},
        others={
            **{one.volunteer_id: one.code_name for one in programme.volunteers},
            **{site.site_id: site.name for site in programme.sites},
        },
    )


def show_everybody(console: Console, told: Explained) -> None:
    """Print every client who is left out, then the changes that would serve the most."""
    words = _Words(told)
    together: dict[tuple[str, str], list[Unserved]] = {}
    for entry in told.unserved:
        together.setdefault((entry.client_id, str(entry.reasons)), []).append(entry)
    left_out = len({entry.client_id for entry in told.unserved})
    say(console, f"{told.date:%A %d %B %Y}: {left_out} clients not served", style="bold")
    for entries in together.values():
        _paragraph(console, words, entries)
    _proposals(console, words, told.proposals)


def show_client(console: Console, told: Explained, client_id: str, visits: Sequence[Visit]) -> None:
    """Print one client: what is not served and why, and each visit with its reasons."""
    words = _Words(told)
    entries = [entry for entry in told.unserved if entry.client_id == client_id]
    for entry in entries:
        _paragraph(console, words, [entry])
    for visit in visits:
        for line in words.visit(visit):
            say(console, line)
    for hold in told.holds:
        if hold.client_id == client_id:
            say(console, f"{words.name(client_id)}: {hold.product_id} is on hold: {hold.message} ({hold.code})")
    if not entries and not visits:
        say(console, f"{words.name(client_id)}: nothing goes to this client on this day")


def as_document(plan: Plan, client_id: str | None, visits: Sequence[Visit]) -> dict[str, object]:
    """Return the explanation as plain JSON; of one client, or of all who are left out with the proposals."""
    chosen = [entry for entry in plan.unserved if client_id in {None, entry.client_id}]
    document: dict[str, object] = {
        "programme_id": plan.programme_id,
        "date": plan.date.isoformat(),
        "unserved": [entry.model_dump(mode="json") for entry in chosen],
    }
    if client_id is None:
        return {**document, "proposals": [each.model_dump(mode="json") for each in plan.proposals]}
    return {**document, "client_id": client_id, "visits": [_visit(visit) for visit in visits]}


def _visit(visit: Visit) -> dict[str, object]:
    return {
        "volunteer_ids": list(visit.volunteer_ids),
        "mode": visit.mode,
        "begin_at": visit.begin_at.isoformat(),
        "departure_at": visit.departure_at.isoformat(),
        "order_ids": list(visit.order_ids),
        "pass_ids": list(visit.pass_ids),
        "not_earlier": str(visit.holding),
        "others": [
            {"volunteer_id": each.volunteer_id, "rules": list(each.rules), "added_s": each.added_s}
            for each in visit.others
        ],
    }


def _paragraph(console: Console, words: _Words, entries: Sequence[Unserved]) -> None:
    for line in words.unserved(entries):
        say(console, line)


def _proposals(console: Console, words: _Words, proposals: Sequence[Proposal]) -> None:
    rows = [
        (each.clients, remedy_text(each.code, each.params, words.names), "proved" if each.verified else "not proved")
        for each in proposals
    ]
    if rows:
        show_table(console, PROPOSALS, PROPOSAL_COLUMNS, rows)


class _Words:
    """Sentences of one plan with the names that people use."""

    def __init__(self, told: Explained) -> None:
        self._zone = ZoneInfo(told.timezone)
        self._clients, self.names = told.clients, told.others

    def name(self, client_id: str) -> str:
        """Return a client's code name."""
        return self._clients.get(client_id, client_id)

    def unserved(self, entries: Sequence[Unserved]) -> Iterator[str]:
        """Yield the lines about orders that are left out for the same reasons."""
        first = entries[0]
        orders = ", ".join(entry.order_id.removeprefix(f"{first.client_id}.") for entry in entries)
        yield f"{self.name(first.client_id)} ({first.tier}, {orders})"
        for reason in first.reasons:
            yield f"  why: {text_of(reason.code, reason.params, self.names)} ({reason.code})"
        yield f"  what would help: {help_of(first, self.names)}".replace("\n", "\n    ")

    def visit(self, visit: Visit) -> Iterator[str]:
        """Yield the lines about a visit."""
        people = " and ".join(self.names.get(each, each) for each in visit.volunteer_ids)
        begin, end = (f"{each.astimezone(self._zone):%H:%M}" for each in (visit.begin_at, visit.departure_at))
        passes = f"covered by {', '.join(visit.pass_ids)}" if visit.pass_ids else "no pass is asked for"
        yield f"{self.name(visit.client_id)}: {begin} to {end} by {people} ({visit.mode}), {passes}"
        yield f"  not earlier: {HELD_BY[visit.holding]}"
        for other in visit.others:
            yield f"  not {self.names.get(other.volunteer_id, other.volunteer_id)}: {_of_other(other)}"


def _of_other(other: Other) -> str:
    if other.rules:
        return f"kept away by {', '.join(other.rules)}"
    if other.added_s is None:
        return "has no time or room left"
    minutes = round(other.added_s / 60)
    return f"could go; travel and preferences would cost {minutes:+d} minutes"
