"""The day as arrays, free of any solver. Law: engines read this page and nothing else.

Travel is 32-bit numbers, for a thousand clients it is most of a day: who adds up whole rows widens them first.
Units: whole seconds since the local midnight of the day, grams, millilitres, tenths of a product's unit. Indices
are positions in the tuples of `Problem`. A route is a sequence of tokens: a job's index, or `~depot` (negative)
for loading at a depot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from routing.domain.orders import Tier

TIERS = len(Tier)
Window = tuple[int, int]
Matrix = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Goods of one client that are handed over at one visit.

    Attributes
    ----------
    lost
        Weight lost if the job is not done, by tier rank; length `TIERS`.
    windows
        Service begins within one of them; sorted.
    latest_s
        Service has ended by then.
    mass_g, volume_ml
        By depot index; goods weigh at least 1 g.
    custody
        Controlled goods in tenths of their unit, by depot index and product id.
    controlled_g
        Mass of the controlled goods, by depot index.
    returns_to
        Depots to which the volunteer comes back after handing over (controlled goods, and what was fetched).
    fetches
        Depots whose goods are taken back at the visit; room for them is part of mass, volume and custody.
    isolating_last
        After it, only jobs of isolating clients follow.
    """

    client_id: str
    order_ids: tuple[str, ...]
    lost: tuple[int, ...]
    place: int
    service_s: int
    windows: tuple[Window, ...]
    latest_s: int
    mass_g: Mapping[int, int]
    volume_ml: Mapping[int, int]
    custody: Mapping[tuple[int, str], int]
    returns_to: frozenset[int]
    pair: bool
    isolating: bool
    isolating_last: bool
    institution: bool
    controlled_g: Mapping[int, int] = field(default_factory=dict)
    fetches: frozenset[int] = frozenset()

    @property
    def rank(self) -> int:
        """The rank of its most urgent tier."""
        return next((rank for rank, weight in enumerate(self.lost) if weight), TIERS)

    @property
    def total_mass_g(self) -> int:
        """Over all depots."""
        return sum(self.mass_g.values())


@dataclass(frozen=True, kw_only=True)
class Depot:
    """A site: a call lies wholly within one window; loading begins at `ready_s` at the earliest."""

    site_id: str
    place: int
    windows: tuple[Window, ...]
    ready_s: int
    call_s: int


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A break of `people` that begins within `earliest_s` .. `latest_s`."""

    earliest_s: int
    latest_s: int
    duration_s: int
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """One duty.

    Attributes
    ----------
    people
        Ids of who is on it; two vehicles that share a person are not out at the same time.
    custody
        Ceilings in tenths of the unit; a controlled product that is missing may not be carried.
    max_carry_g, on_foot
        The most that is carried to the places which the vehicle does not reach; None: no limit.
    stops_of
        Most visits in the day, by person.
    allowed
        Indices of the jobs it may lawfully do.
    visit_s
        What a visit by this vehicle costs beyond the way, in seconds of travel, by job; a job that is missing: nothing.
        Preferences are such prices: whom a client would rather see, whom they saw last, who was promised.
    aboard
        Jobs whose goods are on the vehicle when it starts, in the midst of a day: it needs no load for them.
    partly
        Likewise by job, where the goods of some of its depots alone are: the others are loaded.
    counts_in
        Depots to which it comes back whatever it does: for controlled goods aboard that are nobody's any more.
    on_the_road
        It goes on from where its people are in the midst of a day: on one route, before any other of theirs.
    homeward_s
        Seconds of travel that it takes from the road to come home where it visits nobody.
    """

    duty_id: str
    people: tuple[str, ...]
    start: int
    end: int
    span: Window
    profile: int
    max_mass_g: int
    max_volume_ml: int
    custody: Mapping[str, int]
    stops_of: Mapping[str, int]
    rests: tuple[Rest, ...]
    allowed: frozenset[int]
    visit_s: Mapping[int, int] = field(default_factory=dict)
    single_use: frozenset[str] = frozenset()
    max_carry_g: int | None = None
    on_foot: frozenset[int] = frozenset()
    aboard: frozenset[int] = frozenset()
    partly: Mapping[int, frozenset[int]] = field(default_factory=dict)
    counts_in: frozenset[int] = frozenset()
    on_the_road: bool = False
    homeward_s: int = 0

    def carries(self, index: int, job: Job) -> Collection[int]:
        """Return the depots whose goods for a job are on the vehicle when it starts."""
        return job.mass_g.keys() if index in self.aboard else self.partly.get(index, ())

    @property
    def max_stops(self) -> int:
        """Most visits on one route."""
        return min(self.stops_of.values())

    @property
    def comes_home(self) -> bool:
        """Whether it ends where it starts, so that the same people can go out again."""
        return self.start == self.end


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A day to be solved. `time_s[profile]` and `distance_m[profile]` are [places, places].

    Attributes
    ----------
    must
        Jobs locked by a dispatcher: leaving one out is worse than any tier.
    exposure_s
        What a person's second visit of the day costs in seconds of travel; the third twice that, and so on.
    balance_s
        What a person's second hour out costs in seconds of travel; the third twice that, and so on, continuously.
    """

    jobs: tuple[Job, ...]
    depots: tuple[Depot, ...]
    vehicles: tuple[Vehicle, ...]
    time_s: tuple[Matrix, ...]
    distance_m: tuple[Matrix, ...]
    must: frozenset[int] = frozenset()
    exposure_s: int = 0
    balance_s: int = 0

    @property
    def under_way(self) -> bool:
        """Whether somebody goes on from the midst of a day: with goods aboard, or to be counted in, from the road."""
        return any(each.on_the_road or each.aboard or each.partly or each.counts_in for each in self.vehicles)

    def burden_s(self, visits: int, out_s: int) -> int:
        """Return what a person's day costs beside travel, in seconds of it: convex in visits and in seconds out."""
        hour = 3600
        return self.exposure_s * visits * (visits - 1) // 2 + self.balance_s * out_s * out_s // (2 * hour * hour)


def exclude_each_other(one: Vehicle, other: Vehicle) -> bool:
    """Whether two vehicles can never both be used on a day.

    The same people can take a second duty only from where the first ended: indoors at the same place.
    """
    same_people = bool(set(one.people) & set(other.people))
    same_pass = bool(one.single_use & other.single_use)
    return same_pass or (same_people and not _follow_each_other(one, other))


def homeward_of(vehicles: Iterable[Vehicle]) -> dict[str, int]:
    """Return the seconds of travel that each person on the road takes to come home where they visit nobody any more."""
    ways: dict[str, int] = {}
    for vehicle in vehicles:
        if vehicle.homeward_s and len(vehicle.people) == 1:
            ways[vehicle.people[0]] = min(vehicle.homeward_s, ways.get(vehicle.people[0], vehicle.homeward_s))
    return ways


def _follow_each_other(one: Vehicle, other: Vehicle) -> bool:
    if one.on_the_road and other.on_the_road:
        return False
    if one.on_the_road or other.on_the_road:
        first, second = (one, other) if one.on_the_road else (other, one)
        return second.comes_home and first.end == second.start
    return one.comes_home and other.comes_home and one.start == other.start
