"""What a peer said, as a plan of Doorstep's. Law: one clock for all; what breaks a rule does not count.

A route that breaks a rule loses its least urgent visits until it is lawful, and how many it lost is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.solver.insertion import urgency
from routing.solver.problem import Problem
from routing.solver.solution import Objective, Solution


@dataclass(frozen=True)
class Answer:
    """A peer's plan: lawful, with the number of visits that had to be left out for it."""

    solution: Solution
    left_out: int = 0

    @property
    def objective(self) -> Objective:
        """Return its vector."""
        return self.solution.objective


Route = tuple[int, Sequence[int]]


def judged(problem: Problem, routes: Iterable[Route]) -> Answer:
    """Put clock times on routes of (vehicle, tokens); a visit that stands twice counts once."""
    solution, left_out = Solution(problem, {}), 0
    for number, tokens in routes:
        may = problem.vehicles[number].allowed - solution.served  # schedules leave the law to their caller
        wanted = [token for token in tokens if token < 0 or token in may]
        solution, lost = _with_most(solution, number, wanted)
        left_out += lost + len(tokens) - len(wanted)
    return Answer(solution, left_out)


def loaded_once(routes: Iterable[tuple[int, Sequence[int]]]) -> list[Route]:
    """Return routes of jobs as tokens that load at the first depot and go."""
    return [(number, [~0, *jobs]) for number, jobs in routes]


def _with_most(solution: Solution, number: int, tokens: Sequence[int]) -> tuple[Solution, int]:
    left = list(tokens)
    key = urgency(solution.problem)
    lost = 0
    while any(token >= 0 for token in left):
        found = solution.with_route(number, tuple(left))
        if isinstance(found, Solution):
            return found, lost
        left.remove(max((token for token in left if token >= 0), key=key))
        lost += 1
    return solution, lost
