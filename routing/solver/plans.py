"""A plan from another process as a solution, and back. Law: routes are scheduled in the order in which they come.

Where people have several duties, a route lies in the gap that their others leave: put in by the numbers of vehicles, an
evening's route may take the morning, and the other one is left out. A solution's routes come in an order that works.
"""

from __future__ import annotations

from routing.solver.line import Plan
from routing.solver.ortools_routes import with_most
from routing.solver.problem import Problem
from routing.solver.solution import Solution


def planned(problem: Problem, plan: Plan) -> Solution:
    """Schedule a plan; what is unlawful in it stays out."""
    solution = Solution(problem, {})
    for number, tokens in plan.items():
        solution = with_most(solution, number, tokens)
    return solution


def plan_of(solution: Solution) -> Plan:
    """Return a solution as what another process is told."""
    return {number: tokens for number, (tokens, _) in solution.routes.items()}
