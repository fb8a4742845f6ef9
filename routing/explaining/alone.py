"""A job as somebody's only errand, under all rules or under one rule with a clock."""

from __future__ import annotations

from dataclasses import replace

from routing.domain.reasons import ReasonCode
from routing.solver.problem import Problem, Window
from routing.solver.schedule import FAR, Schedule, schedule

ALWAYS: Window = (-FAR, FAR)


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
    return fits_alone(_only(problem, number, index, code), number, index)


def _only(problem: Problem, number: int, index: int, code: ReasonCode) -> Problem:
    job, vehicle = problem.jobs[index], problem.vehicles[number]
    if code is not ReasonCode.TIME_WINDOW:
        job = replace(job, windows=())
    if code is not ReasonCode.AFTER_LATEST_SAFE:
        job = replace(job, latest_s=FAR)
    depots = problem.depots
    if code is not ReasonCode.SITE_CLOSED:
        depots = tuple(replace(depot, windows=(ALWAYS,), ready_s=-FAR) for depot in depots)
    vehicle = replace(vehicle, rests=())
    jobs = tuple(job if i == index else other for i, other in enumerate(problem.jobs))
    vehicles = tuple(vehicle if i == number else other for i, other in enumerate(problem.vehicles))
    return replace(problem, jobs=jobs, depots=depots, vehicles=vehicles)
