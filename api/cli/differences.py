"""What differs between two plans, on the terminal and as JSON. Law: code names and times; no address, no product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from api.cli.console import say
from api.cli.tables import numbers, show_table, texts, wholes
from routing.domain.programme import Programme
from routing.replanning import Change, ChangeKind, Difference

COLUMNS = (*wholes("client"), *texts("what"), *wholes("from", "to", "was at", "now at"))
_WORDS = {
    ChangeKind.MOVED: "other volunteer",
    ChangeKind.LATER: "later",
    ChangeKind.EARLIER: "earlier",
    ChangeKind.ADDED: "new",
    ChangeKind.DROPPED: "not visited any more",
}


def show_difference(console: Console, found: Difference, names: Mapping[str, str], timezone: str) -> None:
    """Print what differs: one line first, then each visit, whom to tell, and figures before and after."""
    zone = ZoneInfo(timezone)
    visits = len(found.changes)
    say(console, f"{visits} visit{'s' * (visits != 1)} otherwise, {found.moves} of them moved", style="bold")
    if found.changes:
        rows = [_row(change, names, zone) for change in found.changes]
        show_table(console, f"Otherwise than before, times in {timezone}", COLUMNS, rows)
    for title, people in (
        ("Clients to tell", found.clients_to_tell),
        ("Volunteers to tell", found.volunteers_to_tell),
        ("On the road without a lawful way home: call them", found.stranded),
        *((f"On a sheet in other hands ({names.get(who, who)})", on) for who, on in found.exposed.items()),
    ):
        if people:
            say(console, f"{title}: {', '.join(names.get(one, one) for one in people)}")
    figures = tuple(zip(*(asdict(each).items() for each in found.figures), strict=True))
    show_table(
        console,
        "Figures",
        (*texts("what"), *numbers("before", "after")),
        [(key.replace("_", " "), was, now) for (key, was), (_, now) in figures],
    )


def as_object(found: Difference, programme: Programme | None) -> dict[str, object]:
    """Return what differs for a JSON document, with the code names of everybody in it."""
    document: dict[str, object] = {**asdict(found), "moves": found.moves}
    document["figures"] = dict(zip(("before", "after"), document["figures"], strict=True))  # type: ignore[call-overload]
    names = names_of(programme)
    people = {*found.clients_to_tell, *found.volunteers_to_tell, *(one for on in found.exposed.values() for one in on)}
    return {**document, "code_names": {one: names[one] for one in sorted(people) if one in names}}


def names_of(programme: Programme | None) -> Mapping[str, str]:
    """Return the code names of a programme's clients and volunteers by their ids."""
    if programme is None:
        return {}
    clients = {client.client_id: client.code_name for client in programme.clients}
    return clients | {one.volunteer_id: one.code_name for one in programme.volunteers}


def _row(change: Change, names: Mapping[str, str], zone: ZoneInfo) -> tuple[object, ...]:
    what = _WORDS[change.kind]
    if change.kind is ChangeKind.MOVED and change.retimed and change.before_at and change.after_at:
        what += ", later" if change.after_at > change.before_at else ", earlier"
    return (names.get(change.client_id, change.client_id), what, *_whom(change, names), *_times(change, zone))


def _whom(change: Change, names: Mapping[str, str]) -> Iterator[str]:
    for one in (change.from_volunteer_id, change.to_volunteer_id):
        yield "–" if one is None else names.get(one, one)


def _times(change: Change, zone: ZoneInfo) -> Iterator[str]:
    for instant in (change.before_at, change.after_at):
        yield "–" if instant is None else f"{_to_the_minute(instant).astimezone(zone):%H:%M}"


def _to_the_minute(instant: datetime) -> datetime:
    return instant - timedelta(seconds=instant.second)
