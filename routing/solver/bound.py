"""How little travel the visits chosen could take: a lower bound that holds whatever the duals are.

Law: a bound is proved or there is none. Let every visit j be worth p(j) >= 0, and let c be the travel of a route. In
any lawful day that makes these visits, every j is on some route, so the travel of all routes is at least

    sum of p(j) over the visits + sum over the routes of (c - sum of p(j) over the route's visits).

Who is on several vehicles makes so many visits a day at most, and is under way or at stops for no longer than they are
out: for such budgets b, of which a route uses u(b) and all routes at most m(b), and any charges q(b) >= 0, the travel
is at least that same sum with each route's q(b) u(b) added and all q(b) m(b) taken away.

Vehicles that exclude each other form a group with one route at most. Whatever a group's route is, its part is at
least min(0, the least such difference over the routes of its vehicles); pricing (`pricing`) finds that least, to
proof, over more routes than are lawful (`relaxed`). So

    bound = sum of p(j) - sum of q(b) m(b) + sum over groups of min(0, least difference of the group)

holds for any p and q. Column generation makes it tight (Lagrangian bound: Desaulniers, Desrosiers, Solomon, Column
Generation, 2005); what is worth how much is moved by a linear programme, smoothed (Pessoa, Sadykov, Uchoa,
Vanderbeck, INFORMS J. on Computing 30, 2018). Worths are whole numbers of 1/1024 s: the proof knows no float.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from routing.network.compiled import side_by_side
from routing.solver.bound_master import Column, Duals, Master
from routing.solver.bound_terms import budgets_of, groups_of, lagrangian, shared_people
from routing.solver.pricing import PARTS, RULES_ONLY, Priced, arc_costs, price, price_coarsely
from routing.solver.problem import Problem, Vehicle
from routing.solver.relaxed import NEAR, Numbers, Relaxed, relax, signature
from routing.solver.schedule import CallKind, Schedule, schedule
from routing.solver.solution import Solution, Tokens

MOST_LABELS = 150_000  # of one kind's pricing in a round
QUICK_LABELS = 10_000
WORTH_ANOTHER, MOST_IDLE = 0.001, 12
# How many jobs near by are remembered, rung by rung; times are those of a grid on all but the last.
LADDER = (3, NEAR)
NEAR_ENOUGH = 0.99  # of the linear programme's value on a rung below the last, where the next one raises both
SMOOTHING, LESS_SMOOTHING = 0.6, 0.3
MOST_ROUNDS = 2000


@dataclass(frozen=True)
class Work:
    """How much may be done: until seconds have passed, or, where no clock may count, so many labels."""

    seconds: float = 30.0
    labels: int | None = None


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A proved lower bound on travel.

    Attributes
    ----------
    travel_s
        No lawful day that makes these visits travels less.
    closed
        Whether the method can give no more.
    rounds, labels
        The work done.
    """

    travel_s: int
    closed: bool
    rounds: int
    labels: int


def travel_bound(solution: Solution, work: Work) -> Bound | None:
    """Return a lower bound on the travel of any lawful routes that make the solution's visits.

    Travel is the sum of `Schedule.travel_s` over vehicles: a pair rides once. Preferences are no part of it.
    None: nothing was proved within the work allowed, or somebody is on the road or has goods
    of some depots aboard, whose rules no relaxation here knows.
    """
    if any(each.on_the_road or each.partly for each in solution.problem.vehicles):
        return None
    return _Bounding(solution, work).run() if solution.served else Bound(travel_s=0, closed=True, rounds=0, labels=0)


