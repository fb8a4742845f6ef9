"""The rest of a day that is under way: promises are kept unless somebody would go unserved for them; all come home.

Law: a day without promises is searched as any other; what is given back is lawful whatever was promised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace

from routing.solver.insertion import insert_all, urgency
from routing.solver.making_room import with_room_for
from routing.solver.portfolio import Portfolio, Stop, never
from routing.solver.posing import Posed
from routing.solver.problem import Job, Problem
from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution
from routing.solver.solving import Effort, Progress, solve


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
    everybody may be visited at other times; whoever still can be visited as promised is.

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
    time_left = _TimeLeft(effort)
    first = _filled(begun or Solution(strict, {}), time_left)
    if _all_served(first):
        return solve(strict, time_left.part(1), progress, first, portfolio=portfolio, stop=stop)
    best = solve(strict, time_left.part(3), progress, first, portfolio=portfolio, stop=stop)
    stages = (frozenset(posed.promised) - best.served, frozenset(posed.promised))
    for stages_left, released in zip((2, 1), stages, strict=True):
        if _all_served(best) or time_left.is_over:
            break
        freer = _released(posed, released)
        starts = [_filled(Solution(freer, best.routes), time_left)]
        if stages_left == 1:
            # What is begun may be a dead end: routes made from nothing count where they serve more.
            starts.append(insert_all(Solution(freer, {}), _missing(Solution(freer, {}))))
        start = min(starts, key=lambda each: each.objective)
        found = solve(freer, time_left.part(stages_left), progress, start, portfolio=portfolio, stop=stop)
        if found.objective[:-2] < best.objective[:-2]:
            best = _kept_again(posed, found)
    return best


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

    def stop_after(self, divisor: int) -> Callable[[], bool]:
        """Return what says stop once a part of what is left has passed."""
        if self._ends is None:
            return lambda: False
        now = time.monotonic()
        until = now + max(0.0, self._ends - now) / divisor
        return lambda: time.monotonic() >= until


def _filled(solution: Solution, time_left: _TimeLeft) -> Solution:
    """Put in everybody who finds a place, if need be where another makes room: for a quarter of the time at most."""
    stop = time_left.stop_after(4)
    filled = insert_all(solution, _missing(solution))
    return with_room_for(filled, _missing(filled), stop)


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
