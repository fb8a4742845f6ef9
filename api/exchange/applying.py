"""What a register says, written into a programme. Law: pure, and applying twice is applying once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from api.exchange.cells import DONE
from api.exchange.facts import ClientFacts, Facts, FollowUp, VolunteerFacts
from routing.domain.clients import Client, ClientStatus, Confidence, HomeSupply, Regimen, StatusChange
from routing.domain.hours import Hours, at
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.horizon import status_of


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is now otherwise; `old` empty: nothing was known. `product_id` None: about no product."""

    code_name: str
    about_id: str
    product_id: str | None = None
    what: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The programme as the register leaves it, and what changed."""

    programme: Programme
    changes: tuple[Change, ...]


def apply_register(programme: Programme, facts: Iterable[Facts], on: date) -> Applied:
    """Write facts of a day into a programme.

    Doses at home are those of the start of the day, as reported; a status holds from the start of the day (or from a
    change written later on that day, which it replaces); hours hold from now on; who is absent is so on that day.

    Parameters
    ----------
    facts
        Of one client several only about different products.
    on
        The register's day.
    """
    of_clients: dict[str, list[ClientFacts]] = defaultdict(list)
    of_volunteers: dict[str, VolunteerFacts] = {}
    for fact in facts:
        if isinstance(fact, ClientFacts):
            of_clients[fact.client_id].append(fact)
        else:
            of_volunteers[fact.volunteer_id] = fact
    book = _Book(programme, on)
    clients = tuple(book.client(client, of_clients[client.client_id]) for client in programme.clients)
    volunteers = tuple(book.volunteer(one, of_volunteers.get(one.volunteer_id)) for one in programme.volunteers)
    changed = programme.changed(clients=clients, volunteers=volunteers) if book.changes else programme
    return Applied(programme=changed, changes=tuple(book.changes))


class _Book:
    """Notes each change as it is made."""

    def __init__(self, programme: Programme, on: date) -> None:
        self._programme = programme
        self._on = on
        self.changes: list[Change] = []

    def client(self, client: Client, facts: Sequence[ClientFacts]) -> Client:
        """Return a client as the facts leave them."""
        for fact in facts:
            client = self._status(client, fact.status)
            client = self._windows(client, fact.windows)
            client = self._follow_up(client, fact.follow_up)
            if fact.product_id is not None:
                regimens = (
                    self._regimen(client, regimen, fact) if regimen.product_id == fact.product_id else regimen
                    for regimen in client.regimens
                )
                client = client.changed(regimens=tuple(regimens))
        return client

    def _status(self, client: Client, status: ClientStatus | None) -> Client:
        old = status_of(self._programme, client, self._on)
        if status is None or status is old:
            return client
        self._note(client, "status", old, status)
        zone = self._programme.zone
        today = [change.from_at for change in client.status if change.from_at.astimezone(zone).date() == self._on]
        change = StatusChange(status=status, from_at=max([at(self._on, time(), zone).astimezone(zone), *today]))
        return client.changed(status=(*client.status, change))

    def _windows(self, client: Client, windows: tuple[Hours, ...] | None) -> Client:
        if windows is None or windows == client.windows:
            return client
        self._note(client, "windows", _hours(client.windows), _hours(windows))
        return client.changed(windows=windows)

    def _follow_up(self, client: Client, told: FollowUp | None) -> Client:
        if told is None or told.on == client.follow_up_on:
            return client
        self._note(client, "follow up", client.follow_up_on, told.on or DONE)
        return client.changed(follow_up_on=told.on)

    def _regimen(self, client: Client, regimen: Regimen, fact: ClientFacts) -> Regimen:
        fields: dict[str, object] = {}
        if fact.doses is not None:
            home = HomeSupply(doses=fact.doses, as_of_on=self._on, confidence=Confidence.REPORTED)
            if home != regimen.home:
                self._note(client, "doses left", _home(regimen.home), _home(home), regimen)
                fields["home"] = home
        if fact.last_taken_on not in (None, regimen.last_taken_on):
            self._note(client, "last taken", regimen.last_taken_on, fact.last_taken_on, regimen)
            fields["last_taken_on"] = fact.last_taken_on
        if fact.affordable_days not in (None, regimen.affordable_days):
            self._note(client, "paid", regimen.affordable_days, fact.affordable_days, regimen)
            fields["affordable_days"] = fact.affordable_days
        return regimen.changed(**fields) if fields else regimen

    def volunteer(self, volunteer: Volunteer, fact: VolunteerFacts | None) -> Volunteer:
        """Return a volunteer as the facts leave them."""
        was_present = self._on not in volunteer.absent_on
        if fact is None or fact.present is None or fact.present is was_present:
            return volunteer
        words = {True: "yes", False: "no"}
        self.changes.append(
            Change(
                code_name=volunteer.code_name,
                about_id=volunteer.volunteer_id,
                what="present",
                old=words[was_present],
                new=words[fact.present],
            )
        )
        others = tuple(on for on in volunteer.absent_on if on != self._on)
        return volunteer.changed(absent_on=others if fact.present else (*others, self._on))

    def _note(self, client: Client, what: str, old: object, new: object, regimen: Regimen | None = None) -> None:
        self.changes.append(
            Change(
                code_name=client.code_name,
                about_id=client.client_id,
                product_id=regimen.product_id if regimen else None,
                what=what,
                old="" if old is None else str(old),
                new=str(new),
            )
        )


def _home(home: HomeSupply) -> str:
    return f"{home.doses} on {home.as_of_on} ({home.confidence})"


def _hours(windows: Sequence[Hours]) -> str:
    return "; ".join(f"{span.from_time:%H:%M}-{span.to_time:%H:%M}{_days(span)}" for span in windows)


def _days(span: Hours) -> str:
    return "" if len(span.weekdays) == 7 else f" ({' '.join(span.weekdays)})"
