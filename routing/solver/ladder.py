"""Tiers as penalties of one sum, where that is exact. Law: no sum ever reaches 2**62.

A job's penalty is its lost weights times a multiplier a tier; each multiplier exceeds all that the lower tiers and
travel can add up to. Where six tiers do not fit into 62 bits, the upper ones are solved first and their served
jobs fixed, then the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from routing.solver.problem import TIERS, Problem

LIMIT = 2**61


@dataclass(frozen=True)
class Stage:
    """One objective: penalties by job, and the tiers (ranks) that it orders exactly."""

    penalties: tuple[int, ...]
    ranks: tuple[int, ...]


def stages(problem: Problem, travel_bound: int) -> list[Stage]:
    """Return the objectives to solve one after the other.

    Parameters
    ----------
    travel_bound
        More than travel cost can ever be.
    """
    present = [rank for rank in range(TIERS) if any(job.lost[rank] for job in problem.jobs)]
    found: list[Stage] = []
    first = 0
    while first < len(present) or not found:
        last = len(present)
        while last > first + 1 and _total(problem, present[first:last], present[last:], travel_bound) >= LIMIT:
            last -= 1
        exact, rest = present[first:last], present[last:]
        # Where one tier and the sum of the rest are too much, the rest waits for its own stages.
        fits = _total(problem, exact, rest, travel_bound) < LIMIT
        found.append(_stage(problem, exact, rest if fits else (), travel_bound))
        first = max(last, first + 1)
    return found


def _stage(problem: Problem, exact: Sequence[int], rest: Sequence[int], travel_bound: int) -> Stage:
    """Order `exact` tiers lexicographically; the rest add up in one more tier below."""
    weights = _weights(problem, exact, rest)
    multipliers = _multipliers(weights, travel_bound)
    penalties = tuple(sum(w * m for w, m in zip(row, multipliers, strict=True)) for row in weights)
    return Stage(penalties, tuple(exact))


def _total(problem: Problem, exact: Sequence[int], rest: Sequence[int], travel_bound: int) -> int:
    return sum(_stage(problem, exact, rest, travel_bound).penalties) + travel_bound


def _weights(problem: Problem, exact: Sequence[int], rest: Sequence[int]) -> list[list[int]]:
    """Return, by job, the weights of the exact tiers and of all the rest, each tier divided by its common factor."""
    columns = [[job.lost[rank] for job in problem.jobs] for rank in exact]
    columns.append([sum(job.lost[rank] * (TIERS - rank) for rank in rest) for job in problem.jobs])
    reduced = [_reduce(column) for column in columns]
    return [list(row) for row in zip(*reduced, strict=True)]


def _reduce(column: list[int]) -> list[int]:
    factor = math.gcd(*column) or 1
    return [value // factor for value in column]


def _multipliers(weights: list[list[int]], travel_bound: int) -> list[int]:
    if not weights:
        return []
    multipliers: list[int] = []
    below = travel_bound
    for column in reversed(range(len(weights[0]))):
        multipliers.insert(0, below + 1)
        below += (below + 1) * sum(row[column] for row in weights)
    return multipliers


def compressed(problem: Problem, largest: int) -> list[int]:
    """Return a prize for each job, none above `largest`: a ladder with even steps from tier to tier.

    It tells an engine that knows only sums what is urgent. It is not exact: plans are compared as tuples afterwards.
    """
    present = sorted({job.rank for job in problem.jobs})
    step = {rank: at for at, rank in enumerate(reversed(present))}
    heaviest = {rank: max(sum(job.lost) for job in problem.jobs if job.rank == rank) for rank in present}
    smallest = largest / 4 ** max(0, len(present) - 1)
    prizes = []
    for index, job in enumerate(problem.jobs):
        share = 0.5 + 0.5 * sum(job.lost) / max(1, heaviest[job.rank])
        top = largest if index in problem.must else smallest * 4 ** step[job.rank]
        prizes.append(int(min(largest, top * share)))
    return prizes
