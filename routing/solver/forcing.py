"""Routes as somebody wants them: lawful where that is possible, else late, overloaded or out of order.

Law: a route that breaks rules never leaves the volunteer's lawful streets, and is never early; whoever uses it asks the
checker what it breaks. Times come from `schedule`, as everywhere, with rules lifted one after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from routing.domain.locks import Locked
from routing.domain.plan import Route
from routing.solver.carrying_on import tokens_of
from routing.solver.insertion import candidates
from routing.solver.posing import MANY_STOPS, Posed
from routing.solver.problem import Depot, Job, Problem, Vehicle, Window
from routing.solver.resuming import duties_like
from routing.solver.schedule import FAR, CallKind, Schedule
from routing.solver.solution import Solution, Tokens
from routing.solver.taking_up import NEVER

ALWAYS: Window = (-FAR, FAR)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Where a visit is to go: to whose routes (None: to anybody's), and to which place among the visits."""

    volunteer_id: str | None = None
    position: int | None = None


def taken_over(posed: Posed, routes: Collection[Route]) -> Solution:
    """Return a plan's routes on the duties of whoever makes them, unlawful ones as they are."""
    solution = Solution(posed.problem, {})
    leads = [route for route in routes if route.accompanies is None]
    for route in sorted(leads, key=lambda route: (route.start_at, route.volunteer_id)):
        tokens = tuple(token for token in tokens_of(posed, route) if token < 0 or token not in solution.served)
        ways = [(n, as_wanted(posed, solution, n, tokens)) for n in duties_like(posed, route, tuple(routes))]
        found = [(_differs(posed, route, way, n), n, way) for n, way in ways if way is not None]
        solution = min(found, key=lambda each: each[:2], default=(0, 0, solution))[2]
    return solution


def as_wanted(posed: Posed, solution: Solution, number: int, tokens: Tokens) -> Solution | None:
    """Exchange one vehicle's route; None where no lawful street is left, or no time beside its people's others."""
    for problem in _ever_looser(posed, solution.problem, number):
        found = Solution(problem, solution.routes).with_route(number, tokens)
        if isinstance(found, Solution):
            return Solution(solution.problem, found.routes)
    return None


def without(posed: Posed, solution: Solution, jobs: Collection[int]) -> Solution | None:
    """Take jobs out of their routes."""
    found: Solution | None = solution
    for number, (tokens, _) in solution.routes.items():
        left = tuple(token for token in tokens if token not in jobs)
        if found is not None and left != tokens:
            found = as_wanted(posed, found, number, left)
    return found


def put(posed: Posed, solution: Solution, index: int, wish: Wish) -> Solution | None:
    """Put a job where it is wished: lawfully and cheaply if that can be, else with the fewest things late."""
    numbers = [number for number in range(len(posed.problem.vehicles)) if _fits(posed, number, index, wish)]
    ways = [
        (number, found)
        for number in numbers
        for tokens in _sequences(posed, solution, number, index, wish.position)
        if (found := as_wanted(posed, solution, number, tokens)) is not None
    ]
    return min(ways, key=lambda way: _cost(posed, solution, index, *way), default=(0, None))[1]


def as_locked(posed: Posed, solution: Solution, index: int, lock: Locked) -> bool:
    """Whether a job is done by whom and when its lock says."""
    for number, (tokens, planned) in solution.routes.items():
        if index in tokens:
            begin_s = next(c.begin_s for c in planned.calls if (c.kind, c.index) == (CallKind.VISIT, index))
            people = posed.problem.vehicles[number].people
            return lock.admits(people) and _in(posed.problem.jobs[index].windows, begin_s)
    return False


def _fits(posed: Posed, number: int, index: int, wish: Wish) -> bool:
    """Whether a vehicle is the wished volunteer's; one that may not do the job counts only if somebody names it."""
    vehicle = posed.problem.vehicles[number]
    return index in vehicle.allowed if wish.volunteer_id is None else vehicle.people[0] == wish.volunteer_id


def _sequences(posed: Posed, solution: Solution, number: int, index: int, position: int | None) -> Iterator[Tokens]:
    """Yield the ways to put a job into a route, those at a position alone; past the end counts as the end."""
    loose = _loosened(posed, solution.problem, number, rests=True)
    found = [tokens for _, tokens in candidates(Solution(loose, solution.routes), number, index)]
    if position is None:
        yield from found
        return
    places = {tokens: sum(token >= 0 for token in tokens[: tokens.index(index)]) + 1 for tokens in found}
    wanted = min(position, max(places.values()))
    yield from (tokens for tokens, place in places.items() if place == wanted)


