"""Best legal routes: the only door to OR-Tools."""

from routing.solver.bound import Bound, Work, travel_bound
from routing.solver.posing import Posed, pose
from routing.solver.solution import Solution
from routing.solver.solving import Effort, solve

__all__ = ["Bound", "Effort", "Posed", "Solution", "Work", "pose", "solve", "travel_bound"]
