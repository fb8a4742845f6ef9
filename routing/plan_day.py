"""The whole day on one screen.

Law: pure but for the clock that stops the search; opens no file and no connection. No plan leaves this page unless the
independent checker has passed it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version

from routing.assembling import assemble_routes, replans_of, summarise
from routing.checking import check
from routing.continuity import needs_of
from routing.domain.errors import DoorstepError, InternalError
from routing.domain.extent import refuse_beside
from routing.domain.loading import dump_programme
from routing.domain.plan import Inputs, Plan
from routing.domain.programme import Programme
from routing.domain.remedies import RemedySearch
from routing.explaining import (
    Patience,
    refuse_broken_locks,
    refuse_unlawful_locks,
    remedied,
    resilience_of,
    unserved_of,
)
from routing.network import StreetEngine, Streets
from routing.network.extract import Extract
from routing.passes import duties_left, duties_of, reach_of
from routing.solver import (
    Bound,
    Effort,
    Portfolio,
    Solution,
    Start,
    Stop,
    Work,
    all_home,
    carried_on,
    never,
    pose,
    resume,
    settle,
    solve_day,
    travel_bound,
)

Progress = Callable[[str, Mapping[str, object]], None]
COMPILED = ("ortools", "numpy", "scipy", "shapely")
LABELS_OF_A_COUNTED_BOUND = 2_000_000


@dataclass(frozen=True)
class Budget:
    """How long to work out the routes; with `iterations` the plan is reproducible and no clock counts.

    The limit runs from the first look at the programme to the end of the search. The first lawful routes are made
    whatever it says, and checking comes on top; so does the proof of a bound on travel, which takes as long again at
    most, or with `iterations` a counted share of work.
    """

    time_limit_s: float = 30.0
    iterations: int | None = None
    seed: int = 1
    bound: bool = False


def plan_day(
    programme: Programme,
    on: date,
    extract: Extract,
    streets: Streets,
    budget: Budget,
    progress: Progress = lambda _stage, _figures: None,
    *,
    before: Plan | None = None,
    resilience: bool = False,
    start: Start | None = None,
    portfolio: Portfolio | None = None,
    stop: Stop = never,
) -> Plan:
    """Plan a day, or what is left of it where the programme's `day` tells how far it has come.

    Parameters
    ----------
    extract, streets
        The same extract, raw (for the checker) and compiled (for the routes).
    progress
        Called with a stage ("orders", "duties", "streets", "routes", "bound", "check") and its figures.
    before
        The plan that is changed: the search begins with its routes, as far as they can go on.
    resilience
        Also find out, for each volunteer, whether the most urgent clients are served without them. That takes no
        longer than the search for the routes did.
    start
        Earlier routes to begin from: those that are still lawful stay and nothing is searched for, whatever the budget.
    portfolio
        Warm processes to search in; None: the search runs in this process alone.
    stop
        Asked while routes are searched for: once it says so, the best so far is taken.

    Raises
    ------
    ProgrammeError
        An area, corridor or checkpoint lies beside the map.
    DayError
        Locks cannot be kept: a rule forbids one, or several contradict each other.
    InternalError
        `plan_not_lawful`: the checker refused the plan, which is not given out.
    """
    began = time.monotonic()
    refuse_beside(programme, extract.bounds)
    reach = reach_of(programme, on)
    needs = needs_of(programme, on, reach)
    progress("orders", {"orders": len(needs.orders), "holds": len(needs.holds), "gaps": len(needs.gaps)})
    so_far = programme.so_far(on)
    duties = duties_left(programme, so_far, duties_of(programme, on))
    progress("duties", {"duties": len(duties)})
    posed = pose(programme, on, needs.orders, duties, StreetEngine(streets), streets)
    progress("streets", {"places": len(posed.ground.places), "networks": len(posed.ground.travels)})
    seconds_left = budget.time_limit_s - (time.monotonic() - began)
    refuse_unlawful_locks(so_far, posed)
    begun = None if before is None else carried_on(posed, before.routes)
    effort = Effort(seconds_left, budget.iterations, budget.seed)
    if start is None:
        solution = settle(posed, solve_day(posed, effort, progress, begun, portfolio, stop))
    else:
        solution = resume(posed, start)
    refuse_broken_locks(posed, solution)
    solution, stranded = all_home(posed, solution)
    bound = _bound(solution, budget, progress) if budget.bound else None
    routes = assemble_routes(posed, solution, programme.zone)
    plan = Plan(
        programme_id=programme.programme_id,
        date=on,
        timezone=programme.timezone,
        seed=budget.seed,
        inputs=_inputs(programme, extract, budget),
        routes=routes,
        unserved=unserved_of(programme, on, posed, solution),
        gaps=needs.gaps,
        holds=needs.holds,
        shortfalls=needs.shortfalls,
        notices=needs.notices,
        summary=summarise(programme, needs, routes, solution, on, bound),
        resilience=resilience_of(posed, solution, effort) if resilience else None,
        replans=replans_of(so_far, before, routes, stranded),
    )
    violations = check(plan, programme, extract)
    progress("check", {"violations": len(violations)})
    if violations:
        raise InternalError(
            "plan_not_lawful",
            f"the checker refused the plan: {violations[0].code} at {violations[0].where}: {violations[0].message}",
            where=violations[0].where,
            remedy="this is a fault in Doorstep; no plan is given out; report it with the programme if you may",
            params={"violations": len(violations)},
        )
    return plan


def add_remedies(
    plan: Plan,
    programme: Programme,
    extract: Extract,
    streets: Streets,
    patience: Patience,
    progress: Progress = lambda _stage, _figures: None,
    client_id: str | None = None,
) -> Plan:
    """Return a plan with what would serve those it leaves out (or one client), proved by planning the day again."""

    def again(changed: Programme, start: Start) -> Plan:
        return plan_day(changed, plan.date, extract, streets, Budget(iterations=1, seed=plan.seed), start=start)

    @cache
    def day_before() -> Plan | None:
        try:
            before = plan.date - timedelta(days=1)
            return plan_day(programme, before, extract, streets, Budget(iterations=1, seed=plan.seed))
        except DoorstepError:
            return None

    progress("remedies", {"left_out": len(plan.unserved)})
    found = remedied(plan, programme, streets, patience, again, day_before, client_id)
    helped = sum(entry.remedy_search is RemedySearch.FOUND for entry in found.unserved)
    progress("remedies", {"left_out": len(plan.unserved), "with_a_remedy": helped})
    return found


def _bound(solution: Solution, budget: Budget, progress: Progress) -> Bound | None:
    """Prove how little travel the visits could take; counted where the routes were counted."""
    labels = None if budget.iterations is None else LABELS_OF_A_COUNTED_BOUND
    bound = travel_bound(solution, Work(seconds=budget.time_limit_s, labels=labels))
    progress("bound", {"proved": "nothing"} if bound is None else {"travel_s": bound.travel_s, "rounds": bound.rounds})
    return bound


def _inputs(programme: Programme, extract: Extract, budget: Budget) -> Inputs:
    searched = (
        {"time_limit_s": budget.time_limit_s} if budget.iterations is None else {"iterations": float(budget.iterations)}
    )
    searched |= {"bound": 1.0} if budget.bound else {}
    return Inputs(
        programme_sha256=hashlib.sha256(dump_programme(programme)).hexdigest(),
        extract_sha256=extract.sha256,
        versions={name: version(name) for name in ("doorstep", *COMPILED)},
        budget=searched,
    )
