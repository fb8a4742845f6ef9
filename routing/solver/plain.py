"""Which days are plain. Law: imports no engine, so that asking costs nothing."""

from __future__ import annotations

from routing.solver.classes import classes_of
from routing.solver.problem import Problem


def is_plain(problem: Problem) -> bool:
    """Whether one pattern says all there is: equal vehicles, one place to load, one window a job, no returns."""
    if len(classes_of(problem)) != 1 or len(problem.depots) != 1 or not problem.jobs:
        return False
    plain_jobs = all(
        len(job.windows) <= 1 and not (job.custody or job.returns_to or job.institution or job.isolating_last)
        for job in problem.jobs
    )
    vehicle = problem.vehicles[0]
    shared = problem.exposure_s or problem.balance_s or vehicle.rests or vehicle.aboard or vehicle.counts_in
    return plain_jobs and not shared and len(problem.depots[0].windows) == 1
