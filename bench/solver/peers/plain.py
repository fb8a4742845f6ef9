"""A simple day as plain numbers that every engine can read: arrays, lists and no class of Doorstep's.

Law: nothing is lost. Where everybody loads once at the start, the way to the depot and the loading are folded into when
and where a vehicle sets out, and the way's seconds into what it costs to use it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from routing.solver.problem import TIERS, Job, Problem, Vehicle

Json = dict[str, Any]

FAR = 10_000_000  # seconds; longer than any day, and short enough for 32 bits


class InexpressibleError(ValueError):
    """The day has a rule that not every engine knows."""


def plain(problem: Problem) -> Json:
    """Return the day as plain numbers.

    Returns
    -------
    matrices
        Seconds between places, by profile; `FAR` where there is no way.
    jobs
        place, service, windows (of the beginning), mass, prize (compressed: at most a million), priority (at most
        100), lost (by tier).
    vehicles
        start, end, early, late, fixed, profile, capacity, allowed, number.
    required
        Whether every job has to be done, as in the literature.

    Raises
    ------
    InexpressibleError
        Naming what is beyond them.
    """
    if unknown := beyond(problem):
        raise InexpressibleError(", ".join(unknown))
    literature = all(job.lost == problem.jobs[0].lost for job in problem.jobs)
    ranks = sorted({job.rank for job in problem.jobs})
    return {
        "matrices": [np.minimum(matrix, FAR) for matrix in problem.time_s],
        "jobs": [_job(problem, job, ranks) for job in problem.jobs],
        "vehicles": [folded for number in range(len(problem.vehicles)) if (folded := _vehicle(problem, number))],
        "required": literature,
    }


def expressible(problem: Problem) -> bool:
    """Whether every engine knows all that a day asks for."""
    return not beyond(problem)


def beyond(problem: Problem) -> list[str]:
    """Name what a day asks for and not every engine knows."""
    vehicles, jobs = problem.vehicles, problem.jobs
    asked = {
        "several depots": len(problem.depots) != 1,
        "breaks": any(vehicle.rests for vehicle in vehicles),
        "people on several duties": len({person for v in vehicles for person in v.people}) < len(vehicles),
        "counting in": any(job.returns_to or job.fetches or job.custody for job in jobs),
        "the order of visits": any(job.isolating_last or job.institution for job in jobs),
        "several windows": any(len(job.windows) > 1 for job in jobs),
        "prices of visits": any(vehicle.visit_s for vehicle in vehicles),
        "prices of shares": bool(problem.exposure_s or problem.balance_s),
        "locks": bool(problem.must),
        "goods aboard at the start": any(vehicle.aboard or vehicle.counts_in for vehicle in vehicles),
        "walks with a limit": any(vehicle.on_foot and vehicle.max_carry_g is not None for vehicle in vehicles),
    }
    return [name for name, there in asked.items() if there]


def _job(problem: Problem, job: Job, ranks: list[int]) -> Json:
    latest = min(job.latest_s - job.service_s, FAR - 1)
    opens, closes = job.windows[0] if job.windows else (0, FAR - 1)
    return {
        "place": job.place,
        "service": job.service_s,
        "window": (opens, min(closes, latest)),
        "mass": job.total_mass_g,
        "prize": round(_ladder(problem, job, ranks, low=3000, high=1_000_000)),
        "priority": round(_ladder(problem, job, ranks, low=3, high=100)),
        "lost": job.lost,
    }


def _ladder(problem: Problem, job: Job, ranks: list[int], low: float, high: float) -> float:
    """Return a job's worth between `low` and `high`: by tier in equal ratios, by weight within a step."""
    if job.rank >= TIERS:
        return low / 2
    steps = len(ranks)
    ratio = (high / low) ** (1 / steps)
    heaviest = max(other.lost[job.rank] for other in problem.jobs)
    share = job.lost[job.rank] / heaviest
    above = steps - ranks.index(job.rank)
    return low * ratio ** (above - 1 + share)


def _vehicle(problem: Problem, number: int) -> Json | None:
    """Return a vehicle that sets out from the depot, loaded; None where it cannot load in its span."""
    vehicle, depot = problem.vehicles[number], problem.depots[0]
    way_s = int(problem.time_s[vehicle.profile][vehicle.start, depot.place])
    begins = [
        max(vehicle.span[0] + way_s, opens, depot.ready_s)
        for opens, closes in depot.windows
        if max(vehicle.span[0] + way_s, opens, depot.ready_s) <= closes - depot.call_s
    ]
    if not begins or begins[0] + depot.call_s > vehicle.span[1]:
        return None
    return {
        "number": number,
        "start": depot.place,
        "end": vehicle.end,
        "early": begins[0] + depot.call_s,
        "late": vehicle.span[1],
        "fixed": way_s,
        "profile": vehicle.profile,
        "capacity": vehicle.max_mass_g,
        "allowed": _may_do(problem, vehicle),
    }


def _may_do(problem: Problem, vehicle: Vehicle) -> list[int]:
    """Return the jobs of a vehicle whose goods it may lift, and to which a way leads."""
    return sorted(job for job in vehicle.allowed if problem.jobs[job].total_mass_g <= vehicle.max_mass_g)
