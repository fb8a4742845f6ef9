"""The rest of a day that is under way: promises are kept unless somebody would go unserved for them; all come home.

Law: a day without promises is searched as any other; what is given back is lawful whatever was promised.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from routing.solver.insertion import urgency
from routing.solver.portfolio import Portfolio, Stop, never
from routing.solver.posing import Posed
from routing.solver.problem import Job, Problem
from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution
from routing.solver.solving import Effort, Progress, first_routes, solve

# Where somebody is left out: one part in so many keeps every promise, as much of the rest those to the served.
FIRST_PART = 5
# So much of the time is left to keep promises where the day planned afresh serves more.
LAST_SHARE = 0.15


def solve_day(
    posed: Posed,
    effort: Effort,
    progress: Progress,
    begun: Solution | None = None,
    portfolio: Portfolio | None = None,
    stop: Stop = never,
) -> Solution:
    """Return the best routes found.

    Visits begin when they were promised, within the tolerance. Where somebody stays unserved, first they, then
    everybody may be visited at other times; whoever still can be visited as promised is. Beside that the day is then
    planned afresh, as if nothing had been promised: only if that serves more are its routes taken.

    Parameters
    ----------
    begun
        Lawful routes to begin with.
    portfolio
        Warm processes to search in; None: in this process alone.
    stop
        Once it says so, the best so far is returned.
    """
    strict = posed.problem
    if not posed.promised:
        return solve(strict, effort, progress, begun, portfolio=portfolio, stop=stop)
    first = first_routes(strict, begun)
    if _all_served(first):
        return solve(strict, effort, progress, first, portfolio=portfolio, stop=stop)
    most, rest = _parted(effort)
    with ThreadPoolExecutor(1) as beside:  # kernels leave the interpreter to others
        afresh = beside.submit(solve, _unpromised(posed), most, _untold, stop=stop)
        best = _in_stages(posed, most, progress, first, portfolio, stop)
        other = afresh.result()
    if other.objective[:-2] >= best.objective[:-2]:
        return best
    freer = _released(posed, frozenset(posed.promised))
    return _kept_again(posed, solve(freer, rest, progress, Solution(freer, other.routes), stop=stop))


def _untold(_stage: str, _figures: Mapping[str, object]) -> None:
    """Tell nobody."""


def _parted(effort: Effort) -> tuple[Effort, Effort]:
    """Return the effort but for its last part, and that part; where rounds are counted, all of it twice."""
    if effort.iterations is not None:
        return effort, effort
    last_s = effort.seconds * LAST_SHARE
    return replace(effort, seconds=effort.seconds - last_s), replace(effort, seconds=last_s)


def _in_stages(
    posed: Posed, effort: Effort, progress: Progress, first: Solution, portfolio: Portfolio | None, stop: Stop
) -> Solution:
    """Keep all promises; then those to whoever is served; then as many as may be."""
    time_left = _TimeLeft(effort)
    best = solve(posed.problem, time_left.part(FIRST_PART), progress, first, portfolio=portfolio, stop=stop)
    for released, part in ((frozenset(posed.promised) - best.served, FIRST_PART), (frozenset(posed.promised), 1)):
        if _all_served(best) or time_left.is_over or stop():
            break
        freer = _released(posed, released)
        start = first_routes(freer, Solution(freer, best.routes))
        found = solve(freer, time_left.part(part), progress, start, portfolio=portfolio, stop=stop)
        if found.objective[:-2] < best.objective[:-2]:
            best = _kept_again(posed, found)
    return best


def _unpromised(posed: Posed) -> Problem:
    """Return the problem as if nothing had been promised to anybody."""
    freer = _released(posed, frozenset(posed.promised))
    vehicles = zip(freer.vehicles, posed.unpromised, strict=True)
    return replace(freer, vehicles=tuple(replace(vehicle, visit_s=prices) for vehicle, prices in vehicles))


class _TimeLeft:
    """Shares an effort out; where rounds are counted it looks at no clock."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._ends = None if effort.iterations is not None else time.monotonic() + effort.seconds

    def part(self, divisor: int) -> Effort:
        """Return a part of what is left: of the rounds, of all there were."""
        if self._effort.iterations is not None:
            return replace(self._effort, iterations=max(1, self._effort.iterations // divisor))
        return replace(self._effort, seconds=max(0.0, (self._ends or 0.0) - time.monotonic()) / divisor)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self._ends is not None and time.monotonic() >= self._ends


def _missing(solution: Solution) -> list[int]:
    """Return the jobs that somebody may do and nobody does, most urgent first."""
    may = frozenset[int]().union(*(vehicle.allowed for vehicle in solution.problem.vehicles))
    return sorted(may - solution.served, key=urgency(solution.problem))


def _all_served(solution: Solution) -> bool:
    """Whether everybody is served whom anybody may serve at all."""
    return not _missing(solution)


def _released(posed: Posed, jobs: Collection[int]) -> Problem:
    """Return the problem with promises to some clients left aside."""
    return replace(
        posed.problem,
        jobs=tuple(
            replace(job, windows=posed.promised[index]) if index in jobs and index in posed.promised else job
            for index, job in enumerate(posed.problem.jobs)
        ),
    )


def _kept_again(posed: Posed, found: Solution) -> Solution:
    """Return a solution whose problem holds to every promise that it keeps."""
    begins = {
        call.index: call.begin_s
        for _, planned in found.routes.values()
        for call in planned.calls
        if call.kind == "visit"
    }
    broken = [index for index in posed.promised if not _within(posed.problem.jobs[index], begins.get(index))]
    return Solution(_released(posed, broken), found.routes)


def _within(job: Job, begin_s: int | None) -> bool:
    return begin_s is not None and any(opens <= begin_s <= closes for opens, closes in job.windows)


def all_home(posed: Posed, solution: Solution) -> tuple[Solution, tuple[str, ...]]:
    """Send home those on the road who visit nobody any more.

    Returns
    -------
    solution, stranded
        The latter are those for whom no way home, or no time to count in, is lawful.
    """
    vehicles = solution.problem.vehicles
    gone_on = {
        person for number in solution.routes if vehicles[number].on_the_road for person in vehicles[number].people
    }
    stranded = []
    for person in sorted(posed.on_the_road - gone_on):
        roads = [n for n, vehicle in enumerate(vehicles) if vehicle.on_the_road and vehicle.people == (person,)]
        ways = [(number, schedule(solution.problem, vehicles[number], ())) for number in roads]
        lawful = [(way.end_s, number, way) for number, way in ways if isinstance(way, Schedule)]
        if lawful:
            _, number, way = min(lawful, key=lambda each: each[:2])
            solution = Solution(solution.problem, {**solution.routes, number: ((), way)})
        else:
            stranded.append(person)
    return solution, tuple(stranded)
