"""Best legal routes: the only door to OR-Tools."""

from routing.solver.bound import Bound, Work, travel_bound
from routing.solver.posing import Posed, pose
from routing.solver.preferences import NOBODY, Wishes
from routing.solver.settling import settle
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve

__all__ = [
    "NOBODY",
    "Bound",
    "Effort",
    "Posed",
    "Solution",
    "Wishes",
    "Work",
    "pose",
    "settle",
    "solve",
    "travel_bound",
]
