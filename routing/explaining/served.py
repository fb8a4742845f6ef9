"""Why a visit is where it is: by whom, under which pass, what keeps it from being earlier, and what of the others.

Law: read from the plan and tried on the day's problem; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from routing.domain.plan import Route, Step, StepType
from routing.domain.reasons import ReasonCode
from routing.explaining.rules_alone import hindrances
from routing.explaining.trials import Trials
from routing.solver import Posed, Solution
from routing.solver.insertion import insert


class Holding(StrEnum):
    """What keeps a visit from being earlier. A closed list; `docs/remedies.md`."""

    WINDOW = "window"
    STOP_BEFORE = "stop_before"
    LOADING = "loading"
    BREAK = "break"
    START = "start"


@dataclass(frozen=True, kw_only=True)
class Other:
    """Somebody else on duty: the rules that keep them away, or what the visit would cost with them.

    Attributes
    ----------
    added_s
        Seconds of travel and preferences that the day would take longer; None where they are kept away, or have no
        time or room left.
    """

    volunteer_id: str
    rules: tuple[str, ...] = ()
    added_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit of the plan, explained."""

    client_id: str
    volunteer_ids: tuple[str, ...]
    mode: str
    begin_at: datetime
    departure_at: datetime
    order_ids: tuple[str, ...]
    pass_ids: tuple[str, ...]
    holding: Holding
    others: tuple[Other, ...]


def visits_of(trials: Trials, client_id: str) -> tuple[Visit, ...]:
    """Return the client's visits on the plan, each explained."""
    return tuple(_visits(trials, client_id))


def _visits(trials: Trials, client_id: str) -> Iterator[Visit]:
    made = trials.unchanged()
    for route in trials.plan.routes:
        for position, step in enumerate(route.steps):
            if step.type is StepType.VISIT and step.client_id == client_id and route.accompanies is None:
                people = (route.volunteer_id, *_beside(trials, route))
                yield Visit(
                    client_id=client_id,
                    volunteer_ids=people,
                    mode=str(route.mode),
                    begin_at=step.begin_at,
                    departure_at=step.departure_at,
                    order_ids=step.order_ids,
                    pass_ids=() if step.leg is None else step.leg.pass_ids,
                    holding=_holding(step, route.steps[position - 1]),
                    others=() if made is None else tuple(_others(*made, step, people)),
                )


def _beside(trials: Trials, route: Route) -> Iterator[str]:
    for other in trials.plan.routes:
        if other.accompanies == route.volunteer_id and other.start_at == route.start_at:
            yield other.volunteer_id


def _holding(step: Step, before: Step) -> Holding:
    if step.begin_at > step.arrival_at:
        return Holding.WINDOW
    kinds = {
        StepType.VISIT: Holding.STOP_BEFORE,
        StepType.RETURN: Holding.STOP_BEFORE,
        StepType.LOAD: Holding.LOADING,
        StepType.BREAK: Holding.BREAK,
    }
    return kinds.get(before.type, Holding.START)


def _others(posed: Posed, solution: Solution, step: Step, people: tuple[str, ...]) -> Iterator[Other]:
    index = next((i for i, job in enumerate(posed.problem.jobs) if set(job.order_ids) & set(step.order_ids)), None)
    leads = dict.fromkeys(station.lead.volunteer_id for station in posed.stations)
    for volunteer_id in leads if index is not None else ():
        if index is not None and volunteer_id not in people:
            yield _other(posed, solution, index, volunteer_id)


def _other(posed: Posed, solution: Solution, index: int, volunteer_id: str) -> Other:
    numbers = [n for n, station in enumerate(posed.stations) if station.lead.volunteer_id == volunteer_id]
    if not any(index in posed.problem.vehicles[number].allowed for number in numbers):
        rules = min((hindrances(posed, number, index) for number in numbers), key=len)
        return Other(volunteer_id=volunteer_id, rules=tuple(rules))
    return Other(volunteer_id=volunteer_id, added_s=_added_s(solution, index, set(numbers)))


def _added_s(solution: Solution, index: int, numbers: set[int]) -> int | None:
    """Return how much longer the day takes with a job on one of some vehicles, the other routes as they are."""
    number = next((n for n, (tokens, _) in solution.routes.items() if index in tokens), None)
    if number is None:
        return None
    emptied = solution.with_route(number, tuple(token for token in solution.routes[number][0] if token != index))
    if isinstance(emptied, ReasonCode):
        return None
    problem = replace(
        solution.problem,
        vehicles=tuple(
            vehicle if n in numbers else replace(vehicle, allowed=vehicle.allowed - {index})
            for n, vehicle in enumerate(solution.problem.vehicles)
        ),
    )
    found = insert(Solution(problem, emptied.routes), index)
    return None if found is None else found.objective[-2] - solution.objective[-2]
