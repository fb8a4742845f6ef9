"""The search of days with everything: a quick first plan, then ruin and recreate, in machine code.

Law: whatever leaves this page has been scheduled by `schedule.py` beside the other routes of its people; the kernels
only propose. With `iterations` no clock is read, and the same problem, start and seed give the same routes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from routing.domain.reasons import ReasonCode
from routing.solver.batches import batches
from routing.solver.compiled_day import LONGEST, CompiledDay, compile_day
from routing.solver.compiled_insertion import find, put_in
from routing.solver.compiled_placing import place
from routing.solver.compiled_ruin import fill, ruin_and_recreate
from routing.solver.compiled_schedule import LAWFUL, timed
from routing.solver.compiled_state import (
    LOST,
    NOWHERE,
    R_FROM,
    R_SIZE,
    R_STARTS,
    R_TO,
    R_VERSION,
    R_VISITS,
    T_COST,
    State,
    empty_state,
    remember,
    restore,
)
from routing.solver.compiled_tables import Table, header_of
from routing.solver.effort import Effort
from routing.solver.insertion import insert_all, urgency
from routing.solver.problem import Problem
from routing.solver.solution import Solution, Tokens

# Ruins in a counted round.
RUINS_A_ROUND = 100
# Tolerance for dearer routes, as a share of what a visit costs on average: at the beginning and at the end.
HOT, COLD = 0.1, 0.002
# While clients are left out, so long a share of the effort another one may take their place for a while: an average
# one of the lowest tier then costs as much as so many visits, one of the tier above so many times more.
TRADING, VISITS_WORTH, TIER_FACTOR, WARM = 0.4, 3.0, 3.0, 0.3
# From then on a plan of others is gone on from that only travels less: before, two searches see more than one.
TOGETHER = 0.7

OnRoutes = Callable[[int, Tokens], None]
OnBetter = Callable[[Solution], None]
Others = Callable[[], Sequence[Solution]]


def search(
    problem: Problem,
    effort: Effort,
    start: Solution | None = None,
    on_routes: OnRoutes = lambda _vehicle, _tokens: None,
    stop: Callable[[], bool] = lambda: False,
    on_better: OnBetter = lambda _solution: None,
    others: Others = lambda: (),
) -> Solution:
    """Return the best routes found.

    Parameters
    ----------
    start
        Where to begin; None: jobs put in one by one, the most urgent first.
    on_routes
        Told of lawful routes met on the way (vehicle, tokens), some of them more than once.
    stop
        Asked many times a second.
    on_better
        Told of the first plan, and of better ones, at most ten times a second.
    others
        Asked many times a second for plans of other searches; a better one is gone on from, but not while clients
        are exchanged at a price, and one that only travels less only towards the end.
    """
    if not problem.jobs or not problem.vehicles:
        return start or Solution(problem, {})
    return _Search(problem, effort, start, on_routes, on_better).run(stop, others)


def first_plan(problem: Problem) -> Solution:
    """Return the plan that insertion makes, the most urgent first."""
    return search(problem, Effort(iterations=0))


class _Search:
    def __init__(
        self, problem: Problem, effort: Effort, start: Solution | None, on_routes: OnRoutes, on_better: OnBetter
    ) -> None:
        self._began = time.monotonic()
        self._effort = effort
        self._on_routes = on_routes
        self._on_better = on_better
        self._routes = CompiledRoutes(problem, effort.seed)
        self._best = start or Solution(problem, {})
        self._routes.put_in(self._best)
        self._told_at = -1.0
        self._trades = False
        self._seen = np.zeros(len(problem.vehicles), dtype=np.int64)
        self._heard: list[Solution] = []

    def run(self, stop: Callable[[], bool], others: Others) -> Solution:
        self._routes.fill()
        self._tell(last=False)
        told = self._routes.best_cost
        for times, passed in self._batches():
            if stop():
                break
            self._set_prices(passed)
            self._hear(others(), passed)
            self._routes.ruin(times, self._temperature(passed))
            self._tell_routes()
            if self._routes.best_cost != told and self._effort.iterations is None:
                self._tell(last=False)
                told = self._routes.best_cost
        self._tell(last=True)
        return self._best

    def _batches(self) -> Iterator[tuple[int, float]]:
        effort = self._effort
        return batches(iterations=effort.iterations, a_round=RUINS_A_ROUND, began=self._began, seconds=effort.seconds)

    def _set_prices(self, passed: float) -> None:
        """Let clients be exchanged at a price in the first part of the search, if some are left out; then no more."""
        trades = passed < TRADING and any(self._routes.best_cost[:LOST])
        if self._trades and not trades:
            self._routes.back_to_best()
        self._trades = trades
        self._routes.set_prices(VISITS_WORTH if trades else 0.0, TIER_FACTOR)

    def _hear(self, others: Sequence[Solution], passed: float) -> None:
        """Go on from the best plan of others where that is better; it has to wait while clients are exchanged."""
        self._heard += others
        if self._trades or not self._heard:
            return
        best = min(self._heard, key=lambda one: one.objective)
        compared = LOST if passed < TOGETHER else T_COST + 2
        if best.objective[:compared] < self._routes.best_cost[:compared]:
            self._heard = []  # beside its people's other routes it may not fit as it was: it is tried once
            self._routes.go_on_from(best)

    def _temperature(self, passed: float) -> float:
        visit = self._routes.cost_of_a_visit
        if self._trades:
            return float(visit * WARM * (HOT / WARM) ** (passed / TRADING))
        return float(visit * HOT * (COLD / HOT) ** passed)

    def _tell(self, *, last: bool) -> None:
        now = time.monotonic()
        if not last and 0 <= now - self._told_at < 0.1:
            return
        self._told_at = now
        found = self._routes.best()
        if found.objective < self._best.objective or not self._best.routes:
            self._best = found
            self._on_better(found)

    def _tell_routes(self) -> None:
        versions = self._routes.state.routes[:, R_VERSION]
        for number in np.flatnonzero(versions != self._seen).tolist():
            tokens = self._routes.tokens(number)
            if tokens:
                self._on_routes(number, tokens)
        self._seen = versions.copy()


class CompiledRoutes:
    """A day's routes in tables, and what kernels do with them."""

    def __init__(self, problem: Problem, seed: int = 1) -> None:
        self._problem = problem
        self.made: CompiledDay = compile_day(problem)
        self.state: State = empty_state(self.made, seed)
        self._room: Table = header_of((timed.address, place.address, find.address), self.state)
        self._addresses = (int(self.made.header.ctypes.data), int(self._room.ctypes.data))

    @cached_property
    def _weights(self) -> list[tuple[int, float]]:
        """The weight of a job on average, by tier that has any, the lowest first."""
        lost = [(column, self.made.day.lost[:, column]) for column in reversed(range(LOST))]
        return [(column, float(weights[weights > 0].mean())) for column, weights in lost if weights.any()]

    def put_in(self, solution: Solution) -> None:
        """Take over a solution's routes, in the order in which they start."""
        for number, (tokens, _) in sorted(solution.routes.items(), key=lambda entry: (entry[1][1].start_s, entry[0])):
            self.place(number, tokens)

    def place(self, number: int, tokens: Tokens) -> bool:
        """Give a vehicle a route; False where that is not lawful beside the others."""
        if len(tokens) > int(self.made.header[LONGEST]):
            return False
        row = np.array(tokens, dtype=np.int64)
        return place(*self._addresses, number, int(row.ctypes.data), len(row)) == LAWFUL

    def fill(self) -> None:
        """Put in whatever is left out, the most urgent first."""
        fill(*self._addresses)

    def ruin(self, times: int, temperature: float) -> None:
        """Ruin and recreate so many times."""
        ruin_and_recreate(*self._addresses, times, temperature)

    def set_prices(self, visits: float, factor: float) -> None:
        """Price weight lost: a job of the lowest tier as so many visits, of each tier above as a multiple."""
        price = 1000 * visits * self.cost_of_a_visit
        for column, weight in self._weights:
            self.state.grades[column] = int(price / weight)
            price *= factor

    def back_to_best(self) -> None:
        """Make the best routes met the ones to go on from."""
        self._clear()
        for number in self._best_by_start():
            self.place(number, self._best_tokens(number))
        self.fill()

    def go_on_from(self, solution: Solution) -> None:
        """Make a solution's routes the ones to go on from."""
        self._clear()
        self.put_in(solution)
        self.fill()

    def _clear(self) -> None:
        for number in np.flatnonzero(self.state.routes[:, R_SIZE]).tolist():
            self.place(number, ())

    def cheapest(self, job: int) -> tuple[int, Tokens, int] | None:
        """Return on whose route a job left out costs least, that route with it, and the cost; None: nowhere.

        Cost is in seconds of travel and of preferences, beside the routes as they are, which stay so.
        """
        costs = [(find(*self._addresses, number, job), number) for number in self._able(job)]
        cost, number = min(costs, default=(NOWHERE, -1))
        if cost >= NOWHERE:
            return None
        remember(self._addresses[1])
        put_in(*self._addresses, number, job)
        tokens = self.tokens(number)
        restore(self._addresses[1])
        return number, tokens, cost

    def _able(self, job: int) -> list[int]:
        return [number for number, vehicle in enumerate(self._problem.vehicles) if job in vehicle.allowed]

    @property
    def best_cost(self) -> tuple[int, ...]:
        """The objective of the best routes met."""
        return tuple(self.state.best_totals[: T_COST + 2].tolist())

    @property
    def cost_of_a_visit(self) -> float:
        """Travel and preferences by visit, on average."""
        served = int((self.state.where >= 0).sum())
        return max(1.0, float(self.state.totals[T_COST]) / max(1, served))

    def tokens(self, number: int) -> Tokens:
        """Return a vehicle's route as it is."""
        return tuple(self.state.tokens[number, : self.state.routes[number, R_SIZE]].tolist())

    def best(self) -> Solution:
        """Return the best routes met, scheduled and confirmed by `schedule.py`."""
        routes = self.state.best_routes
        solution = Solution(self._problem, {})
        for number in self._best_by_start():
            span = (int(routes[number, R_FROM]), int(routes[number, R_TO]))
            solution = _confirmed(solution, number, self._best_tokens(number), span)
        missing = set(range(len(self._problem.jobs))) - solution.served
        expected = len(self._problem.jobs) - int(routes[:, R_VISITS].sum())
        return (
            solution if len(missing) <= expected else insert_all(solution, sorted(missing, key=urgency(self._problem)))
        )

    def _best_by_start(self) -> list[int]:
        routes = self.state.best_routes
        used = np.flatnonzero(routes[:, R_SIZE]).tolist()
        return sorted(used, key=lambda number: (int(routes[number, R_STARTS]), number))

    def _best_tokens(self, number: int) -> Tokens:
        return tuple(self.state.best_tokens[number, : self.state.best_routes[number, R_SIZE]].tolist())


def _confirmed(solution: Solution, number: int, tokens: Tokens, span: tuple[int, int]) -> Solution:
    """Add a route in its span, else wherever it is lawful, else leave it out."""
    found = solution.with_route(number, tokens, span)
    if isinstance(found, ReasonCode):
        found = solution.with_route(number, tokens)
    return solution if isinstance(found, ReasonCode) else found
