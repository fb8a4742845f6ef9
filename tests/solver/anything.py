"""Random problems in which every field of a problem is at work, by one number: small, and of any size."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np

from routing.domain.orders import Tier
from routing.solver.problem import Depot, Job, Problem, Rest, Vehicle
from routing.solver.schedule import FAR
from routing.solver.taking_up import with_ways_home
from tests.solver.tiny import depot, job, lost, vehicle

HOUR = 3600


def anything(seed: int, jobs: int = 6, vehicles: int = 4, rare: float = 0.3) -> Problem:
    """Return a day with so many jobs and vehicles; each rare rule holds with a chance of `rare`."""
    return _Day(seed, rare).problem(jobs, vehicles)


def under_way(seed: int, jobs: int = 6, vehicles: int = 4, rare: float = 0.3) -> Problem:
    """Return such a day in its midst: goods aboard, to be counted in, and people on the road."""
    posed = anything(seed, jobs, vehicles, rare)
    chance = random.Random(seed)  # noqa: S311 - no secret
    taken: set[int] = set()
    found = []
    for each in posed.vehicles:
        if chance.random() < 0.5:
            found.append(each)
            continue
        mine = [index for index in range(jobs) if index not in taken and chance.random() < 0.5]
        taken |= set(mine)
        parts = {index for index in mine if len(posed.jobs[index].mass_g) > 1 and chance.random() < 0.6}
        found.append(
            replace(
                each,
                start=chance.choice((each.start, posed.jobs[0].place)),
                aboard=frozenset(mine) - parts,
                partly={index: frozenset({min(posed.jobs[index].mass_g)}) for index in parts},
                counts_in=frozenset(depot for depot in range(len(posed.depots)) if chance.random() < 0.3),
                on_the_road=chance.random() < 0.7,
                custody={name: most - chance.choice((0, 0, 500)) for name, most in each.custody.items()},
            )
        )
    people = {person for each in found if each.on_the_road for person in each.people}
    return with_ways_home(replace(posed, vehicles=tuple(found)), frozenset(people))


class _Day:
    def __init__(self, seed: int, rare: float) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._rng = np.random.default_rng(seed)
        self._rare = rare
        self._depots = self._chance.choice((1, 2, 2, 3))

    def problem(self, jobs: int, vehicles: int) -> Problem:
        places = self._depots + jobs + 4
        people = [f"v{number}" for number in range(max(2, vehicles * 2 // 3))]
        stops = {person: self._chance.choice((2, 4, 100)) if self._now() else 100 for person in people}
        matrices = [self._matrix(places) for _ in range(2)]
        tasks = tuple(self._job(self._depots + number) for number in range(jobs))
        return Problem(
            jobs=tasks,
            depots=tuple(self._depot(place) for place in range(self._depots)),
            vehicles=tuple(self._vehicle(n, people, stops, jobs, places) for n in range(vehicles)),
            time_s=tuple(seconds for seconds, _ in matrices),
            distance_m=tuple(metres for _, metres in matrices),
            must=frozenset(number for number in range(jobs) if self._now(0.2)),
            exposure_s=self._chance.choice((0, 0, 30)),
            balance_s=self._chance.choice((0, 0, 600)),
        )

    def _now(self, share: float = 1.0) -> bool:
        return self._chance.random() < self._rare * share

    def _matrix(self, places: int) -> tuple[Any, Any]:
        at = self._rng.integers(0, 900, size=(places, 2))
        steps = np.abs(at[:, None] - at[None, :]).sum(axis=2).astype(np.int64)
        seconds = steps + self._rng.integers(0, 5, size=steps.shape)
        np.fill_diagonal(seconds, 0)
        if self._now(0.3):
            seconds[self._chance.randrange(places), self._chance.randrange(places)] = 2**40
        return seconds, steps * 8

    def _depot(self, place: int) -> Depot:
        two = ((0, 3 * HOUR), (4 * HOUR, 9 * HOUR))
        windows: Any = self._chance.choice((((0, 9 * HOUR),), two)) if self._now() else ((0, 10 * HOUR),)
        windows = () if self._now(0.05) else windows
        ready = self._chance.choice((0, 600, 2 * HOUR))
        return depot(place, windows=windows, ready_s=ready, call_s=self._chance.choice((60, 240)))

    def _job(self, place: int) -> Job:
        chance = self._chance
        origins = sorted(chance.sample(range(self._depots), chance.choice((1, 1, min(2, self._depots)))))
        origins = [] if self._now(0.2) else origins
        opens = chance.randrange(0, 5 * HOUR, 300)
        one = ((opens, opens + chance.choice((900, HOUR, 3 * HOUR))),)
        two = ((opens, opens + 600), (opens + HOUR, opens + 2 * HOUR))
        fields: dict[str, Any] = {
            "client_id": f"c{place if not self._now(0.3) else 0}",
            "lost": lost(chance.choice(list(Tier)), chance.randint(1, 100)),
            "service_s": chance.choice((0, 120, 420)),
            "windows": chance.choice((one, two)) if self._now() else (),
            "latest_s": chance.choice((3 * HOUR, 6 * HOUR)) if self._now() else FAR,
            "mass_g": {origin: chance.randint(1, 1500) for origin in origins},
            "volume_ml": {origin: chance.randint(0, 900) for origin in origins},
            "isolating": self._now(0.7),
            "institution": self._now(0.4),
        }
        fields["isolating_last"] = fields["isolating"] and chance.random() < 0.7
        if origins and self._now():
            products = chance.sample(("p1", "p2"), chance.choice((1, 2)))
            fields["custody"] = {(origin, name): chance.randint(1, 150) for origin in origins for name in products}
            fields["controlled_g"] = dict.fromkeys(origins, 200)
            fields["returns_to"] = frozenset(origins)
        if origins and self._now(0.5):
            fields["fetches"] = frozenset(origins[:1])
            fields["returns_to"] = fields.get("returns_to", frozenset()) | fields["fetches"]
        return job(place, **fields)

    def _vehicle(self, number: int, people: list[str], stops: dict[str, int], jobs: int, places: int) -> Vehicle:
        chance = self._chance
        on_it = (
            tuple(chance.sample(people, 2 if self._now(0.6) else 1)) if self._now() else (people[number % len(people)],)
        )
        opens = chance.choice((0, HOUR, 3 * HOUR))
        home = places - 1 - chance.randrange(2)
        return vehicle(
            duty_id=f"d{number}",
            people=on_it,
            start=home,
            end=places - 3 if self._now(0.5) else home,
            span=(opens, opens + chance.choice((2, 4, 7)) * HOUR),
            profile=chance.randrange(2),
            max_mass_g=chance.choice((1500, 4000, 20_000)),
            max_volume_ml=chance.choice((1000, 20_000)),
            custody=chance.choice(({}, {"p1": 150}, {"p1": 400, "p2": 400})),
            stops_of={person: stops[person] for person in on_it},
            rests=tuple(self._rest() for _ in range(chance.choice((1, 1, 2)))) if self._now() else (),
            allowed=frozenset(index for index in range(jobs) if chance.random() < 0.8),
            visit_s={index: 120 for index in range(jobs) if self._now(0.3)},
            single_use=frozenset({"once"}) if self._now(0.3) else frozenset(),
            max_carry_g=chance.choice((800, 2000)) if self._now() else None,
            on_foot=frozenset(place for place in range(places) if chance.random() < 0.3),
        )

    def _rest(self) -> Rest:
        earliest = self._chance.randrange(0, 6 * HOUR, 300)
        return Rest(
            earliest_s=earliest,
            latest_s=earliest + self._chance.choice((300, HOUR)),
            duration_s=self._chance.choice((600, 1800)),
        )
