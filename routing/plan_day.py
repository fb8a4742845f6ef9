"""The whole day on one screen.

Law: pure but for the clock that stops the search; opens no file and no connection. No plan leaves this page unless the
independent checker has passed it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from routing.assembling import assemble_routes, summarise
from routing.checking import check
from routing.continuity import needs_of
from routing.domain.errors import InternalError
from routing.domain.extent import refuse_beside
from routing.domain.loading import dump_programme
from routing.domain.plan import Inputs, Plan
from routing.domain.programme import Programme
from routing.explaining import resilience_of, unserved_of
from routing.network import StreetEngine, Streets
from routing.network.extract import Extract
from routing.passes import duties_of, reach_of
from routing.solver import Effort, pose, settle, solve

Progress = Callable[[str, Mapping[str, object]], None]
COMPILED = ("ortools", "numpy", "scipy", "shapely")


@dataclass(frozen=True)
class Budget:
    """How long to work out the routes; with `iterations` the plan is reproducible and no clock counts.

    The limit runs from the first look at the programme to the end of the search. The first lawful routes are made
    whatever it says, and checking comes on top.
    """

    time_limit_s: float = 30.0
    iterations: int | None = None
    seed: int = 1


def plan_day(
    programme: Programme,
    on: date,
    extract: Extract,
    streets: Streets,
    budget: Budget,
    progress: Progress = lambda _stage, _figures: None,
    *,
    resilience: bool = False,
) -> Plan:
    """Plan a day.

    Parameters
    ----------
    extract, streets
        The same extract, raw (for the checker) and compiled (for the routes).
    progress
        Called with a stage ("orders", "duties", "streets", "routes", "check") and its figures.
    resilience
        Also find out, for each volunteer, whether the most urgent clients are served without them. That takes no
        longer than the search for the routes did.

    Raises
    ------
    ProgrammeError
        An area, corridor or checkpoint lies beside the map.
    InternalError
        `plan_not_lawful`: the checker refused the plan, which is not given out.
    """
    began = time.monotonic()
    refuse_beside(programme, extract.bounds)
    reach = reach_of(programme, on)
    needs = needs_of(programme, on, reach)
    progress("orders", {"orders": len(needs.orders), "holds": len(needs.holds), "gaps": len(needs.gaps)})
    duties = duties_of(programme, on)
    progress("duties", {"duties": len(duties)})
    posed = pose(programme, on, needs.orders, duties, StreetEngine(streets), streets)
    progress("streets", {"places": len(posed.ground.places), "networks": len(posed.ground.travels)})
    seconds_left = budget.time_limit_s - (time.monotonic() - began)
    effort = Effort(seconds_left, budget.iterations, budget.seed)
    solution = solve(posed.problem, effort, progress)
    solution = settle(posed, solution)
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
        summary=summarise(programme, needs, routes, solution, on),
        resilience=resilience_of(posed, solution, effort) if resilience else None,
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


def _inputs(programme: Programme, extract: Extract, budget: Budget) -> Inputs:
    searched = (
        {"time_limit_s": budget.time_limit_s} if budget.iterations is None else {"iterations": float(budget.iterations)}
    )
    return Inputs(
        programme_sha256=hashlib.sha256(dump_programme(programme)).hexdigest(),
        extract_sha256=extract.sha256,
        versions={name: version(name) for name in ("doorstep", *COMPILED)},
        budget=searched,
    )
