"""A job as somebody's only errand, under all rules or under one rule with a clock."""

from __future__ import annotations

from dataclasses import replace

from routing.domain.reasons import ReasonCode
from routing.solver.problem import Problem, Window
from routing.solver.schedule import FAR, Schedule, schedule

ALWAYS: Window = (-FAR, FAR)
CLOCK_RULES = (
    ReasonCode.SHIFT_TOO_SHORT,
    ReasonCode.SITE_CLOSED,
    ReasonCode.AFTER_LATEST_SAFE,
    ReasonCode.TIME_WINDOW,
    ReasonCode.BREAK,
)


def fits_alone(problem: Problem, number: int, index: int) -> bool:
    """Whether a vehicle could do the job if it had nothing else to do."""
    vehicle = problem.vehicles[number]
    if index not in vehicle.allowed:
        return False
    loads = tuple(~depot for depot in sorted(problem.jobs[index].mass_g))
    return any(isinstance(schedule(problem, vehicle, (*order, index)), Schedule) for order in (loads, loads[::-1]))


def fits_with_one_clock_rule(problem: Problem, number: int, index: int, code: ReasonCode) -> bool:
    """Whether a vehicle could do the job alone if `code` were the only rule with a clock.

    The duty's span (shift, pass, curfew) holds in every test: it is when somebody is there at all.
    """
    return fits_alone(_lifted(problem, number, index, set(CLOCK_RULES) - {code}), number, index)


def fits_without(problem: Problem, number: int, index: int, code: ReasonCode) -> bool:
    """Whether a vehicle could do the job alone if one rule with a clock did not hold."""
    return fits_alone(_lifted(problem, number, index, {code}), number, index)


def _lifted(problem: Problem, number: int, index: int, codes: set[ReasonCode]) -> Problem:
    job, vehicle, depots = problem.jobs[index], problem.vehicles[number], problem.depots
    if ReasonCode.TIME_WINDOW in codes:
        job = replace(job, windows=())
    if ReasonCode.AFTER_LATEST_SAFE in codes:
        job = replace(job, latest_s=FAR)
    if ReasonCode.SITE_CLOSED in codes:
        depots = tuple(replace(depot, windows=(ALWAYS,), ready_s=-FAR) for depot in depots)
    if ReasonCode.BREAK in codes:
        vehicle = replace(vehicle, rests=())
    if codes == {ReasonCode.SHIFT_TOO_SHORT}:
        vehicle = replace(vehicle, span=(vehicle.span[0], FAR))
    jobs = tuple(job if i == index else other for i, other in enumerate(problem.jobs))
    vehicles = tuple(vehicle if i == number else other for i, other in enumerate(problem.vehicles))
    return replace(problem, jobs=jobs, depots=depots, vehicles=vehicles)