def _cost(posed: Posed, before: Solution, index: int, number: int, found: Solution) -> tuple[int, ...]:
    vehicle, job = posed.problem.vehicles[number], posed.problem.jobs[index]
    return (
        index not in vehicle.allowed,
        (len(vehicle.people) > 1) != job.pair,
        _late(posed, number, found.routes[number][1]),
        not _lawful(found, number),
        found.objective[-2] - before.objective[-2],
        number,
    )


def _lawful(found: Solution, number: int) -> bool:
    """Whether no rule had to be lifted for a route."""
    others = {other: route for other, route in found.routes.items() if other != number}
    return isinstance(Solution(found.problem, others).planned(number, found.routes[number][0]), Schedule)


def _late(posed: Posed, number: int, planned: Schedule) -> int:
    """Count what a route does outside its hours."""
    visits = [call for call in planned.calls if call.kind is CallKind.VISIT]
    jobs = posed.problem.jobs
    outside = sum(not _in(jobs[call.index].windows, call.begin_s) for call in visits)
    after = sum(call.departure_s > jobs[call.index].latest_s for call in visits)
    return outside + after + (planned.end_s > posed.problem.vehicles[number].span[1])


def _in(windows: tuple[Window, ...], begin_s: int) -> bool:
    return not windows or any(opens <= begin_s <= closes for opens, closes in windows)


def _differs(posed: Posed, route: Route, found: Solution, number: int) -> tuple[int, ...]:
    """Return how far a route is from what it was: not made at all, under another pass, at other times."""
    if number not in found.routes:
        return (1, 0, 0)
    planned = found.routes[number][1]
    was = [round((at - posed.midnight).total_seconds()) for at in (route.start_at, route.end_at)]
    return (0, _late(posed, number, planned), abs(planned.start_s - was[0]) + abs(planned.end_s - was[1]))


def _ever_looser(posed: Posed, strict: Problem, number: int) -> Iterator[Problem]:
    """Yield the problem as it is, without what was promised, without limits, and without breaks."""
    yield strict
    if posed.promised:
        yield _unpromised(posed, strict)
    yield _loosened(posed, strict, number, rests=True)
    if strict.vehicles[number].rests:
        yield _loosened(posed, strict, number, rests=False)


def _unpromised(posed: Posed, problem: Problem) -> Problem:
    jobs = (
        replace(job, windows=posed.promised[index]) if index in posed.promised else job
        for index, job in enumerate(problem.jobs)
    )
    return replace(problem, jobs=tuple(jobs))


def _loosened(posed: Posed, problem: Problem, number: int, *, rests: bool) -> Problem:
    """Return a problem in which one vehicle may be late and full, and see anybody in any order."""
    free = _unpromised(posed, problem)
    jobs = tuple(_patient(posed, index, job) for index, job in enumerate(free.jobs))
    vehicle = _untiring(problem.vehicles[number], jobs, rests=rests)
    return replace(
        problem,
        jobs=jobs,
        depots=tuple(_always_open(depot) for depot in problem.depots),
        vehicles=tuple(vehicle if n == number else other for n, other in enumerate(problem.vehicles)),
    )


def _patient(posed: Posed, index: int, job: Job) -> Job:
    windows = job.windows
    if windows == NEVER:  # a lock outside of the client's own hours: it begins when the lock does
        from_at = posed.errands[index].locked.from_at
        windows = () if from_at is None else ((round((from_at - posed.midnight).total_seconds()), FAR),)
    return replace(
        job,
        windows=_open_ended(windows),
        latest_s=FAR,
        isolating=False,
        isolating_last=False,
        institution=False,
    )


def _untiring(vehicle: Vehicle, jobs: Collection[Job], *, rests: bool) -> Vehicle:
    products = {product for job in jobs for _, product in job.custody}
    return replace(
        vehicle,
        span=(vehicle.span[0], FAR),
        allowed=frozenset(range(len(jobs))),
        max_mass_g=FAR,
        max_volume_ml=FAR,
        max_carry_g=None,
        custody=dict.fromkeys(products, FAR),
        stops_of=dict.fromkeys(vehicle.stops_of, MANY_STOPS),
        rests=vehicle.rests if rests else (),
    )


def _always_open(depot: Depot) -> Depot:
    return replace(depot, windows=_open_ended(depot.windows) or (ALWAYS,))


def _open_ended(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """Return windows of which the last one does not end: late is possible, early is not."""
    return (*windows[:-1], (windows[-1][0], FAR)) if windows else ()