@dataclass
class _Kind:
    """Equal vehicles: priced once. `before`: the relaxation a rung lower, to fall back to for good."""

    vehicle: Vehicle
    tightest: Relaxed
    positions: Numbers
    net: Relaxed
    near: int = 0
    before: tuple[Relaxed, int] | None = None
    stays: bool = False

    def tighten(self, problem: Problem, served: Collection[int], near: int) -> bool:
        """Step up to a tighter relaxation; False where the last step was too much."""
        tighter = None if self.stays else relax(problem, self.vehicle, served, near)
        if tighter is None:
            return False
        self.before = self.net, self.near
        self.net, self.near = tighter, near
        return True

    def fall_back(self) -> bool:
        """Step down and stay there; False where there is no step below."""
        if self.before is None:
            return False
        (self.net, self.near), self.before, self.stays = self.before, None, True
        return True

    @property
    def gridded(self) -> bool:
        """Whether its times are those of a grid, and its routes perhaps none on a tighter rung."""
        return self.near < NEAR

    def price(self, asked: _Asked) -> Priced:
        """Price to proof, on the rung reached."""
        costs = arc_costs(self.net, asked.worth[self.positions], asked.per_visit, asked.per_second)
        if self.near == 0:
            return price_coarsely(self.net, costs, asked.threshold)
        return price(self.net, costs, asked.threshold, MOST_LABELS, gridded=self.gridded)

    def price_quickly(self, asked: _Asked) -> Priced:
        """Find cheap routes without proof."""
        costs = arc_costs(self.tightest, asked.worth[self.positions], asked.per_visit, asked.per_second)
        return price(self.tightest, costs, asked.threshold, QUICK_LABELS, bits=RULES_ONLY)

    def column(self, number: int, nodes: Sequence[int]) -> Column:
        """Return a route of nodes, start and end left out."""
        stops = [self.net.nodes - 2, *nodes, self.net.nodes - 1]
        travel_s = sum(int(self.net.travel[a, b]) for a, b in pairwise(stops))
        busy_s = travel_s + int(self.net.service[list(nodes)].sum())
        visits = tuple(sorted(int(self.positions[node]) for node in nodes if node < len(self.positions)))
        return Column(number, travel_s, busy_s, visits)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What pricing is asked for one kind, in parts of a second: see `arc_costs` and `price`."""

    worth: Numbers
    per_visit: int
    per_second: int
    threshold: int


class _Bounding:
    """One run of column generation."""

    def __init__(self, solution: Solution, work: Work) -> None:
        self._problem: Problem = solution.problem
        self._solution = solution
        self._work = work
        self._end = time.monotonic() + work.seconds
        self._visits = sorted(solution.served)
        self._position = {job: at for at, job in enumerate(self._visits)}
        self._kinds: list[_Kind] = []
        self._kind_of = self._sort_vehicles()
        self._groups = self._count_groups()
        self._budgets = budgets_of(self._problem, self._kind_of)
        self._master = Master(len(self._visits), self._groups, self._budgets)
        self._labels = self._rounds = 0
        self._best: int | None = None
        self._travel_s = 0
        for number, (tokens, planned) in solution.routes.items():
            self._travel_s += planned.travel_s
            self._add_parts(number, tokens)
        self._centre: Duals | None = None

    def run(self) -> Bound | None:
        """Generate columns on one rung of the ladder after the other, until nothing is gained or the work is done."""
        closed = False
        for near in LADDER:
            if self._goes_on() and not self._is_best():
                closed = self._climb(near) and self._generate(1.0 if near == NEAR else NEAR_ENOUGH)
        if self._best is None or self._best <= 0:
            return None  # that nobody travels less than nothing is no news
        return Bound(travel_s=self._bound_s(), closed=closed, rounds=self._rounds, labels=self._labels)

    def _bound_s(self) -> int:
        return -(-(self._best or 0) // PARTS)

    def _is_best(self) -> bool:
        """Whether the routes at hand are proved to be the best."""
        return self._best is not None and self._bound_s() >= self._travel_s

    def _climb(self, near: int) -> bool:
        """Tighten the relaxation, and start from the routes that hold in it; False where nothing is tighter."""
        changed = False
        for kind in self._kinds:
            changed |= kind.tighten(self._problem, self._solution.served, near)
        if changed:
            known, self._master = self._master, Master(len(self._visits), self._groups, self._budgets)
            for column in known.lasting():
                self._master.add(column)
        return changed

    def _add_parts(self, number: int, tokens: Tokens) -> None:
        """Add a route and its unbroken parts: from the whole alone, no visit's worth could be told."""
        visits = [token for token in tokens if token >= 0]
        for first in range(len(visits)):
            for last in range(first, len(visits)):
                left = frozenset(visits[first : last + 1])
                part = tuple(token for token in tokens if token < 0 or token in left)
                planned = schedule(self._problem, self._problem.vehicles[number], part)
                if isinstance(planned, Schedule):
                    self._master.add(self._column(number, planned))

    def _column(self, number: int, planned: Schedule) -> Column:
        calls = [call for call in planned.calls if call.kind is not CallKind.REST]
        busy_s = planned.travel_s + sum(call.departure_s - call.begin_s for call in calls)
        visits = tuple(sorted(self._position[call.index] for call in calls if call.kind is CallKind.VISIT))
        return Column(self._kind_of[number], planned.travel_s, busy_s, visits)

    def _sort_vehicles(self) -> dict[int, int]:
        """Return the kind of each vehicle that can make one of the visits."""
        known: dict[object, int] = {}
        kind_of = {}
        shared = shared_people(self._problem.vehicles)
        for number, vehicle in enumerate(self._problem.vehicles):
            key = signature(vehicle, self._solution.served, shared)
            if key not in known:
                net = relax(self._problem, vehicle, self._solution.served)
                if net is None:
                    continue
                known[key] = len(self._kinds)
                self._kinds.append(_Kind(vehicle, net, self._positions(net), net))
            kind_of[number] = known[key]
        return kind_of

    def _positions(self, net: Relaxed) -> Numbers:
        return np.array([self._position[int(job)] for job in net.jobs], dtype=np.int64)

    def _count_groups(self) -> list[tuple[tuple[int, ...], int]]:
        """Return the distinct groups, by the kinds in them, and how many there are of each."""
        sets = Counter(
            tuple(sorted({self._kind_of[number] for number in group if number in self._kind_of}))
            for group in groups_of(self._problem.vehicles)
        )
        return [(kinds, many) for kinds, many in sorted(sets.items()) if kinds]

    def _generate(self, enough: float) -> bool:
        """Return whether the bound is as good as it gets on this rung, or has so much of it."""
        smoothing = SMOOTHING
        out, asked = self._sketch(self._master.solve())
        while out is not None and asked is not None and self._rounds < MOST_ROUNDS and self._goes_on():
            self._rounds += 1
            priced = self._price_all(asked)
            if priced is None:
                return False
            if self._is_best() or self._bound_s() >= enough * out.value_s - 1e-6:
                return True
            if self._add(priced, proved=True):
                smoothing = SMOOTHING
                out, asked = self._sketch(self._master.solve())
            elif asked == out:
                return True
            else:
                asked = out.towards(self._centre or out, smoothing) if smoothing > 0 else out
                smoothing -= LESS_SMOOTHING
        return False

    def _sketch(self, out: Duals | None) -> tuple[Duals | None, Duals | None]:
        """Add routes that a quick pricing without proof finds, as long as it finds any.

        Returns the last duals, and their moving mean: a better place to ask for a proof, for duals jump.
        """
        mean, smoothing, idle, begun_s = out, SMOOTHING, 0, 0.0 if out is None else 0.999 * out.value_s
        while out is not None and mean is not None and self._goes_on():
            asked = out.towards(mean, smoothing)
            found = self._price_each(asked, quick=True)
            if self._add([found[kind] for kind in sorted(found)], proved=False):
                mean, before, out, smoothing = asked, out, self._master.solve(), SMOOTHING
                if out is None:
                    return before, mean
                idle = 0 if out.value_s < before.value_s * (1 - WORTH_ANOTHER) else idle + 1
                if idle > MOST_IDLE and out.value_s < begun_s:
                    break
            elif smoothing > 0:
                smoothing = 0.0
            else:
                break
        return out, mean if mean is None or self._centre is None else mean.towards(self._centre, LESS_SMOOTHING)

    def _goes_on(self) -> bool:
        if self._work.labels is not None:
            return self._labels < self._work.labels
        return time.monotonic() < self._end

    def _price_all(self, duals: Duals) -> list[Priced] | None:
        """Price every kind of vehicle to proof and keep the bound; None where one cannot be proved."""
        found = self._price_each(duals, quick=False)
        proved = [priced.least for _, priced in sorted(found.items()) if priced.least is not None]
        if len(proved) < len(self._kinds):
            return None
        worth, charges = _parts(duals.visits), [int(charge) for charge in _parts(duals.budgets)]
        bound = lagrangian(worth, charges, self._budgets, proved, self._groups)
        if self._best is None or bound > self._best:
            self._best = bound
            groups = tuple(min(0, *(proved[kind] for kind in kinds)) / PARTS for kinds, _ in self._groups)
            self._centre = Duals(duals.value_s, duals.visits, groups, duals.budgets)
        return [found[kind] for kind in range(len(self._kinds))]

    def _price_each(self, duals: Duals, *, quick: bool) -> dict[int, Priced]:
        """Price the kinds of vehicles, two at a time."""
        found: dict[int, Priced] = {}
        step = self._price_quickly if quick else self._price
        side_by_side([partial(step, kind, self._asked(kind, duals), found) for kind in range(len(self._kinds))])
        self._labels += sum(priced.labels for priced in found.values())
        return found

    def _asked(self, number: int, duals: Duals) -> _Asked:
        """Return what one kind is asked: a route is of use where it costs less than its best group is charged."""
        charges = [(budget, int(charge)) for budget, charge in zip(self._budgets, _parts(duals.budgets), strict=True)]
        mine = [(budget, charge) for budget, charge in charges if number in budget.kinds]
        charged = [value for (kinds, _), value in zip(self._groups, duals.groups, strict=True) if number in kinds]
        return _Asked(
            worth=_parts(duals.visits),
            per_visit=sum(charge for budget, charge in mine if not budget.timed),
            per_second=sum(charge for budget, charge in mine if budget.timed),
            threshold=math.floor(max(charged, default=0.0) * PARTS),
        )

    def _price_quickly(self, number: int, asked: _Asked, found: dict[int, Priced]) -> None:
        found[number] = self._kinds[number].price_quickly(asked)

    def _price(self, number: int, asked: _Asked, found: dict[int, Priced]) -> None:
        """Price one kind to proof, a rung lower where it takes too many labels."""
        kind = self._kinds[number]
        while self._work.labels is not None or time.monotonic() < self._end:
            found[number] = kind.price(asked)
            if found[number].least is not None or not kind.fall_back():
                return

    def _add(self, priced: Sequence[Priced], *, proved: bool) -> bool:
        """Add the routes found; False where none is new."""
        new = False
        for number, each in enumerate(priced):
            kind = self._kinds[number]
            for _, nodes in each.routes:
                new |= self._master.add(kind.column(number, nodes), lasting=not (proved and kind.gridded))
        return new


def _parts(seconds: Sequence[float]) -> Numbers:
    """Return seconds as whole parts, rounded down: any duals are sound."""
    return np.array([math.floor(each * PARTS) for each in seconds], dtype=np.int64)
