"""What a visit costs beside the way because of who makes it: wishes of clients and of the organisation.

Law: a wish is a price in seconds of travel, never a rule; nobody is left out for one (docs/preferences.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from routing.domain.clients import Client
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.preferences import Preferences
from routing.domain.programme import Programme
from routing.solver.eligibility import Errand, Station

Prices = Mapping[int, int]
# Somebody stood at the door.
_CAME = frozenset({LedgerState.HANDED_OVER, LedgerState.FETCHED})


@dataclass(frozen=True)
class Visitors:
    """Who came to a client in the weeks that count: everybody, and those of the last day on which somebody came."""

    everybody: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()


NOBODY = Visitors()


def visitors_of(programme: Programme, on: date) -> dict[str, Visitors]:
    """Return who came, by client, in the programme's `weeks` before a day, by the ledger."""
    first = on - timedelta(days=7 * programme.preferences.weeks - 1)
    came = sorted(
        (entry.client_id, entry.at.astimezone(programme.zone).date(), entry.volunteer_id)
        for entry in programme.ledger
        if entry.volunteer_id is not None and entry.state in _CAME and first <= _day(programme, entry) < on
    )
    return {client_id: _visitors([(day, who) for _, day, who in some]) for client_id, some in groupby(came, _client)}


def _client(visit: tuple[str, date, str]) -> str:
    return visit[0]


def _day(programme: Programme, entry: LedgerEntry) -> date:
    return entry.at.astimezone(programme.zone).date()


def _visitors(visits: Sequence[tuple[date, str]]) -> Visitors:
    last_on = max(day for day, _ in visits)
    return Visitors(
        everybody=frozenset(who for _, who in visits), last=frozenset(who for day, who in visits if day == last_on)
    )


@dataclass(frozen=True)
class Wishes:
    """How far a visit by some people goes against what is wished for a client.

    Attributes
    ----------
    visitors
        By client id; who is missing was visited by nobody.
    """

    weights: Preferences
    visitors: Mapping[str, Visitors]

    @classmethod
    def of(cls, programme: Programme, on: date) -> Wishes:
        """Read them from a programme."""
        return cls(programme.preferences, visitors_of(programme, on))

    def prices(self, station: Station, errands: Sequence[Errand]) -> dict[int, int]:
        """Return the seconds that visits by a duty's people cost, by errand; those that cost nothing are missing."""
        weights = self.weights
        minutes = (weights.preferred_min, weights.same_volunteer_min, weights.more_people_min)
        return self._weighed(station, errands, [seconds(each) for each in minutes])

    def unmet(self, station: Station, errands: Sequence[Errand]) -> dict[int, int]:
        """Return how many wishes visits by a duty's people go against, by errand."""
        return self._weighed(station, errands, [1, 1, 1])

    def _weighed(self, station: Station, errands: Sequence[Errand], weights: Sequence[int]) -> dict[int, int]:
        people = {person.volunteer_id for person in station.people}
        found = {
            index: sum(weight * much for weight, much in zip(weights, self.against(errand.client, people), strict=True))
            for index, errand in enumerate(errands)
        }
        return {index: price for index, price in found.items() if price}

    def against(self, client: Client, people: Set[str]) -> tuple[int, int, int]:
        """Return what a visit goes against: 1 where no one is preferred, 1 where no one came last, people too many."""
        came = self.visitors.get(client.client_id, NOBODY)
        return (
            int(bool(client.prefers) and not people & set(client.prefers)),
            int(bool(came.last) and not people & came.last),
            self.too_many(came.everybody | people) - self.too_many(came.everybody),
        )

    def too_many(self, people: Set[str]) -> int:
        """Return how many people are more than may come to one client."""
        most = self.weights.most_people
        return 0 if most is None else max(0, len(people) - most)


def seconds(minutes: float) -> int:
    """Return minutes of travel in whole seconds."""
    return round(60 * minutes)
