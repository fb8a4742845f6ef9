"""Which days PyVRP can say, and which of them are plain. Law: imports no engine, so that asking costs nothing."""

from __future__ import annotations

from routing.solver.classes import classes_of
from routing.solver.problem import Problem

MOST_WAYS = 20_000_000
# A day of more is searched in other ways: PyVRP's search makes too few generations of it in the time there is.
FEW_JOBS = 150


def is_said_by_patterns(problem: Problem) -> bool:
    """Whether one pattern a duty says all there is: one place to load, one window a job, no returns, no breaks.

    And in no more memory than there is for it: PyVRP holds 16 bytes for each way of each class of vehicles.
    """
    if len(problem.depots) != 1 or not problem.jobs or problem.under_way:
        return False
    jobs = all(
        len(job.windows) <= 1 and not (job.custody or job.returns_to or job.institution or job.isolating_last)
        for job in problem.jobs
    )
    shared = problem.exposure_s or problem.balance_s or any(vehicle.rests for vehicle in problem.vehicles)
    return jobs and not shared and len(problem.depots[0].windows) == 1 and _ways(problem) <= MOST_WAYS


def _ways(problem: Problem) -> int:
    return len(classes_of(problem)) * (len(problem.jobs) + 1) ** 2


def is_plain(problem: Problem) -> bool:
    """Whether, besides, all vehicles are alike."""
    return is_said_by_patterns(problem) and len(classes_of(problem)) == 1


def has_many_jobs(problem: Problem) -> bool:
    """Whether a day has so many jobs that ruin and recreate belongs beside PyVRP's search to the end."""
    return len(problem.jobs) > FEW_JOBS
